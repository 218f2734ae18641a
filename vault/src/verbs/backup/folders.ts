/**
 * Folders of a backup on their way to become trees: a folder's tree is written when its last entry is known. Of a large folder the tree
 * grows meanwhile, and what is in it is let go: a hundred thousand nodes take several times what their tree takes.
 */
import type { WalkEntry } from '#files'
import { type BlobId, isSameEntry, printName, TreeEncoder, type TreeNode } from '#format'
import { GrowingBlob } from '#repository'
import { type EarlierEntry, EarlierFolder } from './earlier-folder.ts'

/** So many entries are known, in order, before they are encoded: most folders are small, and the same as in the parent snapshot. */
const KNOWN_MAX = 1000
const NO_FOLDER = new EarlierFolder()

/** An entry's place in its folder, in the order of the walk. */
export interface Slot {
  /** The entry in the parent snapshot. */
  readonly earlier: TreeNode | undefined
}

interface FilledSlot extends Slot {
  readonly place: number
  node: TreeNode | undefined
  isSettled: boolean
  /** The node is the very one of the parent snapshot. */
  isSame: boolean
}

/** A tree that came in pieces, with its last one. */
export interface GrownTree {
  readonly blob: GrowingBlob
  readonly last: Uint8Array
}

/** A folder whose entries are being read. The root of a snapshot has neither `entry` nor `parent`. */
export class OpenFolder {
  readonly parent: OpenFolder | undefined
  readonly entry: WalkEntry | undefined
  /** Its own entry in the parent snapshot. */
  readonly earlier: TreeNode | undefined
  readonly #slot: Slot | undefined
  readonly #earlierFolder: EarlierFolder
  /** Those that are not let go yet. */
  #slots: FilledSlot[] = []
  /** Of them, so many in front are settled. */
  #known = 0
  /** Entries that were let go and are the first ones of the tree in the parent snapshot: encoded when others follow. */
  #kept = 0
  #encoder: TreeEncoder | undefined
  readonly #blob = new GrowingBlob()
  #pending = 1

  private constructor(earlierFolder: EarlierFolder, parent?: OpenFolder, entry?: WalkEntry, slot?: Slot) {
    this.parent = parent
    this.entry = entry
    this.earlier = slot?.earlier
    this.#slot = slot
    this.#earlierFolder = earlierFolder
  }

  /** @param earlierFolder the same folder in the parent snapshot */
  static root(earlierFolder: EarlierFolder = NO_FOLDER): OpenFolder {
    return new OpenFolder(earlierFolder)
  }

  /** @param load gives the folder of an entry of the parent snapshot */
  async enter(entry: WalkEntry, load: (earlier: TreeNode | undefined) => Promise<EarlierFolder>): Promise<OpenFolder> {
    const slot = this.expect(entry.node.name)
    return new OpenFolder(await load(slot.earlier), this, entry, slot)
  }

  /** Keeps a place, in the order of the walk, for an entry that will be known later. */
  expect(name: Uint8Array): Slot {
    this.#pending++
    const found: EarlierEntry | undefined = this.#earlierFolder.find(name)
    const slot = { earlier: found?.node, place: found?.place ?? -1, node: undefined, isSettled: false, isSame: false }
    this.#slots.push(slot)
    return slot
  }

  /** Fills a place, or leaves it empty for what could not be read. True when the folder is complete. */
  settle(place: Slot, node: TreeNode | undefined): boolean {
    const slot = place as FilledSlot
    const { earlier } = slot
    slot.node = node
    slot.isSettled = true
    slot.isSame = earlier !== undefined && node !== undefined && isSameEntry(node, earlier) && hasSameContent(node, earlier)
    while (this.#slots[this.#known]?.isSettled) this.#known++
    if (this.#known >= KNOWN_MAX) this.#letGo()
    return this.#release()
  }

  /** The folder's tree in the parent snapshot, when that would be written again to the byte. Asked when the folder is complete. */
  get sameTree(): BlobId | undefined {
    const isSame = this.#encoder === undefined && this.#slots.every((slot, i) => isNext(slot, this.#kept + i))
    return isSame ? this.#earlierFolder.treeOfFirst(this.#kept + this.#slots.length) : undefined
  }

  /** The walk has left the folder. True when it is complete. */
  close(): boolean {
    if (this.#encoder !== undefined) this.#earlierFolder.release()
    return this.#release()
  }

  /** The folder's own entry in its parent, none without a tree: true when that is complete then. */
  settleInParent(subtree: BlobId | undefined): boolean {
    return this.parent!.settle(this.#slot!, subtree && { ...this.entry!.node, subtree })
  }

  /** The folder's tree: what has grown of it, and what comes last. Asked once, when the folder is complete. */
  encode(): GrownTree {
    const encoder = this.#startEncoder()
    this.#earlierFolder.release()
    for (const node of nodesOf(this.#slots)) encoder.add(node)
    this.#slots = []
    return { blob: this.#blob, last: encoder.finish() }
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

  /** Encodes what is known in front, or, while nothing differs, only counts it. */
  #letGo(): void {
    const known = this.#slots.splice(0, this.#known)
    this.#known = 0
    if (this.#encoder === undefined && known.every((slot, i) => isNext(slot, this.#kept + i))) {
      this.#kept += known.length
      return
    }
    const encoder = this.#startEncoder()
    for (const node of nodesOf(known)) encoder.add(node)
  }

  #startEncoder(): TreeEncoder {
    if (this.#encoder !== undefined) return this.#encoder
    const encoder = new TreeEncoder((piece) => this.#blob.add(piece))
    for (const node of this.#earlierFolder.first(this.#kept)) encoder.add(node)
    this.#encoder = encoder
    return encoder
  }
}

/** Whether an entry is, unchanged, the one at this place of the parent's tree. */
function isNext({ isSame, place }: FilledSlot, expected: number): boolean {
  return isSame && place === expected
}

function nodesOf(slots: readonly FilledSlot[]): TreeNode[] {
  return slots.map(({ node }) => node).filter((node) => node !== undefined)
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
