/** PDUs of a socket, one by one, read when they are asked for: what nobody asks for waits at the sender. */
import type { Socket } from 'node:net'
import { decodePdu, decodePduHeader, MalformedPduError, PDU_HEADER_BYTES, PDU_TYPES, type Pdu } from '@couronne/formats'
import type { ReceptionLimits } from './limits.ts'

/** Beside data: what an association may say at most. */
const OTHER_PDU_BYTES_MAX = 256 * 1024

/** The sender sent nothing for too long, or too little. */
export class SilentSenderError extends Error {
  override readonly name = 'SilentSenderError'
}

/** The connection ended in the middle of something. */
export class BrokenConnectionError extends Error {
  override readonly name = 'BrokenConnectionError'
}

function asBroken(cause: unknown): never {
  throw cause instanceof SilentSenderError ? cause : new BrokenConnectionError('the connection was lost', { cause })
}

export class PduSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #socket: Socket
  readonly #limits: ReceptionLimits
  #left: Uint8Array = new Uint8Array()
  /** of the message under way */
  #beganAtMs = performance.now()
  #bytes = 0

  constructor(socket: Socket, limits: ReceptionLimits) {
    this.#socket = socket
    this.#limits = limits
    this.#chunks = socket.iterator({ destroyOnReturn: false })
  }

  /** A new message begins: its pace is measured from here. */
  beginMessage(): void {
    this.#beganAtMs = performance.now()
    this.#bytes = 0
  }

  /**
   * @param silenceMs how long one may wait for it
   * @returns undefined when the sender has closed the connection between two PDUs
   * @throws {MalformedPduError} {SilentSenderError} {BrokenConnectionError}
   */
  async next(silenceMs: number = this.#limits.silenceMs): Promise<Pdu | undefined> {
    const header = await this.#take(PDU_HEADER_BYTES, silenceMs)
    if (header === undefined) return undefined
    const { type, lengthBytes } = decodePduHeader(header)
    const most = type === PDU_TYPES.data ? this.#limits.pduBytesMax : OTHER_PDU_BYTES_MAX
    if (lengthBytes > most) throw new MalformedPduError(`a PDU of ${lengthBytes} bytes, ${most} are the most`)
    const rest = lengthBytes === 0 ? new Uint8Array() : await this.#take(lengthBytes, silenceMs)
    if (rest === undefined) throw new BrokenConnectionError('the connection ended within a PDU')
    return decodePdu(type, rest)
  }

  /** So many bytes; a view where they lie together. @returns undefined when the connection ended before the first of them */
  async #take(lengthBytes: number, silenceMs: number): Promise<Uint8Array | undefined> {
    if (this.#left.length >= lengthBytes) return this.#cut(lengthBytes)
    const whole = Buffer.allocUnsafe(lengthBytes)
    let filled = 0
    for (;;) {
      const part = this.#cut(Math.min(this.#left.length, lengthBytes - filled))
      whole.set(part, filled)
      filled += part.length
      if (filled === lengthBytes) return whole
      const chunk = await this.#chunk(silenceMs)
      if (chunk === undefined) {
        if (filled === 0) return undefined
        throw new BrokenConnectionError('the connection ended within a PDU')
      }
      this.#left = chunk
    }
  }

  #cut(lengthBytes: number): Uint8Array {
    const part = this.#left.subarray(0, lengthBytes)
    this.#left = this.#left.subarray(lengthBytes)
    return part
  }

  async #chunk(silenceMs: number): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => this.#socket.destroy(new SilentSenderError('nothing came for too long')), silenceMs)
    const { done, value } = await this.#chunks
      .next()
      .then(undefined, asBroken)
      .finally(() => clearTimeout(timer))
    if (done === true) return undefined
    this.#bytes += value.length
    this.#requirePace()
    return value
  }

  /** A byte now and then keeps a connection open for ever, and one of few places taken. */
  #requirePace(): void {
    const { patienceMs, bytesASecondMin } = this.#limits
    const tookMs = performance.now() - this.#beganAtMs
    if (tookMs > patienceMs && this.#bytes < (tookMs / 1000) * bytesASecondMin)
      throw new SilentSenderError('a message comes too slowly')
  }
}
