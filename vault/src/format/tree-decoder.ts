/** Reading trees, those of restic and anybody's: members in any order, unknown ones noted, absent ones as restic has them. */
import { FormatError } from '#errors'
import { type BlobId, isId } from './id.ts'
import { JsonReader } from './json-reader.ts'
import { compareNames, type ExtendedAttribute, NODE_TYPES, type NodeType, type TreeNode } from './node.ts'
import { unquoteName } from './quote.ts'
import { encodeText, parseBase64 } from './text.ts'

const ZERO_TIME = '0001-01-01T00:00:00Z'
const UINT32_MAX = 0xffffffff
/** restic's nodes take 200 characters and more. Beyond a hundred thousand, smaller ones are there to fill our memory. */
const MANY_NODES = 100_000
const NODE_CHARACTERS_MIN = 128
const NONE: readonly never[] = []
const EMPTY = new Uint8Array(0)

const USUAL = 'name type mode mtime atime ctime uid gid user group inode device_id size links content subtree'.split(' ')
const EXPECTED = new Map(USUAL.map((key) => [key.charCodeAt(0) * 256 + key.charCodeAt(1), { key, spelled: `${key}":` }]))

type Draft = { -readonly [Member in keyof TreeNode]: TreeNode[Member] }

/**
 * The nodes of a tree blob, in the order in which they are written.
 *
 * @throws {FormatError} when it is no tree: not JSON, a member of a wrong type, a node without a name or of an unknown type, a name twice
 */
export function decodeTree(json: Uint8Array): TreeNode[] {
  const reader = new JsonReader(json, 'tree')
  let nodes: TreeNode[] | undefined
  if (reader.enter(0x7b, 0x7d)) {
    do {
      if (reader.readKey() === 'nodes') nodes = readNodes(reader)
      else reader.skipValue()
    } while (reader.more(0x7d))
  }
  reader.end()
  return nodes ?? reader.fail('there are no "nodes"')
}

function readNodes(reader: JsonReader): TreeNode[] {
  const nodes: TreeNode[] = []
  if (reader.skipNull() || !reader.enter(0x5b, 0x5d)) return nodes
  let ascending = true
  let previous: Uint8Array = EMPTY
  do {
    const start = reader.at
    const node = readNode(reader)
    if (node.name.length === 0) reader.fail('a node has no name', start)
    ascending &&= compareNames(previous, node.name) < 0
    previous = node.name
    nodes.push(node)
    if (nodes.length % MANY_NODES === 0 && reader.text.length < nodes.length * NODE_CHARACTERS_MIN)
      reader.fail('nodes too small to be real')
  } while (reader.more(0x5d))
  if (!ascending) requireDifferentNames(nodes)
  return nodes
}

function requireDifferentNames(nodes: readonly TreeNode[]): void {
  if (new Set(nodes.map((node) => node.name.toHex())).size < nodes.length) throw new FormatError('tree: a name comes twice')
}

function readNode(reader: JsonReader): TreeNode {
  const node: Draft = {
    name: EMPTY,
    type: 'file',
    mode: 0,
    mtime: ZERO_TIME,
    atime: ZERO_TIME,
    ctime: ZERO_TIME,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    linktarget: undefined,
    xattrs: NONE,
    genericAttributes: undefined,
    device: 0n,
    content: null,
    subtree: undefined,
    error: '',
    unknownMembers: NONE,
  }
  let typed = false
  if (reader.enter(0x7b, 0x7d)) {
    do {
      const key = readMemberName(reader)
      if (reader.skipNull()) continue
      typed ||= key === 'type'
      readMember(reader, key, node)
    } while (reader.more(0x7d))
  }
  if (!typed) reader.fail('a node has no type')
  return node
}

// Two letters nearly tell the usual members apart; comparing in place is five times faster than cutting out each name.
function readMemberName(reader: JsonReader): string {
  const expected = EXPECTED.get(reader.pairAt(reader.at + 1))
  if (expected !== undefined && reader.skipKey(expected.spelled)) return expected.key
  return reader.readKey()
}

function readMember(reader: JsonReader, key: string, node: Draft): void {
  switch (key) {
    case 'name':
      node.name = readName(reader)
      break
    case 'type':
      node.type = readType(reader)
      break
    case 'mode':
      node.mode = reader.readCount(UINT32_MAX)
      break
    case 'mtime':
      node.mtime = reader.readString()
      break
    case 'atime':
      node.atime = reader.readString()
      break
    case 'ctime':
      node.ctime = reader.readString()
      break
    case 'uid':
      node.uid = reader.readCount(UINT32_MAX)
      break
    case 'gid':
      node.gid = reader.readCount(UINT32_MAX)
      break
    case 'user':
      node.user = reader.readString()
      break
    case 'group':
      node.group = reader.readString()
      break
    case 'inode':
      node.inode = reader.readBigCount()
      break
    case 'device_id':
      node.deviceId = reader.readBigCount()
      break
    case 'size':
      node.size = reader.readCount()
      break
    case 'links':
      node.links = reader.readCount()
      break
    case 'content':
      node.content = readContent(reader)
      break
    case 'subtree':
      node.subtree = readId(reader)
      break
    default:
      readRareMember(reader, key, node)
  }
}

function readRareMember(reader: JsonReader, key: string, node: Draft): void {
  switch (key) {
    case 'linktarget': {
      const text = reader.readString()
      node.linktarget ??= encodeText(text)
      break
    }
    case 'linktarget_raw':
      node.linktarget = parseBase64(reader.readString(), 'tree: "linktarget_raw"')
      break
    case 'extended_attributes':
      node.xattrs = readAttributes(reader)
      break
    case 'generic_attributes':
      node.genericAttributes = reader.readRaw()
      break
    case 'device':
      node.device = reader.readBigCount()
      break
    case 'error':
      node.error = reader.readString()
      break
    default:
      reader.skipValue()
      node.unknownMembers = [...node.unknownMembers, key]
  }
}

function readName(reader: JsonReader): Uint8Array {
  const start = reader.at
  const text = reader.readString()
  try {
    return unquoteName(text)
  } catch (error) {
    if (error instanceof FormatError) return reader.fail(error.message, start)
    throw error
  }
}

function readType(reader: JsonReader): NodeType {
  const text = reader.readString()
  const type = NODE_TYPES.find((known) => known === text)
  return type ?? reader.fail('a node has an unknown type')
}

function readId(reader: JsonReader): BlobId {
  const text = reader.readString()
  if (!isId(text)) reader.fail('expected an ID of 64 hex characters')
  return text as BlobId
}

function readContent(reader: JsonReader): BlobId[] {
  const ids: BlobId[] = []
  if (!reader.enter(0x5b, 0x5d)) return ids
  do ids.push(readId(reader))
  while (reader.more(0x5d))
  return ids
}

function readAttributes(reader: JsonReader): ExtendedAttribute[] {
  const attributes: ExtendedAttribute[] = []
  if (!reader.enter(0x5b, 0x5d)) return attributes
  do attributes.push(readAttribute(reader))
  while (reader.more(0x5d))
  return attributes
}

function readAttribute(reader: JsonReader): ExtendedAttribute {
  let name = ''
  let value: Uint8Array | null = null
  if (!reader.enter(0x7b, 0x7d)) return { name, value }
  do {
    const key = reader.readKey()
    if (reader.skipNull()) continue
    if (key === 'name') name = reader.readString()
    else if (key === 'value') value = parseBase64(reader.readString(), 'tree: value of an extended attribute')
    else reader.skipValue()
  } while (reader.more(0x7d))
  return { name, value }
}
