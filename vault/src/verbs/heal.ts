/**
 * heal: puts right what is damaged or missing on one mirror, from another that has it.
 *
 * 1. check finds what is wrong; the plan follows from the findings
 * 2. each object is copied from a mirror where it hashes to its name and opens; it is read back and opened again
 * 3. a mirror that is behind gets what it lacks: one that has lost an index is taken for behind when the repository is opened
 * 4. a pack that no mirror has whole is put together from pieces of all; when even that fails, the blobs that are left go into a new pack,
 *    and when none is lost the damaged pack leaves the index
 * 5. where a destination never lets go of an object, the blobs of a damaged pack are stored once more in a new one
 * 6. check looks again
 * Right bytes are never overwritten, nothing is deleted but a damaged pack whose every blob is safe elsewhere, and no removal travels
 * from one mirror to another. Killed anywhere, it leaves a repository no worse than it was, and is run again.
 */
import { LockedError, ObjectExistsError, StorageError, VaultError } from '#errors'
import type { IndexId, PackId } from '#format'
import { inLanes, type Lock, type Mirror, type Repository, reasonOf } from '#repository'
import { type CatchUpEvent, type CatchUpOptions, type CatchUpSummary, catchUpUnderLock } from './catch-up.ts'
import { type CheckCode, type CheckFinding, type CheckOptions, check } from './check/index.ts'
import { dropPacks } from './drop-packs.ts'
import { eventStream } from './event-stream.ts'
import { type HealItem, type HealPlan, planHeal } from './heal-plan.ts'
import { mirrorsThatLack } from './mirror.ts'
import { type CopiedKind, findRightBytes, loadIfAny, whyWrong } from './right-bytes.ts'
import { packsThatAreElsewhere, Salvage, type SalvagedPack } from './salvage.ts'

/** What only a check of the data sees, and heal leaves to `repair`. */
const SEEN_IN_DATA: ReadonlySet<CheckCode> = new Set(['pack-contents', 'pack-index-differs'])
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
  /** The destination does not let its damaged object be deleted. */
  readonly isKept: boolean
  /** What the owner of the destination must do. */
  readonly advice: string
}

/** A mirror that was behind and is current again. */
export interface CaughtUpMirror {
  readonly mirror: string
  readonly summary: CatchUpSummary
}

export interface HealSummary {
  readonly mended: readonly MendedObject[]
  readonly refused: readonly RefusedObject[]
  readonly salvaged: readonly SalvagedPack[]
  readonly caughtUp: readonly CaughtUpMirror[]
  /** What the second check found, hints left out. */
  readonly left: readonly CheckFinding[]
  readonly isSound: boolean
  readonly elapsedMs: number
}

export type HealEvent =
  | {
      readonly kind: 'progress'
      readonly step: 'check' | 'mend' | 'salvage' | 'catch up' | 'check again'
      readonly done: number
      readonly total: number
    }
  | { readonly kind: 'finding'; readonly finding: CheckFinding }
  | { readonly kind: 'plan'; readonly plan: HealPlan }
  | { readonly kind: 'mended'; readonly mended: MendedObject }
  | { readonly kind: 'refused'; readonly refused: RefusedObject }
  | { readonly kind: 'salvaged'; readonly salvaged: SalvagedPack }
  | { readonly kind: 'caught-up'; readonly caughtUp: CaughtUpMirror }
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
      await run.mend(lock, AbortSignal.any([signal, lock.lost]))
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
  readonly #caughtUp: CaughtUpMirror[] = []
  /** Packs that no mirror has whole. */
  readonly #broken: HealItem[] = []
  /** Errors in the data of packs that no copying mends: the second check, which reads no data, does not see them. */
  #unmended: readonly CheckFinding[] = []
  #signal: AbortSignal = new AbortController().signal

  constructor(repository: Repository, options: HealOptions, emit: (event: HealEvent) => void) {
    this.#repository = repository
    this.#options = options
    this.#emit = emit
  }

  async mend(lock: Lock, signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const findings = this.#options.findings ?? (await this.#check('check', this.#options.readData))
    const plan = planHeal(findings)
    const away = new Set(findings.flatMap(({ code, mirror }) => (code === 'mirror-unreachable' ? [mirror] : [])))
    this.#emit({ kind: 'plan', plan })
    this.#unmended = plan.left.filter(({ code }) => SEEN_IN_DATA.has(code))
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
      if (group[0] === 'config') await this.#takeBack(items, lock)
    }
    // Before anything is given up: a mirror that is behind may have in packs of its own what the others have damaged.
    await this.#catchUpAll(away, lock)
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
      isKept,
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
  async #takeBack(items: readonly HealItem[], lock: Lock): Promise<void> {
    for (const item of items.filter(({ kind }) => kind === 'config')) {
      for (const mirror of this.#targetsOf(item)) {
        if (mirror.isCurrent || !this.#mended.some((each) => each.kind === 'config' && each.mirror === mirror.location)) continue
        await this.#catchUp(mirror, lock)
      }
    }
  }

  /** One that cannot be reached or is full stays behind, and the second check says so: an empty folder may be a disk's that is not there. */
  async #catchUpAll(away: ReadonlySet<string | undefined>, lock: Lock): Promise<void> {
    const late = this.#repository.storage.mirrors.filter(({ isCurrent, location }) => !isCurrent && !away.has(location))
    await this.#tryCatchUp(late, lock)
    if (late.length > 0) await this.#tryCatchUp(await mirrorsThatLack(this.#repository, { signal: this.#signal }), lock)
  }

  async #tryCatchUp(mirrors: readonly Mirror[], lock: Lock): Promise<void> {
    for (const mirror of mirrors) {
      try {
        await this.#catchUp(mirror, lock)
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
        const message = `${mirror.location}: stays behind: ${reasonOf(error)}`
        this.#repository.report({ severity: 'warning', kind: 'config', object: '', message })
      }
    }
  }

  async #catchUp(mirror: Mirror, lock: Lock): Promise<void> {
    const { registry } = this.#options
    const name = registry?.recordOf(mirror)?.name
    const knows = registry !== undefined && name !== undefined ? { registry, name } : {}
    const emit = (event: CatchUpEvent) => {
      if (event.kind === 'progress')
        this.#emit({ kind: 'progress', step: 'catch up', done: event.progress.done, total: event.progress.total })
      else if (event.kind === 'finding') this.#repository.report(event.finding)
      else this.#caughtUp.push({ mirror: mirror.location, summary: event.summary })
    }
    await catchUpUnderLock(this.#repository, mirror, lock, { ...knows, signal: this.#signal }, emit)
    this.#emit({ kind: 'caught-up', caughtUp: this.#caughtUp.at(-1)! })
  }

  async #salvageAll(): Promise<void> {
    const packs = this.#refusedOf<PackId>('data')
    const indexes = this.#refusedOf<IndexId>('index')
    const broken = this.#broken.map(({ object }) => object as PackId)
    if (broken.length + packs.size + indexes.size === 0) return
    const salvage = await Salvage.start(this.#repository, new Set([...broken, ...packs]), { signal: this.#signal })
    for (const [at, item] of this.#broken.entries()) {
      const result = await salvage.takeApart(item.object as PackId)
      if (result instanceof Uint8Array) await this.#putRight(item, result, 'pieces of several mirrors')
      else if (result !== undefined) this.#salvaged.push(result)
      this.#emit({ kind: 'progress', step: 'salvage', done: at + 1, total: broken.length })
    }
    for (const pack of packs) {
      const result = await salvage.storeBeside(pack)
      if (result !== undefined) this.#salvaged.push(result)
    }
    await salvage.flush()
    await salvage.indexBeside(indexes)
  }

  /** What destinations keep damaged. */
  #refusedOf<Id extends string>(wanted: CopiedKind): Set<Id> {
    return new Set(this.#refused.flatMap(({ kind, object }) => (kind === wanted ? [object as Id] : [])))
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
        const packs = packsThatAreElsewhere(
          this.#repository,
          emptied.map(({ pack }) => pack),
        )
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

  async finish(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const seen = (await this.#check('check again', undefined)).filter(({ severity }) => severity !== 'hint')
    const left = [...seen, ...this.#unmended]
    const summary: HealSummary = {
      mended: this.#mended,
      refused: this.#refused,
      salvaged: this.#salvaged,
      caughtUp: this.#caughtUp,
      left,
      // The second check reads no data: a pack that stays damaged is known from before.
      isSound: this.#refused.length === 0 && this.#salvaged.every(({ dropped }) => dropped) && !left.some(isError),
      elapsedMs: performance.now() - this.#started,
    }
    if (summary.isSound) this.#noteSound()
    this.#emit({ kind: 'summary', summary })
  }

  /** Mirrors that were known to lack what nobody had right. */
  #noteSound(): void {
    const { registry } = this.#options
    for (const mirror of this.#repository.storage.current) {
      const record = registry?.recordOf(mirror)
      if (record?.behind !== undefined) registry?.markWhole(record.name)
      mirror.markCurrent()
    }
  }
}

function isError({ severity }: CheckFinding): boolean {
  return severity === 'error'
}
