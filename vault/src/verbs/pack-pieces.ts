/**
 * A pack that no mirror has whole, put together from pieces: a blob that is damaged here may be right there.
 *
 * Each piece is verified by itself (a blob by its seal and its hash, the header by its seal); what is put together counts only when it
 * hashes to the pack's name, and is then the very object that was stored.
 */
import { RefusedError, VaultError } from '#errors'
import { decodeBlob, decodePackHeader, type PackEntry, type PackId, packHeaderBytes } from '#format'
import type { Repository } from '#repository'
import type { CallOptions } from '#storage'
import { askFor } from './right-bytes.ts'

export interface PackPieces {
  /** The pack, when its pieces give it whole. */
  readonly whole: Uint8Array | undefined
  /** Blobs that some mirror has right, as they are stored. */
  readonly found: readonly { readonly entry: PackEntry; readonly stored: Uint8Array }[]
  /** Blobs that none of the mirrors that answered has right. */
  readonly lost: readonly PackEntry[]
  /** Mirrors that did not answer: what is lost may be there. */
  readonly unanswered: readonly string[]
}

/**
 * Looks for each blob of a pack on every mirror.
 * @param known what the index says that it holds, in the order of offsets; when that is nothing, its header is asked
 * @throws {RefusedError} when a blob is larger than is ever read: it is not lost, and nobody here can tell whether it is right
 */
export async function gatherPieces(
  repository: Repository,
  pack: PackId,
  known: readonly PackEntry[],
  { signal }: CallOptions = {},
): Promise<PackPieces> {
  const copies: Uint8Array[] = []
  const unanswered: string[] = []
  for (const mirror of repository.storage.mirrors) {
    const bytes = await askFor(mirror, 'data', pack, { signal })
    if (bytes === 'no answer') unanswered.push(mirror.location)
    else if (bytes !== undefined) copies.push(bytes)
  }
  const entries = known.length > 0 ? known : entriesOf(repository, copies)
  const found: { entry: PackEntry; stored: Uint8Array }[] = []
  const lost: PackEntry[] = []
  for (const entry of entries) {
    const stored = findBlob(repository, copies, entry)
    if (stored === undefined) lost.push(entry)
    else found.push({ entry, stored })
  }
  return { whole: lost.length > 0 ? undefined : assemble(repository, pack, copies, found), found, lost, unanswered }
}

function entriesOf(repository: Repository, copies: readonly Uint8Array[]): PackEntry[] {
  for (const copy of copies) {
    const entries = tryHeader(repository, copy, copy.length)
    if (entries !== undefined) return entries
  }
  return []
}

function tryHeader({ primitives, key }: Repository, tail: Uint8Array, packBytes: number): PackEntry[] | undefined {
  try {
    return decodePackHeader(primitives, key, tail, packBytes)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

function findBlob(
  { primitives, key }: Repository,
  copies: readonly Uint8Array[],
  { offset, length, uncompressedLength, id }: PackEntry,
): Uint8Array | undefined {
  for (const copy of copies) {
    if (offset + length > copy.length) continue
    const stored = copy.subarray(offset, offset + length)
    try {
      if (primitives.sha256Hex(decodeBlob(primitives, key, stored, uncompressedLength)) === id) return stored
    } catch (error) {
      if (!(error instanceof VaultError) || error instanceof RefusedError) throw error
    }
  }
  return undefined
}

function assemble(
  repository: Repository,
  pack: PackId,
  copies: readonly Uint8Array[],
  blobs: readonly { readonly entry: PackEntry; readonly stored: Uint8Array }[],
): Uint8Array | undefined {
  const last = blobs.at(-1)?.entry
  if (last === undefined) return undefined
  const end = last.offset + last.length
  const sizeBytes = end + packHeaderBytes(blobs.map(({ entry }) => entry))
  const header = copies
    .filter((copy) => copy.length >= sizeBytes)
    .map((copy) => copy.subarray(end, sizeBytes))
    .find((tail) => tryHeader(repository, tail, sizeBytes) !== undefined)
  if (header === undefined) return undefined
  const whole = new Uint8Array(sizeBytes)
  for (const { entry, stored } of blobs) whole.set(stored, entry.offset)
  whole.set(header, end)
  return repository.primitives.sha256Hex(whole) === pack ? whole : undefined
}
