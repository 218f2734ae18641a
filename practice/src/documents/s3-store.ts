/** Sealed files in a bucket, through the vault's own S3 client; large ones go in parts, and come in parts. */
import { open, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as startTimer } from 'node:timers'
import { setTimeout } from 'node:timers/promises'
import { codeOf, type HttpReply, parseAddress, refusalOf, S3Client, StorageError, uploadInParts } from '@couronne/vault/s3'
import { DamagedError, DiskFullError, InvalidInputError } from '#errors'
import { makeFolder, readFilePart, sizeOf } from './folder-store.ts'
import { objectPath } from './object-name.ts'
import { DocumentStoreError, type ObjectStore } from './object-store.ts'
import { inPieces } from './sealed-stream.ts'

/** At least 5 MiB for most servers; 10,000 parts make 160 GB. */
const PART_BYTES = 16 * 1024 * 1024
const READ_BYTES = 4 * 1024 * 1024
const ATTEMPTS = 4
const FIRST_PAUSE_MS = 250
/** Without a byte in either direction. */
const SILENCE_MS_MAX = 30_000

/** What each request is sent with. */
type Call = Pick<Parameters<S3Client['send']>[0], 'signal' | 'pace'>

export interface S3StoreOptions {
  /** below the address's own: a practice's id */
  readonly prefix: string
  /** `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_DEFAULT_REGION` */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** after which a server that says nothing is given up */
  readonly silenceMsMax?: number
}

/**
 * Nothing is sent before the first call.
 *
 * @param address `s3:https://host/bucket/prefix`, as the vault and restic write it; the bucket must be there
 * @throws {InvalidInputError} when it is another kind of address, or the credentials are missing
 */
export function openS3Store(address: string, options: S3StoreOptions): ObjectStore {
  const { prefix, environment, silenceMsMax = SILENCE_MS_MAX } = options
  const place = parseAddress(address)
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION } = environment
  if (place.kind !== 's3' || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new InvalidInputError('documents: an address s3:… and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are expected')
  const client = new S3Client({
    endpoint: place.endpoint,
    bucket: place.bucket,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    ...(AWS_DEFAULT_REGION ? { region: AWS_DEFAULT_REGION } : {}),
    connections: 5,
  })
  return new S3Store(client, [place.prefix, prefix].filter(Boolean).join('/'), silenceMsMax)
}

class S3Store implements ObjectStore {
  readonly #client: S3Client
  readonly #prefix: string
  readonly #silenceMsMax: number

  constructor(client: S3Client, prefix: string, silenceMsMax: number) {
    this.#client = client
    this.#prefix = prefix
    this.#silenceMsMax = silenceMsMax
  }

  async put(name: string, path: string): Promise<void> {
    const key = this.#keyOf(name)
    const sizeBytes = await sizeOf(path)
    const there = await this.stat(name)
    if (sizeBytes === undefined && there === undefined) throw new DamagedError('a sealed file is not where it should be')
    if (sizeBytes !== undefined && there !== sizeBytes) {
      await this.#send(name, (call) => this.#upload(key, name, path, sizeBytes, call))
      // The only copy goes next: that the server said yes is not enough.
      if ((await this.stat(name)) !== sizeBytes)
        throw new DocumentStoreError(`the document store said yes and has not got ${name}`)
    }
    await rm(path, { force: true })
  }

  async putPieces(name: string, pieces: readonly Uint8Array[], aside: () => string): Promise<void> {
    const path = aside()
    await makeFolder(dirname(path))
    await writeFile(path, pieces, { mode: 0o600 })
    await this.put(name, path)
  }

  async stat(name: string): Promise<number | undefined> {
    const reply = await this.#send(name, (call) => this.#client.send({ ...call, method: 'HEAD', key: this.#keyOf(name) }), [404])
    return reply.status === 404 ? undefined : Number(reply.headers['content-length'])
  }

  async *read(name: string, offset: number, lengthBytes: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < offset + lengthBytes; ) {
      const end = Math.min(at + READ_BYTES, offset + lengthBytes)
      const headers = { Range: `bytes=${at}-${end - 1}` }
      const ask = (call: Call) =>
        this.#client.send({ ...call, method: 'GET', key: this.#keyOf(name), headers, replyBytesMax: READ_BYTES })
      const reply = await this.#send(name, ask, [404, 416])
      if (reply.status === 404) throw new DamagedError('a sealed file is not where it should be')
      if (reply.status === 416 || reply.body.length !== end - at) throw new DamagedError(`a sealed file ends before byte ${end}`)
      yield reply.body
      at = end
    }
  }

  async remove(name: string): Promise<void> {
    await this.#send(name, (call) => this.#client.send({ ...call, method: 'DELETE', key: this.#keyOf(name) }), [404])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
  }

  #keyOf(name: string): string {
    return `${this.#prefix}/${objectPath(name)}`
  }

  /** The server compares what it gets with the hash in each part's header, or with the name itself. */
  async #upload(key: string, name: string, path: string, sizeBytes: number, call: Call): Promise<HttpReply> {
    if (sizeBytes <= PART_BYTES) {
      await using file = await open(path, 'r')
      return await this.#client.send({ ...call, method: 'PUT', key, body: await file.readFile(), bodySha256: name })
    }
    const slices = inPieces(readFilePart(path, 0, sizeBytes), () => PART_BYTES)
    return uploadInParts({ client: this.#client, key, slices, headers: {} }, call)
  }

  /** Tries again what may pass. @param ordinary statuses that are an answer too */
  async #send(name: string, ask: (call: Call) => Promise<HttpReply>, ordinary: readonly number[] = []): Promise<HttpReply> {
    for (let attempt = 1; ; attempt++) {
      let trouble: StorageError
      try {
        const reply = await this.#patiently(ask)
        const isMissingBucket = codeOf(reply) === 'NoSuchBucket'
        if ((reply.status >= 200 && reply.status < 300) || (ordinary.includes(reply.status) && !isMissingBucket)) return reply
        trouble = refusalOf(reply, 'the document store', name)
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        trouble = error
      }
      if (trouble.reason === 'full') throw new DiskFullError('the document store is full', { cause: trouble })
      if (!trouble.retryable || attempt === ATTEMPTS) throw new DocumentStoreError(trouble.message, { cause: trouble })
      await setTimeout(FIRST_PAUSE_MS * 2 ** (attempt - 1))
    }
  }

  /** Ends a request to which nothing has been said for too long: whoever waits for it holds an upload, or all previews. */
  async #patiently(ask: (call: Call) => Promise<HttpReply>): Promise<HttpReply> {
    const controller = new AbortController()
    const giveUp = () => controller.abort(new StorageError('unreachable', 'the document store does not answer'))
    const timer = startTimer(giveUp, this.#silenceMsMax)
    try {
      return await ask({ signal: controller.signal, pace: async () => void timer.refresh() })
    } finally {
      clearTimeout(timer)
    }
  }
}
