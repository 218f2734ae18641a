/**
 * prune: carries out a plan. Killed at any point it leaves a repository whose every snapshot restores, and the next prune goes on.
 *
 * Order, each durable before the next: delete what was marked long ago; new packs; their indexes; new indexes without the packs that
 * go, and the marks; old indexes removed; and, when the repository is ours alone, the packs that go.
 */
import { RefusedError, VaultError } from '#errors'
import { decodeIndexFile, type PackEntry, type PackId } from '#format'
import { BlobWriter, type Lock, type ObjectStore, type Repository, reasonOf } from '#repository'
import { namesOnMirrors } from '../each-mirror.ts'
import { eventStream, paced } from '../event-stream.ts'
import { type ReadBlob, readPacks } from '../read-packs.ts'
import { readingBack } from '../reading-back.ts'
import { recoverForNewSnapshots } from '../recover-marked.ts'
import { sealVerified } from '../seal-verified.ts'
import { IndexChange } from './index-change.ts'
import { detailsOf, type PlanDetails, type PrunePlan } from './plan.ts'

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
    const { packs } = this.#plan
    const isRepacked = (pack: number) => packs[pack]!.action === 'repack'
    const carry = accounts.blobsToCarry(isRepacked, (pack) => packs[pack]!.action === 'keep')
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

  #changeIndex(): Promise<number> {
    const parts = { repository: this.#repository, objects: this.#objects, plan: this.#plan, lock: this.#lock }
    const change = new IndexChange(parts, new Set(this.#notDeleted), this.#options.signal)
    return change.carryOut((done) => this.#emit({ kind: 'progress', step: 'index', done, total: 1 }))
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
