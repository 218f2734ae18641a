/**
 * Where repositories lie: a folder, a REST server, S3, SFTP, memory; and wrappers that add one behaviour each.
 *
 * For everything above that reads or writes objects. Nothing here knows what is inside an object, and no object is ever
 * overwritten: the one exception is `replace`, which heals.
 */
export { type LocalOptions, localFolderStorage } from './local.ts'
export { type MemoryStorage, memoryStorage } from './memory.ts'
export {
  type CallOptions,
  type LoadOptions,
  OBJECT_KINDS,
  type ObjectEntry,
  type ObjectKind,
  type ObjectRetention,
  type Storage,
} from './storage.ts'
