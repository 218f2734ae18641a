/**
 * Snapshots: unpacked files that say when which folders were saved, and under which tree. Members in restic's order, absent when empty:
 *
 *     time parent tree paths hostname username uid gid excludes tags original program_version summary (then ours and others')
 */
import { FormatError } from '#errors'
import { type BlobId, parseId, type SnapshotId } from './id.ts'
import { encodeText, isObject, type JsonObject, parseJsonObject, readCount, readString, readStrings } from './text.ts'
import { parseTimeNs } from './time.ts'

/** Room for some hundred thousand paths. */
const SNAPSHOT_BYTES_MAX = 32 * 1024 * 1024

const SUMMARY_COUNTS = [
  'files_new',
  'files_changed',
  'files_unmodified',
  'dirs_new',
  'dirs_changed',
  'dirs_unmodified',
  'data_blobs',
  'tree_blobs',
  'data_added',
  'data_added_packed',
  'total_files_processed',
  'total_bytes_processed',
] as const

/**
 * What a backup did, under restic's names. `data_added` counts plaintext bytes of new blobs, `data_added_packed` their stored bytes.
 * Members that others add are kept.
 */
export interface SnapshotSummary extends Readonly<Record<(typeof SUMMARY_COUNTS)[number], number>> {
  readonly backup_start: string
  readonly backup_end: string
}

export interface Snapshot {
  /** As written; {@link parseTimeNs} reads it. A client chooses it, so it proves nothing. */
  readonly time: string
  readonly parent?: SnapshotId
  readonly tree: BlobId
  /** Absolute source paths in the client's own syntax. */
  readonly paths: readonly string[]
  readonly hostname: string
  readonly username: string
  readonly uid: number
  readonly gid: number
  readonly excludes: readonly string[]
  readonly tags: readonly string[]
  /** First id of a snapshot whose description was edited. */
  readonly original?: SnapshotId
  readonly programVersion: string
  readonly summary?: SnapshotSummary
  /** Members that restic does not have, kept and written back last. */
  readonly extra: Readonly<Record<string, unknown>>
}

const KNOWN: ReadonlySet<string> = new Set(
  'time parent tree paths hostname username uid gid excludes tags original program_version summary'.split(' '),
)

/**
 * A snapshot's content.
 * @throws {FormatError} when it is no snapshot: no valid time, no tree, a member of a wrong type, or more than 32 MiB
 */
export function decodeSnapshot(json: Uint8Array): Snapshot {
  const what = 'snapshot'
  const object = parseJsonObject(json, what, SNAPSHOT_BYTES_MAX)
  const time = readString(object, 'time', what)
  parseTimeNs(time)
  const { parent, original } = object
  const summary = decodeSummary(object.summary)
  return {
    time,
    ...(isPresent(parent) && { parent: parseId<SnapshotId>(parent) }),
    tree: parseId<BlobId>(object.tree),
    paths: readStrings(object, 'paths', what),
    hostname: readString(object, 'hostname', what),
    username: readString(object, 'username', what),
    uid: readCount(object, 'uid', what),
    gid: readCount(object, 'gid', what),
    excludes: readStrings(object, 'excludes', what),
    tags: readStrings(object, 'tags', what),
    ...(isPresent(original) && { original: parseId<SnapshotId>(original) }),
    programVersion: readString(object, 'program_version', what),
    ...(summary && { summary }),
    extra: Object.fromEntries(Object.entries(object).filter(([name]) => !KNOWN.has(name))),
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

function decodeSummary(value: unknown): SnapshotSummary | undefined {
  if (!isPresent(value)) return undefined
  if (!isObject(value)) throw new FormatError('snapshot: "summary" is not an object')
  const summary: JsonObject = value
  const counts = Object.fromEntries(SUMMARY_COUNTS.map((name) => [name, readCount(summary, name, 'summary')]))
  return {
    ...summary,
    backup_start: readString(summary, 'backup_start', 'summary'),
    backup_end: readString(summary, 'backup_end', 'summary'),
    ...(counts as Record<(typeof SUMMARY_COUNTS)[number], number>),
  }
}

/** JSON in restic's order, `extra` last; a member of `extra` that restic knows is left out. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { time, parent, tree, paths, hostname, username, uid, gid, excludes, tags, original, programVersion, summary } = snapshot
  const extra = Object.fromEntries(Object.entries(snapshot.extra).filter(([name]) => !KNOWN.has(name)))
  const known = {
    ...{ time, parent, tree, paths },
    ...{ hostname: hostname || undefined, username: username || undefined, uid: uid || undefined, gid: gid || undefined },
    ...{ excludes: orAbsent(excludes), tags: orAbsent(tags), original, program_version: programVersion || undefined, summary },
  }
  return encodeText(JSON.stringify({ ...known, ...extra }))
}

function orAbsent(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list
}
