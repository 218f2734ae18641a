/**
 * Everything that can be said of one pack from its bytes: its hash, each of its blobs, its header against the index
 * (docs/format-notes.md, what check asserts).
 *
 * The pack is read once, front to back, in windows that end at blobs, so that memory is bounded whatever the size of packs: a window
 * is hashed first and its blobs are then opened in place.
 */
import { createHash } from 'node:crypto'
import { VaultError } from '#errors'
import { decodePackHeader, PACK_HEADER_BYTES_MAX, type PackEntry, type Primitives, type SealKey } from '#format'
import type { BlobIndex, IndexedCopy } from '../blob-index.ts'
import type { BlobOpener } from './blob-opener.ts'
import type { ByteSource } from './byte-source.ts'
import { headerBytesOf } from './pack-table.ts'

const WINDOW_BYTES = 4 * 1024 * 1024

export interface PackProblem {
  /** `hash`: the bytes are not those that were stored. The others are wrong although the hash is right. */
  readonly kind: 'hash' | 'layout' | 'blob' | 'header'
  readonly message: string
  readonly blob?: string
}

export interface PackCheckTools {
  readonly primitives: Primitives
  readonly key: SealKey
  readonly opener: BlobOpener
  readonly index: BlobIndex
}

/**
 * Opens all blobs of a pack.
 *
 * @param numbers the pack's entries in the index, in the order of their offsets
 * @param onTree gets each tree's plaintext, valid during the call
 */
export function checkPack(
  tools: PackCheckTools,
  pack: string,
  source: ByteSource,
  numbers: Uint32Array,
  onTree: (number: number, plaintext: Uint8Array) => void,
): PackProblem[] {
  const copies = Array.from(numbers, (number) => tools.index.at(number))
  const blobsEnd = copies.at(-1)!.offset + copies.at(-1)!.length
  const gap = findGap(copies)
  const headerBytes = headerBytesOf(copies)
  if (gap !== undefined || blobsEnd + headerBytes !== source.sizeBytes) {
    return checkDisputed(tools, pack, source, gap ?? `the index says ${blobsEnd + headerBytes} bytes, it has ${source.sizeBytes}`)
  }
  const hash = createHash('sha256')
  const problems: PackProblem[] = []
  for (let first = 0; first < copies.length; ) {
    const end = windowEnd(copies, first)
    const start = copies[first]!.offset
    const window = source.read(start, copies[end - 1]!.offset + copies[end - 1]!.length - start)
    hash.update(window)
    for (; first < end; first++) {
      const copy = copies[first]!
      const problem = openBlob(
        tools,
        copy,
        window.subarray(copy.offset - start, copy.offset - start + copy.length),
        (plaintext) => onTree(numbers[first]!, plaintext),
      )
      if (problem !== undefined) problems.push(problem)
    }
  }
  const tail = source.read(blobsEnd, source.sizeBytes - blobsEnd)
  hash.update(tail)
  const actual = hash.digest('hex')
  if (actual !== pack) problems.unshift({ kind: 'hash', message: `its bytes hash to ${actual}` })
  problems.push(...checkHeader(tools, tail, source.sizeBytes, copies))
  return problems
}

/** Whether a pack's bytes are those that were stored, and nothing else. */
export function checkPackHash(pack: string, source: ByteSource): PackProblem[] {
  const actual = hashOf(source)
  return actual === pack ? [] : [{ kind: 'hash', message: `its bytes hash to ${actual}` }]
}

/** Opens one stored blob in place; undefined when all is right. */
export function openBlob(
  { opener }: PackCheckTools,
  copy: IndexedCopy,
  stored: Uint8Array,
  onTree: (plaintext: Uint8Array) => void,
): PackProblem | undefined {
  let message = 'does not hash to its ID'
  try {
    const plaintext = opener.open(stored, copy.uncompressedLength)
    if (opener.hasId(plaintext, copy.id)) {
      if (copy.isTree) onTree(plaintext)
      return undefined
    }
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    message = error.message
  }
  const blob = copy.id.toHex()
  return { kind: 'blob', message: `${copy.isTree ? 'tree' : 'data'} blob ${blob}: ${message}`, blob }
}

/** Index and pack disagree where its blobs lie: the hash tells which of the two is right. */
function checkDisputed({ primitives, key }: PackCheckTools, pack: string, source: ByteSource, why: string): PackProblem[] {
  const actual = hashOf(source)
  if (actual !== pack) return [{ kind: 'hash', message: `its bytes hash to ${actual}; ${why}` }]
  try {
    const tailBytes = Math.min(source.sizeBytes, PACK_HEADER_BYTES_MAX + 4)
    decodePackHeader(primitives, key, source.read(source.sizeBytes - tailBytes, tailBytes), source.sizeBytes)
    return [{ kind: 'layout', message: `its bytes are right and the index is wrong: ${why}` }]
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return [{ kind: 'header', message: error.message }]
  }
}

function hashOf(source: ByteSource): string {
  const hash = createHash('sha256')
  for (let at = 0; at < source.sizeBytes; at += WINDOW_BYTES) {
    hash.update(source.read(at, Math.min(WINDOW_BYTES, source.sizeBytes - at)))
  }
  return hash.digest('hex')
}

/** One past the last blob of the window that starts with the blob `first`. */
function windowEnd(copies: readonly IndexedCopy[], first: number): number {
  const limit = copies[first]!.offset + WINDOW_BYTES
  let end = first + 1
  while (end < copies.length && copies[end]!.offset + copies[end]!.length <= limit) end++
  return end
}

function findGap(copies: readonly IndexedCopy[]): string | undefined {
  let expected = 0
  for (const { offset, length } of copies) {
    if (offset !== expected) return `a blob lies at ${offset}, the one before ends at ${expected}`
    expected = offset + length
  }
  return undefined
}

function checkHeader(
  { primitives, key }: PackCheckTools,
  tail: Uint8Array,
  packBytes: number,
  copies: readonly IndexedCopy[],
): PackProblem[] {
  try {
    const entries = decodePackHeader(primitives, key, tail, packBytes)
    if (entries.length !== copies.length) {
      return [{ kind: 'header', message: `its header lists ${entries.length} blobs, the index ${copies.length}` }]
    }
    const differs = entries.findIndex((entry, i) => !isSame(entry, copies[i]!))
    return differs < 0 ? [] : [{ kind: 'header', message: `blob ${entries[differs]!.id}: its header and the index disagree` }]
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return [{ kind: 'header', message: `its header cannot be read: ${error.message}` }]
  }
}

function isSame(entry: PackEntry, copy: IndexedCopy): boolean {
  const place = entry.offset === copy.offset && entry.length === copy.length
  const kind = (entry.type === 'tree') === copy.isTree && entry.uncompressedLength === copy.uncompressedLength
  return place && kind && entry.id === copy.id.toHex()
}
