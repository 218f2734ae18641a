/**
 * All trees that snapshots reach, each once.
 *
 * Packs of trees are read front to back by the workers, reachable or not: far fewer and longer reads than following folders down. What they
 * found is kept as numbers, and the walk from the snapshots is then a walk over numbers: marks keep it linear whatever the trees name, so
 * that neither a circle nor a folder that is named a million times costs anything. A tree that its first copy did not give is loaded
 * from another pack or another mirror.
 */
import { RefusedError, VaultError } from '#errors'
import type { BlobId, SnapshotId } from '#format'
import {
  BLOB_BYTES_MAX,
  type BlobIndex,
  blobIdOf,
  inLanes,
  type Mirror,
  type Repository,
  type TreeBatch,
  type TreeProblem,
  type TreeRange,
  treeFacts,
  type VerifyPool,
} from '#repository'
import type { CheckedIndex } from './index-check.ts'
import type { CheckRun } from './run.ts'

const RANGE_BYTES = 8 * 1024 * 1024
/** Reading through a gap costs less than asking again. */
const GAP_BYTES = 256 * 1024

export class TreeWalk {
  readonly #run: CheckRun
  readonly #index: BlobIndex
  readonly #marked: BlobIndex
  /** Where a tree's children are in {@link #children}, by number; 0 when nothing is known of it. */
  readonly #positions: Uint32Array
  /** Count, then so many numbers; the first element is unused. */
  #children = new Uint32Array(1024)
  #used = 1
  readonly #problems = new Map<number, TreeProblem[]>()
  reached = 0

  constructor(run: CheckRun, { index, markedBlobs }: CheckedIndex) {
    this.#run = run
    this.#index = index
    this.#marked = markedBlobs
    this.#positions = new Uint32Array(index.numberLimit)
  }

  /** Keeps what a worker found in trees of a pack. */
  add(batch: TreeBatch): void {
    let child = 0
    for (const [at, tree] of batch.trees.entries()) {
      const count = batch.childCounts[at]!
      this.#keep(tree, batch.children.subarray(child, child + count))
      child += count
    }
    for (const { tree, problem } of batch.problems) this.#noteProblem(tree, problem)
  }

  /** Walks from the snapshots and reports what is wrong with the trees that they reach. */
  async follow(roots: ReadonlyMap<SnapshotId, BlobId>): Promise<void> {
    const seen = new Uint8Array(Math.ceil(this.#index.numberLimit / 8))
    const waiting: number[] = []
    const visit = (tree: number) => {
      if ((seen[tree >> 3]! & (1 << (tree & 7))) !== 0) return
      seen[tree >> 3]! |= 1 << (tree & 7)
      waiting.push(tree)
    }
    for (const [snapshot, root] of roots) {
      const number = this.#index.numberOf('tree', Uint8Array.fromHex(root))
      if (number >= 0) visit(number)
      else if (this.#marked.has('tree', root))
        this.#run.report('blob-marked', 'error', 'snapshots', snapshot, `its tree ${root} is marked for deletion`)
      else this.#run.report('tree-missing', 'error', 'snapshots', snapshot, `its tree ${root} is in no index`)
    }
    for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
      this.reached++
      if (this.#positions[tree] === 0) await this.#loadElsewhere(tree)
      for (const problem of this.#problems.get(tree) ?? []) {
        this.#reportProblem(tree, problem)
      }
      const position = this.#positions[tree]!
      if (position === 0) continue
      const end = position + 1 + this.#children[position]!
      for (let at = position + 1; at < end; at++) visit(this.#children[at]!)
    }
  }

  #reportProblem(tree: number, { code, message, blob }: TreeProblem): void {
    const type = code === 'tree-missing' ? 'tree' : 'data'
    const isMarked = blob !== undefined && this.#marked.has(type, blob as BlobId)
    const id = blobIdOf(this.#index, tree)
    if (isMarked) this.#run.report('blob-marked', 'error', 'blob', id, `needs ${type} blob ${blob}, which is marked for deletion`)
    else this.#run.report(code, 'error', 'blob', id, message)
  }

  async #loadElsewhere(tree: number): Promise<void> {
    const id = blobIdOf(this.#index, tree)
    try {
      const json = await loadAnyCopy(this.#run.repository, this.#index, id, this.#run.signal)
      const { children, problems } = treeFacts(json, this.#index)
      this.#keep(tree, children)
      for (const problem of problems) this.#noteProblem(tree, problem)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      if (error instanceof RefusedError)
        this.#run.report('tree-too-large', 'error', 'blob', id, `this tree is not read: ${error.message}`)
      else this.#run.report('tree-damaged', 'error', 'blob', id, `no copy of this tree can be read: ${error.message}`)
    }
  }

  #keep(tree: number, children: ArrayLike<number>): void {
    if (this.#used + children.length + 1 > this.#children.length) {
      const larger = new Uint32Array(Math.max(this.#children.length * 2, this.#used + children.length + 1))
      larger.set(this.#children)
      this.#children = larger
    }
    this.#positions[tree] = this.#used
    this.#children[this.#used] = children.length
    this.#children.set(children, this.#used + 1)
    this.#used += children.length + 1
  }

  #noteProblem(tree: number, problem: TreeProblem): void {
    const problems = this.#problems.get(tree)
    if (problems === undefined) this.#problems.set(tree, [problem])
    else problems.push(problem)
  }
}

async function loadAnyCopy(repository: Repository, index: BlobIndex, id: BlobId, signal: AbortSignal): Promise<Uint8Array> {
  let failure: unknown
  for (const location of index.findAll('tree', id)) {
    try {
      return await repository.loadBlobAt(location, { signal })
    } catch (error) {
      signal.throwIfAborted()
      failure ??= error
    }
  }
  throw failure ?? new VaultError('refused', `larger than ${BLOB_BYTES_MAX} bytes`)
}

/** Reads all trees from the first mirror that lists their pack with the right size. */
export async function readAllTrees(
  run: CheckRun,
  { index, table }: CheckedIndex,
  pool: VerifyPool,
  walk: TreeWalk,
  onDone: (trees: number) => void,
): Promise<void> {
  const sources = table.ids
    .filter((pack) => table.hasTrees(pack))
    .map((pack) => ({ pack, mirror: holderOf(run, table.sizeBytes(pack), pack) }))
  const ranges = function* () {
    for (const { pack, mirror } of sources) {
      if (mirror === undefined) continue
      for (const range of cutIntoRanges(index, pack, table.trees(pack))) yield { mirror, range }
    }
  }
  const lanes = Math.max(1, ...run.mirrors.map(({ storage }) => pool.lanesFor(storage)))
  await inLanes(
    ranges(),
    lanes,
    async ({ mirror, range }) => {
      const batch = await pool.readTrees(mirror.storage, range, { signal: run.signal }).catch((error: unknown) => {
        run.signal.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
        return emptyBatch(range, error.message)
      })
      walk.add(batch)
      const first = batch.unreadable[0]
      if (first !== undefined) run.report('object-damaged', 'error', 'data', range.pack, first.message, mirror)
      onDone(range.trees.length)
    },
    run.signal,
  )
}

function emptyBatch({ trees }: TreeRange, message: string): TreeBatch {
  const none = new Uint32Array(0)
  return { trees: none, childCounts: none, children: none, problems: [], unreadable: [{ tree: trees[0]!, message }] }
}

function holderOf({ inventory, mirrors }: CheckRun, sizeBytes: number, pack: string): Mirror | undefined {
  const place = inventory.holders('data', pack).find((place) => inventory.sizeAt('data', pack, place) === sizeBytes)
  return place === undefined ? undefined : mirrors[place]
}

function* cutIntoRanges(index: BlobIndex, pack: TreeRange['pack'], trees: Uint32Array): Generator<TreeRange> {
  let first = 0
  let start = 0
  let end = 0
  for (let at = 0; at < trees.length; at++) {
    const { offset, length } = index.at(trees[at]!)
    if (at > first && (offset - end > GAP_BYTES || offset + length - start > RANGE_BYTES)) {
      yield { pack, offset: start, lengthBytes: end - start, trees: trees.slice(first, at) }
      first = at
    }
    if (at === first) start = offset
    end = Math.max(offset + length, at === first ? 0 : end)
  }
  if (first < trees.length) yield { pack, offset: start, lengthBytes: end - start, trees: trees.slice(first) }
}
