/** A prune in numbers, under the names of restic's JSON. */
import type { PackId } from '#format'
import type { PackAccounts, UnindexedPack } from './accounts.ts'
import { type PackDecision, sizeOf } from './decide.ts'
import type { MarkPlan } from './plan-marks.ts'

export interface PruneStatistics {
  readonly blobs: {
    readonly used: number
    readonly duplicate: number
    readonly unused: number
    readonly total: number
    /** in packs that are repacked */
    readonly repack: number
    /** of those, the ones that go */
    readonly repack_remove: number
    readonly remove: number
    readonly remove_total: number
    readonly remaining: number
  }
  readonly bytes: {
    readonly used: number
    readonly duplicate: number
    readonly unused: number
    /** in packs of no index */
    readonly unreferenced: number
    /** in packs that stay and hold something raw; 0 in version 1 */
    readonly uncompressed: number
    readonly total: number
    readonly repack: number
    readonly repack_remove: number
    readonly remove: number
    readonly remove_total: number
    readonly remaining: number
    readonly remaining_unused: number
  }
  readonly packfiles: {
    readonly used: number
    readonly unused: number
    readonly partly_used: number
    readonly unreferenced: number
    readonly total: number
    readonly keep: number
    readonly repack: number
    readonly remove: number
    readonly remove_total: number
  }
  /** Marks of earlier runs, which restic does not have: packs and their bytes. */
  readonly marks: {
    readonly delete: number
    readonly delete_bytes: number
    readonly recover: number
    readonly waiting: number
    readonly waiting_bytes: number
  }
}

export function statisticsOf(
  accounts: PackAccounts,
  decisions: readonly PackDecision[],
  unindexed: readonly UnindexedPack[],
  marks: readonly MarkPlan[],
  sizes: ReadonlyMap<PackId, number>,
  version: 1 | 2,
): PruneStatistics {
  const { used, unused, duplicate } = accounts
  const repacked = decisions.filter(({ action }) => action === 'repack')
  const removed = decisions.filter(({ usedBlobs }) => usedBlobs === 0)
  const present = decisions.filter(({ action }) => action !== 'forget')
  const unreferenced = sum(unindexed, ({ sizeBytes }) => sizeBytes)
  const blobs = {
    used: used.blobs,
    duplicate: duplicate.blobs,
    unused: unused.blobs,
    total: used.blobs + duplicate.blobs + unused.blobs,
    repack: sum(repacked, ({ usedBlobs, unusedBlobs }) => usedBlobs + unusedBlobs),
    repack_remove: sum(repacked, ({ unusedBlobs }) => unusedBlobs),
    remove: sum(removed, ({ unusedBlobs }) => unusedBlobs),
  }
  const bytes = {
    used: used.bytes,
    duplicate: duplicate.bytes,
    unused: unused.bytes,
    unreferenced,
    uncompressed: version === 1 ? 0 : sum(present, (pack) => (pack.isRaw && pack.action !== 'repack' ? sizeOf(pack) : 0)),
    total: used.bytes + duplicate.bytes + unused.bytes + unreferenced,
    repack: sum(repacked, sizeOf),
    repack_remove: sum(repacked, ({ unusedBytes }) => unusedBytes),
    remove: sum(removed, ({ unusedBytes }) => unusedBytes),
  }
  const removeTotal = bytes.remove + bytes.repack_remove + unreferenced
  const packfiles = {
    used: count(present, ({ usedBlobs, unusedBlobs }) => usedBlobs > 0 && unusedBlobs === 0),
    unused: count(present, ({ usedBlobs }) => usedBlobs === 0),
    partly_used: count(present, ({ usedBlobs, unusedBlobs }) => usedBlobs > 0 && unusedBlobs > 0),
    unreferenced: unindexed.length,
    total: present.length + unindexed.length,
    keep: count(present, ({ action }) => action === 'keep'),
    repack: repacked.length,
    remove: count(present, ({ action }) => action === 'remove'),
  }
  const bytesOf = (packs: readonly { id: PackId }[]) => sum(packs, ({ id }) => sizes.get(id) ?? 0)
  const deleted = marks.flatMap((mark) => mark.delete)
  const waiting = marks.flatMap((mark) => mark.wait)
  return {
    blobs: {
      ...blobs,
      remove_total: blobs.remove + blobs.repack_remove,
      remaining: blobs.total - blobs.remove - blobs.repack_remove,
    },
    bytes: {
      ...bytes,
      remove_total: removeTotal,
      remaining: bytes.total - removeTotal,
      remaining_unused: bytes.duplicate + bytes.unused - bytes.remove - bytes.repack_remove,
    },
    packfiles: { ...packfiles, remove_total: packfiles.unreferenced + packfiles.remove },
    marks: {
      delete: deleted.length,
      delete_bytes: bytesOf(deleted),
      recover: sum(marks, ({ recover }) => recover.length),
      waiting: waiting.length,
      waiting_bytes: bytesOf(waiting),
    },
  }
}

function sum<T>(list: readonly T[], value: (item: T) => number): number {
  return list.reduce((total, item) => total + value(item), 0)
}

function count<T>(list: readonly T[], test: (item: T) => boolean): number {
  return list.filter(test).length
}
