/**
 * One HTTP/1.1 request with its whole reply, as REST and S3 need them: kept connections, an own authority, a length that is
 * always declared, bytes sent straight from shared memory, and an early refusal heard before the body is sent.
 *
 * `fetch` cannot do the last three: it refuses views on shared memory, streams in chunks, and knows no `Expect`.
 */

import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { StorageError } from '#errors'
import { allocate, inSlices } from './layout.ts'
import type { TlsOptions } from './tls.ts'

const SLICE_BYTES = 32 * 1024
/** Above this the server is asked first whether it wants the body: a refusal then costs one round trip, not an upload. */
const ASK_FROM_BYTES = 256 * 1024
/** Servers and proxies that never say "continue" get the body after this. */
const ASK_PATIENCE_MS = 1000
const REPLY_BYTES_MAX = 512 * 1024 * 1024
/** Of a reply that refuses: some words. */
const REFUSAL_BYTES_MAX = 1024 * 1024

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
  readonly pace?: ((bytes: number) => Promise<void> | void) | undefined
  /** Of a reply that grants what was asked; 512 MiB when absent. */
  readonly replyBytesMax?: number | undefined
}

/** The server sends more than a reply may hold. */
export class ReplyTooLongError extends StorageError {
  constructor(message: string) {
    super('failed', message, { retryable: false })
  }
}

export interface HttpReply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Uint8Array
}

/** Sends requests to one server over kept connections. */
export class HttpClient implements Disposable {
  readonly #agent: http.Agent | https.Agent
  readonly #request: typeof http.request
  /** Some old proxies refuse `Expect` with 417; they are not asked again. */
  #asks = true

  constructor(origin: URL, options: TlsOptions & { readonly connections: number }) {
    const kept = { keepAlive: true, maxFreeSockets: options.connections }
    const secure = origin.protocol === 'https:'
    const { caCertificate, clientCertificate, insecureTls } = options
    this.#agent = secure
      ? new https.Agent({
          ...kept,
          ...(caCertificate && { ca: caCertificate }),
          ...(clientCertificate && { cert: clientCertificate, key: clientCertificate }),
          ...(insecureTls && { rejectUnauthorized: false }),
        })
      : new http.Agent(kept)
    this.#request = secure ? https.request : http.request
  }

  /**
   * The server's reply, whatever its status.
   * @throws {StorageError} when there is no whole reply; the signal's reason when it is aborted
   */
  async send(request: HttpRequest): Promise<HttpReply> {
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted()
      const exchange = new Exchange(this.#request, this.#agent, request, this.#asks)
      try {
        const reply = await exchange.run()
        if (reply.status !== 417 || !this.#asks) return reply
        this.#asks = false
      } catch (error) {
        request.signal?.throwIfAborted()
        // A kept connection that the server closed just now says nothing about the server: one fresh connection is tried.
        if (attempt === 1 && exchange.wasStale) continue
        throw translate(error, request)
      }
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

class Exchange {
  readonly #call: http.ClientRequest
  readonly #request: HttpRequest
  readonly #reply: Promise<http.IncomingMessage>
  readonly #continued: Promise<void>
  readonly #asks: boolean
  #heard = false

  constructor(send: typeof http.request, agent: http.Agent, request: HttpRequest, asks: boolean) {
    const { body } = request
    const length: Record<string, string> = {}
    if (body !== undefined) length['Content-Length'] = `${body.length}`
    this.#asks = asks && body !== undefined && body.length >= ASK_FROM_BYTES
    if (this.#asks) length.Expect = '100-continue'
    const call = send(request.url, { method: request.method, agent, headers: { ...request.headers, ...length } })
    this.#call = call
    this.#request = request
    this.#reply = new Promise((resolve, reject) => {
      call.once('response', (reply) => {
        this.#heard = true
        resolve(reply)
      })
      call.on('error', reject)
    })
    this.#reply.catch(() => {})
    this.#continued = new Promise((resolve) => call.once('continue', resolve))
  }

  /** Whether the connection was an old one and broke before a word of reply. */
  get wasStale(): boolean {
    return this.#call.reusedSocket && !this.#heard
  }

  async run(): Promise<HttpReply> {
    const { signal } = this.#request
    const abort = () => this.#call.destroy(new Error('aborted'))
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const whole = await this.#sendBody()
      const reply = await this.#reply
      const body = await this.#readBody(reply)
      const status = reply.statusCode ?? 0
      // A reply before the whole body: what was declared never comes, so that the connection cannot be used again.
      if (!whole) this.#call.destroy()
      if (!whole && status < 300)
        throw new StorageError('failed', `${print(this.#request)}: the server said yes before it had everything`)
      return { status, headers: reply.headers, body }
    } catch (error) {
      this.#call.destroy()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** False when the reply came first, which is always a refusal. */
  async #sendBody(): Promise<boolean> {
    const { body, pace } = this.#request
    if (body === undefined) {
      this.#call.end()
      return true
    }
    if (this.#asks) await this.#ask()
    try {
      await inSlices(body, SLICE_BYTES, async (slice) => {
        await pace?.(slice.length)
        if (this.#heard) throw new RepliedEarly()
        if (!this.#call.write(slice)) await this.#drained()
      })
    } catch (error) {
      if (error instanceof RepliedEarly) return false
      // The connection broke while sending; what the server said before it closed is worth more than that.
      if (this.#heard) return false
      throw error
    }
    this.#call.end()
    return true
  }

  /** Sends the headers alone and waits for the server to want the body, or to refuse. */
  async #ask(): Promise<void> {
    this.#call.flushHeaders()
    await Promise.race([this.#connected(), this.#reply])
    const patience = new AbortController()
    const waited = setTimeout(ASK_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {})
    try {
      await Promise.race([this.#continued, this.#reply, waited])
    } finally {
      patience.abort()
    }
  }

  /** A slow handshake is no answer: patience starts when the connection stands. */
  async #connected(): Promise<void> {
    const socket = this.#call.socket ?? ((await once(this.#call, 'socket'))[0] as Socket)
    if (socket.connecting || ('secureConnecting' in socket && socket.secureConnecting)) {
      await once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect')
    }
  }

  #drained(): Promise<unknown> {
    return Promise.race([new Promise((resolve) => this.#call.once('drain', resolve)), this.#reply])
  }

  async #readBody(reply: http.IncomingMessage): Promise<Uint8Array> {
    const declared = this.#request.method === 'HEAD' ? 0 : Number(reply.headers['content-length'] ?? Number.NaN)
    if (declared > this.#bytesMax(reply)) throw this.#tooLong(reply)
    return Number.isSafeInteger(declared) ? this.#readDeclared(reply, declared) : this.#readToEnd(reply)
  }

  #bytesMax({ statusCode = 0 }: http.IncomingMessage): number {
    const { replyBytesMax = REPLY_BYTES_MAX } = this.#request
    return statusCode < 300 ? replyBytesMax : REFUSAL_BYTES_MAX
  }

  #tooLong(reply: http.IncomingMessage): StorageError {
    const { statusCode = 0 } = reply
    const message = `${print(this.#request)}: the reply (${statusCode}) is longer than ${this.#bytesMax(reply)} bytes`
    return statusCode < 300 ? new ReplyTooLongError(message) : new StorageError('failed', message)
  }

  async #readDeclared(reply: http.IncomingMessage, declared: number): Promise<Uint8Array> {
    const body = allocate(declared)
    let at = 0
    for await (const chunk of reply as AsyncIterable<Uint8Array>) {
      body.set(chunk, at)
      at += chunk.length
      await this.#request.pace?.(chunk.length)
    }
    if (at !== declared)
      throw new StorageError('unreachable', `${print(this.#request)}: the reply ended after ${at} of ${declared} bytes`)
    return body
  }

  async #readToEnd(reply: http.IncomingMessage): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let total = 0
    for await (const chunk of reply as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      total += chunk.length
      if (total > this.#bytesMax(reply)) throw this.#tooLong(reply)
      await this.#request.pace?.(chunk.length)
    }
    const joined = Buffer.concat(chunks)
    return new Uint8Array(joined.buffer, joined.byteOffset, joined.length)
  }
}

class RepliedEarly extends Error {}

const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/

function translate(error: unknown, request: HttpRequest): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message
  if (CERTIFICATE.test(code)) {
    return new StorageError('refused', `${print(request)}: the server's certificate is not trusted (${code})`, { cause: error })
  }
  if (code === 'EPROTO')
    return new StorageError('refused', `${print(request)}: the server does not speak TLS there`, { cause: error })
  return new StorageError('unreachable', `${print(request)}: ${code}`, { cause: error })
}

/** Never holds credentials: those travel in headers. */
function print({ method, url }: HttpRequest): string {
  return `${method} ${url.origin}${url.pathname}`
}
