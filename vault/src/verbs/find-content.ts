/** What of a file's content is where, before anything of it is written. */
import { BLOB_BYTES_MAX, type BlobId, idBytes, SEAL_OVERHEAD_BYTES, type TreeNode } from '#format'
import type { Repository } from '#repository'

/** The code of a finding about a file that is not as long as its snapshot says. */
export const SIZE_DIFFERS = 'SIZE'

/** A file's blobs by their numbers in the index. */
export type FileContent =
  | { readonly kind: 'known'; readonly blobs: Uint32Array; readonly sizeBytes: number }
  /** Some are only in packs that are marked for deletion. */
  | { readonly kind: 'elsewhere'; readonly sizeBytes: number }
  | { readonly kind: 'damaged'; readonly code: string; readonly message: string }

/**
 * Looks all blobs up, and adds up their lengths: a file whose parts are missing is not begun. What they add up to is its size, whatever
 * the snapshot says: one that was written while the file grew may name the size from before. Needs the index.
 */
export function findContent({ index, marked }: Repository, { content }: Pick<TreeNode, 'content'>): FileContent {
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
  return isElsewhere ? { kind: 'elsewhere', sizeBytes: sum } : { kind: 'known', blobs, sizeBytes: sum }
}

/** What is said of a file that is not as long as its snapshot says. */
export function sizeDiffers({ size }: TreeNode, sizeBytes: number): string {
  return `the snapshot says ${size} bytes, its parts have ${sizeBytes}: it is as long as its parts`
}

function missing(id: BlobId): FileContent {
  return { kind: 'damaged', code: 'blob-missing', message: `data blob ${id}: no index names it` }
}

function tooLarge(id: BlobId, bytes: number): FileContent {
  return { kind: 'damaged', code: 'refused', message: `data blob ${id} says that it has ${bytes} bytes: more than is ever read` }
}
