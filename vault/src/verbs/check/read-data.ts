/**
 * Reads packs: on each mirror, since each has its own disk. A pack is opened blob by blob on the first mirror that has its bytes right; where
 * else its hash is right, the same bytes need not be opened again.
 */
import { UsageError, VaultError } from '#errors'
import type { PackId } from '#format'
import { inLanes, type Mirror, type PackResult, type VerifyPool } from '#repository'
import type { CheckedIndex } from './index-check.ts'
import type { CheckRun } from './run.ts'
import type { TreeWalk } from './tree-walk.ts'

/** Which packs are read: all; the n-th of m groups, so that m runs read everything; a random share; about so many bytes, at random. */
export type ReadData =
  | 'all'
  | { readonly part: number; readonly of: number }
  | { readonly percent: number }
  | { readonly bytes: number }

const GROUPS_MAX = 256
const NO_ENTRIES = new Uint32Array(0)

/** @throws {UsageError} when the selection is none */
export function selectPacks(
  packs: readonly PackId[],
  bytesOf: (pack: PackId) => number,
  which: ReadData,
  random: () => number,
): PackId[] {
  if (which === 'all') return [...packs]
  if ('part' in which) {
    const { part, of } = which
    const isGroup = Number.isInteger(part) && Number.isInteger(of) && part >= 1 && part <= of && of <= GROUPS_MAX
    if (!isGroup) throw new UsageError(`${part}/${of} is no group of packs: expected n/m with 1 ≤ n ≤ m ≤ ${GROUPS_MAX}`)
    return packs.filter((pack) => Number.parseInt(pack.slice(0, 2), 16) % of === part - 1)
  }
  if ('percent' in which) {
    if (!(which.percent > 0 && which.percent <= 100)) throw new UsageError('a share of packs is above 0 % and at most 100 %')
    return draw(packs, which.percent / 100, random)
  }
  if (!(which.bytes > 0)) throw new UsageError('the number of bytes to read must be above 0')
  const total = packs.reduce((sum, pack) => sum + bytesOf(pack), 0)
  return draw(packs, total === 0 ? 1 : Math.min(1, which.bytes / total), random)
}

/** A share of the packs, at least one. */
function draw(packs: readonly PackId[], share: number, random: () => number): PackId[] {
  const left = [...packs]
  const count = Math.min(left.length, Math.max(1, Math.floor(left.length * share)))
  return Array.from({ length: count }, () => {
    const at = Math.floor(random() * left.length)
    const [drawn] = left.splice(at, 1, left.at(-1)!)
    left.pop()
    return drawn!
  })
}

export class DataReader {
  readonly #run: CheckRun
  readonly #checked: CheckedIndex
  readonly #pool: VerifyPool
  readonly #walk: TreeWalk | undefined
  readonly #onDone: (bytes: number) => void
  /** Packs whose contents are known: right, or reported. */
  readonly #opened = new Set<PackId>()
  packsRead = 0
  bytesRead = 0

  /** @param walk gets the trees that are read on the way */
  constructor(
    run: CheckRun,
    checked: CheckedIndex,
    pool: VerifyPool,
    walk: TreeWalk | undefined,
    onDone: (bytes: number) => void,
  ) {
    this.#run = run
    this.#checked = checked
    this.#pool = pool
    this.#walk = walk
    this.#onDone = onDone
  }

  async readOn(mirror: Mirror, packs: readonly PackId[]): Promise<void> {
    const { mirrors, inventory, signal } = this.#run
    const place = mirrors.indexOf(mirror)
    const there = packs.filter((pack) => inventory.sizeAt('data', pack, place) !== undefined)
    await inLanes(there, this.#pool.lanesFor(mirror.storage), (pack) => this.#readPack(mirror, place, pack), signal)
  }

  async #readPack(mirror: Mirror, place: number, pack: PackId): Promise<void> {
    const { table } = this.#checked
    const sizeBytes = this.#run.inventory.sizeAt('data', pack, place)!
    const isIndexed = table.has(pack)
    // A wrong size has been reported, and what is left of such a pack is the business of healing.
    if (isIndexed && sizeBytes !== table.sizeBytes(pack) && !(await this.#isRightAllTheSame(mirror, pack, sizeBytes))) return
    const entries = isIndexed && !this.#opened.has(pack) ? table.entries(pack) : NO_ENTRIES
    const wantsTrees = this.#walk !== undefined && entries.length > 0 && table.hasTrees(pack)
    let result = await this.#attempt(mirror, pack, sizeBytes, entries, wantsTrees)
    if (result.failure !== undefined || result.problems.length > 0) {
      const again = await this.#attempt(mirror, pack, sizeBytes, entries, wantsTrees)
      if (again.failure === undefined && again.problems.length === 0) {
        const why = result.failure ?? result.problems[0]!.message
        this.#run.report('pack-unsteady', 'warning', 'data', pack, `right at the second reading; at the first: ${why}`, mirror)
      }
      result = again
    }
    if (result.trees !== undefined) this.#walk?.add(result.trees)
    this.packsRead++
    this.bytesRead += result.bytesRead
    this.#onDone(result.bytesRead)
    await this.#judge(mirror, pack, result, entries.length, isIndexed)
  }

  /** A pack of another size than the index says may still be what was stored: then the index is wrong, not the pack. */
  async #isRightAllTheSame(mirror: Mirror, pack: PackId, sizeBytes: number): Promise<boolean> {
    const { failure, problems } = await this.#attempt(mirror, pack, sizeBytes, NO_ENTRIES, false)
    return failure === undefined && problems.length === 0
  }

  async #attempt(
    mirror: Mirror,
    pack: PackId,
    sizeBytes: number,
    entries: Uint32Array,
    wantsTrees: boolean,
  ): Promise<PackResult> {
    const { signal } = this.#run
    try {
      return await this.#pool.checkPack(mirror.storage, pack, sizeBytes, entries, { wantsTrees, signal })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError) || error.code === 'worker-died') throw error
      return { problems: [], bytesRead: 0, failure: error.message }
    }
  }

  async #judge(mirror: Mirror, pack: PackId, result: PackResult, blobs: number, isIndexed: boolean): Promise<void> {
    const { failure, problems } = result
    const hash = problems.find(({ kind }) => kind === 'hash')
    if (failure !== undefined || hash !== undefined) {
      // Removed since it was listed.
      if (failure !== undefined && !(await this.#run.isThere(mirror, 'data', pack))) return
      const bad = problems.filter(({ kind }) => kind === 'blob').length
      const message = failure ?? `${hash!.message}${blobs === 0 ? '' : `; ${bad} of its ${blobs} blobs cannot be read`}`
      this.#run.report('object-damaged', isIndexed ? 'error' : 'warning', 'data', pack, message, mirror)
      return
    }
    if (blobs > 0) this.#opened.add(pack)
    for (const { kind, message } of problems) {
      // The bytes are those that were stored, so that all mirrors have it alike.
      this.#run.report(kind === 'blob' ? 'pack-contents' : 'pack-index-differs', 'error', 'data', pack, message)
    }
  }
}
