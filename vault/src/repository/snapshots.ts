/** Snapshots: listing, finding by name, saving. */
import { NoSnapshotError, UsageError, VaultError } from '#errors'
import { decodeSnapshot, encodeSnapshot, parseTimeNs, type Snapshot, type SnapshotId } from '#format'
import type { CallOptions } from '#storage'
import type { Finding } from './finding.ts'
import { ByteBudget, inLanes } from './lanes.ts'
import type { ObjectStore } from './objects.ts'

const LANES_MAX = 8
/** Snapshots are small unless somebody else put them there: large ones are read by turns. */
const LOADED_BYTES_MAX = 16 * 1024 * 1024

export interface SnapshotEntry extends Snapshot {
  readonly id: SnapshotId
}

export interface SnapshotFilter {
  readonly hosts?: readonly string[]
  /** One list an option given: a snapshot must have all tags of at least one list. */
  readonly tags?: readonly (readonly string[])[]
  /** A snapshot must have backed up all of these. */
  readonly paths?: readonly string[]
}

/** Snapshots that can be read, oldest first; the others are reported and passed over. */
export async function listSnapshots(
  objects: ObjectStore,
  report: (finding: Finding) => void,
  options: CallOptions = {},
): Promise<SnapshotEntry[]> {
  const listed = await Array.fromAsync(objects.storage.list('snapshots', options))
  const entries: SnapshotEntry[] = []
  const budget = new ByteBudget(LOADED_BYTES_MAX)
  await inLanes(listed, Math.min(objects.storage.connections, LANES_MAX), async ({ name, sizeBytes }) => {
    using _ = await budget.take(sizeBytes)
    try {
      entries.push(await loadSnapshot(objects, name as SnapshotId, options))
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      report({ severity: 'error', kind: 'snapshots', object: name, message: error.message })
    }
  })
  return entries.sort(byTime)
}

function byTime(a: SnapshotEntry, b: SnapshotEntry): number {
  const difference = parseTimeNs(a.time) - parseTimeNs(b.time)
  return difference < 0n ? -1 : difference > 0n ? 1 : a.id < b.id ? -1 : 1
}

export async function loadSnapshot(objects: ObjectStore, id: SnapshotId, options: CallOptions = {}): Promise<SnapshotEntry> {
  return { ...decodeSnapshot(await objects.loadUnpacked('snapshots', id, options)), id }
}

export async function saveSnapshot(objects: ObjectStore, snapshot: Snapshot, options: CallOptions = {}): Promise<SnapshotId> {
  return (await objects.saveUnpacked('snapshots', encodeSnapshot(snapshot), options)) as SnapshotId
}

/** Whether a snapshot passes the filter; an empty filter passes all. */
export function matchesFilter(snapshot: Snapshot, { hosts = [], tags = [], paths = [] }: SnapshotFilter): boolean {
  if (hosts.length > 0 && !hosts.includes(snapshot.hostname)) return false
  if (paths.length > 0 && !paths.every((path) => snapshot.paths.includes(path))) return false
  if (tags.length === 0) return true
  return tags.some((list) => list.every((tag) => (tag === '' ? snapshot.tags.length === 0 : snapshot.tags.includes(tag))))
}

/**
 * The snapshot that a person means: a full ID, the unique beginning of one, `latest` (the newest that passes the filter), or
 * `latest~2` (the third newest).
 * @throws {NoSnapshotError} when none fits
 * @throws {UsageError} when several do
 */
export function resolveSnapshot(snapshots: readonly SnapshotEntry[], name: string, filter: SnapshotFilter = {}): SnapshotEntry {
  const latest = /^latest(?:~(\d+))?$/.exec(name)
  if (latest !== null) {
    const found = snapshots.filter((snapshot) => matchesFilter(snapshot, filter)).at(-1 - Number(latest[1] ?? 0))
    if (found === undefined) throw new NoSnapshotError(name)
    return found
  }
  const found = snapshots.filter(({ id }) => id.startsWith(name))
  if (name === '' || found.length === 0) throw new NoSnapshotError(name)
  if (found.length > 1) throw new UsageError(`${name}: ${found.length} snapshots begin so; give more characters`)
  return found[0]!
}
