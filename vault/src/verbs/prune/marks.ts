/**
 * Marks: packs that are to be deleted once nobody can need them any more (docs/decisions/0011-two-phase-prune.md).
 *
 * A mark is an entry of `packs_to_delete` in an index file, as rustic writes it, so that rustic and we honour each other's. Ours are
 * in index files of their own, whose `waits_for` names who held a lock when the packs had left the index: whoever is not named
 * there cannot have seen them in it. Stock restic ignores both.
 */
import { FormatError, VaultError } from '#errors'
import { decodeIndexFile, encodeIndexFile, type IndexId, type IndexPack, type LockId, type PackId, parseTimeNs } from '#format'
import { type Lock, listLocks, type Repository } from '#repository'
import type { CallOptions } from '#storage'
import { aloneWith, askEachMirror } from '../each-mirror.ts'

/** How long a mark stays at the least: longer than a night and a working day in which nobody looks. */
export const GRACE_MS_DEFAULT = 23 * 3600_000
/** A mark so far in the future was written by a wrong clock. */
const FUTURE_MS_MAX = 5 * 60_000
const SETTLE_MS = 200

/** A process that holds a lock, as far as a lock tells. */
export interface Holder {
  readonly hostname: string
  readonly pid: number
}

export interface Holders {
  readonly known: readonly Holder[]
  /** Locks that could not be read: anybody's. */
  readonly unreadable: readonly LockId[]
}

/** A pack that is marked. What the index said of it stays in the file: {@link loadMarkedPacks}. */
export type Mark = Pick<IndexPack, 'id' | 'markedAt'>

/** One index file that holds marks. */
export interface MarkFile {
  readonly id: IndexId
  readonly packs: readonly Mark[]
  /** Undefined in files of others, and in one of ours that was interrupted: then whoever holds a lock now is waited for. */
  readonly waitsFor: readonly Holder[] | undefined
  /** How long it has been there by the clock of the destination, where that has one. */
  readonly ageByDestinationMs: number | undefined
}

/** Who holds a lock on any mirror now, but for `own`. Listed twice, since a lock that is being refreshed can slip through one listing. */
export async function listHolders(repository: Repository, own: Lock | undefined, options: CallOptions = {}): Promise<Holders> {
  const ownIds = new Set([own?.id])
  const known = new Map<string, Holder>()
  const unreadable = new Set<LockId>()
  for (let round = 0; round < 2; round++) {
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const lists = await askEachMirror(
      repository,
      (mirror) => listLocks(aloneWith(repository, mirror), options.signal),
      options.signal,
    )
    ownIds.add(own?.id)
    for (const { id, lock } of lists.flat()) {
      if (ownIds.has(id)) continue
      if (lock === undefined) unreadable.add(id)
      else known.set(`${lock.hostname}\n${lock.pid}`, { hostname: lock.hostname, pid: lock.pid })
    }
  }
  return { known: [...known.values()], unreadable: [...unreadable] }
}

/** Who a mark still waits for; empty when none of them holds a lock any more. */
export function stillWaitsFor(waitsFor: readonly Holder[] | undefined, { known, unreadable }: Holders): string[] {
  const present = known.filter(
    (holder) => waitsFor === undefined || waitsFor.some((each) => each.hostname === holder.hostname && each.pid === holder.pid),
  )
  return [
    ...present.map(({ hostname, pid }) => `PID ${pid} on ${hostname}`),
    ...unreadable.map((id) => `lock ${id.slice(0, 8)} that cannot be read`),
  ]
}

/** All files with marks among the index files that were loaded. */
export async function loadMarkFiles(
  repository: Repository,
  own: Lock | undefined,
  options: CallOptions = {},
): Promise<MarkFile[]> {
  const files: MarkFile[] = []
  for (const [id, { marked }] of repository.indexContents) {
    if (marked.length === 0) continue
    const json = await repository.objects.loadUnpacked('index', id, options)
    const packs = decodeIndexFile(json).packsToDelete.map(({ id: pack, markedAt }) => ({ id: pack, markedAt }))
    const ageByDestinationMs = await ageByDestination(repository, id, own, options)
    files.push({ id, packs, waitsFor: decodeWaitsFor(json), ageByDestinationMs })
  }
  return files
}

/** What a file of marks keeps of some of its packs: all that the index said of them. */
export async function loadMarkedPacks(
  { objects }: Repository,
  file: IndexId,
  packs: ReadonlySet<PackId>,
  options: CallOptions,
): Promise<IndexPack[]> {
  const { packsToDelete } = decodeIndexFile(await objects.loadUnpacked('index', file, options))
  return packsToDelete.filter(({ id }) => packs.has(id))
}

/** The age of an index file by each mirror's own clock, measured against our lock, which was written just now; the least of them. */
async function ageByDestination(
  { storage }: Repository,
  id: IndexId,
  own: Lock | undefined,
  options: CallOptions,
): Promise<number | undefined> {
  if (own === undefined) return undefined
  const ages = await Promise.all(
    storage.current.map(async (mirror) => {
      const [mark, lock] = await Promise.all([
        mirror.storage.modifiedAt?.('index', id, options),
        mirror.storage.modifiedAt?.('locks', own.id, options),
      ])
      return mark && lock && lock.epochMilliseconds - mark.epochMilliseconds
    }),
  )
  const known = ages.filter((age) => age !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/**
 * How long a pack has been marked for certain: by our clock and by the destination's, whichever says less. Undefined when its time
 * lies in the future or is missing, so that it must be dated anew.
 */
export function markAgeMs(pack: Mark, file: MarkFile, now: Temporal.Instant): number | undefined {
  const markedMs = markTimeMs(pack)
  if (markedMs === undefined) return undefined
  const ageMs = now.epochMilliseconds - markedMs
  if (ageMs < -FUTURE_MS_MAX) return undefined
  return Math.max(0, Math.min(ageMs, file.ageByDestinationMs ?? ageMs))
}

function markTimeMs({ markedAt }: Mark): number | undefined {
  if (markedAt === undefined) return undefined
  try {
    return Number(parseTimeNs(markedAt) / 1_000_000n)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

/** What a file of marks says, as JSON; `sizes` for packs whose content is unknown, since rustic reckons the others'. */
export function encodeMarkFile(
  packs: readonly IndexPack[],
  waitsFor: readonly Holder[] | undefined,
  sizes: ReadonlyMap<PackId, number>,
): Uint8Array {
  const file = JSON.parse(new TextDecoder().decode(encodeIndexFile({ packs: [], packsToDelete: packs })))
  for (const pack of file.packs_to_delete) {
    const size = sizes.get(pack.id)
    if (size !== undefined && pack.blobs.length === 0) pack.size = size
  }
  const holders = waitsFor?.map(({ hostname, pid }) => ({ hostname, pid }))
  return new TextEncoder().encode(JSON.stringify({ ...file, waits_for: holders }))
}

/** @throws {FormatError} when there is a `waits_for` and it is no list of holders */
function decodeWaitsFor(json: Uint8Array): Holder[] | undefined {
  const { waits_for: list } = JSON.parse(new TextDecoder().decode(json)) as { waits_for?: unknown }
  if (list === undefined) return undefined
  if (!Array.isArray(list)) throw new FormatError('index: "waits_for" is not a list')
  return list.map((each: unknown) => {
    const { hostname, pid } = (each ?? {}) as { hostname?: unknown; pid?: unknown }
    if (typeof hostname !== 'string' || typeof pid !== 'number') throw new FormatError('index: "waits_for" names nobody')
    return { hostname, pid }
  })
}
