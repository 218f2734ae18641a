/**
 * prune: carries out a plan. Killed at any point it leaves a repository whose every snapshot restores, and the next prune goes on.
 *
 * Order, each durable before the next: delete what was marked long ago; new packs; their indexes; new indexes without the packs that
 * go, and the marks; old indexes removed; and, when the repository is ours alone, the packs that go.
 */
import { RefusedError, VaultError } from '#errors'
import { decodeIndexFile, type IndexId, type IndexPack, type PackEntry, type PackId } from '#format'
import { BlobWriter, type Lock, type ObjectStore, type Repository, reasonOf } from '#repository'
import { namesOnMirrors } from '../each-mirror.ts'
import { eventStream, paced } from '../event-stream.ts'
import { type ReadBlob, readPacks } from '../read-packs.ts'
import { readingBack } from '../reading-back.ts'
import { recoverForNewSnapshots } from '../recover-marked.ts'
import { PackListWriter, writeNewIndexes } from '../rewrite-index.ts'
import { sealVerified } from '../seal-verified.ts'
import { encodeMarkFile, type Holder, listHolders, loadMarkedPacks, type Mark, type MarkFile } from './marks.ts'
import { detailsOf, type PlanDetails, type PrunePlan } from './plan.ts'
import type { MarkPlan } from './plan-marks.ts'

/** The lock is confirmed before each batch. */
const REMOVALS_PER_BATCH = 32

export interface PruneRunOptions {
  /** zstd level for what was stored raw and is compressed now. */
  readonly level?: number
  readonly packBytes?: number
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export interface PruneSummary {
  readonly repackedPacks: number
  readonly newPacks: number
  /** Left the index and wait for a later prune. */
  readonly markedPacks: number
  readonly deletedPacks: number
  readonly recoveredPacks: number
  /** The destination did not let go of them; the next prune tries again. */
  readonly notDeleted: readonly PackId[]
  readonly elapsedMs: number
}

export type PruneEvent =
  | { readonly kind: 'progress'; readonly step: 'repack' | 'index' | 'delete'; readonly done: number; readonly total: number }
  | { readonly kind: 'summary'; readonly summary: PruneSummary }

/**
 * Carries out a plan. Takes a lock (for two phases one that keeps out other prunes only, for `instant` the exclusive one) unless the plan
 * was made under one.
 *
 * @throws {LockedError} when somebody else's lock is in the way
 * @throws {RefusedError} when the repository has changed since the plan was made without a lock
 * @throws {LockLostError} when our hold was lost: nothing is deleted after that
 */
export function prune(
  repository: Repository,
  plan: PrunePlan,
  options: PruneRunOptions = {},
): AsyncGenerator<PruneEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const details = detailsOf(plan)
    const exclusive = plan.mode === 'instant'
    await refuseUnforgotten(repository, details, signal)
    if (details.lock !== undefined) {
      if (exclusive && !details.lock.exclusive) throw new RefusedError('an instant prune needs the exclusive lock')
      if (details.lock.purpose !== 'prune') throw new RefusedError('a prune needs a lock that keeps out other prunes')
      return carryOut(repository, plan, details.lock, { ...options, signal }, emit)
    }
    await using lock = await repository.lock({ exclusive, purpose: 'prune', retryMs: options.lockRetryMs ?? 0, signal })
    await refuseOutdated(repository, plan, signal)
    await carryOut(repository, plan, lock, { ...options, signal }, emit)
  }, options.signal)
}

/** A plan that counts snapshots as gone which are still there is for showing only. */
async function refuseUnforgotten(repository: Repository, { ignored }: PlanDetails, signal: AbortSignal): Promise<void> {
  if (ignored.size === 0) return
  const still = (await namesOnMirrors(repository, 'snapshots', signal)).find((name) => ignored.has(name))
  if (still !== undefined) throw new RefusedError(`snapshots/${still} was to be forgotten first and is still there`)
}

async function refuseOutdated(repository: Repository, plan: PrunePlan, signal: AbortSignal): Promise<void> {
  const { ignored } = detailsOf(plan)
  const [indexes, snapshots] = await Promise.all([
    namesOnMirrors(repository, 'index', signal),
    namesOnMirrors(repository, 'snapshots', signal),
  ])
  const same = isSame(indexes, plan.indexFiles)
  const kept = snapshots.filter((name) => !ignored.has(name))
  if (!same || !isSame(kept, plan.snapshots))
    throw new RefusedError('the repository has changed since the plan was made: plan again')
}

function isSame(names: readonly string[], known: readonly string[]): boolean {
  const set = new Set(known)
  return names.length === set.size && names.every((name) => set.has(name))
}

function carryOut(
  repository: Repository,
  plan: PrunePlan,
  lock: Lock,
  options: PruneRunOptions & { signal: AbortSignal },
  emit: (event: PruneEvent) => void,
): Promise<void> {
  const held = AbortSignal.any([options.signal, lock.lost])
  return new PruneRun(repository, plan, lock, { ...options, signal: held }, emit).carryOut()
}

class PruneRun {
  readonly #repository: Repository
  /** Everything written here is read back: the old packs go because the new ones are there. */
  readonly #objects: ObjectStore
  readonly #plan: PrunePlan
  readonly #details: PlanDetails
  readonly #lock: Lock
  readonly #options: PruneRunOptions & { readonly signal: AbortSignal }
  readonly #emit: (event: PruneEvent) => void
  readonly #started = performance.now()
  readonly #notDeleted: PackId[] = []
  #deleted = 0
  #newPacks = 0

  constructor(
    repository: Repository,
    plan: PrunePlan,
    lock: Lock,
    options: PruneRunOptions & { signal: AbortSignal },
    emit: (event: PruneEvent) => void,
  ) {
    this.#repository = repository
    this.#objects = readingBack(repository)
    this.#plan = plan
    this.#details = detailsOf(plan)
    this.#lock = lock
    this.#options = options
    this.#emit = emit
  }

  async carryOut(): Promise<void> {
    const { mode, marks, packs, unindexed } = this.#plan
    if (mode === 'instant') await this.#refuseUnseenSnapshots()
    const going = packs.filter(({ action }) => action === 'repack' || action === 'remove').map(({ id }) => id)
    await this.#deleteMarked()
    if (mode === 'instant') await this.#deletePacks(unindexed.map(({ id }) => id))
    await this.#repack()
    const marked = await this.#changeIndex()
    if (mode === 'instant') await this.#deletePacks(going)
    const late = mode === 'instant' ? [] : await this.#recoverLate(marked)
    this.#repository.dropIndex()
    this.#emit({
      kind: 'summary',
      summary: {
        repackedPacks: packs.filter(({ action }) => action === 'repack').length,
        newPacks: this.#newPacks,
        markedPacks: marked,
        deletedPacks: this.#deleted,
        recoveredPacks: marks.reduce((sum, { recover }) => sum + recover.length, 0) + late.length,
        notDeleted: this.#notDeleted,
        elapsedMs: performance.now() - this.#started,
      },
    })
  }

  /** Nobody can have added one beside an exclusive lock: then a listing was not whole. (In two phases it is recovered.) */
  async #refuseUnseenSnapshots(): Promise<void> {
    const known = new Set<string>([...this.#plan.snapshots, ...this.#details.ignored])
    const names = await namesOnMirrors(this.#repository, 'snapshots', this.#options.signal)
    const unseen = names.find((name) => !known.has(name))
    if (unseen !== undefined) throw new RefusedError(`snapshots/${unseen} was not there when the plan was made: plan again`)
  }

  /** Deletes packs whose marks are ripe, unless an index that came since the plan names them again. */
  async #deleteMarked(): Promise<void> {
    const ripe = this.#plan.marks.flatMap((mark) => mark.delete)
    if (ripe.length === 0) return
    const back = await this.#packsOfNewIndexes()
    const ids = ripe.map(({ id }) => id)
    this.#notDeleted.push(...ids.filter((id) => back.has(id)))
    await this.#deletePacks(ids.filter((id) => !back.has(id)))
  }

  async #packsOfNewIndexes(): Promise<Set<PackId>> {
    const { signal } = this.#options
    const known = new Set<string>(this.#plan.indexFiles)
    const names = (await namesOnMirrors(this.#repository, 'index', signal)).filter((name) => !known.has(name))
    if (names.length === 0) return new Set()
    // The tables of the plan stay as they are, since it reckons with their numbers.
    const packs = new Set<PackId>()
    for (const name of names) {
      const json = await this.#repository.objects.loadUnpacked('index', name, { signal })
      for (const { id } of decodeIndexFile(json).packs) packs.add(id)
    }
    return packs
  }

  async #deletePacks(ids: readonly PackId[]): Promise<void> {
    const { signal } = this.#options
    const { storage } = this.#repository
    const lanes = Math.max(1, storage.connections)
    for (let start = 0; start < ids.length; start += REMOVALS_PER_BATCH) {
      const next = ids.slice(start, start + REMOVALS_PER_BATCH).values()
      await this.#lock.assertHeld()
      const work = Array.from({ length: lanes }, async () => {
        for (const id of next) await this.#deletePack(id)
      })
      await Promise.all(work)
      signal.throwIfAborted()
      this.#emit({ kind: 'progress', step: 'delete', done: Math.min(start + REMOVALS_PER_BATCH, ids.length), total: ids.length })
    }
  }

  /** A pack too many harms nobody: one that cannot be deleted is reported, and the rest goes on. */
  async #deletePack(id: PackId): Promise<void> {
    const { signal } = this.#options
    signal.throwIfAborted()
    try {
      await this.#repository.storage.remove('data', id, { signal })
      this.#deleted++
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      this.#notDeleted.push(id)
      this.#repository.report({ severity: 'warning', kind: 'data', object: id, message: `not deleted: ${reasonOf(error)}` })
    }
  }

  async #repack(): Promise<void> {
    const { index } = this.#repository
    const { accounts } = this.#details
    const repacked = this.#plan.packs.filter(({ action }) => action === 'repack')
    if (repacked.length === 0) return
    const stays = new Set(this.#plan.packs.filter(({ action }) => action === 'keep').map(({ number }) => number))
    const carry = accounts.blobsToCarry((pack) => stays.has(pack))
    const mustCompress = new Set(repacked.filter(({ why }) => why === 'it is not compressed').map(({ id }) => id))
    const { packBytes = this.#repository.packBytes, signal } = this.#options
    const writer = new BlobWriter(this.#objects, index, { signal, packBytes })
    const wishes = wishesOf(index, new Map(repacked.map(({ number, id }) => [number, id])), (number) => {
      const first = accounts.firstOf(number)
      if (carry[first] !== 1) return false
      carry[first] = 0
      return true
    })
    let done = 0
    const tick = paced(() => this.#emit({ kind: 'progress', step: 'repack', done, total: repacked.length }))
    await readPacks(this.#repository, wishes, (blob) => this.#move(writer, blob, mustCompress.size > 0), {
      signal: this.#options.signal,
      onPack: () => {
        done++
        tick()
      },
    })
    await writer.flush()
    this.#newPacks = writer.totals.data.packs + writer.totals.tree.packs
    const left = carry.indexOf(1)
    if (left >= 0)
      throw new VaultError('self-check', `prune: blob ${index.at(left).id.toHex()} was not moved; nothing was deleted`)
  }

  async #move(writer: BlobWriter, blob: ReadBlob, compress: boolean): Promise<void> {
    const { config } = this.#repository
    const { id, type, plaintext, stored, uncompressedLength } = blob
    const isRaw = uncompressedLength === 0
    const mustCompress = config.version === 2 && isRaw && (type === 'tree' || compress)
    if (stored !== undefined && !mustCompress) return writer.saveStored(type, id, stored, uncompressedLength)
    const level = config.version === 1 || (isRaw && !mustCompress) ? 'off' : (this.#options.level ?? 3)
    const fresh = sealVerified(this.#repository, id, plaintext, level)
    await writer.saveStored(type, id, fresh.bytes, fresh.uncompressedLength)
  }

  /** New indexes and marks, then the old indexes go. @returns how many packs were marked */
  async #changeIndex(): Promise<number> {
    const { signal } = this.#options
    const { packs, marks, mode, unindexed } = this.#plan
    const gone = new Set(packs.filter(({ action }) => action !== 'keep').map(({ id }) => id))
    const changed = marks.filter((mark) => this.#isChanged(mark))
    const joining = await this.#packsToRecover()
    const replaced = changed.map(({ file }) => file.id)
    if (gone.size + joining.length + replaced.length + unindexed.length === 0) return 0
    this.#emit({ kind: 'progress', step: 'index', done: 0, total: 1 })
    await this.#lock.assertHeld()
    const newMarks = new MarkWriter(this.#details.now(), (some) => this.#saveMarks(some, undefined))
    const forgotten = new Set(packs.filter(({ action }) => action === 'forget').map(({ id }) => id))
    const onGone = async (pack: IndexPack) => {
      if (mode !== 'instant' && !forgotten.has(pack.id)) await newMarks.add(pack)
    }
    const change = { gone, joining, replaced }
    const obsolete = await writeNewIndexes(this.#repository, change, { objects: this.#objects, onGone, signal })
    for (const mark of marks) if (changed.includes(mark) || obsolete.has(mark.file.id)) await this.#rewriteMarks(mark)
    if (mode !== 'instant') for (const { id } of unindexed) await newMarks.add({ id, blobs: [] })
    await newMarks.flush()
    await this.#lock.assertHeld()
    for (const id of obsolete) await this.#repository.storage.remove('index', id, { signal })
    await this.#nameHolders(newMarks.files)
    this.#emit({ kind: 'progress', step: 'index', done: 1, total: 1 })
    return newMarks.packs
  }

  #isChanged(mark: MarkPlan): boolean {
    return mark.mustRewrite || mark.delete.length + mark.recover.length + mark.drop.length > 0
  }

  async #packsToRecover(): Promise<IndexPack[]> {
    const packs: IndexPack[] = []
    for (const { file, recover } of this.#plan.marks) if (recover.length > 0) packs.push(...(await this.#packsOf(file, recover)))
    return packs
  }

  #packsOf({ id }: MarkFile, marks: readonly Mark[]): Promise<IndexPack[]> {
    const { signal } = this.#options
    return loadMarkedPacks(this.#repository, id, new Set(marks.map((mark) => mark.id)), { signal })
  }

  /** What is left of an older file of marks: those that wait, and those that could not be deleted. */
  async #rewriteMarks({ file, wait, delete: ripe, mustRewrite, namesHolders }: MarkPlan): Promise<void> {
    const stuck = new Set(this.#notDeleted)
    const left = [...wait, ...ripe.filter(({ id }) => stuck.has(id))]
    if (left.length === 0) return
    const packs = await this.#packsOf(file, left)
    const now = this.#details.now()
    await this.#saveMarks(mustRewrite ? packs.map((pack) => datedAnew(pack, now)) : packs, namesHolders)
  }

  async #saveMarks(packs: readonly IndexPack[], waitsFor: readonly Holder[] | undefined): Promise<IndexId> {
    const sizes = new Map(this.#plan.unindexed.map(({ id, sizeBytes }) => [id, sizeBytes]))
    const json = encodeMarkFile(packs, waitsFor, sizes)
    return (await this.#objects.saveUnpacked('index', json, { signal: this.#options.signal })) as IndexId
  }

  /**
   * Now that no index names the packs any more, whoever holds a lock may have read one that did; nobody who comes later can.
   * Interrupted before this, the marks wait for everybody who holds a lock when they are looked at next.
   */
  async #nameHolders(files: readonly IndexId[]): Promise<void> {
    if (files.length === 0) return
    const { signal } = this.#options
    const { known, unreadable } = await listHolders(this.#repository, this.#lock, { signal })
    if (unreadable.length > 0) return
    for (const file of files) {
      const { packsToDelete } = decodeIndexFile(await this.#objects.loadUnpacked('index', file, { signal }))
      await this.#saveMarks(packsToDelete, known)
      await this.#repository.storage.remove('index', file, { signal })
    }
  }

  /** A backup that ended while we worked may need what we have just marked. */
  async #recoverLate(marked: number): Promise<PackId[]> {
    if (marked === 0) return []
    const { signal } = this.#options
    const names = await namesOnMirrors(this.#repository, 'snapshots', signal)
    const known = new Set<string>([...this.#plan.snapshots, ...this.#details.ignored])
    return recoverForNewSnapshots(this.#repository, names, known, { signal })
  }
}

/** Marks packs that leave the index, with what it said of them, so that they stay readable; packs of no index with their size only. */
class MarkWriter {
  packs = 0
  readonly files: IndexId[] = []
  readonly #markedAt: string
  readonly #writer: PackListWriter

  constructor(now: Temporal.Instant, save: (packs: readonly IndexPack[]) => Promise<IndexId>) {
    this.#markedAt = now.toString()
    this.#writer = new PackListWriter(async (packs) => {
      this.files.push(await save(packs))
    })
  }

  add(pack: IndexPack): Promise<void> {
    this.packs++
    return this.#writer.add({ ...pack, markedAt: this.#markedAt })
  }

  flush(): Promise<void> {
    return this.#writer.flush()
  }
}

function datedAnew(pack: IndexPack, now: Temporal.Instant): IndexPack {
  const markedMs = pack.markedAt === undefined ? Number.NaN : Date.parse(pack.markedAt)
  return markedMs <= now.epochMilliseconds ? pack : { ...pack, markedAt: now.toString() }
}

/** The blobs to carry out of each pack, pack by pack. */
function* wishesOf(
  index: Repository['index'],
  packs: ReadonlyMap<number, PackId>,
  isWanted: (number: number) => boolean,
): Generator<{ pack: PackId; blobs: PackEntry[] }> {
  const numbers = new Map<number, number[]>([...packs.keys()].map((pack) => [pack, []]))
  index.forEach((number, pack) => {
    const list = numbers.get(pack)
    if (list !== undefined && isWanted(number)) list.push(number)
  })
  for (const [pack, list] of numbers) {
    if (list.length === 0) continue
    const blobs = list.map((number): PackEntry => {
      const { id, isTree, offset, length, uncompressedLength } = index.at(number)
      return { id: id.toHex() as PackEntry['id'], type: isTree ? 'tree' : 'data', offset, length, uncompressedLength }
    })
    yield { pack: packs.get(pack)!, blobs }
  }
}
