/** Signed requests to one bucket, in path style, and what S3's refusals mean. */
import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { StorageError } from '#errors'
import { encodePath } from './address.ts'
import { HttpClient, type HttpReply, type HttpRequest } from './http.ts'
import type { CallOptions } from './storage.ts'
import type { TlsOptions } from './tls.ts'
import { findText } from './xml.ts'

const NO_BYTES_SHA256 = createHash('sha256').digest('hex')

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface S3ClientOptions extends S3Credentials, TlsOptions {
  /** `https://host` or `http://host:port`. */
  readonly endpoint: string
  readonly bucket: string
  /** Guessed from the host when absent, else `us-east-1`. */
  readonly region?: string | undefined
  readonly connections: number
}

export interface S3Request extends CallOptions {
  readonly method: HttpRequest['method']
  /** Without the bucket; empty for the bucket itself. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  /** SHA-256 of the body in hex, where the caller knows it. */
  readonly bodySha256?: string | undefined
  readonly replyBytesMax?: number | undefined
}

export class S3Client implements Disposable {
  readonly #options: S3ClientOptions
  readonly #http: HttpClient
  /** Derived signing keys, one a day. */
  readonly #keys = new Map<string, ArrayBuffer>()

  /** @throws {StorageError} `refused` when a credential could not stand in a header: the message does not repeat it */
  constructor(options: S3ClientOptions) {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = options
    if (![accessKeyId, secretAccessKey, sessionToken].every((each) => /^[\x21-\x7e]*$/.test(each)))
      throw new StorageError('refused', 'the S3 credentials hold blanks, line ends or letters that no key has')
    this.#options = options
    this.#http = new HttpClient(new URL(options.endpoint), options)
  }

  /** The reply, whatever its status. The server compares the body with the signed hash. */
  async send(request: S3Request): Promise<HttpReply> {
    request.signal?.throwIfAborted()
    const { endpoint, bucket, accessKeyId, secretAccessKey, sessionToken, region } = this.#options
    const path = [bucket, request.key].filter(Boolean).join('/')
    const url = new URL(`${endpoint}/${encodePath(path)}`)
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
    const signer = new AwsV4Signer({
      url: url.href,
      method: request.method,
      headers: { ...request.headers, 'X-Amz-Content-Sha256': hashOf(request) },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      ...(region !== undefined && { region }),
      service: 's3',
      cache: this.#keys,
    })
    const { headers } = await signer.sign()
    const { method, body, signal, pace, replyBytesMax } = request
    return this.#http.send({ method, url: signer.url, headers: Object.fromEntries(headers), body, signal, pace, replyBytesMax })
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]()
  }
}

function hashOf({ body, bodySha256 }: S3Request): string {
  if (body === undefined) return NO_BYTES_SHA256
  return bodySha256 ?? createHash('sha256').update(body).digest('hex')
}

/** S3's own word for what went wrong, such as `NoSuchBucket`; replies to HEAD have none. */
export function codeOf(reply: HttpReply): string | undefined {
  return reply.body.length === 0 ? undefined : findText(textOf(reply), 'Code')
}

/** The reply's body as text. */
export function textOf(reply: HttpReply): string {
  return new TextDecoder().decode(reply.body)
}

const FULL = new Set(['QuotaExceeded', 'InsufficientCapacity'])
const LATER = new Set(['SlowDown', 'ServiceUnavailable', 'RequestTimeout', 'OperationAborted'])

/** What a refused request means; `what` names the object or the step. */
export function refusalOf(reply: HttpReply, location: string, what: string): StorageError {
  const code = codeOf(reply)
  const { status } = reply
  const message = `${location}: ${what}: the server answered ${status}${code === undefined ? '' : ` ${code}`}`
  if (status === 507 || (code !== undefined && FULL.has(code))) return new StorageError('full', message)
  if (status === 429 || (status >= 502 && status <= 504) || (code !== undefined && LATER.has(code))) {
    return new StorageError('unreachable', message)
  }
  if (code === 'RequestTimeTooSkewed') return new StorageError('refused', `${message}: is the clock of this machine right?`)
  if (status === 401 || status === 403 || status === 405) return new StorageError('refused', message)
  if (status >= 300 && status < 400) return new StorageError('refused', `${message}: is the region right?`)
  // 409: somebody else does something to the same object; 5xx: the server's own trouble.
  return new StorageError('failed', message, { retryable: status === 409 || (status >= 500 && status !== 501) })
}
