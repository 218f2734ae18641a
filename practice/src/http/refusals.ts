/** What is refused before there is a request to answer: bytes that are none, silence, a proxy that names nobody. */
import { STATUS_CODES } from 'node:http'
import { isIP, Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { InvalidInputError } from '#errors'
import { PROBLEM_MEDIA_TYPE, unreadableRequest } from './problems.ts'

/** A proxy on this machine says who asks (`X-Forwarded-For`). What is counted and written in the journal is an address, whoever wrote that. */
export function refuseNoAddress(address: string): void {
  if (isIP(address) === 0) throw new InvalidInputError('X-Forwarded-For: the proxy must name an address')
}

/** What Node could not read as a request has no route, so no reply object either: the same problem, written on the connection. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const problem = unreadableRequest(error)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

/** Whoever announces a body and sends nothing of it does not hold the request, its files and its place for ten minutes. */
export function refuseSilence({ raw }: FastifyRequest, reply: FastifyReply, silenceMsMax: number): void {
  const { socket, headers } = raw
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (!hasBody || !(socket instanceof Socket)) return
  // Node asks the request first; nobody there, it would cut the connection without a word.
  raw.once('timeout', () => refuseUnreadable(Object.assign(new Error('silence'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket))
  const stop = () => void socket.setTimeout(0)
  raw.once('end', stop)
  // From the answer on the time is Node's, for a connection that waits for its next request.
  reply.raw.once('finish', () => raw.off('end', stop))
  socket.setTimeout(silenceMsMax)
}
