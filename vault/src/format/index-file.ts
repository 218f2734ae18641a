/**
 * Index files: which blob lies where in which pack. Unpacked files with JSON as
 *
 *     {"packs":[{"id":…,"blobs":[{"id":…,"type":"data","offset":0,"length":139,"uncompressed_length":511},…]},…]}
 *
 * `uncompressed_length` is absent for a blob stored raw. rustic adds `packs_to_delete`, packs of the same shape with a `time`.
 */
import { FormatError } from '#errors'
import { type BlobId, isId, type PackId, parseId } from './id.ts'
import type { PackEntry } from './pack.ts'
import { isPlainIndex, scanPlainIndex } from './plain-index.ts'
import { encodeText, isObject, type JsonObject, parseJsonObject } from './text.ts'

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

/**
 * An index file's content. Unknown members and `supersedes` are ignored.
 * @throws {FormatError} when it is no index
 */
export function decodeIndexFile(json: Uint8Array): IndexFile {
  const object = parseJsonObject(json, 'index')
  return { packs: readPacks(object, 'packs'), packsToDelete: readPacks(object, 'packs_to_delete') }
}

function readPacks(object: JsonObject, member: string): IndexPack[] {
  return readObjects(object, member).map((pack) => {
    const time = pack.time
    if (time !== undefined && time !== null && typeof time !== 'string') throw new FormatError('index: "time" is not a string')
    const blobs = readObjects(pack, 'blobs').map(readEntry)
    return { id: parseId<PackId>(pack.id), blobs, ...(typeof time === 'string' && { markedAt: time }) }
  })
}

function readObjects(object: JsonObject, member: string): readonly JsonObject[] {
  const value = object[member] ?? []
  if (!Array.isArray(value) || !value.every(isObject)) throw new FormatError(`index: "${member}" is not a list of objects`)
  return value
}

function readEntry(entry: JsonObject): PackEntry {
  const { id, type, offset, length, uncompressed_length: uncompressedLength } = entry
  if (typeof id !== 'string' || !isId(id)) throw new FormatError('index: a blob has no id')
  if (type !== 'data' && type !== 'tree') throw new FormatError('index: a blob is neither data nor tree')
  return {
    id: id as BlobId,
    type,
    offset: requireUint32(offset ?? 0),
    length: requireUint32(length ?? 0),
    uncompressedLength: requireUint32(uncompressedLength ?? 0),
  }
}

function requireUint32(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new FormatError('index: an offset or a length is not a number of 32 bits')
  }
  return value
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
