/**
 * stats: how much snapshots hold, counted in restic's four ways.
 *
 * - `restore-size`: what restoring them all would write; hard links count once in a snapshot
 * - `files-by-contents`: files of different content, once each, wherever they are
 * - `blobs-per-file`: the blobs of such files, once for each path
 * - `raw-data`: what the blobs take that the snapshots need
 */
import { createHash } from 'node:crypto'
import { BlobMissingError } from '#errors'
import type { Finding } from '#files'
import { type BlobId, idBytes, SEAL_OVERHEAD_BYTES, type TreeNode } from '#format'
import type { BlobIndex, Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { findSnapshots } from './find-snapshots.ts'
import { type ReadingOptions, startReading } from './reading.ts'
import { type TreeEntry, walkTree } from './tree-walk.ts'
import { findUsedBlobs } from './used-blobs.ts'

export const STATS_MODES = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'] as const
export type StatsMode = (typeof STATS_MODES)[number]

export interface StatsOptions extends ReadingOptions {
  readonly mode?: StatsMode
  /** Only these; all that pass the filter when absent. */
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
}

/** Figures that a mode does not have are absent. */
export interface Stats {
  readonly mode: StatsMode
  readonly snapshots: number
  readonly bytes: number
  /** Entries of all types, as restic counts them. */
  readonly files?: number
  readonly blobs?: number
  /** `raw-data` of version 2: what the blobs would take without compression. */
  readonly uncompressedBytes?: number
  /** Of the blobs that are compressed: uncompressed to compressed. */
  readonly compressionRatio?: number
  /** How much of everything is compressed, in percent. */
  readonly compressedPercent?: number
  readonly savedPercent?: number
  /** Folders that could not be read: what they hold is in no figure. Empty when the figures are right. */
  readonly findings: readonly Finding[]
}

/**
 * Counts.
 * @throws {ObjectDamagedError} in mode `raw-data`, when a tree cannot be read
 * @throws {BlobMissingError} in modes that count blobs, when a blob is in no index
 */
export async function stats(repository: Repository, options: StatsOptions = {}): Promise<Stats> {
  await using reading = await startReading(repository, options, (signal) =>
    findSnapshots(repository, options.snapshots ?? [], options.filter ?? {}, { signal }),
  )
  const { facts: snapshots, signal } = reading
  const { mode = 'restore-size' } = options
  if (mode === 'raw-data') return rawData(repository, snapshots, signal)
  const counter = COUNTERS[mode](repository.index)
  const findings: Finding[] = []
  for (const { tree } of snapshots) {
    counter.startSnapshot()
    for await (const step of walkTree(repository, tree, { signal })) {
      if (step.kind === 'finding') findings.push(step.finding)
      else if (step.kind !== 'leave') counter.add(step.entry)
    }
  }
  return { mode, snapshots: snapshots.length, ...counter.figures(), findings }
}

interface Counter {
  startSnapshot(): void
  add(entry: TreeEntry): void
  figures(): Pick<Stats, 'bytes' | 'files' | 'blobs'>
}

const COUNTERS: Readonly<Record<Exclude<StatsMode, 'raw-data'>, (index: BlobIndex) => Counter>> = {
  'restore-size': countRestoreSize,
  'files-by-contents': countContents,
  'blobs-per-file': countBlobsPerFile,
}

function countRestoreSize(): Counter {
  const links = new Set<string>()
  let files = 0
  let bytes = 0
  const isFirst = ({ inode, deviceId }: TreeNode) => {
    const key = `${inode}/${deviceId}`
    return inode === 0n || (!links.has(key) && links.add(key) !== undefined)
  }
  return {
    startSnapshot: () => links.clear(),
    add({ node }) {
      files++
      if (node.links === 1 || node.type === 'dir' || isFirst(node)) bytes += node.size
    },
    figures: () => ({ files, bytes }),
  }
}

/** Remembers what it has seen, by hashes of 24 bytes. */
function firstTimes(): (content: readonly BlobId[] | null) => boolean {
  const seen = new Set<string>()
  return (content) => {
    const key = createHash('sha256')
      .update((content ?? []).join(''))
      .digest('latin1')
      .slice(0, 24)
    return !seen.has(key) && seen.add(key) !== undefined
  }
}

function countContents(): Counter {
  const isFirst = firstTimes()
  let files = 0
  let bytes = 0
  return {
    startSnapshot() {},
    add({ node }) {
      if (!isFirst(node.content)) return
      files++
      bytes += node.size
    },
    figures: () => ({ files, bytes }),
  }
}

function countBlobsPerFile(index: BlobIndex): Counter {
  const isFirst = firstTimes()
  const blobsOfPath = new Map<string, Set<BlobId>>()
  let bytes = 0
  let blobs = 0
  return {
    startSnapshot() {},
    add({ node, path }) {
      if (node.content === null || node.content.length === 0 || !isFirst(node.content)) return
      const key = Buffer.from(path).toString('latin1')
      const known = blobsOfPath.get(key) ?? new Set()
      blobsOfPath.set(key, known)
      for (const id of node.content) {
        if (known.has(id)) continue
        known.add(id)
        blobs++
        bytes += plaintextBytes(index, id)
      }
    },
    figures: () => ({ files: blobsOfPath.size, bytes, blobs }),
  }
}

function plaintextBytes(index: BlobIndex, id: BlobId): number {
  const number = index.numberOf('data', idBytes(id))
  if (number < 0) throw new BlobMissingError('data', id)
  const { length, uncompressedLength } = index.at(number)
  return uncompressedLength || length - SEAL_OVERHEAD_BYTES
}

async function rawData(repository: Repository, snapshots: readonly SnapshotEntry[], signal: AbortSignal): Promise<Stats> {
  const used = await findUsedBlobs(
    repository,
    snapshots.map(({ tree }) => tree),
    { signal },
  )
  for (const { type, id } of used.missing) throw new BlobMissingError(type, id)
  const sums = { blobs: 0, bytes: 0, uncompressed: 0, compressed: 0, ofCompressed: 0 }
  for (let number = 0; number < used.flags.length; number++) {
    if (used.flags[number] === 0) continue
    const { length, uncompressedLength } = repository.index.at(number)
    const sealedBytes = uncompressedLength === 0 ? length : uncompressedLength + SEAL_OVERHEAD_BYTES
    sums.blobs++
    sums.bytes += length
    sums.uncompressed += sealedBytes
    if (uncompressedLength === 0) continue
    sums.compressed += length
    sums.ofCompressed += sealedBytes
  }
  const { blobs, bytes } = sums
  return {
    mode: 'raw-data',
    snapshots: snapshots.length,
    blobs,
    bytes,
    ...(repository.config.version === 2 && compressionOf(sums)),
    findings: [],
  }
}

function compressionOf(sums: { bytes: number; uncompressed: number; compressed: number; ofCompressed: number }) {
  const { bytes, uncompressed, compressed, ofCompressed } = sums
  return {
    uncompressedBytes: uncompressed,
    ...(compressed > 0 && { compressionRatio: ofCompressed / compressed }),
    ...(uncompressed > 0 && {
      compressedPercent: (ofCompressed / uncompressed) * 100,
      savedPercent: (1 - bytes / uncompressed) * 100,
    }),
  }
}
