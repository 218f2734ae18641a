/**
 * Trees: the list of one folder as a blob. Its bytes are exactly those of restic, newline included, because their SHA-256 is how equal
 * folders are found again.
 *
 *     {"nodes":[{"name":…,"type":…,…},…]}\n        names strictly ascending by bytes; members in restic's order (docs/format-notes.md#trees)
 */
import { FormatError, VaultError } from '#errors'
import { compareNames, type ExtendedAttribute, type TreeNode } from './node.ts'
import type { Primitives } from './primitives.ts'
import { isUtf8, quoteJson, quoteJsonBytes, quoteName } from './quote.ts'
import { encodeText } from './text.ts'

const PIECE_CHARACTERS = 1 << 20
const CANONICAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?(?:Z|[+-](?!00:00)\d\d:\d\d)$/

/** Encodes a tree node by node, in order. */
export class TreeEncoder {
  #text = '{"nodes":['
  #previous: Uint8Array | undefined
  readonly #pieces: Uint8Array[] = []

  /** @throws {FormatError} when the name is empty or does not come after the one before */
  add(node: TreeNode): void {
    const previous = this.#previous
    if (node.name.length === 0) throw new FormatError('a tree node has no name')
    if (previous !== undefined && compareNames(previous, node.name) >= 0) {
      throw new FormatError('the names of a tree must be strictly ascending by bytes')
    }
    this.#text += previous === undefined ? encodeNode(node) : `,${encodeNode(node)}`
    this.#previous = node.name
    if (this.#text.length > PIECE_CHARACTERS) {
      this.#pieces.push(encodeText(this.#text))
      this.#text = ''
    }
  }

  /** The blob's bytes. The encoder cannot be used further. */
  finish(): Uint8Array {
    const last = encodeText(`${this.#text}]}\n`)
    if (this.#pieces.length === 0) return last
    const whole = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, last.length))
    let at = 0
    for (const piece of [...this.#pieces, last]) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }
}

/**
 * The blob of a folder's list.
 * @throws {FormatError} when the names are not strictly ascending by bytes
 */
export function encodeTree(nodes: readonly TreeNode[]): Uint8Array {
  const encoder = new TreeEncoder()
  for (const node of nodes) encoder.add(node)
  return encoder.finish()
}

/** Whether these nodes encode to the blob `id` again: then and only then may a tree be written anew without losing anything. */
export function treeIsCanonical(primitives: Primitives, nodes: readonly TreeNode[], id: string): boolean {
  if (!nodes.every(isFaithful)) return false
  try {
    return primitives.sha256Hex(encodeTree(nodes)) === id
  } catch (error) {
    if (error instanceof VaultError) return false
    throw error
  }
}

function isFaithful({ mtime, atime, ctime, unknownMembers }: TreeNode): boolean {
  return unknownMembers.length === 0 && CANONICAL_TIME.test(mtime) && CANONICAL_TIME.test(atime) && CANONICAL_TIME.test(ctime)
}

function encodeNode(node: TreeNode): string {
  let text = `{"name":${quoteJson(quoteName(node.name))},"type":"${node.type}"`
  if (node.mode !== 0) text += `,"mode":${node.mode}`
  text += `,"mtime":${quoteJson(node.mtime)},"atime":${quoteJson(node.atime)},"ctime":${quoteJson(node.ctime)}`
  text += `,"uid":${node.uid},"gid":${node.gid}`
  if (node.user !== '') text += `,"user":${quoteJson(node.user)}`
  if (node.group !== '') text += `,"group":${quoteJson(node.group)}`
  if (node.inode !== 0n) text += `,"inode":${node.inode}`
  if (node.deviceId !== 0n) text += `,"device_id":${node.deviceId}`
  if (node.size !== 0) text += `,"size":${node.size}`
  if (node.links !== 0) text += `,"links":${node.links}`
  if (node.linktarget !== undefined) text += encodeLinkTarget(node.linktarget)
  if (node.xattrs.length !== 0) text += `,"extended_attributes":[${node.xattrs.map(encodeAttribute).join()}]`
  if (node.genericAttributes !== undefined) text += `,"generic_attributes":${node.genericAttributes}`
  if (node.device !== 0n) text += `,"device":${node.device}`
  text += `,"content":${encodeContent(node.content)}`
  if (node.subtree !== undefined) text += `,"subtree":"${node.subtree}"`
  if (node.error !== '') text += `,"error":${quoteJson(node.error)}`
  return `${text}}`
}

function encodeContent(content: readonly string[] | null): string {
  if (content === null) return 'null'
  if (content.length === 0) return '[]'
  return content.length === 1 ? `["${content[0]}"]` : `["${content.join('","')}"]`
}

function encodeLinkTarget(target: Uint8Array): string {
  if (target.length === 0) return ''
  const text = `,"linktarget":${quoteJsonBytes(target)}`
  return isUtf8(target) ? text : `${text},"linktarget_raw":"${target.toBase64()}"`
}

function encodeAttribute({ name, value }: ExtendedAttribute): string {
  return `{"name":${quoteJson(name)},"value":${value === null ? 'null' : `"${value.toBase64()}"`}}`
}
