/**
 * catchUp: brings a mirror that was away, full or slow to what the others hold.
 *
 * What it lacks is what it does not list: there is no other record to go wrong, so that a run which was killed is simply run again. Packs
 * come first, then indexes, then snapshots; at each moment the mirror alone is a whole repository of an earlier time. Only then are
 * removals carried out that it owes, and nothing else is ever deleted.
 */
import { hostname } from 'node:os'
import { ObjectExistsError, UsageError, VaultError } from '#errors'
import { decodeUnpacked, forEachIndexEntry } from '#format'
import {
  ByteBudget,
  type Finding,
  inLanes,
  isStale,
  listLocks,
  type Mirror,
  type MirrorRegistry,
  type Repository,
  reasonOf,
} from '#repository'
import type { ObjectKind } from '#storage'
import { aloneWith } from './each-mirror.ts'
import { eventStream, paced } from './event-stream.ts'
import { findRightBytes } from './right-bytes.ts'

/** Bytes of packs in memory, all together. */
const LOADED_BYTES_MAX = 64 * 1024 * 1024
/** While others keep writing, each round copies what the round before left them time to write. */
const ROUNDS_MAX = 20
const COPIED = ['data', 'index', 'snapshots'] as const
type Copied = (typeof COPIED)[number]
const REMOVED = ['locks', 'snapshots', 'index', 'data'] as const

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
 * @throws {UsageError} when no other mirror is current
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
    await new CatchUpRun(repository, mirror, options, emit, AbortSignal.any([signal, lock.lost])).carryOut()
  }, options.signal)
}

/** The same for callers that hold a lock already. */
export async function catchUpUnderLock(
  repository: Repository,
  mirror: Mirror,
  options: CatchUpOptions,
  emit: (event: CatchUpEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  await new CatchUpRun(repository, mirror, options, emit, signal).carryOut()
}

class CatchUpRun {
  readonly #repository: Repository
  readonly #target: Mirror
  readonly #sources: readonly Mirror[]
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
    options: CatchUpOptions,
    emit: (event: CatchUpEvent) => void,
    signal: AbortSignal,
  ) {
    this.#repository = repository
    this.#target = target
    this.#sources = repository.storage.current.filter((each) => each !== target)
    this.#options = options
    this.#emit = emit
    this.#signal = signal
    this.#tick = paced(() => this.#report())
    if (this.#sources.length === 0) throw new UsageError('there is no other mirror to catch up with')
  }

  async carryOut(): Promise<void> {
    for (let round = 1; (await this.#copyRound()) > 0 && round < ROUNDS_MAX; round++);
    const behind = this.#target.behind
    // From here on others write to it, too; the last round finds what they wrote just before.
    this.#target.markCurrent()
    try {
      await this.#copyRound()
    } catch (error) {
      this.#target.markBehind(behind ?? { reason: reasonOf(error), since: Temporal.Now.instant() })
      throw error
    }
    const { removed, stillOwed } = await this.#carryOutRemovals()
    const { registry, name } = this.#options
    // What it lacks is said again each time, until heal has put it right somewhere.
    if (name !== undefined && this.#hopeless.size === 0) registry?.markCurrent(name)
    else if (name !== undefined)
      registry?.markLacking(name, `what it lacks no mirror has right: ${[...this.#hopeless].slice(0, 3).join(', ')}`)
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
    for (const kind of COPIED.toReversed()) lacking.set(kind, await this.#lacking(kind))
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

  async #copy(kind: Copied, name: string, sizeBytes: number): Promise<boolean> {
    using _room = await this.#budget.take(sizeBytes)
    const right = await findRightBytes(this.#repository, kind, name, this.#sources, { signal: this.#signal })
    if (right === undefined) {
      if (!(await this.#isListed(kind, name))) return false
      this.#hopeless.add(`${kind}/${name}`)
      this.#find('error', kind, name, 'is damaged or missing on every mirror: check and heal')
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

  /** What was removed since it was listed is not missed. */
  async #isListed(kind: Copied, name: string): Promise<boolean> {
    for (const { storage, debts } of this.#sources) {
      if (debts.has(`${kind}/${name}`)) continue
      if ((await storage.stat(kind, name, { signal: this.#signal })) !== undefined) return true
    }
    return false
  }

  async #carryOutRemovals(): Promise<{ removed: number; stillOwed: number }> {
    const { registry, name } = this.#options
    if (registry === undefined || name === undefined) return { removed: 0, stillOwed: 0 }
    const owed = [...registry.owed(name)].map((key) => key.split('/') as [ObjectKind, string])
    const settled = new Set<string>()
    let removed = 0
    this.#enter('removals', owed.length)
    const isNeeded = owed.some(([kind]) => kind === 'index' || kind === 'data') && (await this.#isNeededHere(owed))
    for (const kind of REMOVED) {
      if (isNeeded && (kind === 'index' || kind === 'data')) continue
      const objects = owed.flatMap(([each, object]) => (each === kind ? [object] : []))
      const needed = kind === 'data' && objects.length > 0 ? await this.#indexedPacks() : undefined
      for (const object of objects) {
        this.#advance()
        if (kind === 'data' && (needed === undefined || needed.has(object))) continue
        if (kind !== 'data' && kind !== 'locks' && (await this.#isListed(kind as Copied, object))) {
          // It came back: what others hold is not to be removed.
          settled.add(`${kind}/${object}`)
        } else if (await this.#remove(kind, object)) {
          removed++
          settled.add(`${kind}/${object}`)
        }
      }
      registry.settle(name, settled)
    }
    return { removed, stillOwed: owed.length - settled.size }
  }

  /**
   * Whether somebody uses what the target owes: another machine, or stock restic, that knows nothing of debts, has backed up to it alone,
   * or is doing so. What its snapshot needs is then on no other mirror.
   */
  async #isNeededHere(owed: readonly (readonly [ObjectKind, string])[]): Promise<boolean> {
    const signal = this.#signal
    const now = Temporal.Now.instant()
    for (const { id, lock } of await listLocks(aloneWith(this.#repository, this.#target), signal)) {
      const isOurs = lock?.pid === process.pid && lock.hostname === hostname()
      if (isOurs || (lock !== undefined && isStale(lock, now))) continue
      this.#find('warning', 'locks', id, 'somebody is at work here: what was removed elsewhere stays until the next time')
      return true
    }
    const known = new Set(owed.flatMap(([kind, name]) => (kind === 'snapshots' ? [name] : [])))
    for (const { storage } of this.#sources) {
      for await (const { name } of storage.list('snapshots', { signal })) known.add(name)
    }
    for await (const { name } of this.#target.storage.list('snapshots', { signal })) {
      if (known.has(name)) continue
      this.#find(
        'warning',
        'snapshots',
        name,
        'no other mirror has it: what was removed elsewhere stays here, for it may need that',
      )
      return true
    }
    return false
  }

  async #remove(kind: ObjectKind, object: string): Promise<boolean> {
    try {
      await this.#target.storage.remove(kind, object, { signal: this.#signal })
      return true
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      this.#find('warning', kind, object, `was removed elsewhere and stays here: ${error.message}`)
      return false
    }
  }

  /** Packs that any index of the others names, marked ones too; undefined when an index cannot be read, since it could name any. */
  async #indexedPacks(): Promise<ReadonlySet<string> | undefined> {
    const { primitives, key } = this.#repository
    const packs = new Set<string>()
    const names = new Set<string>()
    for (const source of this.#sources) {
      for await (const { name } of source.list('index', { signal: this.#signal })) names.add(name)
    }
    for (const name of names) {
      const right = await findRightBytes(this.#repository, 'index', name, this.#sources, { signal: this.#signal })
      if (right === undefined) {
        this.#find('warning', 'index', name, 'cannot be read: no pack is removed before it is mended')
        return undefined
      }
      forEachIndexEntry(
        decodeUnpacked(primitives, key, right.bytes),
        (id) => packs.add(id.toHex()),
        () => undefined,
      )
    }
    return packs
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
