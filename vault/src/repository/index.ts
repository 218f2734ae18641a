/**
 * An open repository: its key, its index, its objects on one or several mirrors.
 *
 * For the verbs, and for programs that work on a repository themselves. What never happens here: reading or writing a source's
 * files, deciding what to delete.
 */
export { BlobIndex, type BlobLocation, type IndexedCopy, type SharedSegment } from './blob-index.ts'
export { Pipeline, type PipelineOptions, type ReadStream, type StoredStream } from './engine/pipeline.ts'
export { SMALL_FILE_BYTES_MAX } from './engine/regions.ts'
export type { SmallFile, SmallFileResult } from './engine/small-file.ts'
export type { ReadInto } from './engine/stream.ts'
export type { ExpectedChunk } from './engine/worker.ts'
export type { Finding } from './finding.ts'
export { GrowingBlob } from './growing-blob.ts'
export { INDEX_BLOBS_MAX, IndexWriter } from './index-writer.ts'
export { addKey, calibrateScrypt, findKey, type KeyEntry, listKeys, type OpenedKey, openKeys, removeKey } from './keys.ts'
export { ByteBudget, inLanes } from './lanes.ts'
export { isStale, Lock, type LockEntry, type LockOptions, listLocks, removeLocks } from './locks.ts'
export { type MirrorRecord, MirrorRegistry, type OwedRemoval, type RegistryOptions } from './mirror-registry.ts'
export {
  BEHIND,
  type Behind,
  type BehindCause,
  causeOf,
  Mirror,
  type MirrorEvents,
  MirroredStorage,
  reasonOf,
} from './mirrors.ts'
export { ObjectStore, type UnpackedKind } from './objects.ts'
export { BlobWriter, PACK_BYTES_TARGET, type WriterOptions, type WriterTotals } from './pack-writer.ts'
export { dryRunOf } from './pretending.ts'
export {
  BLOB_BYTES_MAX,
  type IndexContents,
  type InitOptions,
  initRepository,
  openRepository,
  Repository,
  type RepositoryOptions,
  type RepositoryPlace,
} from './repository.ts'
export {
  listSnapshots,
  loadSnapshot,
  matchesFilter,
  resolveSnapshot,
  type SnapshotEntry,
  type SnapshotFilter,
  saveSnapshot,
} from './snapshots.ts'
export { stateFolder } from './state-folder.ts'
export type { PackResult } from './verify/jobs.ts'
export type { PackProblem } from './verify/pack-check.ts'
export { PackTable } from './verify/pack-table.ts'
export { blobIdOf, type TreeBatch, type TreeProblem, treeFacts } from './verify/tree-facts.ts'
export type { UnpackResult } from './verify/unpack-job.ts'
export { type UnpackBlob, type UnpackPlace, UnpackPool } from './verify/unpack-pool.ts'
export { type TreeRange, VerifyPool } from './verify/verify-pool.ts'
