/**
 * catchUp: brings a mirror that was away, full or slow to what the others hold.
 *
 * What it lacks is what it does not list: there is no other record to go wrong, so that a run which was killed is simply run again. Packs
 * come first, then indexes, then snapshots; at each moment the mirror alone is a whole repository of an earlier time. A snapshot comes
 * with all that it needs: what its mirror was to remove and it needs is copied, too. Only then are removals carried out that the mirror
 * owes, in the opposite order, and nothing else is ever deleted.
 */
import { ObjectExistsError, StorageError, UsageError } from '#errors'
import type { PackId } from '#format'
import { ByteBudget, causeOf, type Finding, inLanes, Lock, type Mirror, type MirrorRegistry, type Repository } from '#repository'
import { findSamePlace, type ObjectKind } from '#storage'
import { aloneWith } from './each-mirror.ts'
import { eventStream, paced } from './event-stream.ts'
import { OwedRemovals } from './owed-removals.ts'
import { findRightBytes, type RightBytes } from './right-bytes.ts'
import { contentsOf, dropDebts, lookWithout, packsNamedOn } from './without-debts.ts'

/** Bytes of packs in memory, all together. */
const LOADED_BYTES_MAX = 64 * 1024 * 1024
/** While others keep writing, each round copies what the round before left them time to write. */
const ROUNDS_MAX = 20
const COPIED = ['data', 'index', 'snapshots'] as const
type Copied = (typeof COPIED)[number]
const DAMAGED_EVERYWHERE = 'is damaged or missing on every mirror: check and heal'
const NOTHING_OWED = { removed: 0, stillOwed: 0 } as const

export interface CatchUpOptions {
  /** Knows the mirror's debts and is told when it is current. */
  readonly registry?: MirrorRegistry
  /** Its name there. */
  readonly name?: string
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export interface CatchUpProgress {
  readonly phase: Copied | 'removals'
  readonly done: number
  readonly total: number
  readonly bytesCopied: number
  readonly elapsedMs: number
}

export interface CatchUpSummary {
  readonly copied: Readonly<Record<Copied, number>>
  readonly bytesCopied: number
  readonly removed: number
  /** Removals that it still owes: the destination refuses them, or somebody needs the object after all. */
  readonly stillOwed: number
  /** Objects that no other mirror has right. */
  readonly notCopied: number
  readonly elapsedMs: number
}

export type CatchUpEvent =
  | { readonly kind: 'progress'; readonly progress: CatchUpProgress }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'summary'; readonly summary: CatchUpSummary }

/**
 * Copies to a mirror what it lacks, carries out the removals that it owes, and takes it in as current. The last event is the summary.
 *
 * @throws {UsageError} when no other mirror is current, or one of them is this one by another address
 * @throws {LockedError} when somebody holds the repository exclusively
 * @throws {StorageError} when the mirror cannot be reached or is full: what was copied stays, and the next run goes on from there
 */
export function catchUp(
  repository: Repository,
  mirror: Mirror,
  options: CatchUpOptions = {},
): AsyncGenerator<CatchUpEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
    await catchUpUnderLock(repository, mirror, lock, { ...options, signal: AbortSignal.any([signal, lock.lost]) }, emit)
  }, options.signal)
}

/**
 * The same for callers that hold a lock already. A mirror that is behind knows nothing of that one, and somebody may be pruning there, by
 * stock restic or from another machine: it gets a lock of its own.
 */
export async function catchUpUnderLock(
  repository: Repository,
  mirror: Mirror,
  lock: Lock,
  options: CatchUpOptions & { readonly signal: AbortSignal },
  emit: (event: CatchUpEvent) => void,
): Promise<void> {
  const { signal, lockRetryMs: retryMs = 0 } = options
  const { current } = repository.storage
  if (!current.some((each) => each !== mirror)) throw new UsageError('there is no other mirror to catch up with')
  await using own = mirror.isCurrent
    ? undefined
    : await Lock.acquire(aloneWith(repository, mirror), { exclusive: false, retryMs, signal })
  if (own !== undefined) await refuseTwin(repository, mirror)
  const locks = own === undefined ? [lock] : [lock, own]
  const held = own === undefined ? signal : AbortSignal.any([signal, own.lost])
  await new CatchUpRun(repository, mirror, locks, { ...options, signal: held }, emit).carryOut()
  // The mirror is current from now on: the caller's lock must be there before the one that was for catching up goes.
  if (own !== undefined && mirror.isCurrent) await lock.refresh()
}

/** What leads to another mirror has all that it has, and is no second copy. */
async function refuseTwin({ storage }: Repository, { location }: Mirror): Promise<void> {
  const same = await findSamePlace(
    location,
    storage.current.map((each) => each.location),
  )
  if (same !== undefined) throw sameMirrorError(location, same)
}

export function sameMirrorError(location: string, same: string): UsageError {
  return new UsageError(`${location}: is the mirror ${same} by another address`)
}

class CatchUpRun {
  readonly #repository: Repository
  readonly #target: Mirror
  readonly #sources: readonly Mirror[]
  readonly #locks: readonly Lock[]
  readonly #options: CatchUpOptions
  readonly #emit: (event: CatchUpEvent) => void
  readonly #signal: AbortSignal
  readonly #budget = new ByteBudget(LOADED_BYTES_MAX)
  readonly #started = performance.now()
  readonly #copied = { data: 0, index: 0, snapshots: 0 }
  /** Objects that cannot be copied, reported once. */
  readonly #hopeless = new Set<string>()
  #bytes = 0
  #phase: CatchUpProgress['phase'] = 'data'
  #done = 0
  #total = 0
  readonly #tick: () => void

  constructor(
    repository: Repository,
    target: Mirror,
    locks: readonly Lock[],
    options: CatchUpOptions & { readonly signal: AbortSignal },
    emit: (event: CatchUpEvent) => void,
  ) {
    this.#repository = repository
    this.#target = target
    this.#sources = repository.storage.current.filter((each) => each !== target)
    this.#locks = locks
    this.#options = options
    this.#emit = emit
    this.#signal = options.signal
    this.#tick = paced(() => this.#report())
  }

  async carryOut(): Promise<void> {
    for (let round = 1; (await this.#copyRound()) > 0 && round < ROUNDS_MAX; round++);
    const behind = this.#target.behind
    // From here on others write to it, too; the last round finds what they wrote just before.
    this.#target.markCurrent()
    try {
      await this.#copyRound()
    } catch (error) {
      this.#target.markBehind(behind ?? { ...causeOf(error), since: Temporal.Now.instant() })
      throw error
    }
    await this.#judgeHopelessPacks()
    const { registry, name } = this.#options
    const { removed, stillOwed } =
      registry === undefined || name === undefined ? NOTHING_OWED : await this.#removals(registry, name).carryOut()
    // What it lacks is said again each time, until heal has put it right somewhere.
    if (name !== undefined && this.#hopeless.size === 0) registry?.markWhole(name)
    if (this.#hopeless.size > 0) this.#target.markDoubtful()
    if (name !== undefined && this.#hopeless.size > 0)
      registry?.markDamaged(name, `what it lacks no mirror has right: ${[...this.#hopeless].slice(0, 3).join(', ')}`)
    this.#report()
    const summary: CatchUpSummary = {
      copied: this.#copied,
      bytesCopied: this.#bytes,
      removed,
      stillOwed,
      notCopied: this.#hopeless.size,
      elapsedMs: performance.now() - this.#started,
    }
    this.#emit({ kind: 'summary', summary })
  }

  /** Copies what the target does not list, packs before indexes before snapshots. @returns how much that was */
  async #copyRound(): Promise<number> {
    // Snapshots are listed first and packs last: what a snapshot needs is then among what is copied before it.
    const lacking = new Map<Copied, [string, number][]>()
    for (const kind of COPIED.toReversed()) {
      lacking.set(kind, await this.#lacking(kind))
      if (kind === 'snapshots') await this.#settleSources(lacking.get(kind)!)
    }
    let copied = 0
    for (const kind of COPIED) {
      const objects = lacking.get(kind)!
      this.#enter(kind, objects.length)
      await inLanes(
        objects,
        this.#lanes(),
        async ([name, sizeBytes]) => {
          if (await this.#copy(kind, name, sizeBytes)) copied++
          this.#advance()
        },
        this.#signal,
      )
    }
    return copied
  }

  async #lacking(kind: Copied): Promise<[string, number][]> {
    const there = new Set<string>()
    for await (const { name } of this.#target.storage.list(kind, { signal: this.#signal })) there.add(name)
    const lacking = new Map<string, number>()
    for (const source of this.#sources) {
      for await (const { name, sizeBytes } of source.list(kind, { signal: this.#signal })) {
        if (!there.has(name) && !this.#hopeless.has(`${kind}/${name}`)) lacking.set(name, sizeBytes)
      }
    }
    return [...lacking]
  }

  /**
   * A mirror that was to remove indexes or packs may have got a snapshot since that needs them, by somebody who knew nothing of that: then
   * they live again, and are copied with it.
   */
  async #settleSources(snapshots: readonly [string, number][]): Promise<void> {
    const { registry } = this.#options
    const indebted = this.#sources.filter((source) => contentsOf(source.debts).size > 0)
    if (registry === undefined || indebted.length === 0) return
    const onlyThere = new Set(snapshots.map(([name]) => name))
    for (const source of this.#sources) {
      if (indebted.includes(source) || onlyThere.size === 0) continue
      for await (const { name } of source.list('snapshots', { signal: this.#signal })) onlyThere.delete(name)
    }
    if (onlyThere.size === 0) return
    for (const source of indebted) {
      const remainder = await lookWithout(this.#repository, source, source.debts, { signal: this.#signal })
      if (remainder.kind === 'lacking') dropDebts(registry, source)
    }
  }

  async #copy(kind: Copied, name: string, sizeBytes: number): Promise<boolean> {
    using _room = await this.#budget.take(sizeBytes)
    const right = await this.#findRightBytes(kind, name)
    if (right === undefined) {
      if (!(await this.#isListed(kind, name))) return false
      this.#hopeless.add(`${kind}/${name}`)
      if (kind !== 'data') this.#find('error', kind, name, DAMAGED_EVERYWHERE)
      return false
    }
    try {
      await this.#target.storage.save(kind, name, right.bytes, { signal: this.#signal })
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error
      this.#hopeless.add(`${kind}/${name}`)
      this.#find('error', kind, name, 'is there with other bytes: check and heal')
      return false
    }
    this.#copied[kind]++
    this.#bytes += right.bytes.length
    return true
  }

  /** @throws {StorageError} when a source may have the object and does not say: that is no damage */
  async #findRightBytes(kind: Copied, name: string): Promise<RightBytes | undefined> {
    const silent: Mirror[] = []
    const onSilence = (mirror: Mirror) => silent.push(mirror)
    const right = await findRightBytes(this.#repository, kind, name, this.#sources, { signal: this.#signal, onSilence })
    if (right !== undefined || silent.length === 0) return right
    throw new StorageError('unreachable', `${silent[0]!.location}: ${kind}/${name}: no answer`, { retryable: true })
  }

  /** What was removed since it was listed is not missed. */
  async #isListed(kind: Copied, name: string): Promise<boolean> {
    for (const source of this.#sources) {
      if ((await source.storage.stat(kind, name, { signal: this.#signal })) === undefined) continue
      if (!source.debts.has(`${kind}/${name}`)) return true
    }
    return false
  }

  /** A damaged pack that no index names, left by a run that was interrupted, is missed by nobody. */
  async #judgeHopelessPacks(): Promise<void> {
    const packs = [...this.#hopeless].flatMap((key) => (key.startsWith('data/') ? [key.slice('data/'.length) as PackId] : []))
    if (packs.length === 0) return
    const named = await packsNamedOn(this.#repository, this.#target, { signal: this.#signal })
    for (const pack of packs) {
      if (named === undefined || named.has(pack)) this.#find('error', 'data', pack, DAMAGED_EVERYWHERE)
      else {
        this.#hopeless.delete(`data/${pack}`)
        this.#find('warning', 'data', pack, 'is damaged on every mirror, and no index names it: the next prune removes it')
      }
    }
  }

  #removals(registry: MirrorRegistry, name: string): OwedRemovals {
    return new OwedRemovals({
      repository: this.#repository,
      target: this.#target,
      sources: this.#sources,
      locks: this.#locks,
      registry,
      name,
      signal: this.#signal,
      hopeless: this.#hopeless,
      onFinding: (severity, kind, object, message) => this.#find(severity, kind, object, message),
      onStart: (total) => this.#enter('removals', total),
      onStep: () => this.#advance(),
    })
  }

  #lanes(): number {
    return Math.max(1, Math.min(this.#target.storage.connections, ...this.#sources.map(({ storage }) => storage.connections)))
  }

  #find(severity: Finding['severity'], kind: ObjectKind, object: string, message: string): void {
    this.#emit({ kind: 'finding', finding: { severity, kind, object, message, mirror: this.#target.location } })
  }

  #enter(phase: CatchUpProgress['phase'], total: number): void {
    this.#phase = phase
    this.#done = 0
    this.#total = total
    this.#tick()
  }

  #advance(): void {
    this.#done++
    this.#tick()
  }

  #report(): void {
    const progress: CatchUpProgress = {
      phase: this.#phase,
      done: this.#done,
      total: this.#total,
      bytesCopied: this.#bytes,
      elapsedMs: performance.now() - this.#started,
    }
    this.#emit({ kind: 'progress', progress })
  }
}
