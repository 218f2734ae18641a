/** Answers that come bit by bit. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/**
 * Sends a stream, whose headers are set. One that fails in the middle ends the connection: nobody takes half of it for the whole. Whoever
 * goes away in the middle, as viewers of documents do all the time, is no trouble of ours.
 */
export async function sendStream(reply: FastifyReply, stream: AsyncIterable<Uint8Array | string>): Promise<undefined> {
  await reply.send(Readable.from(stream, { objectMode: false }))
  if (!reply.sent) reply.hijack() // the connection is gone, and nobody is there to be told anything
  return undefined
}
