/**
 * heal: puts right what is damaged or missing on one mirror, from another that has it.
 *
 * 1. check finds what is wrong; the plan follows from the findings
 * 2. each object is copied from a mirror where it hashes to its name and opens; it is read back and opened again
 * 3. a pack that no mirror has whole is put together from pieces of all; when even that fails, the blobs that are left go into a new pack,
 *    and when none is lost the damaged pack leaves the index
 * 4. where a destination never lets go of an object, the blobs of a damaged pack are stored once more in a new one
 * 5. check looks again
 * Right bytes are never overwritten, nothing is deleted but a damaged pack whose every blob is safe elsewhere, and no removal travels
 * from one mirror to another. Killed anywhere, it leaves a repository no worse than it was, and is run again.
 */
import { LockedError, ObjectExistsError, StorageError, VaultError } from '#errors'
import type { BlobId, PackEntry, PackId } from '#format'
import { type BlobWriter, inLanes, type Mirror, PackTable, type Repository, reasonOf } from '#repository'
import { type CatchUpOptions, catchUpUnderLock } from './catch-up.ts'
import { type CheckFinding, type CheckOptions, check } from './check/index.ts'
import { dropPacks } from './drop-packs.ts'
import { eventStream } from './event-stream.ts'
import { type HealItem, type HealPlan, planHeal } from './heal-plan.ts'
import { gatherPieces, type PackPieces } from './pack-pieces.ts'
import { type CopiedKind, findRightBytes, loadIfAny, whyWrong } from './right-bytes.ts'

/** Each lane may hold a pack three times: right, as it is there, and read back. */
const LANES = 2

export interface HealOptions extends Pick<CheckOptions, 'readData' | 'owed' | 'workers' | 'random' | 'signal'> {
  /** What a check has just found; without it, check runs first. */
  readonly findings?: readonly CheckFinding[]
  readonly registry?: CatchUpOptions['registry']
  readonly lockRetryMs?: number
}

/** An object that was put right on one mirror. */
export interface MendedObject {
  readonly kind: CopiedKind
  readonly object: string
  readonly mirror: string
  /** Where its bytes come from; several, when it was put together. */
  readonly from: string
}

/** An object that a destination does not let go of, or did not take. */
export interface RefusedObject {
  readonly kind: CopiedKind
  readonly object: string
  readonly mirror: string
  readonly message: string
  /** What the owner of the destination must do. */
  readonly advice: string
}

/** A pack that no mirror had whole. */
export interface SalvagedPack {
  readonly pack: PackId
  /** Blobs that were stored anew. */
  readonly saved: number
  /** Blobs that another pack holds, too. */
  readonly elsewhere: number
  /** Blobs that nobody has any more. */
  readonly lost: readonly BlobId[]
  /** Whether the pack has left the index: only when nothing of it is lost. */
  readonly dropped: boolean
}

export interface HealSummary {
  readonly mended: readonly MendedObject[]
  readonly refused: readonly RefusedObject[]
  readonly salvaged: readonly SalvagedPack[]
  /** What the second check found, hints left out. */
  readonly left: readonly CheckFinding[]
  readonly isSound: boolean
  readonly elapsedMs: number
}

export type HealEvent =
  | {
      readonly kind: 'progress'
      readonly step: 'check' | 'mend' | 'salvage' | 'check again'
      readonly done: number
      readonly total: number
    }
  | { readonly kind: 'finding'; readonly finding: CheckFinding }
  | { readonly kind: 'plan'; readonly plan: HealPlan }
  | { readonly kind: 'mended'; readonly mended: MendedObject }
  | { readonly kind: 'refused'; readonly refused: RefusedObject }
  | { readonly kind: 'salvaged'; readonly salvaged: SalvagedPack }
  | { readonly kind: 'summary'; readonly summary: HealSummary }

/**
 * Heals a repository. The last event is the summary.
 *
 * @throws {LockedError} when somebody holds the repository exclusively
 */
export function heal(repository: Repository, options: HealOptions = {}): AsyncGenerator<HealEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const run = new HealRun(repository, options, emit)
    {
      await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
      await run.mend(AbortSignal.any([signal, lock.lost]))
    }
    await run.dropEmptied(signal)
    await run.finish(signal)
  }, options.signal)
}

class HealRun {
  readonly #repository: Repository
  readonly #options: HealOptions
  readonly #emit: (event: HealEvent) => void
  readonly #started = performance.now()
  readonly #mended: MendedObject[] = []
  readonly #refused: RefusedObject[] = []
  readonly #salvaged: SalvagedPack[] = []
  /** Packs that no mirror has whole. */
  readonly #broken: HealItem[] = []
  /** Blobs that this run has stored anew. */
  readonly #savedBlobs = new Set<string>()
  #signal: AbortSignal = new AbortController().signal

  constructor(repository: Repository, options: HealOptions, emit: (event: HealEvent) => void) {
    this.#repository = repository
    this.#options = options
    this.#emit = emit
  }

  async mend(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const findings = this.#options.findings ?? (await this.#check('check', this.#options.readData))
    const plan = planHeal(findings)
    this.#emit({ kind: 'plan', plan })
    for (const location of plan.keyless) await this.#storeKey(this.#mirrorAt(location)!)
    let done = 0
    for (const group of [['config', 'keys'], ['data'], ['index'], ['snapshots']] as const) {
      const items = plan.items.filter(({ kind }) => (group as readonly string[]).includes(kind))
      await inLanes(
        items,
        LANES,
        async (item) => {
          await this.#mendItem(item)
          this.#emit({ kind: 'progress', step: 'mend', done: ++done, total: plan.items.length })
        },
        signal,
      )
      if (group[0] === 'config') await this.#takeBack(items)
    }
    await this.#salvageAll()
  }

  async #check(step: 'check' | 'check again', readData: CheckOptions['readData']): Promise<CheckFinding[]> {
    const { owed, workers, random } = this.#options
    const findings: CheckFinding[] = []
    const options: CheckOptions = {
      withoutLock: true,
      signal: this.#signal,
      ...(readData !== undefined && { readData }),
      ...(owed && { owed }),
      ...(workers !== undefined && { workers }),
      ...(random && { random }),
    }
    for await (const event of check(this.#repository, options)) {
      if (event.kind === 'progress')
        this.#emit({ kind: 'progress', step, done: event.progress.done, total: event.progress.total })
      if (event.kind !== 'finding') continue
      findings.push(event.finding)
      if (step === 'check') this.#emit({ kind: 'finding', finding: event.finding })
    }
    return findings
  }

  #mirrorAt(location: string): Mirror | undefined {
    return this.#repository.storage.mirrors.find((mirror) => mirror.location === location)
  }

  /** The mirrors to put right; all current ones for what no mirror has. */
  #targetsOf({ mirrors }: HealItem): readonly Mirror[] {
    if (mirrors.length === 0) return this.#repository.storage.current
    return mirrors.flatMap((location) => this.#mirrorAt(location) ?? [])
  }

  async #mendItem(item: HealItem): Promise<void> {
    const { kind, object } = item
    const right = await findRightBytes(this.#repository, kind, object, this.#repository.storage.mirrors, { signal: this.#signal })
    if (right !== undefined) await this.#putRight(item, right.bytes, right.mirror.location)
    // Everything but packs stays as it is: the second check says so, and what to do.
    else if (kind === 'data') this.#broken.push(item)
  }

  async #putRight(item: HealItem, bytes: Uint8Array, from: string): Promise<void> {
    for (const mirror of this.#targetsOf(item)) await this.#putRightAt(mirror, item.kind, item.object, bytes, from)
  }

  async #putRightAt(mirror: Mirror, kind: CopiedKind, object: string, bytes: Uint8Array, from: string): Promise<void> {
    const signal = this.#signal
    try {
      const there = await mirror.storage.stat(kind, object, { signal })
      // Somebody was faster, or it was the reading that failed: right bytes are left alone.
      if (there !== undefined && (await this.#isRightAt(mirror, kind, object))) return
      if (there !== undefined) await mirror.storage.replace(kind, object, bytes, { signal })
      else await this.#saveMissing(mirror, kind, object, bytes)
      const again = await mirror.storage.load(kind, object, { signal })
      const wrong = whyWrong(this.#repository, kind, object, again)
      if (wrong !== undefined) throw new StorageError('failed', `${kind}/${object}: just stored, and read back ${wrong}`)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      this.#refuse(mirror, kind, object, error)
      return
    }
    const mended = { kind, object, mirror: mirror.location, from }
    this.#mended.push(mended)
    this.#emit({ kind: 'mended', mended })
  }

  async #isRightAt(mirror: Mirror, kind: CopiedKind, object: string): Promise<boolean> {
    const bytes = await loadIfAny(mirror, kind, object, { signal: this.#signal })
    return bytes !== undefined && whyWrong(this.#repository, kind, object, bytes) === undefined
  }

  async #saveMissing(mirror: Mirror, kind: CopiedKind, object: string, bytes: Uint8Array): Promise<void> {
    const options = { signal: this.#signal }
    try {
      await mirror.storage.save(kind, object, bytes, options)
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error
      await mirror.storage.replace(kind, object, bytes, options)
    }
  }

  #refuse(mirror: Mirror, kind: CopiedKind, object: string, error: VaultError): void {
    const isKept = error instanceof StorageError && error.reason === 'refused'
    const refused: RefusedObject = {
      kind,
      object,
      mirror: mirror.location,
      message: error.message,
      advice: isKept
        ? `the owner of the destination must delete ${kind}/${object}; heal then stores it again`
        : 'heal again once the destination takes what it is given',
    }
    this.#refused.push(refused)
    this.#emit({ kind: 'refused', refused })
  }

  /** The key file that opened the repository just now: with it the password in use opens this mirror, too. */
  async #storeKey(mirror: Mirror): Promise<void> {
    const { keyId, storage } = this.#repository
    const right = await findRightBytes(this.#repository, 'keys', keyId, storage.mirrors, { signal: this.#signal })
    if (right !== undefined) await this.#putRightAt(mirror, 'keys', keyId, right.bytes, right.mirror.location)
  }

  /** A mirror that took no part because its configuration was damaged takes part again. */
  async #takeBack(items: readonly HealItem[]): Promise<void> {
    for (const item of items.filter(({ kind }) => kind === 'config')) {
      for (const mirror of this.#targetsOf(item)) {
        if (mirror.isCurrent || !this.#mended.some((each) => each.kind === 'config' && each.mirror === mirror.location)) continue
        const { registry } = this.#options
        const name = registry?.find(mirror.location)?.name
        const knows = registry !== undefined && name !== undefined ? { registry, name } : {}
        await catchUpUnderLock(this.#repository, mirror, knows, () => undefined, this.#signal)
      }
    }
  }

  async #salvageAll(): Promise<void> {
    const refused = this.#refused.filter(({ kind }) => kind === 'data').map(({ object }) => object as PackId)
    if (this.#broken.length + refused.length === 0) return
    this.#repository.dropIndex()
    await this.#repository.loadIndex({ signal: this.#signal })
    const table = new PackTable(this.#repository.index)
    const doubtful = new Set<PackId>([...this.#broken.map(({ object }) => object as PackId), ...refused])
    const writer = this.#repository.writer({ signal: this.#signal })
    let done = 0
    for (const item of this.#broken) {
      await this.#salvage(item, table, doubtful, writer)
      this.#emit({ kind: 'progress', step: 'salvage', done: ++done, total: this.#broken.length })
    }
    for (const pack of new Set(refused)) await this.#storeBeside(pack, table, doubtful, writer)
    await writer.flush()
  }

  #entriesOf(pack: PackId, table: PackTable): PackEntry[] {
    if (!table.has(pack)) return []
    return Array.from(table.entries(pack), (number): PackEntry => {
      const { id, isTree, offset, length, uncompressedLength } = this.#repository.index.at(number)
      return { id: id.toHex() as BlobId, type: isTree ? 'tree' : 'data', offset, length, uncompressedLength }
    })
  }

  async #salvage(item: HealItem, table: PackTable, doubtful: ReadonlySet<PackId>, writer: BlobWriter): Promise<void> {
    const pack = item.object as PackId
    const pieces = await gatherPieces(this.#repository, pack, this.#entriesOf(pack, table), { signal: this.#signal })
    if (pieces.whole !== undefined) return this.#putRight(item, pieces.whole, 'pieces of several mirrors')
    let { saved, elsewhere } = await this.#saveAnew(pieces, doubtful, writer)
    const lost: BlobId[] = []
    for (const entry of pieces.lost) {
      if (await this.#isElsewhere(entry, doubtful)) elsewhere++
      else lost.push(entry.id)
    }
    if (saved + elsewhere + lost.length > 0) this.#salvaged.push({ pack, saved, elsewhere, lost, dropped: false })
  }

  async #saveAnew(
    { found }: PackPieces,
    doubtful: ReadonlySet<PackId>,
    writer: BlobWriter,
  ): Promise<{ saved: number; elsewhere: number }> {
    let saved = 0
    for (const { entry, stored } of found) {
      if (await this.#isElsewhere(entry, doubtful)) continue
      // A copy: the writer keeps it until its pack is full, and must not keep the whole damaged pack with it.
      await writer.saveStored(entry.type, entry.id, Uint8Array.from(stored), entry.uncompressedLength)
      this.#savedBlobs.add(`${entry.type}/${entry.id}`)
      saved++
    }
    return { saved, elsewhere: found.length - saved }
  }

  /** Whether another pack has the blob right; found out by reading it. */
  async #isElsewhere({ type, id }: PackEntry, doubtful: ReadonlySet<PackId>): Promise<boolean> {
    if (this.#savedBlobs.has(`${type}/${id}`)) return true
    for (const location of this.#repository.index.findAll(type, id)) {
      if (doubtful.has(location.pack)) continue
      try {
        await this.#repository.loadBlobAt(location, { signal: this.#signal })
        return true
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
      }
    }
    return false
  }

  /** A destination keeps a damaged pack: what it held is stored once more, so that this mirror alone has it. */
  async #storeBeside(pack: PackId, table: PackTable, doubtful: ReadonlySet<PackId>, writer: BlobWriter): Promise<void> {
    const pieces = await gatherPieces(this.#repository, pack, this.#entriesOf(pack, table), { signal: this.#signal })
    const { saved, elsewhere } = await this.#saveAnew(pieces, doubtful, writer)
    if (saved + elsewhere > 0) this.#salvaged.push({ pack, saved, elsewhere, lost: [], dropped: false })
  }

  /** Packs of which nothing is lost and that no mirror has whole leave the index. */
  async dropEmptied(signal: AbortSignal): Promise<void> {
    const broken = new Set(this.#broken.map(({ object }) => object))
    const emptied = this.#salvaged.filter(({ pack, lost }) => broken.has(pack) && lost.length === 0)
    if (emptied.length > 0) {
      try {
        await using lock = await this.#repository.lock({ exclusive: true, retryMs: this.#options.lockRetryMs ?? 0, signal })
        const held = AbortSignal.any([signal, lock.lost])
        this.#repository.dropIndex()
        await this.#repository.loadIndex({ signal: held })
        const packs = new Set(emptied.filter(({ pack }) => this.#allElsewhere(pack)).map(({ pack }) => pack))
        await dropPacks(this.#repository, packs, lock, { signal: held })
        for (const [at, each] of this.#salvaged.entries()) {
          if (packs.has(each.pack)) this.#salvaged[at] = { ...each, dropped: true }
        }
      } catch (error) {
        // Somebody works here: what was saved is saved, and the next run lets the pack go.
        if (!(error instanceof LockedError)) throw error
        this.#repository.report({ severity: 'warning', kind: 'locks', object: '', message: reasonOf(error) })
      }
    }
    for (const salvaged of this.#salvaged) this.#emit({ kind: 'salvaged', salvaged })
  }

  /** Asked once more under the exclusive lock: every blob of the pack is in another pack of the index. */
  #allElsewhere(pack: PackId): boolean {
    const { index } = this.#repository
    const table = new PackTable(index)
    return this.#entriesOf(pack, table).every(({ type, id }) => [...index.findAll(type, id)].some((copy) => copy.pack !== pack))
  }

  async finish(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const left = (await this.#check('check again', undefined)).filter(({ severity }) => severity !== 'hint')
    const summary: HealSummary = {
      mended: this.#mended,
      refused: this.#refused,
      salvaged: this.#salvaged,
      left,
      // The second check reads no data: a pack that stays damaged is known from before.
      isSound: this.#refused.length === 0 && this.#salvaged.every(({ dropped }) => dropped) && !left.some(isError),
      elapsedMs: performance.now() - this.#started,
    }
    this.#emit({ kind: 'summary', summary })
  }
}

function isError({ severity }: CheckFinding): boolean {
  return severity === 'error'
}
