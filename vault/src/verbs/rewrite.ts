/**
 * rewrite: snapshots without some of their files, or with another host or time. A new snapshot is written; with `forget` it takes the
 * place of the old one, whose data goes with the next prune.
 */
import { RefusedError, UsageError } from '#errors'
import { Patterns, pathText } from '#files'
import {
  type BlobId,
  encodeTree,
  printName,
  printTime,
  type Snapshot,
  type SnapshotId,
  type TreeNode,
  treeIsCanonical,
} from '#format'
import type { BlobWriter, Lock, Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { eventStream } from './event-stream.ts'
import { findSnapshots, stillThere } from './find-snapshots.ts'
import { confirmSnapshot } from './recover-marked.ts'
import { TREE_ENTRIES_MAX } from './tree-walk.ts'

/** The tag of a snapshot that was rewritten while the old one stays. */
const REWRITE_TAG = 'rewrite'

export interface RewriteOptions {
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  /** Patterns as for a backup; absolute ones are anchored at the root of the snapshot. */
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly newHost?: string
  readonly newTime?: Temporal.ZonedDateTime
  /** Removes the old snapshots. */
  readonly forget?: boolean
  readonly signal?: AbortSignal
}

export interface RewriteChange {
  readonly snapshot: SnapshotEntry
  readonly newTree: BlobId
  /** What the new tree holds; absent when the tree stays. */
  readonly contents?: TreeContents
}

export interface TreeContents {
  readonly files: number
  readonly bytes: number
}

export interface RewritePlan {
  /** Snapshots that change; the others are left as they are. */
  readonly changes: readonly RewriteChange[]
  readonly options: RewriteOptions
}

export type RewriteEvent =
  | { readonly kind: 'rewritten'; readonly oldId: SnapshotId; readonly newId: SnapshotId; readonly wasRemoved: boolean }
  | { readonly kind: 'summary'; readonly rewritten: number }

/**
 * Finds out which snapshots change, and to which tree. Reads only; loads the index.
 *
 * @throws {UsageError} when there is nothing to do
 * @throws {RefusedError} when a tree holds something that could not be written again
 */
export async function planRewrite(repository: Repository, options: RewriteOptions): Promise<RewritePlan> {
  const { exclude = [], iexclude = [], newHost, newTime, signal } = options
  if (exclude.length + iexclude.length === 0 && newHost === undefined && newTime === undefined) {
    throw new UsageError('nothing to exclude, no other host and no other time')
  }
  const snapshots = await findSnapshots(repository, options.snapshots ?? [], options.filter ?? {}, { signal })
  await repository.loadIndex({ signal })
  const filter = new TreeFilter(repository, options)
  const changes: RewriteChange[] = []
  for (const snapshot of snapshots) {
    const { tree, ...contents } = await filter.apply(snapshot.tree)
    if (tree !== snapshot.tree) changes.push({ snapshot, newTree: tree, contents })
    else if (newHost !== undefined || newTime !== undefined) changes.push({ snapshot, newTree: tree })
  }
  return { changes, options }
}

/**
 * Carries out the plan: trees, then the snapshot, then, with `forget` and under an exclusive lock, the old one goes.
 * The last event is the summary.
 */
export function rewrite(
  repository: Repository,
  plan: RewritePlan,
  options: { lockRetryMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<RewriteEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const exclusive = plan.options.forget === true
    await using lock = await repository.lock({ exclusive, retryMs: options.lockRetryMs ?? 0, signal })
    const held = AbortSignal.any([signal, lock.lost])
    // Anew, under the lock: what a prune took away since the plan was made must be written again.
    repository.dropIndex()
    await repository.loadIndex({ signal: held, countsOn: 'listed packs' })
    const writer = repository.writer({ signal: held })
    const filter = new TreeFilter(repository, { ...plan.options, signal: held }, writer)
    const changes = await stillThere(repository, plan.changes, held)
    for (const change of changes) {
      if (change.contents !== undefined) await filter.apply(change.snapshot.tree)
      await writer.flush()
      emit(await replace(repository, change, plan.options, lock, held))
    }
    emit({ kind: 'summary', rewritten: changes.length })
  }, options.signal)
}

async function replace(
  repository: Repository,
  change: RewriteChange,
  options: RewriteOptions,
  lock: Lock,
  signal: AbortSignal,
): Promise<RewriteEvent> {
  const oldId = change.snapshot.id
  const wasRemoved = options.forget === true
  const snapshot = rewritten(change, options)
  await lock.assertHeld()
  const newId = await repository.saveSnapshot(snapshot, { signal })
  await confirmSnapshot(repository, snapshot, { signal })
  if (wasRemoved) {
    await lock.assertHeld()
    await repository.storage.remove('snapshots', oldId, { signal })
  }
  return { kind: 'rewritten', oldId, newId, wasRemoved }
}

function rewritten({ snapshot, newTree, contents }: RewriteChange, options: RewriteOptions): Snapshot {
  const { id, summary, ...facts } = snapshot
  const { newHost, newTime, forget } = options
  const counts = contents && { total_files_processed: contents.files, total_bytes_processed: contents.bytes }
  const addsTag = !forget && !facts.tags.includes(REWRITE_TAG)
  return {
    ...facts,
    tree: newTree,
    original: id,
    ...(summary && { summary: { ...summary, ...counts } }),
    ...(addsTag && { tags: [...facts.tags, REWRITE_TAG] }),
    ...(newHost !== undefined && { hostname: newHost }),
    ...(newTime !== undefined && { time: printTime(newTime.epochNanoseconds, Math.round(newTime.offsetNanoseconds / 60e9)) }),
  }
}

interface Filtered extends TreeContents {
  readonly tree: BlobId
}

/** No more folders than these are remembered. */
const KNOWN_MAX = 1_000_000

/**
 * Trees without what the patterns choose. A folder seen before at the same place, in another snapshot, is not walked again; nor one at a
 * place that the patterns cannot tell from it, since a few trees can name each other in more ways than there are atoms.
 */
class TreeFilter {
  readonly #repository: Repository
  readonly #writer: BlobWriter | undefined
  readonly #patterns: readonly Patterns[]
  readonly #signal: AbortSignal | undefined
  readonly #known = new Map<string, Filtered>()
  /** How many names of a path the patterns look at, from its end. */
  readonly #reach: number
  #entries = 0

  /** @param writer stores the new trees; without it they are only reckoned */
  constructor(repository: Repository, { exclude = [], iexclude = [], signal }: RewriteOptions, writer?: BlobWriter) {
    this.#repository = repository
    this.#writer = writer
    this.#signal = signal
    this.#patterns = [new Patterns(exclude), new Patterns(iexclude, { ignoreCase: true })].filter(({ isEmpty }) => !isEmpty)
    this.#reach = reachOf([...exclude, ...iexclude])
  }

  apply(root: BlobId): Promise<Filtered> {
    if (this.#patterns.length === 0) return Promise.resolve({ tree: root, files: 0, bytes: 0 })
    return this.#filter(root, ['/'])
  }

  async #filter(id: BlobId, path: readonly string[]): Promise<Filtered> {
    const key = this.#keyOf(id, path)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#signal?.throwIfAborted()
    const nodes = await this.#repository.loadTree(id, { signal: this.#signal })
    if (!treeIsCanonical(this.#repository.primitives, nodes, id)) {
      throw new RefusedError(`the folder ${path.join('/').replace('//', '/')} cannot be written again without losing something`)
    }
    const result = await this.#filterNodes(id, nodes, path)
    if (this.#known.size < KNOWN_MAX) this.#known.set(key, result)
    return result
  }

  /**
   * Nothing above the folder was chosen, so a pattern that chooses something in it ends there: as many names as it has are what counts.
   * One that is anchored and as long as the path chooses nothing below any more.
   */
  #keyOf(id: BlobId, path: readonly string[]): string {
    const names = path.length < this.#reach ? path : path.slice(path.length - (this.#reach - 1))
    return `${id}/${names.join('/')}`
  }

  async #filterNodes(id: BlobId, nodes: readonly TreeNode[], path: readonly string[]): Promise<Filtered> {
    const kept: TreeNode[] = []
    let files = 0
    let bytes = 0
    let isChanged = false
    for (const node of nodes) {
      if (++this.#entries > TREE_ENTRIES_MAX)
        throw new RefusedError(`the snapshot lists more than ${TREE_ENTRIES_MAX} entries: no more are read`)
      const place = [...path, pathText(node.name)]
      if (this.#patterns.some((patterns) => patterns.matches(place))) {
        isChanged = true
        continue
      }
      if (node.type === 'dir') {
        if (node.subtree === undefined)
          throw new RefusedError(`the folder ${printName(node.name)} has no content: repair the snapshot first`)
        const below = await this.#filter(node.subtree, place)
        isChanged ||= below.tree !== node.subtree
        kept.push({ ...node, subtree: below.tree })
        files += below.files
        bytes += below.bytes
      } else {
        kept.push(node)
        files += node.type === 'file' ? 1 : 0
        bytes += node.type === 'file' ? node.size : 0
      }
    }
    return { tree: isChanged ? await this.#save(kept) : id, files, bytes }
  }

  async #save(nodes: readonly TreeNode[]): Promise<BlobId> {
    const json = encodeTree(nodes)
    if (this.#writer !== undefined) return this.#writer.save('tree', json)
    return this.#repository.primitives.sha256Hex(json) as BlobId
  }
}

/** The names of the longest pattern, or more; without bound where `!` takes back or `**` spans: then all that lies above counts, too. */
function reachOf(patterns: readonly string[]): number {
  // `/` alone spans, too, and `..` may leave nothing else.
  const isFar = (pattern: string) => pattern.startsWith('!') || /\*\*|\.\.|^[/\\.]+$/.test(pattern)
  if (patterns.some(isFar)) return Number.POSITIVE_INFINITY
  return Math.max(1, ...patterns.map((pattern) => pattern.split(/[/\\]/).length))
}
