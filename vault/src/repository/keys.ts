/** Key files: opening, adding, listing, removing. Every key file of a repository wraps the same master key. */
import { hostname } from 'node:os'
import { RefusedError, UsageError, VaultError, WrongPasswordError } from '#errors'
import {
  decodeKeyFile,
  encodeKeyFile,
  type KeyFile,
  type KeyId,
  makeKeyFile,
  openKeyFile,
  type Primitives,
  type ScryptParameters,
  type SealKey,
} from '#format'
import type { CallOptions, Storage } from '#storage'
import { currentUser } from '#user'

/**
 * Key files that are tried at most. restic stops at 20, so that twenty foreign keys lock everybody out; each try costs its scrypt,
 * cheapest first, so this bounds what a thousand planted keys can cost.
 */
const KEYS_TRIED_MAX = 200
/** What restic's keys cost at the least, N · r · p; of cheaper ones, which no program writes, fewer are tried. */
const USUAL_COST_MIN = 32768 * 8
const CHEAP_TRIED_MAX = 50
/** Larger than any real key file (about 450 bytes). */
const KEY_FILE_BYTES_MAX = 64 * 1024

export interface OpenedKey {
  readonly master: SealKey
  readonly id: KeyId
  readonly file: KeyFile
}

export interface KeyEntry {
  readonly id: KeyId
  /** Undefined when it is no key file. */
  readonly file: KeyFile | undefined
}

/** All key files of one destination; what is none is listed without a file. */
export async function listKeys(storage: Storage, primitives: Primitives, options: CallOptions = {}): Promise<KeyEntry[]> {
  const entries: KeyEntry[] = []
  for await (const { name, sizeBytes } of storage.list('keys', options)) {
    const id = name as KeyId
    entries.push({ id, file: sizeBytes > KEY_FILE_BYTES_MAX ? undefined : await loadKey(storage, primitives, id, options) })
  }
  return entries
}

async function loadKey(storage: Storage, primitives: Primitives, id: KeyId, options: CallOptions): Promise<KeyFile | undefined> {
  try {
    const bytes = await storage.load('keys', id, options)
    return primitives.sha256Hex(bytes) === id ? decodeKeyFile(bytes) : undefined
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof VaultError && !error.retryable) return undefined
    throw error
  }
}

/**
 * The master key, from the first key file that opens with the password. Junk in `keys/` is passed over.
 * @param hint first characters of the key to try first
 * @throws {WrongPasswordError} when none opens; it names the files that could not be read
 */
export async function findKey(
  storage: Storage,
  primitives: Primitives,
  password: Uint8Array,
  { hint = '', signal }: { hint?: string; signal?: AbortSignal | undefined } = {},
): Promise<OpenedKey> {
  const entries = await listKeys(storage, primitives, { signal })
  for await (const opened of openKeys(entries, primitives, password, { hint, signal })) return opened
  throw new WrongPasswordError(
    storage.location,
    entries.filter(({ file }) => file === undefined).map(({ id }) => id),
  )
}

/** Those of the key files that open with the password, cheapest first. Each that is tried costs its scrypt. */
export async function* openKeys(
  entries: readonly KeyEntry[],
  primitives: Primitives,
  password: Uint8Array,
  { hint = '', signal }: { hint?: string; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<OpenedKey> {
  const readable = entries.filter((entry): entry is KeyEntry & { file: KeyFile } => entry.file !== undefined)
  const hinted = ({ id }: KeyEntry) => (hint !== '' && id.startsWith(hint) ? 0 : 1)
  readable.sort((a, b) => hinted(a) - hinted(b) || cost(a.file) - cost(b.file))
  // Whoever may add key files can add many that cost nothing: they must not stand before those that programs write.
  const isCheap = ({ file }: (typeof readable)[number]) => cost(file) < USUAL_COST_MIN
  const cheap = readable.filter(isCheap).slice(0, CHEAP_TRIED_MAX)
  const usual = readable.filter((entry) => !isCheap(entry)).slice(0, KEYS_TRIED_MAX)
  for (const { id, file } of [...cheap, ...usual].sort((a, b) => hinted(a) - hinted(b))) {
    signal?.throwIfAborted()
    try {
      yield { master: await openKeyFile(primitives, file, password), id, file }
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      // Another password's key, or a damaged one: the next may open.
    }
  }
}

function cost({ n, r, p }: KeyFile): number {
  return n * r * p
}

/**
 * scrypt parameters as restic calibrates them: about half a second on this machine, at most 60 MiB, never below what restic itself
 * writes at the least (N = 32768, r = 8, p = 1).
 */
export async function calibrateScrypt(primitives: Primitives, targetMs = 500): Promise<ScryptParameters> {
  const n = 32768
  const r = 8
  const started = performance.now()
  await primitives.scrypt(new Uint8Array(8), new Uint8Array(64), n, r, 1)
  const oneMs = Math.max(1, performance.now() - started)
  return { n, r, p: Math.min(16, Math.max(1, Math.round(targetMs / oneMs))) }
}

/**
 * Adds a key file that opens with `password`, and opens it again from the destination before it says so.
 * @returns the new key's ID
 */
export async function addKey(
  storage: Storage,
  primitives: Primitives,
  master: SealKey,
  password: Uint8Array,
  options: {
    parameters?: ScryptParameters
    username?: string
    hostname?: string
    allowEmptyPassword?: boolean
    signal?: AbortSignal
  } = {},
): Promise<KeyId> {
  if (password.length === 0 && !options.allowEmptyPassword) throw new UsageError('an empty password is no password')
  const facts = {
    created: Temporal.Now.instant().toString(),
    username: options.username ?? currentUser().username,
    hostname: options.hostname ?? hostname(),
  }
  const parameters = options.parameters ?? (await calibrateScrypt(primitives))
  const bytes = encodeKeyFile(await makeKeyFile(primitives, master, password, facts, parameters))
  const id = primitives.sha256Hex(bytes) as KeyId
  await storage.save('keys', id, bytes, { signal: options.signal })
  const stored = await loadKey(storage, primitives, id, { signal: options.signal })
  const opened = stored && (await openKeyFile(primitives, stored, password).catch(() => undefined))
  if (opened === undefined || !primitives.equal(opened.encrypt, master.encrypt)) {
    throw new VaultError('self-check', `keys/${id}: the key that was just stored does not open`)
  }
  return id
}

/** Removes a key file. @throws {RefusedError} for the key that is in use: it could be the last that anybody knows */
export async function removeKey(storage: Storage, inUse: KeyId, id: KeyId, options: CallOptions = {}): Promise<void> {
  if (id === inUse)
    throw new RefusedError(`keys/${id}: this key opened the repository just now; open with another one to remove it`)
  await storage.remove('keys', id, options)
}
