/**
 * recover: a snapshot of all folders that no snapshot reaches any more, for when one was forgotten by mistake and nothing was pruned since.
 */
import { hostname } from 'node:os'
import { VaultError } from '#errors'
import {
  type BlobId,
  decodeTree,
  encodeTree,
  type PackEntry,
  type PackId,
  type Snapshot,
  type SnapshotId,
  type TreeNode,
} from '#format'
import { PackTable, type Repository } from '#repository'
import { currentUser } from '#user'
import { eventStream } from '../event-stream.ts'
import { readPacks } from '../read-packs.ts'
import { confirmSnapshot, recoverNeeded } from '../recover-marked.ts'

const RECOVERED_TAG = 'recovered'

export interface RecoverPlan {
  /** Trees that neither a snapshot nor another tree names. */
  readonly roots: readonly BlobId[]
  /** Trees that no copy gives. */
  readonly unreadable: readonly BlobId[]
}

export type RecoverEvent =
  | { readonly kind: 'recovered'; readonly snapshot: SnapshotId; readonly roots: number }
  /** There was nothing to recover. */
  | { readonly kind: 'nothing' }

/** Finds the trees that nobody names. Reads all trees; loads the index anew, which should be complete: repair it first. */
export async function planRecover(
  repository: Repository,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<RecoverPlan> {
  const snapshots = await repository.snapshots({ signal })
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const named = new Set<BlobId>(snapshots.map(({ tree }) => tree))
  const trees = new Set<BlobId>()
  const unreadable = new Set<BlobId>()
  const note = (id: BlobId, json: Uint8Array) => {
    try {
      for (const { subtree } of decodeTree(json)) if (subtree !== undefined) named.add(subtree)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      unreadable.add(id)
    }
  }
  for (const { pack, blobs } of treesByPack(repository, trees)) {
    try {
      await readPacks(repository, [{ pack, blobs }], async ({ id, plaintext }) => note(id, plaintext), { signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      for (const { id } of blobs) await noteAlone(repository, id, note, unreadable, signal)
    }
  }
  return { roots: [...trees].filter((id) => !named.has(id) && !unreadable.has(id)), unreadable: [...unreadable] }
}

/** A pack of which one tree is damaged: the others are read one by one. */
async function noteAlone(
  repository: Repository,
  id: BlobId,
  note: (id: BlobId, json: Uint8Array) => void,
  unreadable: Set<BlobId>,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    note(id, await repository.loadBlob('tree', id, { signal }))
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof VaultError)) throw error
    unreadable.add(id)
  }
}

/** Each tree in the first pack that holds it; `seen` gets their IDs. */
function* treesByPack({ index }: Repository, seen: Set<BlobId>): Generator<{ pack: PackId; blobs: PackEntry[] }> {
  const table = new PackTable(index)
  for (const pack of table.ids) {
    if (!table.hasTrees(pack)) continue
    const blobs: PackEntry[] = []
    for (const number of table.entries(pack)) {
      const { id: bytes, isTree, offset, length, uncompressedLength } = index.at(number)
      const id = bytes.toHex() as BlobId
      if (!isTree || seen.has(id)) continue
      seen.add(id)
      blobs.push({ id, type: 'tree', offset, length, uncompressedLength })
    }
    if (blobs.length > 0) yield { pack, blobs }
  }
}

/**
 * Writes one snapshot with a folder for each of these trees, named by the first characters of its ID. The last event says which. Keeps out
 * prunes: what nobody needs may be marked long since, and would be deleted before the snapshot is seen.
 * @throws {LockedError} when somebody holds the repository exclusively, or prunes
 */
export function recover(
  repository: Repository,
  plan: RecoverPlan,
  options: { readonly lockRetryMs?: number; readonly now?: () => Temporal.Instant; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RecoverEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const time = (options.now ?? (() => Temporal.Now.instant()))().toString()
    await using lock = await repository.lock({
      ...{ exclusive: false, purpose: 'prune', signal },
      retryMs: options.lockRetryMs ?? 0,
    })
    const held = AbortSignal.any([signal, lock.lost])
    // Anew, under the lock: what was pruned since the plan was made cannot be shown any more.
    repository.dropIndex()
    await repository.loadIndex({ signal: held })
    const roots = rootsLeft(repository, plan)
    if (roots.length === 0) return emit({ kind: 'nothing' })
    const writer = repository.writer({ signal: held })
    const tree = await writer.save('tree', encodeTree(foldersFor(roots, time)))
    await writer.flush()
    await lock.assertHeld()
    const user = currentUser()
    const snapshot: Snapshot = {
      time,
      tree,
      paths: ['/recover'],
      hostname: hostname(),
      username: user.username,
      uid: user.uid,
      gid: user.gid,
      excludes: [],
      tags: [RECOVERED_TAG],
      programVersion: '',
      extra: {},
    }
    const areMarked = roots.some((id) => !repository.index.has('tree', id))
    const id = await repository.saveSnapshot(snapshot, { signal: held })
    if (areMarked) await recoverNeeded(repository, [tree], { signal: held })
    else await confirmSnapshot(repository, snapshot, { signal: held })
    emit({ kind: 'recovered', snapshot: id, roots: roots.length })
  }, options.signal)
}

/** Trees that are still there; marked ones are, and come back into the index with the snapshot. */
function rootsLeft(repository: Repository, { roots }: RecoverPlan): BlobId[] {
  const { index, marked } = repository
  return roots.filter((id) => {
    if (index.has('tree', id) || marked.has('tree', id)) return true
    repository.report({ severity: 'warning', kind: 'blob', object: id, message: 'was pruned meanwhile: not recovered' })
    return false
  })
}

function foldersFor(roots: readonly BlobId[], time: string): TreeNode[] {
  const short = new Set(roots.map((id) => id.slice(0, 8)))
  const characters = short.size === roots.length ? 8 : 64
  return roots.toSorted().map((id) => folderNode(id.slice(0, characters), id, time))
}

function folderNode(name: string, subtree: BlobId, time: string): TreeNode {
  return {
    name: new TextEncoder().encode(name),
    type: 'dir',
    mode: 0o755,
    mtime: time,
    atime: time,
    ctime: time,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    xattrs: [],
    device: 0n,
    content: null,
    subtree,
    error: '',
    unknownMembers: [],
  }
}
