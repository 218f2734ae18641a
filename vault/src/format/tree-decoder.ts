/** Reading trees, those of restic and anybody's: members in any order, unknown ones noted, absent ones as restic has them. */
import { FormatError } from '#errors'
import { type BlobId, isId } from './id.ts'
import { JsonReader } from './json-reader.ts'
import { compareNames, type ExtendedAttribute, NODE_TYPES, type NodeType, type TreeNode } from './node.ts'
import { decodeStrict, unquoteName } from './quote.ts'
import { encodeText, parseBase64 } from './text.ts'

const ZERO_TIME = '0001-01-01T00:00:00Z'
const UINT32_MAX = 0xffffffff
/** restic's nodes take 200 characters and more. Beyond a hundred thousand, smaller ones are there to fill our memory. */
const MANY_NODES = 100_000
const NODE_CHARACTERS_MIN = 128
/** Trees are read in pieces of this size. */
const WINDOW_BYTES = 256 * 1024
/** Members of a node that we do not know. */
const UNKNOWN_MEMBERS_MAX = 256
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
  const reader = new TreeReader(json)
  const nodes: TreeNode[] = []
  for (let node = reader.next(); node !== undefined; node = reader.next()) nodes.push(node)
  if (!reader.isAscending) requireDifferentNames(nodes)
  return nodes
}

function requireDifferentNames(nodes: readonly TreeNode[]): void {
  if (new Set(nodes.map((node) => node.name.toHex())).size < nodes.length) throw new FormatError('tree: a name comes twice')
}

/**
 * Reads a tree blob node by node. The blob's bytes are all that it needs of memory: text is made of a window at a time.
 * It says the same as {@link decodeTree}, but for names that come twice out of order: whoever must know looks at {@link isAscending}.
 */
export class TreeReader {
  /** Each name so far comes after the one before. */
  isAscending = true
  readonly #json: Uint8Array
  readonly #windowBytes: number
  #reader: JsonReader
  /** Where the reader's window starts and ends. */
  #start = 0
  #end = 0
  #previous: Uint8Array = EMPTY
  #count = 0
  #isOver: boolean

  /** @throws {FormatError} when there is no list of nodes */
  constructor(json: Uint8Array, windowBytes = WINDOW_BYTES) {
    this.#json = json
    this.#windowBytes = windowBytes
    this.#reader = this.#window(0, windowBytes)
    this.#isOver = !this.#read(findNodes)
    if (this.#isOver) this.#read(readEnd)
  }

  /**
   * The next node; `undefined` when there are no more.
   * @throws {FormatError} when what follows is no node, or, with the last one, when no tree ends so
   */
  next(): TreeNode | undefined {
    if (this.#isOver) return undefined
    const node = this.#read(readNamedNode)
    this.#isOver = !this.#read(readComma)
    if (this.#isOver) this.#read(readEnd)
    this.isAscending &&= compareNames(this.#previous, node.name) < 0
    this.#previous = node.name
    if (++this.#count % MANY_NODES === 0 && this.#json.length < this.#count * NODE_CHARACTERS_MIN)
      this.#reader.fail('nodes too small to be real')
    return node
  }

  /** Reads something that may reach beyond the window: then again, from the same place, in one that starts there. */
  #read<T>(read: (reader: JsonReader, isToTheEnd: boolean) => T): T {
    for (;;) {
      const { at } = this.#reader
      const isToTheEnd = this.#end === this.#json.length
      try {
        return read(this.#reader, isToTheEnd)
      } catch (error) {
        if (!(error instanceof FormatError) || isToTheEnd) throw error
        const start = this.#reader.byteAt(at)
        this.#reader = this.#window(start, start === this.#start ? 2 * (this.#end - start) : this.#windowBytes)
      }
    }
  }

  #window(start: number, bytes: number): JsonReader {
    const json = this.#json
    let end = Math.min(json.length, start + bytes)
    while (end < json.length && end > start && (json[end]! & 0xc0) === 0x80) end--
    this.#start = start
    // What is no UTF-8 is read to its end in one piece: only in valid text does a character tell its byte.
    const text = end < json.length ? decodeStrict(json.subarray(start, end)) : undefined
    this.#end = text === undefined ? json.length : end
    return new JsonReader(text ?? json.subarray(start), 'tree', start)
  }
}

/** Goes to the first node; false when there is none. */
function findNodes(reader: JsonReader): boolean {
  if (reader.enter(0x7b, 0x7d)) {
    do {
      if (reader.readKey() === 'nodes') return !reader.skipNull() && enterList(reader)
      reader.skipValue()
    } while (reader.more(0x7d))
  }
  reader.end()
  return reader.fail('there are no "nodes"')
}

function enterList(reader: JsonReader): boolean {
  const isFilled = reader.enter(0x5b, 0x5d)
  return Number.isNaN(reader.peek()) ? reader.fail('the list of nodes does not end') : isFilled
}

function readNamedNode(reader: JsonReader): TreeNode {
  const start = reader.at
  const node = readNode(reader)
  return node.name.length === 0 ? reader.fail('a node has no name', start) : node
}

function readComma(reader: JsonReader): boolean {
  return reader.more(0x5d)
}

function readEnd(reader: JsonReader, isToTheEnd: boolean): void {
  while (reader.more(0x7d)) {
    if (reader.readKey() === 'nodes') reader.fail('"nodes" come twice')
    reader.skipValue()
  }
  if (isToTheEnd) reader.end()
  else reader.fail('the window ends before the document')
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
      if (node.unknownMembers.length > UNKNOWN_MEMBERS_MAX) reader.fail('a node has more members than any program writes')
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
