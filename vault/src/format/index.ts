/**
 * Format: bytes ⇄ values of restic repositories, versions 1 and 2, bit for bit (docs/format-notes.md). For the rooms that read and
 * write repositories. Pure: no disk, no network, no clock; cryptography, compression and randomness arrive as {@link Primitives}.
 * Whatever bytes a decoder is given, it answers with a value or throws a `VaultError`, in memory bounded by what it is told.
 */
export { BLOB_BYTES_MAX, type BlobType, decodeBlob, encodeBlob, refuseLargeBlob, type StoredBlob } from './blob.ts'
export { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, CHUNKER_SCRATCH_BYTES, Chunker, isIrreducible, newPolynomial } from './chunk.ts'
export { type Config, decodeConfig, encodeConfig } from './config.ts'
export {
  type BlobId,
  type IndexId,
  idBytes,
  idFromBytes,
  isId,
  type KeyId,
  type LockId,
  type PackId,
  parseId,
  type SnapshotId,
} from './id.ts'
export {
  decodeIndexFile,
  encodeIndexFile,
  encodeIndexOfLists,
  forEachIndexEntry,
  type IndexFile,
  type IndexPack,
  type ListedPack,
} from './index-file.ts'
export { instantiateKernels, KERNEL_PAGES_MAX, type Kernels, kernelModule, POLY1305_STATE_BYTES } from './kernels.ts'
export { decodeKeyFile, encodeKeyFile, type KeyFile, makeKeyFile, openKeyFile, type ScryptParameters } from './key-file.ts'
export { decodeLock, encodeLock, type LockFile } from './lock.ts'
export {
  compareNames,
  type ExtendedAttribute,
  goMode,
  isSafeName,
  isSameEntry,
  MODE,
  NODE_TYPES,
  type NodeType,
  type TreeNode,
  unixPermissions,
} from './node.ts'
export {
  decodePackHeader,
  encodePackHeader,
  forEachPackBlob,
  PACK_BYTES_MIN,
  PACK_HEADER_BYTES_MAX,
  type PackEntry,
  PackList,
  packBytes,
  packHeaderBytes,
  packHeaderLength,
  sealPackList,
} from './pack.ts'
export { PlainChunker } from './plain-chunker.ts'
export type { Primitives } from './primitives.ts'
export { printName, quoteName, rawBytes, rawText, unquoteName } from './quote.ts'
export { isValidSealKey, parseMasterKey, printMasterKey, SEAL_OVERHEAD_BYTES, type SealKey, seal, unseal } from './seal.ts'
export { decodeSnapshot, encodeSnapshot, type Snapshot, type SnapshotSummary } from './snapshot.ts'
export { isTime, parseTimeNs, printTime } from './time.ts'
export { encodeTree, TreeEncoder, treeIsCanonical } from './tree.ts'
export { decodeTree, TreeReader } from './tree-decoder.ts'
export { decodeUnpacked, encodeUnpacked } from './unpacked.ts'
export { decodeZstdFrameHead, type ZstdFrameHead } from './zstd-frame.ts'
