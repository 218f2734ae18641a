/**
 * @couronne/vault: encrypted, deduplicated, mirrored backups in the open format of restic.
 *
 * For any program that backs up, checks, heals or restores. It knows no patient and no law, prints nothing, and writes nothing that
 * stock restic would not read. Begin with {@link initRepository} or {@link openRepository}; see `README.md` for a worked example.
 */
export * from '#errors'
export {
  expandTargetList,
  type Finding as EntryFinding,
  OVERWRITE_POLICIES,
  type OverwritePolicy,
  parsePatternList,
  parseRawTargets,
  parseSize,
  parseTargetLines,
} from '#files'
export { encodeSnapshot, printName, type Snapshot, type SnapshotId, type SnapshotSummary } from '#format'
export {
  addKey,
  BEHIND,
  type BehindCause,
  causeOf,
  type Finding,
  type InitOptions,
  initRepository,
  Lock,
  listLocks,
  Mirror,
  MirroredStorage,
  MirrorRegistry,
  openRepository,
  Repository,
  type RepositoryOptions,
  type RepositoryPlace,
  type SnapshotEntry,
  type SnapshotFilter,
} from '#repository'
export {
  findSamePlace,
  memoryStorage,
  openStorage,
  parseAddress,
  printAddress,
  type Storage,
  type StorageOptions,
} from '#storage'
export * from '#verbs'
