/**
 * A repository in a bucket, in path style: Amazon's S3, Ceph, MinIO, Garage and the many that speak like them.
 *
 * Nothing is overwritten: an object is asked for first, and sent with `If-None-Match: *` where that is honoured. In a bucket with
 * versions `remove` leaves a marker and the older versions stay, which is what protects from a thief of the keys. With retention the
 * server itself refuses to let go of a version before its day.
 */
import { createHash } from 'node:crypto'
import { StorageError } from '#errors'
import type { HttpReply } from './http.ts'
import { type HttpSource, loadOverHttp } from './http-load.ts'
import { isObjectName, isThere, missing, objectPath } from './layout.ts'
import { codeOf, refusalOf, S3Client, type S3Credentials, type S3Request, textOf } from './s3-client.ts'
import { type Parts, uploadInParts } from './s3-multipart.ts'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, ObjectRetention, Storage } from './storage.ts'
import type { TlsOptions } from './tls.ts'
import { escapeXml, findElements, findText } from './xml.ts'

const MULTIPART_FROM_BYTES = 128 * 1024 * 1024
const PART_BYTES = 32 * 1024 * 1024

export interface S3Options extends S3Credentials, TlsOptions {
  /** `https://host` or `http://host:port`. */
  readonly endpoint: string
  readonly bucket: string
  /** Where the repository lies in the bucket, without `/` at either end; empty for the whole bucket. */
  readonly prefix?: string | undefined
  readonly region?: string | undefined
  readonly connections?: number | undefined
  /** Larger objects are sent in parts. */
  readonly multipartFromBytes?: number | undefined
  /** At least 5 MiB for most servers. */
  readonly partBytes?: number | undefined
  /** Holds each new object, but locks, for so many days. The bucket must have object lock; `create` makes one that has. */
  readonly retentionDays?: number | undefined
  /** `compliance` when absent: nobody can shorten it. */
  readonly retentionMode?: ObjectRetention['mode'] | undefined
  /** The present, for retention; chosen by tests. */
  readonly now?: (() => Temporal.Instant) | undefined
}

/** The repository below `prefix` of a bucket. Nothing is sent before the first call. */
export function s3Storage(options: S3Options): Storage {
  return new S3(options)
}

class S3 implements Storage {
  readonly location: string
  readonly connections: number
  readonly retention: NonNullable<Storage['retention']>
  readonly #options: S3Options
  readonly #client: S3Client
  readonly #prefix: string
  /** Some servers answer 501 to `If-None-Match`; they are asked without from then on. */
  #conditional = true

  constructor(options: S3Options) {
    this.#options = options
    this.connections = options.connections ?? 5
    this.#client = new S3Client({ ...options, connections: this.connections })
    this.#prefix = options.prefix ? `${options.prefix}/` : ''
    this.location = `s3:${options.endpoint}/${options.bucket}${options.prefix ? `/${options.prefix}` : ''}`
    this.retention = {
      read: (kind, name, call) => this.#readRetention(kind, name, call),
      extend: (kind, name, retention, call) => this.#extendRetention(kind, name, retention, call),
    }
  }

  /** Makes the bucket when there is none. */
  async create(options: CallOptions = {}): Promise<void> {
    const there = await this.#client.send({ ...call(options), method: 'GET', query: { location: '' } })
    // Many a key may use a bucket and not ask about it.
    if (there.status === 200 || codeOf(there) === 'AccessDenied') return
    if (codeOf(there) !== 'NoSuchBucket') throw this.#refusal(there, 'create')
    const { region, retentionDays } = this.#options
    const place = region === undefined || region === 'us-east-1' ? undefined : new TextEncoder().encode(bucketPlace(region))
    const headers: Record<string, string> = retentionDays === undefined ? {} : { 'x-amz-bucket-object-lock-enabled': 'true' }
    const made = await this.#client.send({ ...call(options), method: 'PUT', headers, body: place ?? new Uint8Array() })
    if (made.status !== 200 && codeOf(made) !== 'BucketAlreadyOwnedByYou') throw this.#refusal(made, 'create')
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    if (await isThere(this, kind, name, bytes, options)) return
    const reply = await this.#put(kind, name, bytes, options, this.#conditional)
    if (reply.status === 501 && this.#conditional) {
      this.#conditional = false
      return this.save(kind, name, bytes, options)
    }
    if (reply.status === 412 && (await isThere(this, kind, name, bytes, options))) return
    if (reply.status !== 200) throw this.#refusal(reply, `${kind}/${name}`)
  }

  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const reply = await this.#put(kind, name, bytes, options, false)
    if (reply.status !== 200) throw this.#refusal(reply, `${kind}/${name}`)
  }

  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    const key = this.#key(kind, name)
    const source: HttpSource = {
      get: (headers, replyBytesMax) => this.#client.send({ ...call(options), method: 'GET', key, headers, replyBytesMax }),
      isMissing,
      refusal: (reply) => this.#refusal(reply, `${kind}/${name}`),
      stat: this.stat.bind(this),
    }
    return loadOverHttp(source, kind, name, options)
  }

  async stat(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<ObjectEntry | undefined> {
    const reply = await this.#client.send({ ...call(options), method: 'HEAD', key: this.#key(kind, name) })
    if (reply.status === 404) return undefined
    const sizeBytes = Number(reply.headers['content-length'] ?? Number.NaN)
    if (reply.status !== 200 || !Number.isSafeInteger(sizeBytes)) throw this.#refusal(reply, `${kind}/${name}`)
    return { name, sizeBytes }
  }

  async modifiedAt(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<Temporal.Instant | undefined> {
    const reply = await this.#client.send({ ...call(options), method: 'HEAD', key: this.#key(kind, name) })
    if (reply.status === 404) return undefined
    if (reply.status !== 200) throw this.#refusal(reply, `${kind}/${name}`)
    const ms = Date.parse(String(reply.headers['last-modified']))
    return Number.isNaN(ms) ? undefined : Temporal.Instant.fromEpochMilliseconds(ms)
  }

  async *list(kind: ObjectKind, options: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    if (kind === 'config') {
      const config = await this.stat(kind, '', options)
      if (config) yield config
      return
    }
    const prefix = `${this.#prefix}${kind}/`
    let query: Record<string, string> | undefined = { 'list-type': '2', prefix }
    while (query !== undefined) {
      const reply = await this.#client.send({ ...call(options), method: 'GET', query })
      if (codeOf(reply) === 'NoSuchBucket') return
      if (reply.status !== 200) throw this.#refusal(reply, `list of ${kind}`)
      const page = textOf(reply)
      for (const entry of findElements(page, 'Contents')) yield* this.#parseEntry(kind, prefix, entry)
      const next = findText(page, 'IsTruncated') === 'true' ? findText(page, 'NextContinuationToken') : undefined
      const goesOn = next !== undefined && next !== '' && next !== query['continuation-token']
      if (!page.includes('<ListBucketResult') || (findText(page, 'IsTruncated') === 'true' && !goesOn)) {
        const message = `${this.location}: the list of ${kind} breaks off: this server does not speak ListObjectsV2`
        throw new StorageError('failed', message, { retryable: false })
      }
      query = next === undefined ? undefined : { 'list-type': '2', prefix, 'continuation-token': next }
    }
  }

  async remove(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<void> {
    const reply = await this.#client.send({ ...call(options), method: 'DELETE', key: this.#key(kind, name) })
    if (reply.status !== 200 && reply.status !== 204 && reply.status !== 404) throw this.#refusal(reply, `${kind}/${name}`)
  }

  /** S3 has no question for it. */
  async freeBytes(): Promise<number | undefined> {
    return undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
  }

  #key(kind: ObjectKind, name: string): string {
    return this.#prefix + objectPath(kind, name)
  }

  #refusal(reply: HttpReply, what: string): StorageError {
    return refusalOf(reply, this.location, what)
  }

  async #put(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions, conditional: boolean): Promise<HttpReply> {
    const headers = { ...this.#retentionHeaders(kind), ...(conditional && { 'If-None-Match': '*' }) }
    const key = this.#key(kind, name)
    const { multipartFromBytes = MULTIPART_FROM_BYTES, partBytes = PART_BYTES } = this.#options
    if (bytes.length >= multipartFromBytes) {
      const parts: Parts = { client: this.#client, key, slices: slicesOf(bytes, partBytes), headers }
      return uploadInParts(parts, call(options))
    }
    // The name is the hash of the bytes: the server compares them with it, at no cost here.
    const bodySha256 = kind === 'config' ? undefined : name
    const request = { method: 'PUT', key, headers: { ...headers, 'Content-MD5': md5(bytes) }, body: bytes, bodySha256 } as const
    return this.#client.send({ ...call(options), ...request })
  }

  *#parseEntry(kind: ObjectKind, prefix: string, entry: string): Generator<ObjectEntry> {
    const key = findText(entry, 'Key') ?? ''
    const name = key.slice(key.lastIndexOf('/') + 1)
    if (!isObjectName(name) || !key.startsWith(prefix) || key !== this.#key(kind, name)) return
    const sizeBytes = Number(findText(entry, 'Size') ?? Number.NaN)
    if (!Number.isSafeInteger(sizeBytes))
      throw new StorageError('failed', `${this.location}: ${kind}/${name} has no size in the list`)
    yield { name, sizeBytes }
  }

  /** Locks are let go within the hour: they are never held. */
  #retentionHeaders(kind: ObjectKind): Record<string, string> {
    const { retentionDays, retentionMode = 'compliance', now = Temporal.Now.instant } = this.#options
    if (retentionDays === undefined || kind === 'locks') return {}
    const until = now().add({ hours: retentionDays * 24 })
    return { 'x-amz-object-lock-mode': retentionMode.toUpperCase(), 'x-amz-object-lock-retain-until-date': printInstant(until) }
  }

  async #readRetention(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<ObjectRetention | undefined> {
    const reply = await this.#client.send({
      ...call(options),
      method: 'GET',
      key: this.#key(kind, name),
      query: { retention: '' },
    })
    if (isMissing(reply)) throw missing(kind, name)
    // An object that nothing holds, or a bucket that can hold none.
    if (reply.status === 404 || codeOf(reply) === 'InvalidRequest') return undefined
    if (reply.status !== 200) throw this.#refusal(reply, `retention of ${kind}/${name}`)
    const [mode, until] = [findText(textOf(reply), 'Mode')?.toLowerCase(), findText(textOf(reply), 'RetainUntilDate')]
    if ((mode !== 'governance' && mode !== 'compliance') || until === undefined) return undefined
    return { mode, until: Temporal.Instant.from(until) }
  }

  async #extendRetention(kind: ObjectKind, name: string, wanted: ObjectRetention, options: CallOptions = {}): Promise<void> {
    const present = await this.#readRetention(kind, name, options)
    const longEnough = present !== undefined && Temporal.Instant.compare(present.until, wanted.until) >= 0
    if (longEnough && (present.mode === 'compliance' || wanted.mode === 'governance')) return
    const mode = present?.mode === 'compliance' ? 'compliance' : wanted.mode
    // From governance to compliance is stricter, but servers want to hear that it is meant.
    const risen: Record<string, string> =
      present !== undefined && present.mode !== mode ? { 'x-amz-bypass-governance-retention': 'true' } : {}
    const until = longEnough ? present.until : wanted.until
    const body = new TextEncoder().encode(printRetention({ mode, until }))
    const request = {
      method: 'PUT',
      key: this.#key(kind, name),
      query: { retention: '' },
      headers: { ...risen, 'Content-MD5': md5(body) },
      body,
    } as const
    const reply = await this.#client.send({ ...call(options), ...request })
    if (isMissing(reply)) throw missing(kind, name)
    if (codeOf(reply) === 'InvalidRequest') throw new StorageError('refused', `${this.location}: the bucket has no object lock`)
    if (reply.status !== 200) throw this.#refusal(reply, `retention of ${kind}/${name}`)
  }
}

function* slicesOf(bytes: Uint8Array, sliceBytes: number): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += sliceBytes) yield bytes.subarray(offset, offset + sliceBytes)
}

function call({ signal, pace }: CallOptions): CallOptions & Partial<S3Request> {
  return { signal, pace }
}

function isMissing(reply: HttpReply): boolean {
  return reply.status === 404 && codeOf(reply) === 'NoSuchKey'
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}

/** Whole seconds, never earlier than asked. */
function printInstant(instant: Temporal.Instant): string {
  return instant.round({ smallestUnit: 'second', roundingMode: 'ceil' }).toString()
}

function printRetention({ mode, until }: ObjectRetention): string {
  return `<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Mode>${mode.toUpperCase()}</Mode><RetainUntilDate>${printInstant(until)}</RetainUntilDate></Retention>`
}

function bucketPlace(region: string): string {
  return `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${escapeXml(region)}</LocationConstraint></CreateBucketConfiguration>`
}
