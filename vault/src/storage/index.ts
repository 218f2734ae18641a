/**
 * Where repositories lie: a folder, a REST server, S3, SFTP, memory; and wrappers that add one behaviour each.
 *
 * For everything above that reads or writes objects. Nothing here knows what is inside an object, and no object is ever
 * overwritten: the one exception is `replace`, which heals. `openStorage` is the usual way in.
 */
export { type Address, parseAddress, printAddress } from './address.ts'
export { type CacheOptions, cached } from './cached.ts'
export { type CountedMethod, type Counts, counting } from './counting.ts'
export { type FailingPlan, failing, MISHAPS, type Mishap, type StorageOperation } from './failing.ts'
export { forwarding } from './forwarding.ts'
export { type LimitOptions, limited } from './limited.ts'
export { type LocalOptions, localFolderStorage } from './local.ts'
export { type MemoryStorage, memoryStorage } from './memory.ts'
export { openStorage, type StorageOptions } from './open-storage.ts'
export { type Retry, type RetryOptions, retrying } from './retrying.ts'
export { findSamePlace, isSameAddress } from './same-place.ts'
export type { SftpCredentials } from './sftp-session.ts'
export {
  type CallOptions,
  type LoadOptions,
  OBJECT_KINDS,
  type ObjectEntry,
  type ObjectKind,
  type ObjectRetention,
  type Storage,
} from './storage.ts'
export { unopenedStorage } from './unopened.ts'
