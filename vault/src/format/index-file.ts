/**
 * Index files: which blob lies where in which pack. Unpacked files with JSON as
 *
 *     {"packs":[{"id":…,"blobs":[{"id":…,"type":"data","offset":0,"length":139,"uncompressed_length":511},…]},…]}
 *
 * `uncompressed_length` is absent for a blob stored raw. rustic adds `packs_to_delete`, packs of the same shape with a `time`.
 */
import type { BlobType } from './blob.ts'
import { type BlobId, isId, type PackId } from './id.ts'
import { JsonReader } from './json-reader.ts'
import { JsonWriter } from './json-writer.ts'
import { forEachPackBlob, type PackEntry } from './pack.ts'
import { isPlainIndex, scanPlainIndex } from './plain-index.ts'
import { encodeText, joinPieces } from './text.ts'

const UINT32_MAX = 0xffffffff
const PACK_JSON_BYTES = 100
const BLOB_JSON_BYTES_MAX = 162
const LIST_ENTRY_BYTES_MIN = 37

/** One pack and what it holds. */
export interface IndexPack {
  readonly id: PackId
  readonly blobs: readonly PackEntry[]
  /** When it was marked for deletion. */
  readonly markedAt?: string | undefined
}

export interface IndexFile {
  readonly packs: readonly IndexPack[]
  /** Packs that are to be deleted once nobody can be reading them any more. */
  readonly packsToDelete: readonly IndexPack[]
}

/** The JSON of an index file; `packs_to_delete` only when there are any. */
export function encodeIndexFile(file: IndexFile): Uint8Array {
  const packs = `"packs":[${file.packs.map(encodePack).join()}]`
  const marked = file.packsToDelete.length === 0 ? '' : `,"packs_to_delete":[${file.packsToDelete.map(encodePack).join()}]`
  return encodeText(`{${packs}${marked}}\n`)
}

function encodePack(pack: IndexPack): string {
  const time = pack.markedAt === undefined ? '' : `,"time":${JSON.stringify(pack.markedAt)}`
  return `{"id":"${pack.id}","blobs":[${pack.blobs.map(encodeEntry).join()}]${time}}`
}

function encodeEntry({ id, type, offset, length, uncompressedLength }: PackEntry): string {
  const uncompressed = uncompressedLength === 0 ? '' : `,"uncompressed_length":${uncompressedLength}`
  return `{"id":"${id}","type":"${type}","offset":${offset},"length":${length}${uncompressed}}`
}

/** A pack by its list of blobs (`PackList.bytes`). */
export interface ListedPack {
  readonly id: PackId
  readonly list: Uint8Array
}

/** As {@link encodeIndexFile}, without an object for each blob. @throws {FormatError} when a list is none */
export function encodeIndexOfLists(packs: readonly ListedPack[]): Uint8Array {
  // Room for all of it, of which only what is used takes memory.
  const bytesMax = packs.reduce(
    (sum, { list }) => sum + PACK_JSON_BYTES + (list.length / LIST_ENTRY_BYTES_MIN) * BLOB_JSON_BYTES_MAX,
    0,
  )
  const pieces: Uint8Array[] = []
  const writer = new JsonWriter((piece) => pieces.push(piece.slice()), Math.ceil(bytesMax) + PACK_JSON_BYTES)
  writer.ascii('{"packs":[')
  for (const [i, { id, list }] of packs.entries()) {
    writer.ascii(`${i === 0 ? '' : ','}{"id":"${id}","blobs":[`)
    forEachPackBlob(list, (blob, type, offset, length, uncompressedLength) => {
      writer.ascii(offset === 0 ? '{"id":"' : ',{"id":"')
      writer.ascii(blob.toHex())
      writer.ascii(type === 'data' ? '","type":"data","offset":' : '","type":"tree","offset":')
      writer.count(offset)
      writer.ascii(',"length":')
      writer.count(length)
      if (uncompressedLength !== 0) {
        writer.ascii(',"uncompressed_length":')
        writer.count(uncompressedLength)
      }
      writer.ascii('}')
    })
    writer.ascii(']}')
  }
  writer.ascii(']}\n')
  return joinPieces([...pieces, writer.finish()])
}

/**
 * An index file's content. Unknown members and `supersedes` are ignored.
 * @throws {FormatError} when it is no index: a snapshot that lies among them, say, names neither list
 */
export function decodeIndexFile(json: Uint8Array): IndexFile {
  const reader = new JsonReader(json, 'index')
  let packs: IndexPack[] = []
  let packsToDelete: IndexPack[] = []
  let isIndex = false
  readMembers(
    reader,
    (key) => {
      if (key === 'packs') packs = readList(reader, readPack)
      else if (key === 'packs_to_delete') packsToDelete = readList(reader, readPack)
      else reader.skipValue()
    },
    (key) => {
      isIndex ||= key === 'packs' || key === 'packs_to_delete'
    },
  )
  reader.end()
  if (!isIndex) return reader.fail('the document lists no packs: it is no index')
  return { packs, packsToDelete }
}

/** A null member is an absent one, but `meet` hears of it. */
function readMembers(reader: JsonReader, read: (key: string) => void, meet?: (key: string) => void): void {
  if (!reader.enter(0x7b, 0x7d)) return
  do {
    const key = reader.readKey()
    meet?.(key)
    if (!reader.skipNull()) read(key)
  } while (reader.more(0x7d))
}

function readList<T>(reader: JsonReader, readOne: (reader: JsonReader) => T): T[] {
  const list: T[] = []
  if (!reader.enter(0x5b, 0x5d)) return list
  do list.push(readOne(reader))
  while (reader.more(0x5d))
  return list
}

function readPack(reader: JsonReader): IndexPack {
  let id: PackId | undefined
  let blobs: PackEntry[] = []
  let markedAt: string | undefined
  readMembers(reader, (key) => {
    if (key === 'id') id = readId<PackId>(reader)
    else if (key === 'blobs') blobs = readList(reader, readEntry)
    else if (key === 'time') markedAt = reader.readString()
    else reader.skipValue()
  })
  if (id === undefined) return reader.fail('a pack has no id')
  return { id, blobs, ...(markedAt !== undefined && { markedAt }) }
}

function readEntry(reader: JsonReader): PackEntry {
  let id: BlobId | undefined
  let type: BlobType | undefined
  let offset = 0
  let length = 0
  let uncompressedLength = 0
  readMembers(reader, (key) => {
    if (key === 'id') id = readId<BlobId>(reader)
    else if (key === 'type') type = readType(reader)
    else if (key === 'offset') offset = reader.readCount(UINT32_MAX)
    else if (key === 'length') length = reader.readCount(UINT32_MAX)
    else if (key === 'uncompressed_length') uncompressedLength = reader.readCount(UINT32_MAX)
    else reader.skipValue()
  })
  if (id === undefined || type === undefined) return reader.fail('a blob has no id or no type')
  return { id, type, offset, length, uncompressedLength }
}

function readId<T extends BlobId | PackId>(reader: JsonReader): T {
  const text = reader.readString()
  return isId(text) ? (text as T) : reader.fail('expected an ID of 64 hex characters')
}

function readType(reader: JsonReader): BlobType {
  const text = reader.readString()
  return text === 'data' || text === 'tree' ? text : reader.fail('a blob is neither data nor tree')
}

/**
 * Calls `onPack` for each pack and `onBlob` for each of its blobs, without building a value of the whole.
 * The arrays of bytes are scratch: copy what is to be kept.
 *
 * @throws {FormatError} when it is no index; nothing was called then
 */
export function forEachIndexEntry(
  json: Uint8Array,
  onPack: (packIdBytes: Uint8Array, marked: boolean) => void,
  onBlob: (idBytes: Uint8Array, isTree: boolean, offset: number, length: number, uncompressedLength: number) => void,
): void {
  if (isPlainIndex(json)) {
    scanPlainIndex(json, onPack, onBlob)
    return
  }
  const file = decodeIndexFile(json)
  const scratch = new Uint8Array(32)
  const report = (packs: readonly IndexPack[], marked: boolean) => {
    for (const pack of packs) {
      scratch.setFromHex(pack.id)
      onPack(scratch, marked)
      for (const { id, type, offset, length, uncompressedLength } of pack.blobs) {
        scratch.setFromHex(id)
        onBlob(scratch, type === 'tree', offset, length, uncompressedLength)
      }
    }
  }
  report(file.packs, false)
  report(file.packsToDelete, true)
}
