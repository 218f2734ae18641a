/** What a restore can be told. */
import type { OverwritePolicy, SelectionOptions, TargetOptions } from '#files'
import type { SnapshotFilter } from '#repository'
import type { ReadingOptions } from '../reading.ts'

export interface RestoreOptions extends ReadingOptions, SelectionOptions {
  /** The folder to restore into; made when it is not there. Nothing outside it is touched, links in it are not followed. */
  readonly target: string
  /** What happens to files that are there; `always` when absent. */
  readonly overwrite?: OverwritePolicy
  /** Removes what the snapshot does not have, in folders that are restored whole. */
  readonly delete?: boolean
  /** Writes nothing and tells what would be done. */
  readonly dryRun?: boolean
  /** Reads every file again that was written, and compares it. */
  readonly verify?: boolean
  /** Leaves holes where new files have blocks of zeros. */
  readonly sparse?: boolean
  /** Whose the entries become: by numbers (default), by names where this system knows them, or whoever restores. */
  readonly ownership?: TargetOptions['ownership']
  /** Extended attributes by patterns of their names: only these, or all but these. */
  readonly includeXattrs?: readonly string[]
  readonly excludeXattrs?: readonly string[]
  /** Waits at the end until everything would survive a power cut. */
  readonly durable?: boolean
  /** Emits an event for each entry. */
  readonly reportItems?: boolean
  /** Narrows down what `latest` means. */
  readonly filter?: SnapshotFilter
  readonly workers?: number
}
