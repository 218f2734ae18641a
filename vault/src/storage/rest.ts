/**
 * restic's REST protocol, versions 1 and 2, as rest-server, `rclone serve restic` and `couronne vault serve` speak it.
 *
 * The server never overwrites, so a repeated POST after a lost reply is told 403: that counts as saved when an object of the right
 * size is there. On an append-only server `remove` works for locks only and `replace` is refused.
 */
import { createHash } from 'node:crypto'
import { StorageError } from '#errors'
import { HttpClient, type HttpReply } from './http.ts'
import { type HttpSource, loadOverHttp } from './http-load.ts'
import { checkName, isObjectName, isThere } from './layout.ts'
import { parseList } from './rest-list.ts'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, Storage } from './storage.ts'
import { type TlsOptions, tlsOf } from './tls.ts'

const LIST_V2 = 'application/vnd.x.restic.rest.v2'
/** A million and a half packs, of 24 TB. */
const LIST_BYTES_MAX = 128 * 1024 * 1024
const HEADS_AT_ONCE = 5
const CLEAN_UP_MS = 5000

export interface RestOptions extends TlsOptions {
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly connections?: number | undefined
}

/** The repository at `url` (http or https, without credentials) on a REST server. Nothing is sent before the first call. */
export function restStorage(url: string, options: RestOptions = {}): Storage {
  return new Rest(new URL(url.endsWith('/') ? url : `${url}/`), options)
}

class Rest implements Storage {
  readonly location: string
  readonly connections: number
  readonly #root: URL
  readonly #client: HttpClient
  readonly #headers: Record<string, string>
  /** Objects of which half may be there, until that is cleared away. */
  readonly #clearing = new Map<string, Promise<void>>()

  constructor(root: URL, options: RestOptions) {
    const { user, password, connections } = options
    this.#root = root
    this.connections = connections ?? 5
    this.#client = new HttpClient(root, { connections: this.connections, ...tlsOf(options) })
    const credentials = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')
    this.#headers = user === undefined ? {} : { Authorization: `Basic ${credentials}` }
    this.location = `rest:${root.protocol}//${user === undefined ? '' : `${encodeURIComponent(user)}@`}${root.host}${root.pathname}`
  }

  async create(options: CallOptions = {}): Promise<void> {
    const url = new URL('?create=true', this.#root)
    const reply = await this.#send('POST', url, { ...options, body: new Uint8Array() })
    if (reply.status !== 200) throw this.#refusal(reply, 'create')
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    // rclone overwrites, and deletes what was there when the connection breaks meanwhile: it is asked first.
    if (await isThere(this, kind, name, bytes, options)) return
    const reply = await this.#post(kind, name, bytes, options)
    if (reply.status === 200) return
    if (reply.status !== 403) throw this.#postRefusal(reply, kind, name, bytes)
    if (!(await isThere(this, kind, name, bytes, options))) throw this.#refusal(reply, `${kind}/${name}`)
  }

  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const first = await this.#post(kind, name, bytes, options)
    if (first.status === 200) return
    if (first.status !== 403) throw this.#postRefusal(first, kind, name, bytes)
    await this.remove(kind, name, options)
    const second = await this.#post(kind, name, bytes, options)
    if (second.status !== 200) throw this.#postRefusal(second, kind, name, bytes)
  }

  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    const url = this.#url(kind, name)
    const { signal, pace } = options
    const source: HttpSource = {
      get: (headers, replyBytesMax) => this.#send('GET', url, { signal, pace, headers, replyBytesMax }),
      isMissing: (reply) => reply.status === 404,
      refusal: (reply) => this.#refusal(reply, `${kind}/${name}`),
      stat: this.stat.bind(this),
    }
    return loadOverHttp(source, kind, name, options)
  }

  async stat(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<ObjectEntry | undefined> {
    const reply = await this.#send('HEAD', this.#url(kind, name), options)
    if (reply.status === 404) return undefined
    if (reply.status !== 200) throw this.#refusal(reply, `${kind}/${name}`)
    const sizeBytes = Number(reply.headers['content-length'] ?? Number.NaN)
    if (!Number.isSafeInteger(sizeBytes)) throw this.#notProtocol(`${kind}/${name} has no size`)
    return { name, sizeBytes }
  }

  async *list(kind: ObjectKind, options: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    if (kind === 'config') {
      const config = await this.stat(kind, '', options)
      if (config) yield config
      return
    }
    const request = { ...options, headers: { Accept: LIST_V2 }, replyBytesMax: LIST_BYTES_MAX }
    const reply = await this.#send('GET', new URL(`${kind}/`, this.#root), request)
    if (reply.status === 404) return this.#requireNoFolder(reply, kind, options)
    if (reply.status !== 200) throw this.#refusal(reply, kind)
    const sized = String(reply.headers['content-type']).startsWith(LIST_V2)
    if (!sized) yield* this.#findSizes(kind, this.#parseList(reply.body), options)
    else for (const entry of this.#parseList(reply.body)) yield* this.#parseEntry(entry)
  }

  /** Where there is a repository there are its folders, but for rclone, which has none without objects: else somebody on the way errs. */
  async #requireNoFolder(reply: HttpReply, kind: ObjectKind, options: CallOptions): Promise<void> {
    if (/^rclone\//.test(String(reply.headers.server)) || (await this.stat('config', '', options)) === undefined) return
    throw this.#refusal(reply, kind)
  }

  async remove(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<void> {
    const reply = await this.#send('DELETE', this.#url(kind, name), options)
    if (reply.status !== 200 && reply.status !== 204 && reply.status !== 404) throw this.#refusal(reply, `${kind}/${name}`)
  }

  /** The protocol has no question for it. */
  async freeBytes(): Promise<number | undefined> {
    return undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
  }

  #url(kind: ObjectKind, name: string): URL {
    checkName(kind, name)
    return new URL(kind === 'config' ? 'config' : `${kind}/${name}`, this.#root)
  }

  async #post(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions): Promise<HttpReply> {
    const headers = { 'Content-Type': 'application/octet-stream' }
    const url = this.#url(kind, name)
    await this.#clearing.get(url.pathname)
    try {
      return await this.#send('POST', url, { ...options, headers, body: bytes })
    } catch (error) {
      const cleared = this.#removeHalf(kind, name, bytes).finally(() => this.#clearing.delete(url.pathname))
      this.#clearing.set(url.pathname, cleared)
      // Whoever was told to stop does so at once; the next attempt at this object waits.
      if (!options.signal?.aborted) await cleared
      throw error
    }
  }

  /** rclone writes under the final name: what a broken connection left there would pass for somebody else's damaged object. */
  async #removeHalf(kind: ObjectKind, name: string, bytes: Uint8Array): Promise<void> {
    try {
      const signal = AbortSignal.timeout(CLEAN_UP_MS)
      const there = await this.stat(kind, name, { signal })
      if (there !== undefined && there.sizeBytes !== bytes.length) await this.remove(kind, name, { signal })
    } catch {}
  }

  #send(
    method: 'GET' | 'HEAD' | 'POST' | 'DELETE',
    url: URL,
    options: CallOptions & { headers?: Record<string, string>; body?: Uint8Array; replyBytesMax?: number | undefined },
  ): Promise<HttpReply> {
    const { signal, pace, body, replyBytesMax } = options
    const headers = { ...this.#headers, ...options.headers }
    return this.#client.send({ method, url, headers, body, signal, pace, replyBytesMax })
  }

  *#parseList(body: Uint8Array): Generator<unknown> {
    try {
      yield* parseList(body)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw this.#notProtocol(error.message)
    }
  }

  /** One entry of a version 2 list; nothing for a name that is no object's. */
  #parseEntry(entry: unknown): ObjectEntry[] {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('size' in entry)) {
      throw this.#notProtocol('an entry of the list has no name or size')
    }
    const { name, size } = entry
    if (typeof name !== 'string' || !isObjectName(name)) return []
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw this.#notProtocol(`${name} has no sensible size`)
    return [{ name, sizeBytes: size }]
  }

  /** Version 1 lists bare names: the sizes are asked one by one. */
  async *#findSizes(kind: ObjectKind, names: Iterable<unknown>, options: CallOptions): AsyncGenerator<ObjectEntry> {
    const objects = [...names].filter((name) => typeof name === 'string').filter(isObjectName)
    for (let i = 0; i < objects.length; i += HEADS_AT_ONCE) {
      const some = await Promise.all(objects.slice(i, i + HEADS_AT_ONCE).map((name) => this.stat(kind, name, options)))
      yield* some.filter((entry) => entry !== undefined)
    }
  }

  #postRefusal(reply: HttpReply, kind: ObjectKind, name: string, bytes: Uint8Array): StorageError {
    if (reply.status !== 400) return this.#refusal(reply, `${kind}/${name}`)
    // The server hashed something else: damage on the way, worth another try, unless the bytes are wrong already here.
    const ours = kind === 'config' || createHash('sha256').update(bytes).digest('hex') === name
    const message = `${this.location}: ${kind}/${name}: the server received bytes that do not match the name (400)`
    return new StorageError('failed', message, { retryable: ours })
  }

  #refusal({ status }: HttpReply, what: string): StorageError {
    const message = `${this.location}: ${what}: the server answered ${status}`
    if (status === 401 || status === 403 || status === 405) return new StorageError('refused', message)
    if (status === 507) return new StorageError('full', message)
    if (status === 429 || status === 408 || (status >= 502 && status <= 504)) return new StorageError('unreachable', message)
    return new StorageError('failed', message, { retryable: status >= 500 && status !== 501 })
  }

  #notProtocol(what: string): StorageError {
    return new StorageError('failed', `${this.location}: ${what}: this does not look like a REST server for restic`, {
      retryable: false,
    })
  }
}
