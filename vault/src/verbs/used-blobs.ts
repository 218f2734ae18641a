/** Which blobs trees need: what prune keeps, what a copy carries over, what retention must cover. */
import { ObjectDamagedError, VaultError } from '#errors'
import { type BlobId, type BlobType, idBytes, isId, type PackId } from '#format'
import type { BlobIndex, Repository } from '#repository'
import type { CallOptions } from '#storage'

/** The blobs that some trees need, by their numbers in the index ({@link BlobIndex.numberOf}). */
export interface UsedBlobs {
  /** 1 for a blob that is needed. Numbers of blobs that joined the index later lie beyond, or are 0. */
  readonly flags: Uint8Array
  /** Needed, and only in packs that are marked for deletion. */
  readonly onlyMarked: readonly NeededBlob[]
  /** All packs marked for deletion that hold some of these. */
  readonly markedPacks: ReadonlySet<PackId>
  /** Needed, and in no index at all. */
  readonly missing: readonly NeededBlob[]
  readonly trees: number
}

export interface NeededBlob {
  readonly type: BlobType
  readonly id: BlobId
}

export interface UsedBlobsOptions extends CallOptions {
  readonly onTree?: (treesDone: number) => void
  /** The flags of an earlier walk: what they hold is not walked again, and they are added to. */
  readonly into?: Uint8Array
  /** Called for each blob that is found to be needed; the number is -1 for one that only marked packs hold. */
  readonly onBlob?: (type: BlobType, id: BlobId, number: number) => void
}

/** Trees that are read side by side, for each connection of the storage. */
const LANES_PER_CONNECTION = 2

/**
 * Walks trees, each once. Needs the index.
 * @throws {ObjectDamagedError} when a tree cannot be read: what lies below it is then unknown
 */
export async function findUsedBlobs(
  repository: Repository,
  trees: Iterable<BlobId>,
  options: UsedBlobsOptions = {},
): Promise<UsedBlobs> {
  const walk = new Walk(repository, options)
  for (const tree of trees) walk.need('tree', tree)
  const lanes = Math.max(2, repository.storage.connections * LANES_PER_CONNECTION)
  await Promise.all(Array.from({ length: lanes }, () => walk.work(options)))
  const { flags, onlyMarked, markedPacks, missing, treesDone } = walk
  return { flags, onlyMarked, markedPacks, missing, trees: treesDone }
}

class Walk {
  readonly flags: Uint8Array
  readonly onlyMarked: NeededBlob[] = []
  readonly markedPacks = new Set<PackId>()
  readonly missing: NeededBlob[] = []
  treesDone = 0
  readonly #repository: Repository
  readonly #index: BlobIndex
  readonly #elsewhere = new Set<string>()
  readonly #stack: BlobId[] = []
  #busy = 0
  #stopped = false
  #wakers: (() => void)[] = []
  readonly #onBlob: UsedBlobsOptions['onBlob']

  constructor(repository: Repository, { into, onBlob }: UsedBlobsOptions) {
    this.#repository = repository
    this.#index = repository.index
    this.#onBlob = onBlob
    this.flags = into ?? new Uint8Array(repository.index.numberLimit)
  }

  need(type: BlobType, id: BlobId): void {
    const number = this.#index.numberOf(type, idBytes(id))
    if (number >= 0 && number < this.flags.length) {
      if (this.flags[number] === 1) return
      this.flags[number] = 1
      this.#onBlob?.(type, id, number)
    } else if (!this.#needElsewhere(type, id)) return
    if (type === 'tree') this.#stack.push(id)
  }

  /** Not in the index: in a marked pack, or nowhere. False when there is nothing new to walk. */
  #needElsewhere(type: BlobType, id: BlobId): boolean {
    const key = `${type}/${id}`
    if (this.#elsewhere.has(key)) return false
    this.#elsewhere.add(key)
    const { marked } = this.#repository
    if (!marked.has(type, id)) {
      this.missing.push({ type, id })
      return false
    }
    this.onlyMarked.push({ type, id })
    for (const { pack } of marked.findAll(type, id)) this.markedPacks.add(pack)
    this.#onBlob?.(type, id, -1)
    return true
  }

  /** One lane: takes trees until none is left and no other lane may bring more. */
  async work({ signal, onTree }: UsedBlobsOptions): Promise<void> {
    for (;;) {
      const tree = this.#stopped ? undefined : this.#stack.pop()
      if (tree === undefined) {
        if (this.#stopped || this.#busy === 0) return this.#wakeAll()
        await new Promise<void>((resolve) => this.#wakers.push(resolve))
        continue
      }
      this.#busy++
      try {
        signal?.throwIfAborted()
        await this.#readTree(tree, signal)
        onTree?.(++this.treesDone)
      } catch (error) {
        this.#stopped = true
        throw error
      } finally {
        this.#busy--
        this.#wakeAll()
      }
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wakers.splice(0)) wake()
  }

  async #readTree(id: BlobId, signal: AbortSignal | undefined): Promise<void> {
    const json = await this.#repository.loadBlob('tree', id, { signal })
    const { subtrees, content } = treeReferences(id, json)
    for (const blob of content) this.need('data', blob)
    for (const tree of subtrees) this.need('tree', tree)
  }
}

/**
 * What a tree names. Reads nothing else of its nodes, so that a walk over everything costs little.
 * @throws {ObjectDamagedError} when it is no tree, or a folder in it has no subtree
 */
export function treeReferences(id: BlobId, json: Uint8Array): { subtrees: BlobId[]; content: BlobId[] } {
  const subtrees: BlobId[] = []
  const content: BlobId[] = []
  for (const node of readNodes(id, json)) {
    if (node.type === 'dir') subtrees.push(checkId(id, node.subtree))
    else if (node.content !== undefined && node.content !== null) {
      if (!Array.isArray(node.content)) throw new ObjectDamagedError('blob', id, 'a file of this tree has no list of content')
      for (const blob of node.content) content.push(checkId(id, blob))
    }
  }
  return { subtrees, content }
}

interface RawNode {
  readonly type?: unknown
  readonly subtree?: unknown
  readonly content?: unknown
}

const decoder = new TextDecoder()

function readNodes(id: BlobId, json: Uint8Array): readonly RawNode[] {
  try {
    const tree: unknown = JSON.parse(decoder.decode(json))
    const nodes = typeof tree === 'object' && tree !== null && 'nodes' in tree ? tree.nodes : undefined
    if (Array.isArray(nodes) && nodes.every((node) => typeof node === 'object' && node !== null)) return nodes
  } catch (error) {
    if (error instanceof VaultError) throw error
    throw new ObjectDamagedError('blob', id, 'is no tree: not valid JSON', { cause: error })
  }
  throw new ObjectDamagedError('blob', id, 'is no tree: it has no list of nodes')
}

function checkId(tree: BlobId, value: unknown): BlobId {
  if (typeof value === 'string' && isId(value)) return value as BlobId
  throw new ObjectDamagedError('blob', tree, 'a node of this tree names no blob where it must')
}
