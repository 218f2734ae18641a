/** What check needs to know of a tree, in numbers of the index: its subtrees, and what is wrong with its nodes. */
import { VaultError } from '#errors'
import { type BlobId, type BlobType, decodeTree, isTime, type TreeNode, TreeReader } from '#format'
import type { BlobIndex } from '../blob-index.ts'

const NULL_ID = '0'.repeat(64)
const idScratch = new Uint8Array(32)

function numberOf(index: BlobIndex, type: BlobType, id: BlobId): number {
  idScratch.setFromHex(id)
  return index.numberOf(type, idScratch)
}

/** `blob` is what a node names and no index knows. Nodes are told by their place, never by their name. */
export interface TreeProblem {
  readonly code: 'tree-node' | 'blob-missing' | 'tree-missing'
  readonly message: string
  readonly blob?: string
}

export interface TreeFacts {
  /** Numbers of the subtrees that the index knows, in order, repeated as they come. */
  readonly children: readonly number[]
  readonly problems: readonly TreeProblem[]
}

/** @throws {FormatError} when it is no tree */
export function treeFacts(json: Uint8Array, index: BlobIndex): TreeFacts {
  const children: number[] = []
  const problems: TreeProblem[] = []
  const reader = new TreeReader(json)
  for (let at = 0, node = reader.next(); node !== undefined; at++, node = reader.next()) {
    checkWords(node, at, problems)
    if (node.type === 'file') checkFile(node, at, index, problems)
    else if (node.type === 'dir') checkFolder(node, at, index, children, problems)
  }
  // Only a tree that is whole in memory tells whether a name comes twice.
  if (!reader.isAscending) decodeTree(json)
  return { children, problems }
}

/** What restic reads with the rest, and refuses the whole tree for. */
function checkWords({ mtime, atime, ctime, genericAttributes }: TreeNode, at: number, problems: TreeProblem[]): void {
  const isRead = isTime(mtime) && (atime === mtime || isTime(atime)) && (ctime === mtime || isTime(ctime))
  if (!isRead) problems.push({ code: 'tree-node', message: `entry ${at + 1} has a time that stock restic does not read` })
  if (genericAttributes !== undefined && !genericAttributes.startsWith('{'))
    problems.push({ code: 'tree-node', message: `entry ${at + 1} has attributes that are no object` })
}

function checkFile({ content }: TreeNode, at: number, index: BlobIndex, problems: TreeProblem[]): void {
  if (content === null) problems.push({ code: 'tree-node', message: `file ${at + 1} has no list of blobs` })
  for (const id of content ?? []) {
    if (id === NULL_ID) problems.push({ code: 'tree-node', message: `file ${at + 1} names the null blob` })
    else if (numberOf(index, 'data', id) < 0) {
      problems.push({ code: 'blob-missing', message: `file ${at + 1} needs data blob ${id}, which no index names`, blob: id })
    }
  }
}

function checkFolder({ subtree }: TreeNode, at: number, index: BlobIndex, children: number[], problems: TreeProblem[]): void {
  if (subtree === undefined) problems.push({ code: 'tree-node', message: `folder ${at + 1} has no tree` })
  else if (subtree === NULL_ID) problems.push({ code: 'tree-node', message: `folder ${at + 1} names the null tree` })
  else {
    const number = numberOf(index, 'tree', subtree)
    if (number >= 0) children.push(number)
    else {
      problems.push({
        code: 'tree-missing',
        message: `folder ${at + 1} needs tree ${subtree}, which no index names`,
        blob: subtree,
      })
    }
  }
}

/** Facts of many trees, as they travel between threads: `children` of all, one after the other. */
export interface TreeBatch {
  readonly trees: Uint32Array
  readonly childCounts: Uint32Array
  readonly children: Uint32Array
  readonly problems: readonly { readonly tree: number; readonly problem: TreeProblem }[]
  /** Trees that this copy did not give. */
  readonly unreadable: readonly { readonly tree: number; readonly message: string }[]
}

export class TreeBatchBuilder {
  readonly #index: BlobIndex
  readonly #trees: number[] = []
  readonly #childCounts: number[] = []
  readonly #children: number[] = []
  readonly #problems: { tree: number; problem: TreeProblem }[] = []
  readonly #unreadable: { tree: number; message: string }[] = []

  constructor(index: BlobIndex) {
    this.#index = index
  }

  add(tree: number, json: Uint8Array): void {
    try {
      const { children, problems } = treeFacts(json, this.#index)
      this.#trees.push(tree)
      this.#childCounts.push(children.length)
      for (const child of children) this.#children.push(child)
      for (const problem of problems) this.#problems.push({ tree, problem })
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      this.#trees.push(tree)
      this.#childCounts.push(0)
      this.#problems.push({ tree, problem: { code: 'tree-node', message: `is no tree: ${error.message}` } })
    }
  }

  addUnreadable(tree: number, message: string): void {
    this.#unreadable.push({ tree, message })
  }

  finish(): TreeBatch {
    return {
      trees: Uint32Array.from(this.#trees),
      childCounts: Uint32Array.from(this.#childCounts),
      children: Uint32Array.from(this.#children),
      problems: this.#problems,
      unreadable: this.#unreadable,
    }
  }
}

/** The ID of the blob with a number, as text. */
export function blobIdOf(index: BlobIndex, number: number): BlobId {
  return index.at(number).id.toHex() as BlobId
}
