/**
 * One request at a time on a connection. HTTP/1.1 lets a client send the next request before it has the reply to the last one; then each
 * costs memory and an open file here for as long as the client likes. Neither restic nor our own storage ever does that.
 */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A client that has its reply may ask again before we are told that the last byte left, and no longer before. */
const TURN_MS_MAX = 1000

export class Turns {
  readonly #last = new WeakMap<Socket, ServerResponse>()
  readonly #waiting = new WeakSet<Socket>()

  /**
   * Waits until the reply before this one is out. False when there is nobody to answer any more: a client that goes on asking while a
   * reply is under way is cut.
   */
  async take(socket: Socket, response: ServerResponse): Promise<boolean> {
    if (socket.destroyed) return false
    const before = this.#last.get(socket)
    this.#last.set(socket, response)
    if (before === undefined || before.closed) return true
    if (this.#waiting.has(socket)) {
      socket.destroy()
      return false
    }
    this.#waiting.add(socket)
    if (!(await isClosedSoon(before))) socket.destroy()
    this.#waiting.delete(socket)
    return !socket.destroyed
  }
}

function isClosedSoon(response: ServerResponse): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), TURN_MS_MAX)
  response.once('close', () => resolve(true))
  return promise.finally(() => clearTimeout(timer))
}
