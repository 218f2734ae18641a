/**
 * The nodes of a tree, for a walk that takes one after the other. Of a large folder only the tree's bytes are in memory, and the nodes
 * that the walk is at: a hundred thousand of them take several times what their tree takes.
 */
import { decodeTree, type TreeNode, TreeReader } from '#format'

/** Trees up to this size are decoded at once. */
const WHOLE_BYTES_MAX = 1024 * 1024
/** How far one may look beyond the node that the walk is at. */
const REACH = 1000

export interface NodeList {
  /** The node at a place, `undefined` beyond the last one. */
  at(place: number): TreeNode | undefined
  /** The walk has come to this place: what lies before it is not asked for again. @returns the place up to which one may look ahead */
  pass(place: number): number
  /** All names, in order. */
  names(): Iterable<Uint8Array>
}

/** @throws {FormatError} as `decodeTree`: whatever is wrong anywhere in the tree is said now */
export function nodeListOf(json: Uint8Array, wholeBytesMax = WHOLE_BYTES_MAX): NodeList {
  if (json.length <= wholeBytesMax) return new WholeList(decodeTree(json))
  const reader = new TreeReader(json)
  while (reader.next() !== undefined);
  // Only a tree that is whole in memory tells whether a name comes twice.
  return reader.isAscending ? new ReadList(json) : new WholeList(decodeTree(json))
}

export const NO_NODES: NodeList = { at: () => undefined, pass: () => 0, names: () => [] }

class WholeList implements NodeList {
  readonly #nodes: readonly TreeNode[]

  constructor(nodes: readonly TreeNode[]) {
    this.#nodes = nodes
  }

  at(place: number): TreeNode | undefined {
    return this.#nodes[place]
  }

  pass(): number {
    return this.#nodes.length
  }

  *names(): Generator<Uint8Array> {
    for (const { name } of this.#nodes) yield name
  }
}

class ReadList implements NodeList {
  readonly #json: Uint8Array
  readonly #reader: TreeReader
  /** Nodes that were read and not passed; the first one's place. */
  #nodes: TreeNode[] = []
  #first = 0

  constructor(json: Uint8Array) {
    this.#json = json
    this.#reader = new TreeReader(json)
  }

  at(place: number): TreeNode | undefined {
    while (place - this.#first >= this.#nodes.length) {
      const node = this.#reader.next()
      if (node === undefined) return undefined
      this.#nodes.push(node)
    }
    return this.#nodes[place - this.#first]
  }

  pass(place: number): number {
    // Not one by one: that would move the others each time.
    if (place - this.#first >= REACH) {
      this.#nodes.splice(0, place - this.#first)
      this.#first = place
    }
    return place + REACH
  }

  *names(): Generator<Uint8Array> {
    const reader = new TreeReader(this.#json)
    for (let node = reader.next(); node !== undefined; node = reader.next()) yield node.name
  }
}
