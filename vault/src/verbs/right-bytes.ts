/** Bytes of an object that are surely right: hashed, and opened with the repository's key. What heals and what catches up copies nothing else. */
import { VaultError } from '#errors'
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
import type { CallOptions, ObjectKind } from '#storage'

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

/** From the first mirror that has them right; undefined when none has. Mirrors that cannot be reached count as having nothing. */
export async function findRightBytes(
  repository: Repository,
  kind: CopiedKind,
  name: string,
  mirrors: readonly Mirror[],
  { signal }: CallOptions = {},
): Promise<RightBytes | undefined> {
  for (const mirror of mirrors) {
    for (let read = 0; read < READS_MAX; read++) {
      const bytes = await loadIfAny(mirror, kind, name, { signal })
      if (bytes === undefined) break
      if (whyWrong(repository, kind, name, bytes) === undefined) return { bytes, mirror }
    }
  }
  return undefined
}

/** An object's bytes as one mirror has them, right or wrong; undefined when it gives none. */
export async function loadIfAny(
  mirror: Mirror,
  kind: CopiedKind,
  name: string,
  { signal }: CallOptions = {},
): Promise<Uint8Array | undefined> {
  try {
    return await mirror.storage.load(kind, name, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof VaultError) return undefined
    throw error
  }
}
