/** What a restore tells while it runs and at its end. */
import type { Finding } from '#files'
import type { SnapshotId } from '#format'

/**
 * Something that is not in the target as it is in the snapshot. `error`: an entry is missing or wrong, or its content is. `warning`:
 * the entry is there with its content; owner, attributes or its very name differ. `path` is the entry's in the snapshot; for a warning its
 * place in the target.
 */
export interface RestoreFinding extends Finding {
  readonly severity: 'error' | 'warning'
  /**
   * What became of a file whose content failed half-way. `untouched`: one that was there before stays as it was. `removed`: nothing of it
   * is in the target. `aside`: one that was there had been written to; it has the ending `.incomplete`. `left`: what was written of it
   * could not be removed.
   */
  readonly outcome?: 'untouched' | 'removed' | 'aside' | 'left'
}

export interface RestoreProgress {
  /** Entries done, and known so far. */
  readonly entriesDone: number
  readonly entriesKnown: number
  /** Content written or found right, and known so far. */
  readonly bytesDone: number
  readonly bytesKnown: number
  /** All of the snapshot has been looked at: what is known is all. */
  readonly isPlanned: boolean
  readonly findings: number
  readonly elapsedMs: number
}

/** What became of an entry. */
export const RESTORE_ACTIONS = ['restored', 'updated', 'unchanged', 'skipped', 'deleted'] as const
/**
 * `restored`: was not there. `updated`: was there, and differed. `unchanged`: was there with the right content; its metadata is put.
 * `skipped`: was there, and the policy says to leave it. `deleted`: was there, and is not in the snapshot.
 */
export type RestoreAction = (typeof RESTORE_ACTIONS)[number]

export interface RestoreSummary {
  readonly snapshot: SnapshotId
  /** Real path of the target. */
  readonly target: string
  /** Nothing was written. */
  readonly isDryRun: boolean
  /** Files, by what became of them. Names of one file (hard links) count each. */
  readonly files: Readonly<Record<RestoreAction, number>>
  readonly folders: number
  /** Links, devices, fifos. */
  readonly others: number
  /** Content of files that were restored or updated, as long as the files are. */
  readonly bytesRestored: number
  /** What of it was written: an updated file keeps what is right. */
  readonly bytesWritten: number
  /** Content of files that were right already, or left alone. */
  readonly bytesKept: number
  /** Files that were read again and compared; absent without `verify`. */
  readonly verified?: number
  /** Entries that are not as in the snapshot: findings that are errors. The exit code is 1 unless it is 0. */
  readonly failed: number
  readonly warnings: number
  /** Entries whose owner could not be set, since we are not root. */
  readonly ownersNotSet: number
  readonly elapsedMs: number
}

export type RestoreEvent =
  | { readonly kind: 'progress'; readonly progress: RestoreProgress }
  /** An entry is done. Emitted only when asked for (`reportItems`). `path` is the one in the snapshot, raw bytes. */
  | {
      readonly kind: 'item'
      readonly path: Uint8Array
      readonly type: 'file' | 'dir' | 'other'
      readonly action: RestoreAction
      readonly sizeBytes: number
    }
  | { readonly kind: 'finding'; readonly finding: RestoreFinding }
  | { readonly kind: 'summary'; readonly summary: RestoreSummary }
