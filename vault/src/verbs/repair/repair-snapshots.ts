/**
 * repair snapshots: takes out of snapshots what nobody has any more, so that the rest restores.
 *
 * A file loses the blobs that no index names, marks included (prune takes back what is needed), a folder that cannot be read becomes an
 * empty one, as stock restic does it. The new snapshot says which one it comes from (`original`) and is tagged `repaired` while the old one
 * stays.
 */
import { RefusedError, VaultError } from '#errors'
import {
  type BlobId,
  compareNames,
  encodeTree,
  isTime,
  type PackId,
  type Snapshot,
  type SnapshotId,
  type TreeNode,
} from '#format'
import type { BlobLocation, BlobWriter, Lock, Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import type { CallOptions } from '#storage'
import { namesOnMirrors } from '../each-mirror.ts'
import { eventStream } from '../event-stream.ts'
import { findSnapshots, stillThere } from '../find-snapshots.ts'
import { isNoAnswer, mirrorsWithoutAnswer } from '../right-bytes.ts'
import { refuseWhileOthersMayHaveIt } from './refuse-losses.ts'

const NO_TIME = '1970-01-01T00:00:00Z'
const REPAIRED_TAG = 'repaired'

export interface RepairSnapshotsOptions {
  /** All when absent. An unreadable snapshot is removed only when it is named in full. */
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  /** Removes the damaged snapshots. */
  readonly forget?: boolean
  readonly signal?: AbortSignal
}

/** What a repair takes out. */
export interface SnapshotLosses {
  /** Files that lose content. */
  readonly files: number
  /** Files that only said a wrong size. */
  readonly sizes: number
  /** Folders that become empty. */
  readonly folders: number
}

export interface SnapshotRepair {
  readonly snapshot: SnapshotEntry
  /** Absent when its root cannot be read: nothing of it is left. */
  readonly newTree?: BlobId
  readonly losses: SnapshotLosses
}

export interface RepairSnapshotsPlan {
  /** Snapshots that change; the others are whole. */
  readonly repairs: readonly SnapshotRepair[]
  /** Named snapshots whose file cannot be read. */
  readonly unreadable: readonly SnapshotId[]
  readonly forget: boolean
}

export type RepairSnapshotsEvent =
  | { readonly kind: 'repaired'; readonly oldId: SnapshotId; readonly newId: SnapshotId; readonly wasRemoved: boolean }
  | { readonly kind: 'removed'; readonly oldId: SnapshotId }
  /** Nothing of it is left, and removing it was not asked for. */
  | { readonly kind: 'hopeless'; readonly oldId: SnapshotId }
  | { readonly kind: 'summary'; readonly repaired: number; readonly removed: number }

/**
 * Finds out which snapshots lack something. Reads only; loads the index anew.
 * @throws {RefusedError} when an index file cannot be read: repair the index first; when the list of a folder is larger than is ever read: it
 * may be whole
 */
export async function planRepairSnapshots(
  repository: Repository,
  options: RepairSnapshotsOptions = {},
): Promise<RepairSnapshotsPlan> {
  const { signal, forget = false } = options
  const { snapshots, unreadable } = await chooseSnapshots(repository, options)
  repository.dropIndex()
  await repository.loadIndex({ signal })
  refuseUnreadableIndexes(repository)
  const repairs: SnapshotRepair[] = []
  for (const snapshot of snapshots) {
    const mender = new TreeMender(repository, { signal })
    const newTree = await mender.mendRoot(snapshot.tree)
    if (newTree !== snapshot.tree) repairs.push({ snapshot, losses: mender.losses, ...(newTree && { newTree }) })
  }
  return { repairs, unreadable, forget }
}

/** What only they name would be taken for lost. */
function refuseUnreadableIndexes({ unreadableIndexFiles: [first] }: Repository): void {
  if (first === undefined) return
  throw new RefusedError(`index/${first} cannot be read, so what is lost is not known: repair the index first`)
}

async function chooseSnapshots(
  repository: Repository,
  { snapshots = [], filter = {}, signal }: RepairSnapshotsOptions,
): Promise<{ snapshots: SnapshotEntry[]; unreadable: SnapshotId[] }> {
  const unreadable: SnapshotId[] = []
  const readable: string[] = []
  for (const name of snapshots) {
    const isUnreadable = /^[0-9a-f]{64}$/.test(name) && (await isJunk(repository, name as SnapshotId, { signal }))
    if (isUnreadable) unreadable.push(name as SnapshotId)
    else readable.push(name)
  }
  if (snapshots.length > 0 && readable.length === 0) return { snapshots: [], unreadable }
  return { snapshots: await findSnapshots(repository, readable, filter, { signal }), unreadable }
}

/** There, and no snapshot on any mirror. */
async function isJunk(repository: Repository, id: SnapshotId, { signal }: CallOptions): Promise<boolean> {
  try {
    await repository.snapshot(id, {}, { signal })
    return false
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof VaultError && (error.code === 'object-damaged' || error.code === 'format')) return true
    throw error
  }
}

/**
 * Carries out the plan: trees, then the new snapshot, then, with `forget`, the old one goes. The last event is the summary.
 * @throws {LockedError} when anybody else works on the repository
 * @throws {RefusedError} when an index file cannot be read, or a snapshot would lose what a mirror may still have
 */
export function repairSnapshots(
  repository: Repository,
  plan: RepairSnapshotsPlan,
  options: { readonly lockRetryMs?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RepairSnapshotsEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
    const held = AbortSignal.any([signal, lock.lost])
    repository.dropIndex()
    await repository.loadIndex({ signal: held })
    refuseUnreadableIndexes(repository)
    let repaired = 0
    let removed = 0
    const count = (event: RepairSnapshotsEvent) => {
      if (event.kind === 'repaired') repaired++
      if (event.kind === 'removed') removed++
      emit(event)
    }
    const repairs = await stillThere(repository, plan.repairs, held)
    for (const repair of repairs) count(await carryOut(repository, repair, plan.forget, lock, held))
    for (const id of plan.unreadable) {
      if (plan.forget) await removeUnreadable(repository, id, lock, held)
      count({ kind: plan.forget ? 'removed' : 'hopeless', oldId: id })
    }
    emit({ kind: 'summary', repaired, removed })
  }, options.signal)
}

async function carryOut(
  repository: Repository,
  { snapshot }: SnapshotRepair,
  forget: boolean,
  lock: Lock,
  signal: AbortSignal,
): Promise<RepairSnapshotsEvent> {
  const writer = repository.writer({ signal })
  const mender = new TreeMender(repository, { signal }, writer)
  const tree = await mender.mendRoot(snapshot.tree)
  if (mender.losses.files + mender.losses.folders > 0 || (tree === undefined && forget)) {
    refuseWhileOthersMayHaveIt(repository, await mirrorsWithoutAnswer(repository, 'data', mender.packsLost, { signal }))
  }
  await writer.flush()
  if (tree === undefined) {
    if (forget) await removeSnapshot(repository, snapshot.id, lock, signal)
    return { kind: forget ? 'removed' : 'hopeless', oldId: snapshot.id }
  }
  await lock.assertHeld()
  const newId = await repository.saveSnapshot(mendedSnapshot(snapshot, tree, forget), { signal })
  if (forget) await removeSnapshot(repository, snapshot.id, lock, signal)
  return { kind: 'repaired', oldId: snapshot.id, newId, wasRemoved: forget }
}

function mendedSnapshot({ id, ...facts }: SnapshotEntry, tree: BlobId, forget: boolean): Snapshot {
  const addsTag = !forget && !facts.tags.includes(REPAIRED_TAG)
  return { ...facts, tree, original: id, ...(addsTag && { tags: [...facts.tags, REPAIRED_TAG] }) }
}

async function removeUnreadable(repository: Repository, id: SnapshotId, lock: Lock, signal: AbortSignal): Promise<void> {
  refuseWhileOthersMayHaveIt(repository, await mirrorsWithoutAnswer(repository, 'snapshots', [id], { signal }))
  await removeSnapshot(repository, id, lock, signal)
}

async function removeSnapshot({ storage }: Repository, id: SnapshotId, lock: Lock, signal: AbortSignal): Promise<void> {
  await lock.assertHeld()
  await storage.remove('snapshots', id, { signal })
}

/** Trees without what is missing; those that lack nothing stay as they are, and each is looked at once. */
class TreeMender {
  readonly losses = { files: 0, sizes: 0, folders: 0 }
  readonly #repository: Repository
  readonly #writer: BlobWriter | undefined
  readonly #options: CallOptions
  readonly #known = new Map<BlobId, BlobId>()
  /** Packs that should have held trees which cannot be read. */
  readonly packsLost = new Set<PackId>()
  #packsThere: Promise<ReadonlySet<string>> | undefined

  /** @param writer stores the new trees; without it they are only reckoned */
  constructor(repository: Repository, options: CallOptions, writer?: BlobWriter) {
    this.#repository = repository
    this.#writer = writer
    this.#options = options
  }

  /** Undefined when not even the root can be read. */
  async mendRoot(id: BlobId): Promise<BlobId | undefined> {
    const nodes = await this.#load(id)
    return nodes === undefined ? undefined : this.#mend(id, nodes)
  }

  async #mendFolder(id: BlobId | undefined): Promise<BlobId> {
    const known = id === undefined ? undefined : this.#known.get(id)
    if (known !== undefined) return known
    const nodes = id === undefined ? undefined : await this.#load(id)
    if (id !== undefined && nodes !== undefined) return this.#mend(id, nodes)
    this.losses.folders++
    const empty = await this.#save([])
    if (id !== undefined) this.#known.set(id, empty)
    return empty
  }

  async #load(id: BlobId): Promise<TreeNode[] | undefined> {
    this.#options.signal?.throwIfAborted()
    try {
      return await this.#repository.loadTree(id, this.#options)
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      // What is only out of reach, or larger than we read, is not lost.
      if (!(error instanceof VaultError) || isNoAnswer(error) || error instanceof RefusedError) throw error
      const { index, marked } = this.#repository
      for (const each of [index, marked]) for (const { pack } of each.findAll('tree', id)) this.packsLost.add(pack)
      return undefined
    }
  }

  async #mend(id: BlobId, nodes: readonly TreeNode[]): Promise<BlobId> {
    const mended: TreeNode[] = []
    for (const node of nodes) mended.push(await this.#mendNode(withReadableWords(node)))
    const isSame = mended.every((node, at) => node === nodes[at])
    const result = isSame ? id : await this.#save(mended.sort((a, b) => compareNames(a.name, b.name)))
    this.#known.set(id, result)
    return result
  }

  async #mendNode(node: TreeNode): Promise<TreeNode> {
    if (node.type === 'dir') {
      const subtree = await this.#mendFolder(node.subtree)
      return subtree === node.subtree ? node : { ...node, subtree }
    }
    return node.type === 'file' ? this.#mendFile(node) : node
  }

  async #mendFile(node: TreeNode): Promise<TreeNode> {
    const content: BlobId[] = []
    let size = 0
    for (const id of node.content ?? []) {
      const copy = this.#repository.index.find('data', id) ?? (await this.#findMarked(id))
      if (copy === undefined) continue
      content.push(id)
      size += copy.uncompressedLength || copy.length - 32
    }
    const isWhole = node.content !== null && content.length === node.content.length
    if (isWhole && size === node.size) return node
    if (isWhole) this.losses.sizes++
    else this.losses.files++
    return { ...node, content, size }
  }

  /** Marked for deletion, and not deleted: no loss, for restore reads it and prune puts it back into the index. */
  async #findMarked(id: BlobId): Promise<BlobLocation | undefined> {
    for (const copy of this.#repository.marked.findAll('data', id)) {
      this.#packsThere ??= namesOnMirrors(this.#repository, 'data', this.#options.signal).then((names) => new Set(names))
      if ((await this.#packsThere).has(copy.pack)) return copy
    }
    return undefined
  }

  async #save(nodes: readonly TreeNode[]): Promise<BlobId> {
    const json = encodeTree(nodes)
    if (this.#writer !== undefined) return this.#writer.save('tree', json)
    return this.#repository.primitives.sha256Hex(json) as BlobId
  }
}

/** Times that stock restic does not read are given up for one that it reads: it refuses the whole tree otherwise. */
function withReadableWords(node: TreeNode): TreeNode {
  const { mtime, atime, ctime, genericAttributes } = node
  const times = { mtime, atime, ctime }
  const readable = Object.values(times).find(isTime) ?? NO_TIME
  const isSound = Object.values(times).every(isTime) && (genericAttributes?.startsWith('{') ?? true)
  if (isSound) return node
  const mended = Object.fromEntries(Object.entries(times).map(([name, time]) => [name, isTime(time) ? time : readable]))
  return { ...node, ...mended, genericAttributes: genericAttributes?.startsWith('{') ? genericAttributes : undefined }
}
