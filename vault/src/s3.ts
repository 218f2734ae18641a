/**
 * @couronne/vault/s3: signed requests to a bucket, and large objects in parts, for programs of ours that keep something else than a
 * repository there. A door of its own, since most callers of the vault need no HTTP.
 */
export { StorageError } from './errors.ts'
export { parseAddress } from './storage/address.ts'
export type { HttpReply } from './storage/http.ts'
export { codeOf, refusalOf, S3Client, type S3ClientOptions } from './storage/s3-client.ts'
export { uploadInParts } from './storage/s3-multipart.ts'
