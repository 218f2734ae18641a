/**
 * repair packs: what can still be read of damaged packs goes into new ones; the damaged ones leave the index and are deleted.
 *
 * A blob that is damaged on one mirror is taken from another. What is lost with the packs, repair snapshots takes out of the snapshots; while
 * a mirror that may have it is away, behind or without an answer, nothing is lost and nothing is done.
 */
import { UsageError, VaultError } from '#errors'
import type { BlobId, PackEntry, PackId } from '#format'
import { type Lock, PackTable, type Repository } from '#repository'
import type { CallOptions } from '#storage'
import { dropPacks } from '../drop-packs.ts'
import { eventStream } from '../event-stream.ts'
import { gatherPieces, type PackPieces } from '../pack-pieces.ts'
import { refuseWhileOthersMayHaveIt } from './refuse-losses.ts'
import { readPackHeader } from './repair-index.ts'

export interface PackToRepair {
  readonly pack: PackId
  /** Blobs that some mirror has right. */
  readonly readable: number
  /** Damaged here, and whole in another pack. */
  readonly elsewhere: number
  /** Lost with the pack. */
  readonly lost: readonly BlobId[]
}

export interface RepairPacksPlan {
  readonly packs: readonly PackToRepair[]
}

export interface RepairPacksOptions {
  /** Gets each damaged pack's bytes as a mirror has them, before it is deleted: for whoever wants to look at it later. */
  readonly keepCopy?: (pack: PackId, bytes: Uint8Array, mirror: string) => Promise<void>
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export type RepairPacksEvent =
  | { readonly kind: 'repaired'; readonly repaired: PackToRepair }
  | {
      readonly kind: 'summary'
      readonly summary: {
        readonly packs: number
        readonly savedBlobs: number
        readonly lostBlobs: number
        /** A destination did not let go of them; no index names them any more. */
        readonly notDeleted: readonly PackId[]
      }
    }

/**
 * What would be saved and what would be lost. Reads the packs, changes nothing.
 * @throws {UsageError} when there is no such pack in the index or on a mirror
 */
export async function planRepairPacks(
  repository: Repository,
  packs: readonly PackId[],
  { signal }: CallOptions = {},
): Promise<RepairPacksPlan> {
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const salvage = new Salvage(repository, new Set(packs), { signal })
  const plans: PackToRepair[] = []
  for (const pack of new Set(packs)) plans.push((await salvage.look(pack)).plan)
  return { packs: plans }
}

/**
 * Carries out the plan; looks at the packs once more first. The last event is the summary.
 * @throws {LockedError} when anybody else works on the repository
 * @throws {RefusedError} when blobs would be lost that a mirror may still have
 */
export function repairPacks(
  repository: Repository,
  plan: RepairPacksPlan,
  options: RepairPacksOptions = {},
): AsyncGenerator<RepairPacksEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
    await carryOut(repository, plan, options, lock, emit, AbortSignal.any([signal, lock.lost]))
  }, options.signal)
}

async function carryOut(
  repository: Repository,
  plan: RepairPacksPlan,
  options: RepairPacksOptions,
  lock: Lock,
  emit: (event: RepairPacksEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const packs = new Set(plan.packs.map(({ pack }) => pack))
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const salvage = new Salvage(repository, packs, { signal })
  const writer = repository.writer({ signal })
  let savedBlobs = 0
  let lostBlobs = 0
  for (const pack of packs) {
    await keepCopies(repository, pack, options, signal)
    const { pieces, plan: repaired, isAllKnown, unanswered } = await salvage.look(pack)
    if (repaired.lost.length > 0 || !isAllKnown) refuseWhileOthersMayHaveIt(repository, unanswered)
    for (const { entry, stored } of pieces.found) {
      if (!salvage.takes(entry)) continue
      await writer.saveStored(entry.type, entry.id, Uint8Array.from(stored), entry.uncompressedLength)
      savedBlobs++
    }
    lostBlobs += repaired.lost.length
    emit({ kind: 'repaired', repaired })
  }
  await writer.flush()
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const notDeleted = await dropPacks(repository, packs, lock, { signal })
  emit({ kind: 'summary', summary: { packs: packs.size, savedBlobs, lostBlobs, notDeleted } })
}

async function keepCopies(
  { storage }: Repository,
  pack: PackId,
  { keepCopy }: RepairPacksOptions,
  signal: AbortSignal,
): Promise<void> {
  if (keepCopy === undefined) return
  for await (const { mirror, bytes } of storage.loadFromEach('data', pack, { signal })) {
    await keepCopy(pack, bytes, mirror.location)
  }
}

interface LookedAt {
  readonly pieces: PackPieces
  readonly plan: PackToRepair
  /** Some mirror's header says what the pack holds; the index alone may not name everything. */
  readonly isAllKnown: boolean
  readonly unanswered: ReadonlySet<string>
}

class Salvage {
  readonly #repository: Repository
  readonly #table: PackTable
  readonly #packs: ReadonlySet<PackId>
  readonly #options: CallOptions
  readonly #taken = new Set<string>()

  constructor(repository: Repository, packs: ReadonlySet<PackId>, options: CallOptions) {
    this.#repository = repository
    this.#table = new PackTable(repository.index)
    this.#packs = packs
    this.#options = options
  }

  /** Each blob once, however many damaged packs hold it. */
  takes({ type, id }: PackEntry): boolean {
    const key = `${type}/${id}`
    if (this.#taken.has(key)) return false
    this.#taken.add(key)
    return true
  }

  async look(pack: PackId): Promise<LookedAt> {
    const unanswered = new Set<string>()
    const header = await readPackHeader(this.#repository, pack, unanswered, this.#options)
    const entries = await this.#entriesOf(pack, header)
    const pieces = await gatherPieces(this.#repository, pack, entries, this.#options)
    for (const mirror of pieces.unanswered) unanswered.add(mirror)
    const lost: BlobId[] = []
    let elsewhere = 0
    for (const entry of pieces.lost) {
      if (await this.#isElsewhere(entry)) elsewhere++
      else lost.push(entry.id)
    }
    const plan = { pack, readable: pieces.found.length, elsewhere, lost }
    return { pieces, plan, isAllKnown: header !== undefined, unanswered }
  }

  /** What the index says and what the header says: either may be wrong. */
  async #entriesOf(pack: PackId, header: readonly PackEntry[] = []): Promise<PackEntry[]> {
    const { index } = this.#repository
    const entries = new Map<string, PackEntry>()
    const note = (entry: PackEntry) => entries.set(`${entry.type}/${entry.id}/${entry.offset}`, entry)
    for (const entry of header) note(entry)
    for (const number of this.#table.has(pack) ? this.#table.entries(pack) : []) {
      const { id, isTree, offset, length, uncompressedLength } = index.at(number)
      note({ id: id.toHex() as BlobId, type: isTree ? 'tree' : 'data', offset, length, uncompressedLength })
    }
    if (entries.size === 0 && !(await this.#isListed(pack))) throw new UsageError(`data/${pack}: there is no such pack`)
    return [...entries.values()].sort((a, b) => a.offset - b.offset)
  }

  async #isListed(pack: PackId): Promise<boolean> {
    return (await this.#repository.storage.stat('data', pack, this.#options)) !== undefined
  }

  async #isElsewhere({ type, id }: PackEntry): Promise<boolean> {
    for (const location of this.#repository.index.findAll(type, id)) {
      if (this.#packs.has(location.pack)) continue
      try {
        await this.#repository.loadBlobAt(location, this.#options)
        return true
      } catch (error) {
        this.#options.signal?.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
      }
    }
    return false
  }
}
