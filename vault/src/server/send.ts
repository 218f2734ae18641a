/** An object on its way to a client: read and sent by turns, never whole in memory. */
import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { ClientGone } from './refusal.ts'

/** Two of these a reply: one is read while the other is sent. They are used again, since collecting new ones costs more than reading. */
const READ_BYTES = 256 * 1024

/**
 * Sends a part of a file and ends the reply, whose headers are written already. A file that shrank meanwhile breaks the connection: a
 * client must not take what came for the whole.
 */
export async function sendPart(file: FileHandle, first: number, lengthBytes: number, response: ServerResponse): Promise<void> {
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(READ_BYTES, lengthBytes)))
  let sending: Promise<void> = Promise.resolve()
  for (let done = 0, turn = 0; done < lengthBytes; turn++) {
    const buffer = buffers[turn % 2]!
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, lengthBytes - done), first + done)
    await sending
    if (bytesRead === 0) throw new ClientGone('the file ended early')
    sending = send(buffer.subarray(0, bytesRead), response)
    sending.catch(() => {})
    done += bytesRead
  }
  await sending
  response.end()
}

/** Fulfilled when the bytes have left for the system, so that their buffer may be used again. */
function send(bytes: Buffer, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const gone = () => reject(new ClientGone('the connection broke'))
  response.once('close', gone)
  response.write(bytes, (error) => {
    response.off('close', gone)
    if (error) gone()
    else resolve()
  })
  if (response.destroyed) gone()
  return promise
}
