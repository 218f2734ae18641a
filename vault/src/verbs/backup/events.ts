/** What a backup tells while it runs and at its end. */
import type { SnapshotId, SnapshotSummary } from '#format'
import type { Behind } from '#repository'

/** A source file or folder that is not, or not surely, in the snapshot as it is on disk. */
export interface SourceFinding {
  /** Absolute path; bytes that are no UTF-8 appear as replacement characters. */
  readonly path: string
  /** `open`, `read`, `lstat`, `readdir`, `xattr`, `changed`… */
  readonly operation: string
  /** The system's code, or `CHANGED` for a file that changed while it was read. */
  readonly code: string
  readonly message: string
}

export interface BackupProgress {
  readonly filesDone: number
  readonly bytesDone: number
  /** As many as the parent snapshot had: a guess, absent for a first backup. */
  readonly filesExpected?: number
  readonly bytesExpected?: number
  readonly findings: number
  readonly elapsedMs: number
}

export interface MirrorOutcome {
  readonly location: string
  /** Why it does not hold this snapshot yet; absent when it does. */
  readonly behind?: Behind
  /** It lies in what was backed up, and is not excluded: it grows by itself with each backup. */
  readonly isInSource?: true
}

export interface BackupSummary {
  /** Absent when nothing was stored: a dry run, or an unchanged source with `skipIfUnchanged`. */
  readonly snapshot?: SnapshotId
  readonly parent?: SnapshotId
  readonly tree: string
  /** Counters under restic's names. */
  readonly counts: SnapshotSummary
  /** Everything that makes the snapshot incomplete; empty when it is complete. */
  readonly unreadable: readonly SourceFinding[]
  readonly mirrors: readonly MirrorOutcome[]
  readonly elapsedMs: number
}

export type BackupEvent =
  | { readonly kind: 'progress'; readonly progress: BackupProgress }
  | { readonly kind: 'finding'; readonly finding: SourceFinding }
  /** One entry of the source is done. Emitted only when asked for (`reportItems`). */
  | {
      readonly kind: 'item'
      readonly type: 'file' | 'dir'
      /** In the snapshot; folders end in `/`. */
      readonly path: string
      readonly change: 'new' | 'changed' | 'unmodified'
      /** Of a folder: of its list of entries. */
      readonly sizeBytes: number
      /** What of it the repository did not have; and what that takes there. */
      readonly addedBytes: number
      readonly storedBytes: number
    }
  | { readonly kind: 'summary'; readonly summary: BackupSummary }
