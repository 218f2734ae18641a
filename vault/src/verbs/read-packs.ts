/** Reads chosen blobs out of packs, in few large pieces, each verified: for moving blobs between packs and repositories. */
import { ObjectDamagedError, StorageError, VaultError } from '#errors'
import type { PackEntry, PackId } from '#format'
import { type BlobLocation, inLanes, type Repository } from '#repository'
import type { CallOptions } from '#storage'

/** Blobs less than this apart are read in one piece. */
const GAP_BYTES = 1024 * 1024
/** Longest piece that is read at once, unless one blob is longer. */
const PIECE_BYTES_MAX = 16 * 1024 * 1024
/** Packs that are read side by side: each costs a piece of memory. */
const LANES_MAX = 3

export interface PackWish {
  readonly pack: PackId
  /** In any order. */
  readonly blobs: readonly PackEntry[]
}

export interface ReadBlob extends PackEntry {
  /** Hashes to its ID. */
  readonly plaintext: Uint8Array
  /** As it lies in the pack; absent when it came from another copy, because the pack's was damaged. */
  readonly stored?: Uint8Array
}

export interface ReadPacksOptions extends CallOptions {
  readonly onPack?: (pack: PackId) => void
}

/**
 * Calls `visit` for each wanted blob, pack by pack; several packs are under way at once.
 * A damaged copy is replaced by a sound one from another mirror or pack where there is one.
 *
 * @throws {ObjectDamagedError | ObjectMissingError} when no copy of a blob is sound
 */
export async function readPacks(
  repository: Repository,
  wishes: Iterable<PackWish>,
  visit: (blob: ReadBlob) => Promise<void>,
  options: ReadPacksOptions = {},
): Promise<void> {
  const lanes = Math.min(repository.storage.connections - 1, LANES_MAX)
  const read = async (wish: PackWish) => {
    await readPack(repository, wish, visit, options)
    options.onPack?.(wish.pack)
  }
  await inLanes(wishes, lanes, read, options.signal)
}

async function readPack(
  repository: Repository,
  { pack, blobs }: PackWish,
  visit: (blob: ReadBlob) => Promise<void>,
  { signal }: CallOptions,
): Promise<void> {
  for (const piece of piecesOf(blobs)) {
    signal?.throwIfAborted()
    const start = piece[0]!.offset
    const end = piece.reduce((most, { offset, length }) => Math.max(most, offset + length), 0)
    const bytes = await loadPiece(repository, pack, start, end - start, signal)
    for (const entry of piece) {
      const location = { ...entry, pack }
      const stored = bytes?.subarray(entry.offset - start, entry.offset - start + entry.length)
      await visit({ ...entry, ...(await openEither(repository, location, stored, signal)) })
    }
  }
}

/** Undefined when the piece cannot be read: the blobs are then looked for one by one. */
async function loadPiece(
  { storage }: Repository,
  pack: PackId,
  offset: number,
  lengthBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return await storage.load('data', pack, { offset, lengthBytes, signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof VaultError)) throw error
    // A destination that is away or refuses would say so for each blob again.
    if (error instanceof StorageError && error.retryable) throw error
    return undefined
  }
}

async function openEither(
  repository: Repository,
  location: BlobLocation,
  stored: Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<{ plaintext: Uint8Array; stored?: Uint8Array }> {
  if (stored !== undefined) {
    try {
      return { plaintext: repository.openBlob(location, stored), stored }
    } catch (error) {
      if (!(error instanceof ObjectDamagedError)) throw error
    }
  }
  try {
    return { plaintext: await repository.loadBlobAt(location, { signal }) }
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof VaultError)) throw error
    return { plaintext: await repository.loadBlob(location.type, location.id, { signal }) }
  }
}

function* piecesOf(blobs: readonly PackEntry[]): Generator<PackEntry[]> {
  let piece: PackEntry[] = []
  let start = 0
  let end = 0
  for (const entry of blobs.toSorted((a, b) => a.offset - b.offset)) {
    const blobEnd = entry.offset + entry.length
    const fits = entry.offset - end <= GAP_BYTES && blobEnd - start <= PIECE_BYTES_MAX
    if (piece.length > 0 && !fits) {
      yield piece
      piece = []
    }
    if (piece.length === 0) start = entry.offset
    piece.push(entry)
    end = Math.max(end, blobEnd)
  }
  if (piece.length > 0) yield piece
}
