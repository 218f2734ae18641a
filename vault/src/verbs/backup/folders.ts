/** Folders of a backup on their way to become trees: a folder's tree is written when its last entry is known. */

import type { WalkEntry } from '#files'
import { type BlobId, encodeTree, isSameEntry, printName, type TreeNode } from '#format'

/** A folder whose entries are being read. The root of a snapshot has neither `entry` nor `parent`. */
export class OpenFolder {
  readonly parent: OpenFolder | undefined
  readonly entry: WalkEntry | undefined
  /** The same folder in the parent snapshot. */
  readonly earlier: EarlierFolder
  readonly #slot: number
  readonly #nodes: (TreeNode | undefined)[] = []
  #pending = 1
  /** Nodes that are the very ones of the parent snapshot. */
  #same = 0

  constructor(earlier: EarlierFolder, parent?: OpenFolder, entry?: WalkEntry) {
    this.parent = parent
    this.entry = entry
    this.earlier = earlier
    this.#slot = parent?.expect() ?? 0
  }

  /** Keeps a place, in the order of the walk, for an entry that will be known later. */
  expect(): number {
    this.#pending++
    return this.#nodes.push(undefined) - 1
  }

  /** Fills a place, or leaves it empty for what could not be read. True when the folder is complete. */
  settle(slot: number, node: TreeNode | undefined): boolean {
    const earlier = node && this.earlier.nodes.get(nameKey(node.name))
    const isSame = earlier !== undefined && isSameEntry(node!, earlier) && hasSameContent(node!, earlier)
    if (isSame) this.#same++
    this.#nodes[slot] = node
    return this.#release()
  }

  /** The folder's tree in the parent snapshot, when that would be written again to the byte. Asked when the folder is complete. */
  get sameTree(): BlobId | undefined {
    const { tree, nodes } = this.earlier
    return this.#same === nodes.size && this.#same === this.#nodes.length ? tree : undefined
  }

  /** The walk has left the folder. True when it is complete. */
  close(): boolean {
    return this.#release()
  }

  /** The folder's own entry in its parent: true when that is complete then. */
  settleInParent(subtree: BlobId): boolean {
    return this.parent!.settle(this.#slot, { ...this.entry!.node, subtree })
  }

  /** Nodes known so far, in order; what could not be read is missing. */
  get nodes(): TreeNode[] {
    return this.#nodes.filter((node) => node !== undefined)
  }

  encode(): Uint8Array {
    return encodeTree(this.nodes)
  }

  /** Where it is in the snapshot, with a slash at its end. */
  get path(): string {
    return this.entry === undefined ? '/' : `${this.parent!.path}${printName(this.entry.node.name)}/`
  }

  /** Where one of its entries is in the snapshot. */
  pathOf({ node }: WalkEntry): string {
    return `${this.path}${printName(node.name)}`
  }

  #release(): boolean {
    return --this.#pending === 0
  }
}

/** A folder in the parent snapshot. */
export interface EarlierFolder {
  /** By name, one character a byte. */
  readonly nodes: ReadonlyMap<string, TreeNode>
  /** Its tree, where we know that encoding its nodes gives that very blob. */
  readonly tree: BlobId | undefined
}

function hasSameContent(a: TreeNode, b: TreeNode): boolean {
  if (a.subtree !== b.subtree || a.content === b.content) return a.subtree === b.subtree
  return (
    a.content !== null &&
    b.content !== null &&
    a.content.length === b.content.length &&
    a.content.every((id, i) => id === b.content![i])
  )
}

/** Names as keys: one character a byte. */
export function nameKey(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1')
}

export function byName(nodes: readonly TreeNode[]): ReadonlyMap<string, TreeNode> {
  return new Map(nodes.map((node) => [nameKey(node.name), node]))
}
