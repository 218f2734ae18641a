/**
 * Documents: any file, kept as it came. Each is sealed at rest with a key of its own, in a file named by its hash; destroying the key
 * destroys it in every copy. Streams in and out: the largest takes no more memory than a letter.
 *
 * Nothing here knows who may see what: the rooms that call decide it, and write the journal. No original is ever on disk in the clear, run,
 * or sent in a way in which a browser would run it.
 */
export { abandonUpload, removeAbandonedUploads } from './abandoned-uploads.ts'
export {
  type AskedRange,
  contentHeaders,
  type Disposition,
  parseRange,
  printFileName,
  rangeHeaders,
} from './content-headers.ts'
export { type FinishedUpload, finishUpload } from './finish-upload.ts'
export { agreesWithName, isActive, isAsNamed } from './media-types.ts'
export { DocumentStoreError } from './object-store.ts'
export {
  destroyObject,
  finishDestructions,
  getDocument,
  type OpenedObject,
  type PlainRange,
  readObject,
  readPreview,
} from './objects.ts'
export { makeDuePreviews } from './previews.ts'
export { PIECE_BYTES_MIN, receiveSegments } from './receive-segments.ts'
export {
  findObjectKey,
  isSealedWhole,
  makeObjectKey,
  openSealed,
  type SealedFile,
  type Sealing,
  settleSealed,
  storeSealed,
  storeSealedStream,
  sweepSealed,
} from './sealed-objects.ts'
export { DOCUMENT_KEY_BYTES, SegmentLayout } from './sealed-stream.ts'
export { sniff } from './sniff.ts'
export type { DocumentFacts, UploadFacts } from './store.ts'
export { readUploadFile, removeUploadFile, UploadFile, type UploadFileOptions } from './upload-file.ts'
export { appendUpload, beginUpload, DOCUMENT_BYTES_MAX, getUpload, type NewUpload } from './uploads.ts'
export { type DocumentWorkOptions, startDocumentWork } from './work.ts'
