/**
 * An archive whose files are read in place: nothing is unpacked onto a disk. Names that lead out of it, files that lie over one another, that
 * nobody can open without a password, or that grow beyond measure are refused before anything is read.
 */
import { type Entry, open, type ZipFile } from 'yauzl'
import { ImportSourceError } from '#errors'
import { type FileTree, TREE_FILES_MAX, type TreeFile } from './file-tree.ts'
import { fileInMemory, type SourceFile, SourceFileLostError } from './source-file.ts'
import { ZipNames } from './zip-names.ts'

/** A whole practice with its documents; images come on media of their own. */
const TOTAL_BYTES_MAX = 2 ** 40
/** Larger ones are read from their beginning each time. */
const IN_MEMORY_BYTES_MAX = 32 * 1024 ** 2
/** Deflate reaches a thousand; documents reach ten, and a text of one word repeated is small. */
const RATIO_MAX = 250
const RATIO_FROM_BYTES = 16 * 1024 ** 2

/** @throws {ImportSourceError} which says what is wrong with it */
export async function zipTree(path: string, name: string): Promise<FileTree> {
  const wrong = (why: string) => new ImportSourceError(`${name} is no archive that can be read: ${why}`)
  const zip = await openZip(path).catch((error: Error) => {
    throw wrong(error.message)
  })
  try {
    const entries = await entriesOf(zip).catch((error: Error) => {
      throw wrong(error.message)
    })
    const names = namesOf(entries)
    const why = flawOf(entries, names)
    if (why !== undefined) throw wrong(why)
    const files = entries.flatMap((entry, i): (readonly [string, TreeFile])[] => {
      const path = names[i] ?? entry.fileName
      return path.endsWith('/') ? [] : [[path, { path, open: () => openEntry(zip, entry) }]]
    })
    return {
      files: new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1))),
      [Symbol.asyncDispose]: async () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are looked at by yauzl: absolute ones, `..` and backslashes end it, in whatever code page the rest of them is.
    open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    )
  })
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > TREE_FILES_MAX) return Promise.reject(new Error(`more than ${TREE_FILES_MAX} files`))
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    zip.on('error', reject)
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

function namesOf(entries: readonly Entry[]): readonly string[] {
  const names = new ZipNames()
  for (const entry of entries) names.add(entry)
  return entries.map((entry) => names.nameOf(entry))
}

function flawOf(entries: readonly Entry[], names: readonly string[]): string | undefined {
  if (entries.some((entry) => entry.isEncrypted())) return 'it is locked with a password'
  const folded = new Set(names.map((name) => name.normalize('NFC').toLowerCase()))
  if (folded.size < names.length) return 'two files have one name'
  if (entries.some(isBomb)) return 'a file would grow beyond measure'
  if (entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) > TOTAL_BYTES_MAX)
    return 'it would grow beyond measure'
  const inOrder = entries.toSorted((one, other) => one.relativeOffsetOfLocalHeader - other.relativeOffsetOfLocalHeader)
  const isOver = inOrder.some((entry, i) => {
    const next = inOrder[i + 1]
    return next !== undefined && entry.relativeOffsetOfLocalHeader + entry.compressedSize > next.relativeOffsetOfLocalHeader
  })
  return isOver ? 'its files lie over one another' : undefined
}

function isBomb({ compressedSize, uncompressedSize }: Entry): boolean {
  return uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > compressedSize * RATIO_MAX
}

async function openEntry(zip: ZipFile, entry: Entry): Promise<SourceFile> {
  if (entry.uncompressedSize <= IN_MEMORY_BYTES_MAX) return fileInMemory(await readAll(zip, entry))
  return {
    sizeBytes: entry.uncompressedSize,
    stream: () => streamOf(zip, entry),
    readAt: (offset, lengthBytes) => readFrom(zip, entry, offset, lengthBytes),
  }
}

async function readAll(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(streamOf(zip, entry))
  return Buffer.concat(pieces)
}

async function* streamOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) yield piece as Buffer
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new SourceFileLostError(`a file of the archive cannot be read: ${why}`, 'not-readable', error)
  }
}

async function readFrom(zip: ZipFile, entry: Entry, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const wanted: Uint8Array[] = []
  let at = 0
  for await (const piece of streamOf(zip, entry)) {
    if (at + piece.length > offset) wanted.push(piece.subarray(Math.max(0, offset - at), Math.max(0, offset + lengthBytes - at)))
    at += piece.length
    if (at >= offset + lengthBytes) break
  }
  return Buffer.concat(wanted)
}
