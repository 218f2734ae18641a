/** Bytes of an object that are surely right: hashed, and opened with the repository's key. What heals and what catches up copies nothing else. */
import { StorageError, VaultError } from '#errors'
import {
  decodeConfig,
  decodeIndexFile,
  decodeKeyFile,
  decodePackHeader,
  decodeSnapshot,
  decodeUnpacked,
  PACK_HEADER_BYTES_MAX,
  unseal,
} from '#format'
import type { Mirror, Repository } from '#repository'
import type { CallOptions, LoadOptions, ObjectKind } from '#storage'

/** Kinds that are copied between mirrors; locks are of the moment. */
export type CopiedKind = Exclude<ObjectKind, 'locks'>

export interface RightBytes {
  readonly bytes: Uint8Array
  readonly mirror: Mirror
}

/** Why bytes are not what the name says; undefined when they are. */
export function whyWrong(repository: Repository, kind: CopiedKind, name: string, bytes: Uint8Array): string | undefined {
  if (kind !== 'config' && repository.primitives.sha256Hex(bytes) !== name) return 'its bytes do not hash to its name'
  try {
    openObject(repository, kind, bytes)
    return undefined
  } catch (error) {
    if (error instanceof VaultError) return error.message
    throw error
  }
}

function openObject({ primitives, key, config }: Repository, kind: CopiedKind, bytes: Uint8Array): void {
  switch (kind) {
    case 'config': {
      const { id } = decodeConfig(unseal(primitives, key, bytes))
      if (id !== config.id) throw new VaultError('usage', 'belongs to another repository')
      return
    }
    case 'keys':
      decodeKeyFile(bytes)
      return
    case 'data':
      decodePackHeader(primitives, key, bytes.subarray(-(PACK_HEADER_BYTES_MAX + 4)), bytes.length)
      return
    case 'index':
      decodeIndexFile(decodeUnpacked(primitives, key, bytes))
      return
    case 'snapshots':
      decodeSnapshot(decodeUnpacked(primitives, key, bytes))
  }
}

/** A destination that gives wrong bytes now and then is asked again, before others or nobody have to do. */
const READS_MAX = 2

/**
 * From the first mirror that has them right; undefined when none gives them so. That is no proof that they are lost: a mirror that does not
 * answer counts as having nothing, and is told to `onSilence`.
 */
export async function findRightBytes(
  repository: Repository,
  kind: CopiedKind,
  name: string,
  mirrors: readonly Mirror[],
  { signal, onSilence }: CallOptions & { readonly onSilence?: (mirror: Mirror) => void } = {},
): Promise<RightBytes | undefined> {
  for (const mirror of mirrors) {
    for (let read = 0; read < READS_MAX; read++) {
      const bytes = await askFor(mirror, kind, name, { signal })
      if (bytes === 'no answer') onSilence?.(mirror)
      if (bytes === undefined || bytes === 'no answer') break
      if (whyWrong(repository, kind, name, bytes) === undefined) return { bytes, mirror }
    }
  }
  return undefined
}

/** An object's bytes as one mirror has them, right or wrong; undefined when it gives none, for whatever reason. */
export async function loadIfAny(
  mirror: Mirror,
  kind: CopiedKind,
  name: string,
  options: CallOptions = {},
): Promise<Uint8Array | undefined> {
  const answer = await askFor(mirror, kind, name, options)
  return answer === 'no answer' ? undefined : answer
}

/** The same, but told apart: undefined when the mirror has none, `no answer` when it may have it all the same. */
export async function askFor(
  mirror: Mirror,
  kind: CopiedKind,
  name: string,
  options: LoadOptions = {},
): Promise<Uint8Array | 'no answer' | undefined> {
  try {
    return await mirror.storage.load(kind, name, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isNoAnswer(error)) return 'no answer'
    if (error instanceof VaultError) return undefined
    throw error
  }
}

/**
 * Whether an error leaves open what the destination holds. An object that is gone or too short is an answer, and so is a disk that cannot
 * read it: that was tried several times.
 */
export function isNoAnswer(error: unknown): boolean {
  if (error instanceof StorageError && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'EIO')
    return false
  if (error instanceof StorageError && error.reason !== 'failed') return true
  return error instanceof VaultError && error.retryable
}

/** Mirrors that do not say whether they have one of these objects. */
export async function mirrorsWithoutAnswer(
  { storage }: Repository,
  kind: CopiedKind,
  names: Iterable<string>,
  options: CallOptions = {},
): Promise<Set<string>> {
  const silent = new Set<string>()
  for (const name of names) {
    for (const mirror of storage.mirrors) {
      if (!silent.has(mirror.location) && (await askFor(mirror, kind, name, options)) === 'no answer') silent.add(mirror.location)
    }
  }
  return silent
}
