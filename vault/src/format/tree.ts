/**
 * Trees: the list of one folder as a blob. Its bytes are exactly those of restic, newline included, because their SHA-256 is how equal
 * folders are found again.
 *
 *     {"nodes":[{"name":…,"type":…,…},…]}\n        names strictly ascending by bytes; members in restic's order (docs/format-notes.md#trees)
 */
import { FormatError, VaultError } from '#errors'
import { JsonReader } from './json-reader.ts'
import { JsonWriter } from './json-writer.ts'
import { compareNames, type ExtendedAttribute, type TreeNode } from './node.ts'
import type { Primitives } from './primitives.ts'
import { isUtf8 } from './quote.ts'
import { encodeText, joinPieces } from './text.ts'

const STRING = /"(?:[^"\\]|\\.)*"/g
const CANONICAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?(?:Z|[+-](?!00:00)\d\d:\d\d)$/

/** Encodes a tree node by node, in order. */
export class TreeEncoder {
  readonly #writer: JsonWriter
  #previous: Uint8Array | undefined

  /** @param onPiece takes what is complete of a large tree, at once: its memory is written over then */
  constructor(onPiece: (piece: Uint8Array) => void) {
    this.#writer = new JsonWriter(onPiece)
    this.#writer.ascii('{"nodes":[')
  }

  /** @throws {FormatError} when the name is empty or does not come after the one before */
  add(node: TreeNode): void {
    const previous = this.#previous
    if (node.name.length === 0) throw new FormatError('a tree node has no name')
    if (previous !== undefined && compareNames(previous, node.name) >= 0) {
      throw new FormatError('the names of a tree must be strictly ascending by bytes')
    }
    if (previous !== undefined) this.#writer.ascii(',')
    writeNode(this.#writer, node)
    this.#previous = node.name
  }

  /** What follows the last piece: of a small tree, all of it. The encoder cannot be used further. */
  finish(): Uint8Array {
    this.#writer.ascii(']}\n')
    return this.#writer.finish()
  }
}

/**
 * The blob of a folder's list.
 * @throws {FormatError} when the names are not strictly ascending by bytes
 */
export function encodeTree(nodes: readonly TreeNode[]): Uint8Array {
  const pieces: Uint8Array[] = []
  const encoder = new TreeEncoder((piece) => pieces.push(piece.slice()))
  for (const node of nodes) encoder.add(node)
  return joinPieces([...pieces, encoder.finish()])
}

/** Whether these nodes encode to the blob `id` again: then and only then may a tree be written anew without losing anything. */
export function treeIsCanonical(primitives: Primitives, nodes: readonly TreeNode[], id: string): boolean {
  try {
    return nodes.every(isFaithful) && primitives.sha256Hex(encodeTree(nodes)) === id
  } catch (error) {
    if (error instanceof VaultError) return false
    throw error
  }
}

function isFaithful({ mtime, atime, ctime, genericAttributes, unknownMembers }: TreeNode): boolean {
  if (unknownMembers.length !== 0 || !isCanonicalObject(genericAttributes ?? '{}')) return false
  return CANONICAL_TIME.test(mtime) && CANONICAL_TIME.test(atime) && CANONICAL_TIME.test(ctime)
}

// Go writes the members of such an object sorted, without white space, and escapes what HTML would mind.
function isCanonicalObject(json: string): boolean {
  if (/[<>&\u2028\u2029]/.test(json) || /\s/.test(json.replace(STRING, ''))) return false
  const reader = new JsonReader(encodeText(json), 'generic attributes')
  let previous = ''
  if (!reader.enter(0x7b, 0x7d)) return true
  do {
    const key = reader.readKey()
    if (previous !== '' && compareNames(encodeText(previous), encodeText(key)) >= 0) return false
    previous = key
    reader.skipValue()
  } while (reader.more(0x7d))
  return true
}

function writeNode(writer: JsonWriter, node: TreeNode): void {
  writer.ascii('{"name":')
  writer.name(node.name)
  writer.ascii(',"type":"')
  writer.ascii(node.type)
  writer.ascii('"')
  writeCount(writer, ',"mode":', node.mode)
  writer.ascii(',"mtime":')
  writer.string(node.mtime)
  writer.ascii(',"atime":')
  writer.string(node.atime)
  writer.ascii(',"ctime":')
  writer.string(node.ctime)
  writer.ascii(',"uid":')
  writer.count(node.uid)
  writer.ascii(',"gid":')
  writer.count(node.gid)
  writeText(writer, ',"user":', node.user)
  writeText(writer, ',"group":', node.group)
  writeBigCount(writer, ',"inode":', node.inode)
  writeBigCount(writer, ',"device_id":', node.deviceId)
  writeCount(writer, ',"size":', node.size)
  writeCount(writer, ',"links":', node.links)
  if (node.linktarget !== undefined) writeLinkTarget(writer, node.linktarget)
  if (node.xattrs.length !== 0) writeAttributes(writer, node.xattrs)
  if (node.genericAttributes !== undefined) writer.raw(`,"generic_attributes":${node.genericAttributes}`)
  writeBigCount(writer, ',"device":', node.device)
  writeContent(writer, node.content)
  if (node.subtree !== undefined) writer.ascii(`,"subtree":"${node.subtree}"`)
  writeText(writer, ',"error":', node.error)
  writer.ascii('}')
}

function writeCount(writer: JsonWriter, member: string, value: number): void {
  if (value === 0) return
  writer.ascii(member)
  writer.count(value)
}

function writeBigCount(writer: JsonWriter, member: string, value: bigint): void {
  if (value === 0n) return
  writer.ascii(member)
  writer.bigCount(value)
}

function writeText(writer: JsonWriter, member: string, value: string): void {
  if (value === '') return
  writer.ascii(member)
  writer.string(value)
}

function writeLinkTarget(writer: JsonWriter, target: Uint8Array): void {
  if (target.length === 0) return
  writer.ascii(',"linktarget":')
  writer.stringOfBytes(target)
  if (!isUtf8(target)) writer.ascii(`,"linktarget_raw":"${target.toBase64()}"`)
}

function writeAttributes(writer: JsonWriter, attributes: readonly ExtendedAttribute[]): void {
  let separator = ',"extended_attributes":['
  for (const { name, value } of attributes) {
    writer.ascii(`${separator}{"name":`)
    writer.string(name)
    writer.ascii(`,"value":${value === null ? 'null' : `"${value.toBase64()}"`}}`)
    separator = ','
  }
  writer.ascii(']')
}

function writeContent(writer: JsonWriter, content: readonly string[] | null): void {
  writer.ascii(',"content":')
  if (content === null || content.length === 0) {
    writer.ascii(content === null ? 'null' : '[]')
    return
  }
  let separator = '["'
  for (const id of content) {
    writer.ascii(separator)
    writer.ascii(id)
    separator = '","'
  }
  writer.ascii('"]')
}
