/**
 * Where objects lie below a repository's root, and the checks that every storage shares (restic design, "Repository Layout").
 */
import { ObjectDamagedError, ObjectExistsError, ObjectMissingError, StorageError, UsageError } from '#errors'
import type { CallOptions, LoadOptions, ObjectKind, Storage } from './storage.ts'

const NAME = /^[0-9a-f]{64}$/
const KIB = 1024
/**
 * What an object may weigh that is loaded whole, far above what any program writes: 8 MB an index of 50,000 blobs, half a kilobyte a key or
 * a lock, and a snapshot has the path of each file that `--files-from` listed, which is 64 MB for half a million of them uncompressed.
 * Something larger was put there by somebody else. Packs are read in parts.
 */
const WHOLE_BYTES_MAX: Readonly<Record<ObjectKind, number>> = {
  config: 64 * KIB,
  keys: 64 * KIB,
  locks: 64 * KIB,
  snapshots: 64 * KIB * KIB,
  index: 128 * KIB * KIB,
  data: Number.POSITIVE_INFINITY,
}

/** Whether a file of that name may be an object: 64 lower-case hex characters. Lists leave everything else out. */
export function isObjectName(name: string): boolean {
  return NAME.test(name)
}

/**
 * The path of an object relative to the root, with `/`. Packs lie in 256 folders.
 * @throws {UsageError} when the repository could not have given that name: nothing else ever becomes part of a path
 */
export function objectPath(kind: ObjectKind, name: string): string {
  checkName(kind, name)
  if (kind === 'config') return 'config'
  return kind === 'data' ? `data/${name.slice(0, 2)}/${name}` : `${kind}/${name}`
}

/** @throws {UsageError} unless `name` is 64 lower-case hex characters, or `''` for `config` */
export function checkName(kind: ObjectKind, name: string): void {
  const good = kind === 'config' ? name === '' : isObjectName(name)
  if (!good) throw new UsageError(`${kind}: an object's name has 64 hex characters, this one has ${name.length} characters`)
}

/** The folders of a repository, parents first. */
export function repositoryFolders(): string[] {
  const packs = Array.from({ length: 256 }, (_, i) => `data/${i.toString(16).padStart(2, '0')}`)
  return ['keys', 'locks', 'snapshots', 'index', 'data', ...packs]
}

/** @throws {UsageError} when offset or length are no natural numbers */
export function checkRange(options: LoadOptions): void {
  for (const value of [options.offset, options.lengthBytes]) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
      throw new UsageError(`not a range of bytes: ${value}`)
  }
}

/**
 * The number of bytes to read of an object that has `sizeBytes`.
 * @throws {StorageError} not retryable, when the object is too short
 * @throws {ObjectDamagedError} when all of it is asked for, and that is more than an object of its kind can be
 */
export function rangeBytes(kind: ObjectKind, name: string, sizeBytes: number, options: LoadOptions): number {
  const offset = options.offset ?? 0
  const end = options.lengthBytes === undefined ? sizeBytes : offset + options.lengthBytes
  if (offset > sizeBytes || end > sizeBytes) throw tooShort(kind, name, options, sizeBytes)
  if (options.lengthBytes === undefined && end - offset > WHOLE_BYTES_MAX[kind]) throw oversized(kind, name)
  return end - offset
}

/** What a reply may weigh in which an object or a part of it comes: a server that knows no ranges sends all of it. */
export function replyBytesMaxFor(kind: ObjectKind): number | undefined {
  return Number.isFinite(WHOLE_BYTES_MAX[kind]) ? WHOLE_BYTES_MAX[kind] : undefined
}

/** What `load` throws when an object is larger than one of its kind can be. */
export function oversized(kind: ObjectKind, name: string): ObjectDamagedError {
  return new ObjectDamagedError(kind, name, `is larger than ${WHOLE_BYTES_MAX[kind]} bytes, as no object of its kind is`)
}

/** What `load` throws when the object ends before the bytes asked for. */
export function tooShort(kind: ObjectKind, name: string, options: LoadOptions, sizeBytes?: number): StorageError {
  const has = sizeBytes === undefined ? 'is shorter' : `has ${sizeBytes} bytes`
  const asked = options.lengthBytes === undefined ? 'all' : `${options.lengthBytes}`
  return new StorageError('failed', `${kind}/${name}: asked for ${asked} bytes from ${options.offset ?? 0}, the object ${has}`, {
    retryable: false,
  })
}

/** The object missing at `kind/name`; `config` has no name of its own. */
export function missing(kind: ObjectKind, name: string, cause?: unknown): ObjectMissingError {
  return new ObjectMissingError(kind, name, { cause })
}

/** Whether two arrays hold the same bytes; either may be a view on shared memory. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

/**
 * Whether the object is there already, as far as can be told without reading it: by its size, since its name is the hash of its
 * bytes. The config is compared: it has no such name, and two of them are always about the same size.
 * @throws {ObjectExistsError} when another one is there
 */
export async function isThere(
  storage: Pick<Storage, 'stat' | 'load'>,
  kind: ObjectKind,
  name: string,
  bytes: Uint8Array,
  { signal }: CallOptions,
): Promise<boolean> {
  const there = await storage.stat(kind, name, { signal })
  if (there === undefined) return false
  if (there.sizeBytes !== bytes.length) throw new ObjectExistsError(kind, name)
  if (kind === 'config' && !sameBytes(await storage.load(kind, name, { signal }), bytes)) throw new ObjectExistsError(kind, name)
  return true
}

/** Calls `visit` with successive views of at most `sliceBytes`; once with nothing for an empty array. */
export async function inSlices(
  bytes: Uint8Array,
  sliceBytes: number,
  visit: (slice: Uint8Array, offset: number) => Promise<void>,
): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += sliceBytes) {
    await visit(bytes.subarray(offset, offset + sliceBytes), offset)
  }
}

/** Bytes that are about to be filled, without zeroing them first. */
export function allocate(length: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(length)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, length)
}
