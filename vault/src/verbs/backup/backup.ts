/**
 * backup: a source into a snapshot, on all mirrors in one read pass.
 *
 * 1. a shared lock; the parent snapshot; the index
 * 2. the walk: unchanged files keep their content, the others are read into the pipeline; each folder's tree is written when complete
 * 3. packs, then indexes, then, last of all, the snapshot; each durably stored before the next
 * Killed anywhere it leaves packs and indexes that the next run uses; a snapshot exists only for a run that came to its end.
 */
import { hostname as osHostname } from 'node:os'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { ObjectDamagedError, VaultError } from '#errors'
import { isUnchanged, planWalk, type WalkEntry, type WalkOptions, type WalkPlan, walk } from '#files'
import {
  BLOB_BYTES_MAX,
  type BlobId,
  encodeTree,
  idBytes,
  printTime,
  SEAL_OVERHEAD_BYTES,
  type Snapshot,
  type SnapshotSummary,
  type TreeNode,
} from '#format'
import {
  type BlobLocation,
  type BlobWriter,
  dryRunOf,
  type ExpectedChunk,
  type Lock,
  Pipeline,
  type Repository,
  type SnapshotEntry,
} from '#repository'
import { currentUser } from '#user'
import { workerCount } from '#workers'
import { eventStream } from '../event-stream.ts'
import { confirmSnapshot } from '../recover-marked.ts'
import { TreeSource } from '../tree-source.ts'
import { BackupAccount } from './account.ts'
import { EarlierFolder } from './earlier-folder.ts'
import type { BackupEvent, BackupSummary } from './events.ts'
import { OpenFolder, type Slot } from './folders.ts'
import { INCOMPLETE_TAG, type RootTree, saveIncomplete } from './incomplete.ts'
import { KnownTrees } from './known-trees.ts'
import { OwnFolders } from './own-folders.ts'
import { chooseParent, type ParentChoice } from './parent.ts'
import { type ReadOutcome, SourceReader } from './source-reader.ts'
import type { StreamSource } from './stream-source.ts'
import { streamNodes } from './stream-source.ts'

export const DATA_LEVEL_DEFAULT = 1
const STEPS_AT_A_TIME = 32
const KEEP_PATIENCE_MS = 10_000

export interface BackupOptions extends WalkOptions {
  /** An earlier snapshot to compare with; the newest that fits when absent. */
  readonly parent?: string
  /** Reads every file again. */
  readonly force?: boolean
  readonly groupBy?: ParentChoice['groupBy']
  readonly tags?: readonly string[]
  readonly hostname?: string
  /** The snapshot's time; now when absent. */
  readonly time?: Temporal.ZonedDateTime
  /** zstd level of data, or `off`. */
  readonly level?: number | 'off'
  readonly ignoreInode?: boolean
  readonly ignoreCtime?: boolean
  /** No snapshot when nothing differs from the parent. */
  readonly skipIfUnchanged?: boolean
  /** Reads and counts everything and stores nothing. */
  readonly dryRun?: boolean
  /** Emits an event for each entry. */
  readonly reportItems?: boolean
  /** How long a mirror may keep all others waiting before it is left behind. */
  readonly patienceMs?: number
  /** Waits so long for somebody else's exclusive lock. */
  readonly lockRetryMs?: number
  readonly workers?: number
  readonly programVersion?: string
  readonly signal?: AbortSignal
}

/** What is backed up: paths, or one file whose bytes come from elsewhere. */
export type BackupSource = readonly (string | Uint8Array)[] | StreamSource

/**
 * Backs up a source. The last event is the summary; `summary.unreadable` is empty only when everything asked for is in the snapshot.
 *
 * @throws {UsageError} when there is nothing to back up
 * @throws {LockedError} when somebody holds the repository exclusively
 * @throws {LockLostError} when our own hold was lost meanwhile: no snapshot was written
 * @throws {StorageError} when no mirror took what was to be stored
 */
export function backup(
  place: Repository,
  source: BackupSource,
  options: BackupOptions = {},
): AsyncGenerator<BackupEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const repository = options.dryRun ? dryRunOf(place) : place
    const prepared = prepare(repository, source, { ...options, signal })
    let facts: Preparation | undefined
    const whileSettling = async () => {
      facts = await prepared()
    }
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal, whileSettling })
    const held = AbortSignal.any([signal, lock.lost])
    await using run = new BackupRun(repository, source, facts!, { ...options, signal: held }, emit)
    try {
      await run.carryOut(lock)
    } catch (error) {
      await run.keepWhatIsStored(lock)
      throw error
    }
  }, options.signal)
}

/** What is known before the first byte is read. */
interface Preparation {
  /** Absent for a stream. */
  readonly walk: WalkPlan | undefined
  readonly paths: readonly string[]
  readonly time: Temporal.ZonedDateTime
  readonly parent: SnapshotEntry | undefined
}

/** Looks at the source at once (wrong targets are said before anything is locked); the repository when called. */
function prepare(repository: Repository, source: BackupSource, options: BackupOptions): () => Promise<Preparation> {
  const time = options.time ?? Temporal.Now.zonedDateTimeISO()
  const plan = isPaths(source) ? planWalk(source, options) : undefined
  const paths = plan === undefined ? [`/${(source as StreamSource).filename.replace(/^\/+/, '')}`] : plan.paths
  const { signal } = options
  return async () => {
    // Snapshots before indexes: what a snapshot names is then in an index that is read. And what was read before there was our lock,
    // by an earlier run or attempt, may name packs that a prune has deleted since.
    const parent = plan && (await chooseParent(repository, parentChoice(paths, time, options), signal))
    repository.dropIndex()
    await repository.loadIndex({ signal, countsOn: 'listed packs' })
    return { walk: plan, paths, time, parent }
  }
}

class BackupRun implements AsyncDisposable {
  readonly #repository: Repository
  readonly #source: BackupSource
  readonly #plan: WalkPlan | undefined
  readonly #paths: readonly string[]
  readonly #options: BackupOptions
  readonly #emit: (event: BackupEvent) => void
  readonly #time: Temporal.ZonedDateTime
  readonly #account: BackupAccount
  readonly #parent: SnapshotEntry | undefined
  readonly #writer: BlobWriter
  readonly #pipeline: Pipeline
  readonly #reader: SourceReader
  /** Whether the parent snapshot was written by us or by stock restic, who encode the same nodes to the same bytes. */
  readonly #writesAlike: boolean
  /** Trees of the parent snapshot. */
  readonly #earlierTrees: TreeSource
  readonly #knownTrees: KnownTrees
  readonly #ownFolders: OwnFolders
  readonly #completing = new Set<Promise<void>>()
  #failure: { error: unknown } | undefined

  constructor(
    repository: Repository,
    source: BackupSource,
    plan: {
      walk: WalkPlan | undefined
      paths: readonly string[]
      time: Temporal.ZonedDateTime
      parent: SnapshotEntry | undefined
    },
    options: BackupOptions,
    emit: (event: BackupEvent) => void,
  ) {
    this.#repository = repository
    this.#source = source
    this.#plan = plan.walk
    this.#paths = plan.paths
    this.#time = plan.time
    this.#parent = plan.parent
    this.#writesAlike = /^(couronne|restic)\b/.test(plan.parent?.programVersion ?? '')
    this.#options = options
    this.#emit = emit
    const { signal, patienceMs, level = DATA_LEVEL_DEFAULT } = options
    this.#earlierTrees = new TreeSource(repository, { signal })
    this.#knownTrees = new KnownTrees(repository, { signal })
    this.#writer = repository.writer({ signal, isLostTree: (tree) => this.#knownTrees.isLost(tree) })
    this.#ownFolders = new OwnFolders(repository)
    this.#pipeline = new Pipeline(repository, options.workers ?? workerCount(), {
      level,
      indexWriter: this.#writer.indexWriter,
      signal,
      ...(patienceMs !== undefined && { patienceMs }),
    })
    this.#account = new BackupAccount(emit, { reportItems: options.reportItems ?? false, expected: plan.parent?.summary })
    this.#reader = new SourceReader(this.#pipeline, (bytes) => this.#account.advance(bytes))
  }

  async carryOut(lock: Lock): Promise<void> {
    const { tree, sideFile } =
      this.#plan === undefined ? await this.#saveStream() : await this.#saveRoot(await this.#readTree(this.#plan))
    await this.#pipeline.finish()
    await this.#writer.flush()
    await lock.assertHeld()
    const isLeftOut = this.#options.dryRun || (this.#options.skipIfUnchanged && tree === this.#parent?.tree)
    const snapshot = this.#snapshot(tree, sideFile)
    const { signal } = this.#options
    const id = isLeftOut ? undefined : await this.#repository.saveSnapshot(snapshot, { signal })
    if (id !== undefined) {
      // Saving may have taken long, or the machine may have slept: without the lock what was written may be gone.
      await lock.assertHeld()
      // A prune that began meanwhile may have marked packs that this snapshot counts on.
      await confirmSnapshot(this.#repository, snapshot, { signal })
    }
    this.#account.reportProgress()
    const summary: BackupSummary = {
      ...(id !== undefined && { snapshot: id }),
      ...(this.#parent !== undefined && { parent: this.#parent.id }),
      tree,
      counts: snapshot.summary!,
      unreadable: this.#account.unreadable,
      mirrors: this.#repository.storage.mirrors.map(({ location, behind }) => ({
        location,
        ...(behind !== undefined && { behind }),
        ...(this.#ownFolders.has(location) && { isInSource: true as const }),
      })),
      elapsedMs: this.#account.elapsedMs,
    }
    this.#emit({ kind: 'summary', summary })
  }

  /**
   * After a run that came to no end: the index of what is stored, so that the next run need not send it again. For a moment only: whoever
   * stops a backup does not want to wait, and what ended the run is told, whatever comes of this.
   */
  async keepWhatIsStored(lock: Lock): Promise<void> {
    if (this.#options.dryRun) return
    await this.#pipeline[Symbol.asyncDispose]()
    const patience = AbortSignal.timeout(KEEP_PATIENCE_MS)
    const keep = async () => {
      await lock.assertHeld(patience)
      await this.#writer.indexWriter.flush(patience)
    }
    await Promise.race([keep(), setTimeout(KEEP_PATIENCE_MS, undefined, { ref: false })]).catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline[Symbol.asyncDispose]()
  }

  async #saveStream(): Promise<RootTree> {
    const source = this.#source as StreamSource
    const { nodes, ...counted } = await streamNodes(source, this.#time, {
      storeStream: async (read) => (await this.#pipeline.storeStream(read)).stored,
      saveTree: (folder) => this.#writer.save('tree', encodeTree(folder)),
      ...(this.#options.signal && { signal: this.#options.signal }),
    })
    this.#account.fileDone(() => this.#paths[0]!, 'new', counted)
    return { tree: await this.#writer.save('tree', encodeTree(nodes)) }
  }

  /** Reads everything. @returns the root, complete */
  async #readTree(plan: WalkPlan): Promise<OpenFolder> {
    const { signal } = this.#options
    const root = OpenFolder.root(await this.#earlierFolder(this.#parent?.tree))
    let folder = root
    let steps = 0
    for (const step of walk(plan)) {
      // Looking at files waits for nothing: what has been read meanwhile would not be taken up before the walk ends.
      if (++steps % STEPS_AT_A_TIME === 0) await setImmediate()
      signal?.throwIfAborted()
      this.#throwFailure()
      if (step.kind === 'finding') this.#account.noteFinding(step.finding.path, step.finding)
      else if (step.kind === 'enter') folder = await this.#enter(folder, step.entry)
      else if (step.kind === 'item') await this.#item(folder, step.entry)
      else {
        const left = folder
        folder = left.parent!
        if (left.close()) this.#complete(left)
      }
    }
    await this.#reader.finish()
    while (this.#completing.size > 0) await Promise.race(this.#completing)
    this.#throwFailure()
    return root
  }

  #enter(parent: OpenFolder, entry: WalkEntry): Promise<OpenFolder> {
    this.#ownFolders.note(entry)
    return parent.enter(entry, (earlier) => this.#earlierFolder(earlier?.type === 'dir' ? earlier.subtree : undefined))
  }

  /** A folder of the parent snapshot; without it, or when it cannot be read, everything counts as new, and no tree is believed unread. */
  async #earlierFolder(tree: BlobId | undefined): Promise<EarlierFolder> {
    if (tree === undefined) return new EarlierFolder()
    const report = ({ message }: VaultError) =>
      this.#repository.report({
        severity: 'warning',
        kind: 'blob',
        object: tree,
        message: `${message}; the source is read again`,
      })
    try {
      const json = await this.#earlierTrees.loadJson(tree)
      return new EarlierFolder(json, this.#writesAlike ? tree : undefined, (cause) =>
        report(new ObjectDamagedError('blob', tree, `is no tree: ${cause.message}`, { cause })),
      )
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      report(error)
      this.#knownTrees.doubt()
      return new EarlierFolder()
    }
  }

  async #item(folder: OpenFolder, entry: WalkEntry): Promise<void> {
    const slot = folder.expect(entry.node.name)
    const { earlier } = slot
    if (entry.node.type !== 'file') return this.#settle(folder, slot, entry.node)
    const kept = earlier && this.#unchangedContent(entry.node, earlier)
    if (kept !== undefined) {
      const counted = { sizeBytes: entry.node.size, addedBytes: 0, storedBytes: 0 }
      this.#account.fileDone(() => folder.pathOf(entry), 'unmodified', counted)
      return this.#settle(folder, slot, { ...entry.node, content: kept })
    }
    await this.#reader.read(
      entry,
      (outcome) =>
        this.#settle(folder, slot, this.#nodeOfOutcome(folder, entry, outcome, earlier === undefined ? 'new' : 'changed')),
      () => this.#chunksOf(earlier),
    )
  }

  #unchangedContent(node: TreeNode, earlier: TreeNode): readonly BlobId[] | undefined {
    if (!isUnchanged(node, earlier, this.#options) || earlier.content === null) return undefined
    const { index } = this.#repository
    return earlier.content.every((id) => index.numberOf('data', idBytes(id)) >= 0) ? earlier.content : undefined
  }

  /** What a file was in the parent snapshot, up to the first chunk that no pack holds. */
  #chunksOf(earlier: TreeNode | undefined): ExpectedChunk[] {
    const chunks: ExpectedChunk[] = []
    for (const id of earlier?.content ?? []) {
      const found = this.#repository.index.find('data', id)
      if (found === undefined) break
      chunks.push({ id, lengthBytes: found.uncompressedLength || found.length - SEAL_OVERHEAD_BYTES })
    }
    return chunks
  }

  #nodeOfOutcome(folder: OpenFolder, entry: WalkEntry, outcome: ReadOutcome, change: 'new' | 'changed'): TreeNode | undefined {
    if (outcome.kind === 'failed') {
      this.#account.noteFinding(entry.path, outcome)
      return undefined
    }
    if (outcome.changed) {
      this.#account.noteFinding(entry.path, {
        operation: 'read',
        code: 'CHANGED',
        message: 'changed while it was read: kept as it was read',
      })
    }
    this.#account.fileDone(() => folder.pathOf(entry), change, { ...outcome, sizeBytes: outcome.size })
    return { ...entry.node, size: outcome.size, content: outcome.content as readonly BlobId[] }
  }

  #settle(folder: OpenFolder, slot: Slot, node: TreeNode | undefined): void {
    if (folder.settle(slot, node)) this.#complete(folder)
  }

  /** Writes a complete folder's tree and tells its parent, which may be complete then too. A tree that nobody could read is not written. */
  #complete(folder: OpenFolder): void {
    if (folder.parent === undefined) return
    const task = this.#saveTree(folder)
      .then((tree) => {
        if (folder.settleInParent(tree)) this.#complete(folder.parent!)
      })
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#completing.delete(task))
    this.#completing.add(task)
  }

  /** The tree of a complete folder, when it is that of the parent snapshot and need not be encoded. */
  #knownTree({ sameTree }: OpenFolder): BlobLocation | undefined {
    return sameTree && this.#repository.index.find('tree', sameTree)
  }

  async #saveTree(folder: OpenFolder): Promise<BlobId | undefined> {
    const { earlier } = folder
    const known = this.#knownTree(folder)
    if (known !== undefined) {
      const sizeBytes = known.uncompressedLength || known.length - SEAL_OVERHEAD_BYTES
      this.#account.folderDone(() => folder.path, 'unmodified', { sizeBytes, addedBytes: 0, storedBytes: 0 })
      return known.id
    }
    const { blob, last } = folder.encode()
    const tooLarge = whyTooLarge(blob.sizeBytes + last.length)
    if (tooLarge !== undefined) {
      this.#account.noteFinding(folder.entry!.path, { operation: 'list', code: 'TOO-LARGE', message: tooLarge })
      return undefined
    }
    const { id: tree, ...counted } = await this.#writer.saveGrown('tree', blob, last)
    const change = earlier?.type !== 'dir' ? 'new' : earlier.subtree === tree ? 'unmodified' : 'changed'
    this.#account.folderDone(() => folder.path, change, counted)
    return tree
  }

  /** Writes the root's tree, with the list of what is missing when something is. */
  async #saveRoot(root: OpenFolder): Promise<RootTree> {
    const isIncomplete = this.#account.unreadable.length > 0
    const known = isIncomplete ? undefined : this.#knownTree(root)
    if (known !== undefined) return { tree: known.id }
    const { blob, last } = root.encode()
    if (!isIncomplete) return { tree: (await this.#writer.saveGrown('tree', blob, last)).id }
    const stores = { pipeline: this.#pipeline, writer: this.#writer, time: goTime(this.#time) }
    return saveIncomplete({ blob, last }, this.#account.unreadable, stores)
  }

  #snapshot(tree: BlobId, sideFile: string | undefined): Snapshot {
    const user = currentUser()
    const { tags = [], hostname = osHostname(), exclude = [], iexclude = [], programVersion = 'couronne' } = this.#options
    const labels = this.#account.unreadable.length > 0 ? [...tags.filter((tag) => tag !== INCOMPLETE_TAG), INCOMPLETE_TAG] : tags
    return {
      time: goTime(this.#time),
      ...(this.#parent !== undefined && { parent: this.#parent.id }),
      tree,
      paths: this.#paths,
      hostname,
      username: user.username,
      uid: user.uid,
      gid: user.gid,
      excludes: [...exclude, ...iexclude],
      tags: labels,
      programVersion,
      summary: this.#summary(),
      extra: sideFile === undefined ? {} : { incomplete: { count: this.#account.unreadable.length, list: `/${sideFile}` } },
    }
  }

  #summary(): SnapshotSummary {
    const { data, tree } = this.#writer.totals
    const { dataBlobs, addedBytes, packedBytes } = this.#pipeline.totals
    return {
      backup_start: goTime(this.#time),
      backup_end: goTime(Temporal.Now.zonedDateTimeISO()),
      ...this.#account.counts,
      data_blobs: dataBlobs + data.blobs,
      tree_blobs: tree.blobs,
      data_added: addedBytes + data.addedBytes + tree.addedBytes,
      data_added_packed: packedBytes + data.packedBytes + tree.packedBytes,
      total_files_processed: this.#account.filesDone,
      total_bytes_processed: this.#account.bytesDone,
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

/** Restic reads a longer list, in several times its length of memory; we do not. */
function whyTooLarge(treeBytes: number): string | undefined {
  if (treeBytes <= BLOB_BYTES_MAX) return undefined
  return `the list of its entries has ${treeBytes} bytes, and at most ${BLOB_BYTES_MAX} are ever read: left out with all that is in it`
}

function isPaths(source: BackupSource): source is readonly (string | Uint8Array)[] {
  return Array.isArray(source)
}

function parentChoice(paths: readonly string[], time: Temporal.ZonedDateTime, options: BackupOptions): ParentChoice {
  return {
    ...(options.parent !== undefined && { parent: options.parent }),
    ...(options.force && { force: true }),
    ...(options.groupBy && { groupBy: options.groupBy }),
    hostname: options.hostname ?? osHostname(),
    paths,
    timeMs: time.epochMilliseconds,
    tags: options.tags ?? [],
  }
}

/** As Go writes a local time, which is what restic's snapshots carry. */
function goTime(time: Temporal.ZonedDateTime): string {
  return printTime(time.epochNanoseconds, Math.round(time.offsetNanoseconds / 60e9))
}
