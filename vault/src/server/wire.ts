/** Small manners of HTTP that Node leaves to its users. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import { addressGroup } from './request.ts'

/** Nothing that is served here is a page: whoever opens it in a browser gets bytes to store and nothing to run. */
export function setSecurityHeaders(response: ServerResponse, encrypted: boolean): void {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox")
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cache-Control', 'no-store')
  if (encrypted) response.setHeader('Strict-Transport-Security', 'max-age=31536000')
}

/** Whether bytes of a body are still to come. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  return !request.complete && ((length !== undefined && length !== '0') || encoding !== undefined)
}

/** Reads and drops what is left of a body, up to so many bytes and so long. */
export function drain(
  request: IncomingMessage,
  limits: { readonly bytesMax: number; readonly timeoutMs: number },
): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  let leftBytes = limits.bytesMax
  const timer = setTimeout(resolve, limits.timeoutMs)
  request.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length
    if (leftBytes < 0) resolve()
  })
  for (const event of ['end', 'close', 'error']) request.once(event, () => resolve())
  request.resume()
  return promise.finally(() => {
    clearTimeout(timer)
    request.pause()
  })
}

/** Keeps one address from taking all connections: those beyond `max` are closed before a byte is read. */
export function limitConnectionsPerAddress(server: Server, max: number): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const group = addressGroup(socket.remoteAddress)
    const count = (open.get(group) ?? 0) + 1
    open.set(group, count)
    socket.once('close', () => {
      const left = (open.get(group) ?? 1) - 1
      if (left === 0) open.delete(group)
      else open.set(group, left)
    })
    if (count > max) socket.destroy()
  })
}
