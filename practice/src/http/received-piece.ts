/** A piece of a file that somebody sends: where it begins, and its bytes as they come. */
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { InvalidInputError } from '#errors'

/** Shorter than a page tries again after a lost connection. */
const SILENCE_MS_MAX = 8_000

/** @throws {InvalidInputError} no `Upload-Offset`, or no body of bytes */
export function receivedPiece({ headers, body }: FastifyRequest): {
  readonly offset: number
  readonly bytes: AsyncIterable<Uint8Array>
} {
  const offset = headers['upload-offset']
  if (typeof offset !== 'string' || !/^\d{1,15}$/.test(offset))
    throw new InvalidInputError('Upload-Offset: the number of the first byte is expected')
  if (!(body instanceof Readable)) throw new InvalidInputError('a body of the type application/octet-stream is expected')
  return { offset: Number(offset), bytes: bytesOf(body) }
}

/**
 * A body as it comes. One whose sender has fallen silent (a laptop that was closed, a network that was left) ends, and with it the hold on
 * the upload: it would refuse the same sender's next try for as long as the lost connection seems to live.
 */
async function* bytesOf(body: Readable): AsyncGenerator<Uint8Array> {
  const iterator = body.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(new Error('nothing came for a while')), SILENCE_MS_MAX)
      const { done, value } = await iterator.next().finally(() => clearTimeout(timer))
      if (done) return
      yield value
    }
  } catch (cause) {
    throw new InvalidInputError('the body ended before its time: ask how far the upload came, and go on from there', [], {
      cause,
    })
  }
}
