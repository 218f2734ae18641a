/** Sealing a blob for a pack, opened again before anybody relies on it (architecture, decision 3). */
import { VaultError } from '#errors'
import { type BlobId, decodeBlob, encodeBlob, type StoredBlob, seal, unseal } from '#format'
import type { Repository } from '#repository'

/** @throws {VaultError} `self-check` when what was sealed does not open to the same blob */
export function sealVerified(repository: Repository, id: BlobId, plaintext: Uint8Array, level: number | 'off'): StoredBlob {
  return verified(repository, id, encodeBlob(repository.primitives, repository.key, plaintext, level))
}

/** The stored form of a blob under another repository's key, without compressing it again. */
export function resealVerified(from: Repository, to: Repository, id: BlobId, blob: StoredBlob): StoredBlob {
  const { primitives } = to
  const bytes = seal(primitives, to.key, unseal(primitives, from.key, blob.bytes))
  return verified(to, id, { bytes, uncompressedLength: blob.uncompressedLength })
}

function verified({ primitives, key }: Repository, id: BlobId, blob: StoredBlob): StoredBlob {
  const plaintext = decodeBlob(primitives, key, blob.bytes, blob.uncompressedLength)
  if (primitives.sha256Hex(plaintext) === id) return blob
  throw new VaultError('self-check', `blob ${id}: what was just sealed does not open to the same bytes; it was not stored`)
}
