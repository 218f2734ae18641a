/**
 * A folder in the parent snapshot, for a walk that asks for its entries in order: trees list them in that order too, so that one node is
 * decoded at a time, and of the folder nothing but its tree's bytes is in memory.
 */
import { VaultError } from '#errors'
import { type BlobId, compareNames, decodeTree, type TreeNode, TreeReader } from '#format'

/** What an entry was in the parent snapshot, and its place in the tree there: -1 when that is not in order. */
export interface EarlierEntry {
  readonly node: TreeNode
  readonly place: number
}

export class EarlierFolder {
  readonly #tree: BlobId | undefined
  readonly #onDamage: (error: VaultError) => void
  #json: Uint8Array | undefined
  #reader: TreeReader | undefined
  /** The last node that was read. */
  #node: TreeNode | undefined
  #place = -1
  #asked: Uint8Array = new Uint8Array(0)
  /** By name, one character a byte: of a tree that is not in order. */
  #entries: ReadonlyMap<string, EarlierEntry> | undefined

  /**
   * @param json the folder's tree; without it everything in the folder is new
   * @param tree its ID, where encoding the same nodes is known to give that very blob
   * @param onDamage told when it turns out to be no tree; what follows counts as new then
   */
  constructor(json?: Uint8Array, tree?: BlobId, onDamage: (error: VaultError) => void = () => undefined) {
    this.#json = json
    this.#tree = tree
    this.#onDamage = onDamage
    if (json === undefined) return
    this.#orDamage(() => {
      this.#reader = new TreeReader(json)
    })
    this.#advance()
  }

  /** The entry of a name. Fast while each name comes after the one before. */
  find(name: Uint8Array): EarlierEntry | undefined {
    if (this.#entries === undefined && compareNames(this.#asked, name) > 0) this.#readAll()
    this.#asked = name
    while (this.#node !== undefined && compareNames(this.#node.name, name) < 0) this.#advance()
    if (this.#entries !== undefined) return this.#entries.get(nameKey(name))
    if (this.#node === undefined || compareNames(this.#node.name, name) !== 0) return undefined
    return { node: this.#node, place: this.#place }
  }

  /** The first `count` nodes. They must have been found, in their places. */
  *first(count: number): Generator<TreeNode> {
    if (count === 0) return
    const reader = new TreeReader(this.#json!)
    for (let i = 0; i < count; i++) yield reader.next()!
  }

  /** The ID of the tree when it is known and these are all of its nodes: the first `count`, found in their places. */
  treeOfFirst(count: number): BlobId | undefined {
    while (this.#place < count && this.#node !== undefined) this.#advance()
    return this.#reader !== undefined && this.#node === undefined && this.#place === count ? this.#tree : undefined
  }

  /** Lets go of the tree: nothing is found any more. */
  release(): void {
    this.#json = undefined
    this.#reader = undefined
    this.#node = undefined
    this.#entries = undefined
  }

  /** After the last node the place is one beyond it. */
  #advance(): void {
    this.#orDamage(() => {
      this.#node = this.#reader?.next()
      this.#place++
      if (this.#reader?.isAscending === false) this.#readAll()
    })
  }

  #readAll(): void {
    const json = this.#json
    this.#node = undefined
    this.#reader = undefined
    this.#entries = new Map()
    if (json === undefined) return
    this.#orDamage(() => {
      this.#entries = new Map(decodeTree(json).map((node) => [nameKey(node.name), { node, place: -1 }]))
    })
  }

  #orDamage(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      this.#node = undefined
      this.#reader = undefined
      this.#onDamage(error)
    }
  }
}

function nameKey(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1')
}
