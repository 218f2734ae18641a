/**
 * Everything that can be said of one pack from its bytes: its hash, each of its blobs, its header against the index
 * (docs/format-notes.md, what check asserts).
 *
 * The pack is read once, front to back, in windows that end at blobs, so that memory is bounded whatever the size of packs. Two blobs at a
 * time are opened, and their plaintexts and the pack's own bytes are hashed side by side.
 */
import { createHash } from 'node:crypto'
import { RefusedError, VaultError } from '#errors'
import { decodePackHeader, PACK_HEADER_BYTES_MAX, type PackEntry, type Primitives, type SealKey } from '#format'
import type { HashRun, ParallelSha256 } from '#primitives'
import type { BlobIndex, IndexedCopy } from '../blob-index.ts'
import type { BlobOpener } from './blob-opener.ts'
import type { ByteSource } from './byte-source.ts'
import { headerBytesOf } from './pack-table.ts'

const WINDOW_BYTES = 4 * 1024 * 1024
/** Shorter plaintexts are hashed for themselves: arranging lanes costs more than they save. */
const LANE_BYTES_MIN = 32 * 1024

export interface PackProblem {
  /** `hash`: the bytes are not those that were stored. The others are wrong although the hash is right. */
  readonly kind: 'hash' | 'layout' | 'blob' | 'header'
  readonly message: string
  readonly blob?: string
}

export interface PackCheckTools {
  readonly primitives: Primitives
  readonly hashes: ParallelSha256
  readonly key: SealKey
  readonly opener: BlobOpener
  readonly index: BlobIndex
}

/** An entry of the index with its number. */
interface Numbered extends IndexedCopy {
  readonly number: number
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
  const copies: Numbered[] = Array.from(numbers, (number) => ({ ...tools.index.at(number), number }))
  const blobsEnd = copies.at(-1)!.offset + copies.at(-1)!.length
  const expectedBytes = blobsEnd + headerBytesOf(copies)
  const gap = findGap(copies)
  if (gap !== undefined || expectedBytes !== source.sizeBytes) {
    return checkDisputed(tools, pack, source, gap ?? `the index says ${expectedBytes} bytes, it has ${source.sizeBytes}`)
  }
  const opening = new Opening(tools, onTree)
  for (let first = 0; first < copies.length; ) {
    const end = windowEnd(copies, first)
    const start = copies[first]!.offset
    opening.window(source.read(start, copies[end - 1]!.offset + copies[end - 1]!.length - start), copies.slice(first, end))
    first = end
  }
  const tail = source.read(blobsEnd, source.sizeBytes - blobsEnd)
  const actual = opening.finish(tail)
  const problems = [...opening.problems, ...checkHeader(tools, tail, source.sizeBytes, copies)]
  if (actual !== pack) problems.unshift({ kind: 'hash', message: `its bytes hash to ${actual}` })
  return problems
}

/** Hashes a pack window by window and opens its blobs two by two. */
class Opening {
  readonly problems: PackProblem[] = []
  readonly #tools: PackCheckTools
  readonly #onTree: (number: number, plaintext: Uint8Array) => void
  readonly #pack: HashRun
  readonly #blobs: readonly [HashRun, HashRun]

  constructor(tools: PackCheckTools, onTree: (number: number, plaintext: Uint8Array) => void) {
    this.#tools = tools
    this.#onTree = onTree
    const { hashes } = tools
    this.#pack = hashes.newRun()
    this.#blobs = [hashes.newRun(), hashes.newRun()]
  }

  /** @param copies the blobs that fill the window, back to back */
  window(bytes: Uint8Array, copies: readonly Numbered[]): void {
    const start = copies[0]!.offset
    let hashedTo = 0
    for (let first = 0; first < copies.length; first += 2) {
      const pair = copies.slice(first, first + 2)
      const opened = pair.map((copy, slot) => {
        const stored = bytes.subarray(copy.offset - start, copy.offset - start + copy.length)
        return this.#open(copy, stored, slot as 0 | 1)
      })
      const last = pair.at(-1)!
      const end = last.offset + last.length - start
      const long = opened.some((plaintext) => plaintext !== undefined && plaintext.length >= LANE_BYTES_MIN)
      const matches = long ? this.#hashTogether(bytes.subarray(hashedTo, end), opened, pair) : this.#hashEach(opened, pair)
      if (long) hashedTo = end
      for (const [at, copy] of pair.entries()) this.#note(copy, opened[at], matches[at]!)
    }
    this.#feedPack(bytes.subarray(hashedTo))
  }

  /** The pack's hash, in hex. */
  finish(tail: Uint8Array): string {
    this.#feedPack(tail)
    return this.#pack.digest().toHex()
  }

  #feedPack(bytes: Uint8Array): void {
    this.#tools.hashes.feed([{ run: this.#pack, bytes }])
  }

  #open(copy: Numbered, stored: Uint8Array, slot: 0 | 1): Uint8Array | undefined {
    try {
      return this.#tools.opener.open(stored, copy.uncompressedLength, slot)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      if (!isLargeTree(copy, error)) this.problems.push(blobProblem(copy, error.message))
      return undefined
    }
  }

  #hashTogether(packBytes: Uint8Array, opened: readonly (Uint8Array | undefined)[], pair: readonly Numbered[]): boolean[] {
    const feeds = opened.flatMap((bytes, at) => (bytes === undefined ? [] : [{ run: this.#blobs[at]!, bytes }]))
    this.#tools.hashes.feed([{ run: this.#pack, bytes: packBytes }, ...feeds])
    return pair.map(({ id }, at) => {
      const matches = opened[at] !== undefined && Buffer.compare(this.#blobs[at]!.digest(), id) === 0
      this.#blobs[at]!.reset()
      return matches
    })
  }

  #hashEach(opened: readonly (Uint8Array | undefined)[], pair: readonly Numbered[]): boolean[] {
    return pair.map(({ id }, at) => opened[at] !== undefined && this.#tools.opener.hasId(opened[at], id))
  }

  #note(copy: Numbered, plaintext: Uint8Array | undefined, matches: boolean): void {
    if (plaintext === undefined) return
    if (!matches) this.problems.push(blobProblem(copy, 'does not hash to its ID'))
    else if (copy.isTree) this.#onTree(copy.number, plaintext)
  }
}

/** Whether a pack's bytes are those that were stored, and nothing else. */
export function checkPackHash(pack: string, source: ByteSource): PackProblem[] {
  const actual = hashOf(source)
  return actual === pack ? [] : [{ kind: 'hash', message: `its bytes hash to ${actual}` }]
}

/** Opens one stored blob; undefined when all is right, or, without the plaintext, when it is a tree that is larger than is ever read. */
export function openBlob(
  { opener }: PackCheckTools,
  copy: IndexedCopy,
  stored: Uint8Array,
  onPlaintext: (plaintext: Uint8Array) => void,
): PackProblem | undefined {
  try {
    const plaintext = opener.open(stored, copy.uncompressedLength)
    if (!opener.hasId(plaintext, copy.id)) return blobProblem(copy, 'does not hash to its ID')
    onPlaintext(plaintext)
    return undefined
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return isLargeTree(copy, error) ? undefined : blobProblem(copy, error.message)
  }
}

/** Nothing is wrong with it, and stock restic reads it: whoever walks to it says that we do not. */
function isLargeTree({ isTree }: IndexedCopy, error: VaultError): boolean {
  return isTree && error instanceof RefusedError
}

function blobProblem(copy: IndexedCopy, why: string): PackProblem {
  const blob = copy.id.toHex()
  return { kind: 'blob', message: `${copy.isTree ? 'tree' : 'data'} blob ${blob}: ${why}`, blob }
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
