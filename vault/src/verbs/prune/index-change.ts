/**
 * The index of a prune: new indexes without the packs that go, marks for these, and then the old indexes go. Killed at any point it leaves
 * packs that are in an index, in a mark, or in both.
 */
import { decodeIndexFile, type IndexId, type IndexPack, type PackId } from '#format'
import type { Lock, ObjectStore, Repository } from '#repository'
import { PackListWriter, writeNewIndexes } from '../rewrite-index.ts'
import { encodeMarkFile, type Holder, listHolders, loadMarkedPacks, type Mark, type MarkFile } from './marks.ts'
import { detailsOf, type PrunePlan } from './plan.ts'
import type { MarkPlan } from './plan-marks.ts'

export interface IndexChangeParts {
  readonly repository: Repository
  /** Reads back what it writes. */
  readonly objects: ObjectStore
  readonly plan: PrunePlan
  readonly lock: Lock
}

export class IndexChange {
  readonly #repository: Repository
  readonly #objects: ObjectStore
  readonly #plan: PrunePlan
  readonly #lock: Lock
  readonly #notDeleted: ReadonlySet<PackId>
  readonly #signal: AbortSignal
  readonly #now: () => Temporal.Instant

  /** @param notDeleted packs whose marks are ripe and that stay all the same */
  constructor({ repository, objects, plan, lock }: IndexChangeParts, notDeleted: ReadonlySet<PackId>, signal: AbortSignal) {
    this.#repository = repository
    this.#objects = objects
    this.#plan = plan
    this.#lock = lock
    this.#notDeleted = notDeleted
    this.#signal = signal
    this.#now = detailsOf(plan).now
  }

  /** @param onProgress called with 0 and 1, when there is something to do. @returns how many packs were marked */
  async carryOut(onProgress: (done: number) => void): Promise<number> {
    const signal = this.#signal
    const { packs, marks, mode, unindexed } = this.#plan
    const gone = new Set(packs.filter(({ action }) => action !== 'keep').map(({ id }) => id))
    const changed = marks.filter((mark) => this.#isChanged(mark))
    const joining = await this.#packsToRecover()
    const replaced = changed.map(({ file }) => file.id)
    if (gone.size + joining.length + replaced.length + unindexed.length === 0) return 0
    onProgress(0)
    await this.#lock.assertHeld()
    const newMarks = new MarkWriter(this.#now(), (some) => this.#saveMarks(some, undefined))
    const forgotten = new Set(packs.filter(({ action }) => action === 'forget').map(({ id }) => id))
    const onGone = async (pack: IndexPack) => {
      if (mode !== 'instant' && !forgotten.has(pack.id)) await newMarks.add(pack)
    }
    const change = { gone, joining, replaced }
    const obsolete = await writeNewIndexes(this.#repository, change, {
      ...{ objects: this.#objects, onGone, signal },
      marks: 'written by the caller',
    })
    for (const mark of marks) if (changed.includes(mark) || obsolete.has(mark.file.id)) await this.#rewriteMarks(mark)
    if (mode !== 'instant') for (const { id } of unindexed) await newMarks.add({ id, blobs: [] })
    await newMarks.flush()
    await this.#lock.assertHeld()
    for (const id of obsolete) await this.#repository.storage.remove('index', id, { signal })
    await this.#nameHolders(newMarks.files)
    onProgress(1)
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
    const signal = this.#signal
    return loadMarkedPacks(this.#repository, id, new Set(marks.map((mark) => mark.id)), { signal })
  }

  /** What is left of an older file of marks: those that wait, and those that could not be deleted. */
  async #rewriteMarks({ file, wait, delete: ripe, mustRewrite, namesHolders }: MarkPlan): Promise<void> {
    const left = [...wait, ...ripe.filter(({ id }) => this.#notDeleted.has(id))]
    if (left.length === 0) return
    const packs = await this.#packsOf(file, left)
    const now = this.#now()
    await this.#saveMarks(mustRewrite ? packs.map((pack) => datedAnew(pack, now)) : packs, namesHolders)
  }

  async #saveMarks(packs: readonly IndexPack[], waitsFor: readonly Holder[] | undefined): Promise<IndexId> {
    const sizes = new Map(this.#plan.unindexed.map(({ id, sizeBytes }) => [id, sizeBytes]))
    const json = encodeMarkFile(packs, waitsFor, sizes)
    return (await this.#objects.saveUnpacked('index', json, { signal: this.#signal })) as IndexId
  }

  /**
   * Now that no index names the packs any more, whoever holds a lock may have read one that did; nobody who comes later can.
   * Interrupted before this, the marks wait for everybody who holds a lock when they are looked at next.
   */
  async #nameHolders(files: readonly IndexId[]): Promise<void> {
    if (files.length === 0) return
    const signal = this.#signal
    const { known, unreadable } = await listHolders(this.#repository, this.#lock, { signal })
    if (unreadable.length > 0) return
    for (const file of files) {
      const { packsToDelete } = decodeIndexFile(await this.#objects.loadUnpacked('index', file, { signal }))
      await this.#saveMarks(packsToDelete, known)
      await this.#repository.storage.remove('index', file, { signal })
    }
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
