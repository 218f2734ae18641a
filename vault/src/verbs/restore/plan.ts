/** What of a file's content is where, before anything of it is written. */
import { BLOB_BYTES_MAX, type BlobId, idBytes, SEAL_OVERHEAD_BYTES, type TreeNode } from '#format'
import type { Repository } from '#repository'

/** A file's blobs by their numbers in the index. */
export type FileContent =
  | { readonly kind: 'known'; readonly blobs: Uint32Array }
  /** Some are only in packs that are marked for deletion. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'damaged'; readonly code: string; readonly message: string }

/**
 * Looks all blobs up, and adds up their lengths: a file whose parts are missing, or do not make up its size, is not begun.
 * Needs the index.
 */
export function findContent({ index, marked }: Repository, { content, size }: TreeNode): FileContent {
  if (content === null) return { kind: 'damaged', code: 'NOCONTENT', message: 'the snapshot does not say what is in this file' }
  const blobs = new Uint32Array(content.length)
  let isElsewhere = false
  let sum = 0
  for (const [i, id] of content.entries()) {
    const number = index.numberOf('data', idBytes(id))
    const location = number >= 0 ? index.at(number) : marked.find('data', id)
    if (location === undefined) return missing(id)
    isElsewhere ||= number < 0
    if (number >= 0) blobs[i] = number
    const bytes = location.uncompressedLength || location.length - SEAL_OVERHEAD_BYTES
    if (Math.max(bytes, location.length) > BLOB_BYTES_MAX) return tooLarge(id, bytes)
    sum += bytes
  }
  if (sum !== size) {
    const message = `the snapshot says ${size} bytes, its parts have ${sum}`
    return { kind: 'damaged', code: 'SIZE', message }
  }
  return isElsewhere ? { kind: 'elsewhere' } : { kind: 'known', blobs }
}

function missing(id: BlobId): FileContent {
  return { kind: 'damaged', code: 'blob-missing', message: `data blob ${id}: no index names it` }
}

function tooLarge(id: BlobId, bytes: number): FileContent {
  return { kind: 'damaged', code: 'refused', message: `data blob ${id} says that it has ${bytes} bytes: more than is ever read` }
}
