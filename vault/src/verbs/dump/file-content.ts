/** A file's bytes, in order. */
import { ObjectDamagedError, VaultError } from '#errors'
import { type BlobId, idBytes, SEAL_OVERHEAD_BYTES } from '#format'
import type { Repository } from '#repository'
import type { CallOptions } from '#storage'
import type { TreeEntry } from '../tree-walk.ts'

/** Blobs that are loaded before they are wanted, and what they may take together. */
const AHEAD_BLOBS_MAX = 32
const AHEAD_BYTES_MAX = 32 * 1024 * 1024

/**
 * The content of a file, blob by blob, each verified. Needs the index.
 * @throws {BlobMissingError | ObjectDamagedError} where the file cannot be read on; what came before is right
 */
export async function* fileContent(
  repository: Repository,
  { node, tree }: TreeEntry,
  { signal }: CallOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  if (node.content === null) throw new ObjectDamagedError('blob', tree, 'this tree does not say what is in one of its files')
  const under: { loading: Promise<Uint8Array>; bytes: number }[] = []
  let bytesUnder = 0
  let next = 0
  let sizeBytes = 0
  const loadAhead = () => {
    while (next < node.content!.length && under.length < AHEAD_BLOBS_MAX && (under.length < 1 || bytesUnder < AHEAD_BYTES_MAX)) {
      const id = node.content![next++]!
      const loading = repository.loadBlob('data', id, { signal })
      loading.catch(() => undefined)
      const bytes = expectedBytes(repository, id)
      under.push({ loading, bytes })
      bytesUnder += bytes
    }
  }
  try {
    for (loadAhead(); under.length > 0; loadAhead()) {
      const { loading, bytes } = under.shift()!
      bytesUnder -= bytes
      const blob = await loading
      sizeBytes += blob.length
      yield blob
    }
  } finally {
    await Promise.allSettled(under.map(({ loading }) => loading))
  }
  if (sizeBytes !== node.size) {
    throw new VaultError('size-differs', `expected ${node.size} bytes, found ${sizeBytes}`)
  }
}

function expectedBytes({ index }: Repository, id: BlobId): number {
  const number = index.numberOf('data', idBytes(id))
  if (number < 0) return 0
  const { length, uncompressedLength } = index.at(number)
  return uncompressedLength || length - SEAL_OVERHEAD_BYTES
}
