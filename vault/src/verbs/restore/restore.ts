/** restore: a snapshot, or a folder of it, back into files. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '#errors'
import { openTarget, Patterns, type SelectionOptions, selectorOf } from '#files'
import { type Repository, UnpackPool } from '#repository'
import { workerCount } from '#workers'
import { eventStream } from '../event-stream.ts'
import { findSnapshot, folderTree, type SnapshotName, startReading } from '../reading.ts'
import { RestoreAccount } from './account.ts'
import type { RestoreEvent } from './events.ts'
import type { RestoreOptions } from './options.ts'
import { RestoreRun } from './run.ts'

/**
 * Restores a snapshot. The last event is the summary; everything is as in the snapshot only when `summary.failed` is 0.
 *
 * A second run goes on where an interrupted one was: content that is there is compared, what is right is kept. A file with damaged content
 * is reported and never left looking right: a new one is removed, one that was there and has been written to is put aside as
 * `name.incomplete`; everything else is restored.
 *
 * @throws {UsageError} for options that exclude each other, malformed patterns, an unknown folder
 * @throws {NoSnapshotError} when no snapshot is meant
 * @throws {StorageError} when no destination can be reached; `full` when the target has no room
 */
export function restore(
  repository: Repository,
  snapshot: SnapshotName,
  options: RestoreOptions,
): AsyncGenerator<RestoreEvent, void, undefined> {
  return eventStream(async (emit, aborting) => {
    const select = selectorOf(options)
    const keepsXattr = xattrChoice(options)
    refuseContradictions(options)
    await using pool = new UnpackPool(repository.key, repository.storage, options.workers ?? workerCount())
    await using reading = await startReading(repository, { ...options, signal: aborting }, (signal) =>
      findSnapshot(repository, snapshot, options.filter, signal),
    )
    const { facts, signal } = reading
    const tree = await folderTree(repository, facts, signal)
    const account = new RestoreAccount(emit, options.reportItems ?? false)
    const { dryRun = false, sparse = false, ownership = 'numbers' } = options
    await using target =
      dryRun && !existsSync(options.target)
        ? undefined
        : await openTarget(options.target, {
            sparse,
            ownership,
            keepsXattr,
            replacesFolders: options.delete ?? false,
            readsOnly: dryRun,
            onFinding: (finding) => account.warn(finding),
          })
    using run = new RestoreRun(
      { repository, pool, account, target, select, isWholeSnapshot: isUnfiltered(options) },
      options,
      signal,
    )
    await run.carryOut(tree)
    if (options.durable && !dryRun) target?.sync()
    const isDryRun = dryRun
    emit({
      kind: 'summary',
      summary: account.summary({ snapshot: facts.snapshot.id, target: target?.root ?? options.target, isDryRun }),
    })
  }, options.signal)
}

function isUnfiltered({ include = [], iinclude = [], exclude = [], iexclude = [] }: SelectionOptions): boolean {
  return [include, iinclude, exclude, iexclude].every((list) => list.length === 0)
}

function refuseContradictions(options: RestoreOptions): void {
  if (options.target === '') throw new UsageError('expected a folder to restore into')
  if (options.delete && isUnfiltered(options) && resolve(options.target) === '/') {
    throw new UsageError('deleting in / what the snapshot does not have needs patterns that say where')
  }
  if (options.dryRun && options.verify) throw new UsageError('a dry run writes nothing that could be verified')
}

function xattrChoice({ includeXattrs = [], excludeXattrs = [] }: RestoreOptions): (name: string) => boolean {
  if (includeXattrs.length > 0 && excludeXattrs.length > 0) {
    throw new UsageError('attributes are included or excluded, not both')
  }
  if (includeXattrs.length === 0 && excludeXattrs.length === 0) return () => true
  const patterns = new Patterns(includeXattrs.length > 0 ? includeXattrs : excludeXattrs)
  return (name) => patterns.matches([name]) === includeXattrs.length > 0
}
