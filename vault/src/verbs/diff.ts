/**
 * diff: what changed between two snapshots, or two folders of snapshots.
 *
 * Two trees are gone through side by side; equal trees are only counted. Marks are restic's: `+` added, `-` removed, `M` other
 * content, `U` other metadata (asked for), `T` another type, `?` other content although nothing else says so: perhaps bit rot.
 */
import { ObjectDamagedError, VaultError } from '#errors'
import type { Finding } from '#files'
import { type BlobId, type BlobType, compareNames, idBytes, parseTimeNs, SEAL_OVERHEAD_BYTES, type TreeNode } from '#format'
import type { BlobIndex, Repository, SnapshotFilter } from '#repository'
import { findSnapshot, folderTree, type ReadingOptions, type SnapshotName, type SnapshotPlace, startReading } from './reading.ts'
import { TreeSource } from './tree-source.ts'
import { joinPath, TREE_DEPTH_MAX, type TreeEntry, walkTree } from './tree-walk.ts'

export interface DiffOptions extends ReadingOptions {
  /** Tells of changed metadata too. */
  readonly metadata?: boolean
  readonly filter?: SnapshotFilter
}

/** Entries and blobs that only one side has. `bytes` are those of the blobs' plaintexts. */
export interface DiffCounts {
  readonly files: number
  readonly dirs: number
  /** Neither files nor folders. */
  readonly others: number
  readonly dataBlobs: number
  readonly treeBlobs: number
  readonly bytes: number
}

export interface DiffSummary {
  readonly changedFiles: number
  readonly added: DiffCounts
  readonly removed: DiffCounts
}

export type DiffEvent =
  /** The first event. */
  | { readonly kind: 'snapshots'; readonly before: SnapshotPlace; readonly after: SnapshotPlace }
  /** `path` is absolute in the snapshot, raw bytes; a folder's ends with a slash. */
  | { readonly kind: 'change'; readonly path: Uint8Array; readonly modifier: string }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'summary'; readonly summary: DiffSummary }

/**
 * Compares two snapshots; `snapshot:folder` compares folders. The last event is the summary.
 * A folder that cannot be read is a finding, and what lies below it is in no figure.
 */
export async function* diff(
  repository: Repository,
  before: SnapshotName,
  after: SnapshotName,
  options: DiffOptions = {},
): AsyncGenerator<DiffEvent, void, undefined> {
  await using reading = await startReading(repository, options, async (signal) => ({
    before: await findSnapshot(repository, before, options.filter, signal),
    after: await findSnapshot(repository, after, options.filter, signal),
  }))
  const { facts, signal } = reading
  const first = await folderTree(repository, facts.before, signal)
  const second = await folderTree(repository, facts.after, signal)
  yield { kind: 'snapshots', ...facts }
  const comparison = new Comparison(repository, options.metadata ?? false, signal)
  yield* comparison.compare(first, second)
  yield { kind: 'summary', summary: comparison.summary() }
}

const BEFORE = 1
const AFTER = 2
const COMMON = 4

type Side = typeof BEFORE | typeof AFTER
type Events = AsyncGenerator<DiffEvent, void, undefined>

class Comparison {
  readonly #repository: Repository
  readonly #trees: TreeSource
  readonly #withMetadata: boolean
  readonly #signal: AbortSignal
  /** Which sides name a blob, by its number in the index. */
  readonly #sides: Uint8Array
  readonly #counted = { [BEFORE]: { files: 0, dirs: 0, others: 0 }, [AFTER]: { files: 0, dirs: 0, others: 0 } }
  readonly #seenCommon = new Set<BlobId>()
  #findings: Finding[] = []
  #changedFiles = 0

  constructor(repository: Repository, withMetadata: boolean, signal: AbortSignal) {
    this.#repository = repository
    this.#trees = new TreeSource(repository, { signal })
    this.#withMetadata = withMetadata
    this.#signal = signal
    this.#sides = new Uint8Array(repository.index.numberLimit)
  }

  async *compare(before: BlobId, after: BlobId): Events {
    this.#mark(ROOT, BEFORE, 'tree', before)
    this.#mark(ROOT, AFTER, 'tree', after)
    yield* before === after ? this.#markCommon(ROOT, before) : this.#compareTrees(ROOT, before, after, 0)
    yield* this.#told()
  }

  summary(): DiffSummary {
    const blobs = blobCounts(this.#repository.index, this.#sides)
    return {
      changedFiles: this.#changedFiles,
      added: { ...this.#counted[AFTER], ...blobs[AFTER] },
      removed: { ...this.#counted[BEFORE], ...blobs[BEFORE] },
    }
  }

  async *#compareTrees(path: Uint8Array, before: BlobId, after: BlobId, depth: number): Events {
    const [first, second] = await Promise.all([this.#load(path, before), this.#load(path, after)])
    for (const [one, other] of first === undefined || second === undefined ? [] : pairs(first, second)) {
      this.#signal.throwIfAborted()
      const node = one ?? other!
      const place = joinPath(path, node.name, (other ?? node).type === 'dir' ? SLASH : undefined)
      if (one !== undefined) this.#markNode(place, BEFORE, one)
      if (other !== undefined) this.#markNode(place, AFTER, other)
      if (one === undefined || other === undefined) yield* this.#tellAll(place, node, one === undefined ? AFTER : BEFORE)
      else yield* this.#comparePair(place, one, other, depth)
      yield* this.#told()
    }
  }

  async *#comparePair(place: Uint8Array, one: TreeNode, other: TreeNode, depth: number): Events {
    const modifier = this.#modifier(one, other)
    if (modifier !== '') yield { kind: 'change', path: place, modifier }
    if (one.type !== 'dir' || other.type !== 'dir' || one.subtree === undefined || other.subtree === undefined) return
    if (one.subtree === other.subtree) yield* this.#markCommon(place, one.subtree)
    else if (depth < TREE_DEPTH_MAX) yield* this.#compareTrees(place, one.subtree, other.subtree, depth + 1)
    else this.#note(place, 'DEPTH', `more than ${TREE_DEPTH_MAX} folders deep`)
  }

  #modifier(one: TreeNode, other: TreeNode): string {
    const type = one.type === other.type ? '' : 'T'
    if (one.type === 'file' && other.type === 'file' && !sameList(one.content, other.content)) {
      this.#changedFiles++
      return `M${sameNode({ ...one, content: null }, { ...other, content: null }) ? '?' : ''}`
    }
    return this.#withMetadata && !sameNode(one, other) ? `${type}U` : type
  }

  /** An entry that one side has, with everything below it. */
  async *#tellAll(place: Uint8Array, node: TreeNode, side: Side): Events {
    const modifier = side === AFTER ? '+' : '-'
    this.#count(side, node)
    yield { kind: 'change', path: place, modifier }
    if (node.type !== 'dir' || node.subtree === undefined) return
    for await (const step of walkTree(this.#repository, node.subtree, { path: place.subarray(0, -1), signal: this.#signal })) {
      if (step.kind === 'finding') yield step
      if (step.kind !== 'enter' && step.kind !== 'item') continue
      const { entry } = step
      const path = entry.node.type === 'dir' ? joinPath(entry.path, EMPTY, SLASH) : entry.path
      this.#markNode(path, side, entry.node)
      this.#count(side, entry.node)
      yield { kind: 'change', path, modifier }
      yield* this.#told()
    }
  }

  /** A folder that both have: only its blobs matter. */
  async *#markCommon(place: Uint8Array, tree: BlobId): Events {
    if (this.#seenCommon.has(tree)) return
    const path = place.length === 1 ? place : place.subarray(0, -1)
    const descends = ({ node }: TreeEntry) => node.subtree !== undefined && !this.#seenCommon.has(node.subtree)
    for await (const step of walkTree(this.#repository, tree, { path, signal: this.#signal, descends })) {
      if (step.kind === 'finding') yield step
      if (step.kind === 'enter' || step.kind === 'item') this.#markNode(step.entry.path, COMMON, step.entry.node)
      if (step.kind === 'leave') this.#seenCommon.add(step.entry?.node.subtree ?? tree)
      yield* this.#told()
    }
  }

  #count(side: Side, { type }: TreeNode): void {
    this.#counted[side][type === 'file' ? 'files' : type === 'dir' ? 'dirs' : 'others']++
  }

  #markNode(path: Uint8Array, side: number, { type, content, subtree }: TreeNode): void {
    if (type === 'file') for (const id of content ?? []) this.#mark(path, side, 'data', id)
    if (type === 'dir' && subtree !== undefined) this.#mark(path, side, 'tree', subtree)
  }

  #mark(path: Uint8Array, side: number, type: BlobType, id: BlobId): void {
    const number = this.#repository.index.numberOf(type, idBytes(id))
    if (number >= 0 && number < this.#sides.length) this.#sides[number]! |= side
    else this.#note(path, 'blob-missing', `${type} blob ${id}: no index names it; it is in no figure`)
  }

  async #load(path: Uint8Array, tree: BlobId): Promise<TreeNode[] | undefined> {
    try {
      const nodes = await this.#trees.load(tree)
      if (isAscending(nodes)) return nodes
      throw new ObjectDamagedError('blob', tree, 'the names of this tree are not in order')
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!(error instanceof VaultError) || error.retryable) throw error
      this.#note(path, error.code, `the list of this folder cannot be read: ${error.message}`)
      return undefined
    }
  }

  #note(path: Uint8Array, code: string, message: string): void {
    this.#findings.push({ path, operation: 'tree', code, message })
  }

  *#told(): Generator<DiffEvent, void, undefined> {
    const findings = this.#findings
    if (findings.length === 0) return
    this.#findings = []
    for (const finding of findings) yield { kind: 'finding', finding }
  }
}

const SLASH = 0x2f
const ROOT = Uint8Array.of(SLASH)
const EMPTY = new Uint8Array(0)

function isAscending(nodes: readonly TreeNode[]): boolean {
  return nodes.every((node, i) => i === 0 || compareNames(nodes[i - 1]!.name, node.name) < 0)
}

/** Two lists of nodes side by side, by name. */
function* pairs(one: readonly TreeNode[], other: readonly TreeNode[]): Generator<[TreeNode | undefined, TreeNode | undefined]> {
  let i = 0
  let j = 0
  while (i < one.length || j < other.length) {
    const [a, b] = [one[i], other[j]]
    const order = a === undefined ? 1 : b === undefined ? -1 : compareNames(a.name, b.name)
    if (order <= 0) i++
    if (order >= 0) j++
    yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined]
  }
}

const FACTS = [
  ...(['type', 'mode', 'uid', 'gid', 'user', 'group', 'inode', 'deviceId', 'size', 'links', 'device', 'error'] as const),
  ...(['subtree', 'genericAttributes'] as const),
] as const
const TIMES = ['mtime', 'atime', 'ctime'] as const

/** Everything that describes an entry, compared as restic compares it. */
function sameNode(one: TreeNode, other: TreeNode): boolean {
  return (
    FACTS.every((name) => one[name] === other[name]) &&
    TIMES.every((name) => isSameTime(one[name], other[name])) &&
    sameList(one.content, other.content) &&
    Buffer.compare(one.linktarget ?? EMPTY, other.linktarget ?? EMPTY) === 0 &&
    sameAttributes(one.xattrs, other.xattrs)
  )
}

/** Two zones write one instant in two ways. */
function isSameTime(one: string, other: string): boolean {
  if (one === other) return true
  try {
    return parseTimeNs(one) === parseTimeNs(other)
  } catch {
    return false
  }
}

function sameList(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one === other
  return one.length === other.length && one.every((id, i) => id === other[i])
}

/** In whatever order a file system listed them. */
function sameAttributes(one: TreeNode['xattrs'], other: TreeNode['xattrs']): boolean {
  if (one.length !== other.length) return false
  const values = new Map(other.map(({ name, value }) => [name, value]))
  return one.every(({ name, value }) => {
    const second = values.get(name)
    return second !== undefined && Buffer.compare(value ?? EMPTY, second ?? EMPTY) === 0
  })
}

type BlobCounts = Pick<DiffCounts, 'dataBlobs' | 'treeBlobs' | 'bytes'>

/** Blobs that only one side has, and no folder that both have. */
function blobCounts(index: BlobIndex, sides: Uint8Array): Record<Side, BlobCounts> {
  const counts = {
    [BEFORE]: { dataBlobs: 0, treeBlobs: 0, bytes: 0 },
    [AFTER]: { dataBlobs: 0, treeBlobs: 0, bytes: 0 },
  }
  sides.forEach((side, number) => {
    if (side !== BEFORE && side !== AFTER) return
    const { isTree, length, uncompressedLength } = index.at(number)
    counts[side][isTree ? 'treeBlobs' : 'dataBlobs']++
    counts[side].bytes += uncompressedLength || length - SEAL_OVERHEAD_BYTES
  })
  return counts
}
