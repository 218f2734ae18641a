/**
 * catchUp: brings a mirror that was away, full or slow to what the others hold.
 *
 * What it lacks is what it does not list: there is no other record to go wrong, so that a run which was killed is simply run again. Packs
 * come first, then indexes, then snapshots; at each moment the mirror alone is a whole repository of an earlier time. Only then are
 * removals carried out that it owes, in the opposite order, and nothing else is ever deleted.
 */
import { ObjectExistsError, ObjectMissingError, UsageError, VaultError } from '#errors'
import { decodeUnpacked, forEachIndexEntry } from '#format'
import {
  ByteBudget,
  causeOf,
  type Finding,
  inLanes,
  isStale,
  Lock,
  listLocks,
  type Mirror,
  type MirrorRegistry,
  type Repository,
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
/** Bytes of indexes that are taken away at a time, and may be put back. */
const INDEX_BYTES_AT_A_TIME = 32 * 1024 * 1024

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
  const locks = own === undefined ? [lock] : [lock, own]
  const held = own === undefined ? signal : AbortSignal.any([signal, own.lost])
  await new CatchUpRun(repository, mirror, locks, { ...options, signal: held }, emit).carryOut()
}

class CatchUpRun {
  readonly #repository: Repository
  readonly #target: Mirror
  readonly #sources: readonly Mirror[]
  /** What the sources owe, as it was when this began. */
  readonly #debts: ReadonlyMap<Mirror, ReadonlySet<string>>
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
  #removed = 0
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
    this.#debts = new Map(this.#sources.map((source) => [source, source.debts]))
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
    const { removed, stillOwed } = await this.#carryOutRemovals()
    const { registry, name } = this.#options
    // What it lacks is said again each time, until heal has put it right somewhere.
    if (name !== undefined && this.#hopeless.size === 0) registry?.markCurrent(name)
    else if (name !== undefined)
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
    for (const source of this.#sources) {
      if (this.#debts.get(source)!.has(`${kind}/${name}`)) continue
      if ((await source.storage.stat(kind, name, { signal: this.#signal })) !== undefined) return true
    }
    return false
  }

  /**
   * First what needs others, then what is needed: when some of the one stays, the other stays, too, for whoever reads this mirror alone.
   */
  async #carryOutRemovals(): Promise<{ removed: number; stillOwed: number }> {
    const { registry, name } = this.#options
    if (registry === undefined || name === undefined) return { removed: 0, stillOwed: 0 }
    const owed = owedByKind(registry.owed(name))
    let left = [...owed.values()].reduce((sum, { length }) => sum + length, 0)
    this.#enter('removals', left)
    const steps = [
      ['locks', (names: readonly string[]) => this.#removeEach('locks', names)],
      ['snapshots', (names: readonly string[]) => this.#removeUnlisted('snapshots', names)],
      ['index', (names: readonly string[]) => this.#removeIndexes(names, owed.get('snapshots') ?? [])],
      ['data', (names: readonly string[]) => this.#removePacks(names, owed.get('snapshots') ?? [])],
    ] as const
    for (const [kind, settle] of steps) {
      const names = owed.get(kind) ?? []
      const settled = names.length === 0 ? new Set<string>() : await settle(names)
      registry.settle(name, new Set([...settled].map((object) => `${kind}/${object}`)))
      left -= settled.size
      if (kind !== 'locks' && settled.size < names.length) break
    }
    this.#target.noteSettled()
    return { removed: this.#removed, stillOwed: left }
  }

  /** @returns those that are gone; one that the destination refuses stays */
  async #removeEach(kind: ObjectKind, names: readonly string[]): Promise<Set<string>> {
    const gone = new Set<string>()
    for (const name of names) {
      this.#advance()
      if (await this.#remove(kind, name)) gone.add(name)
    }
    return gone
  }

  /** What came back is not to be removed: others hold it. @returns what is not owed any more */
  async #removeUnlisted(kind: Copied, names: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    for (const name of names) {
      this.#advance()
      if ((await this.#isListed(kind, name)) || (await this.#remove(kind, name))) settled.add(name)
    }
    return settled
  }

  /**
   * Whoever read an index before it went is at work here, or has written a snapshot, when it is gone: then it is put back, and all stays
   * as it is until the next time.
   */
  async #removeIndexes(names: readonly string[], owedSnapshots: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    for (let rest = names; rest.length > 0; ) {
      if (await this.#isNeededHere(owedSnapshots)) return settled
      const some = await this.#loadSome(rest)
      const gone = await this.#removeUnlisted('index', [...some.keys()])
      if (await this.#isNeededHere(owedSnapshots)) {
        for (const name of gone) await this.#putBack(name, some.get(name))
        return settled
      }
      for (const name of gone) settled.add(name)
      if (gone.size < some.size) return settled
      rest = rest.slice(some.size)
    }
    return settled
  }

  /** The first of these indexes, as many as may be in memory; undefined for one that is not there. */
  async #loadSome(names: readonly string[]): Promise<Map<string, Uint8Array | undefined>> {
    const some = new Map<string, Uint8Array | undefined>()
    let bytes = 0
    for (const name of names) {
      const loaded = await this.#target.storage.load('index', name, { signal: this.#signal }).catch((error: unknown) => {
        if (error instanceof ObjectMissingError) return undefined
        throw error
      })
      some.set(name, loaded)
      bytes += loaded?.length ?? 0
      if (bytes >= INDEX_BYTES_AT_A_TIME) break
    }
    return some
  }

  async #putBack(name: string, bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined) return
    await this.#target.storage.save('index', name, bytes, { signal: this.#signal }).catch((error: unknown) => {
      if (!(error instanceof ObjectExistsError)) throw error
    })
  }

  /** A pack that an index of this mirror names again lives again; one that only an index of the others names waits. */
  async #removePacks(names: readonly string[], owedSnapshots: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    const namedHere = await this.#packsNamedBy([this.#target])
    const namedElsewhere = await this.#packsNamedBy(this.#sources)
    if (namedHere === undefined || namedElsewhere === undefined || (await this.#isNeededHere(owedSnapshots))) return settled
    for (const name of names) {
      this.#advance()
      if (namedHere.has(name) || (!namedElsewhere.has(name) && (await this.#remove('data', name)))) settled.add(name)
    }
    return settled
  }

  /**
   * Whether somebody uses what the target owes: another machine, or stock restic, that knows nothing of debts, has backed up to it alone,
   * or is doing so. What its snapshot needs is then on no other mirror.
   */
  async #isNeededHere(owedSnapshots: readonly string[]): Promise<boolean> {
    const signal = this.#signal
    const now = Temporal.Now.instant()
    for (const { id, lock } of await listLocks(aloneWith(this.#repository, this.#target), signal)) {
      if (this.#locks.some((own) => own.id === id) || (lock !== undefined && isStale(lock, now))) continue
      this.#find('warning', 'locks', id, 'somebody is at work here: what was removed elsewhere stays until the next time')
      return true
    }
    const known = new Set(owedSnapshots)
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
      this.#removed++
      return true
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      this.#find('warning', kind, object, `was removed elsewhere and stays here: ${error.message}`)
      return false
    }
  }

  /** Packs that any index of these mirrors names, marked ones too; undefined when one cannot be read, since it could name any. */
  async #packsNamedBy(mirrors: readonly Mirror[]): Promise<ReadonlySet<string> | undefined> {
    const { primitives, key } = this.#repository
    const packs = new Set<string>()
    const names = new Set<string>()
    for (const mirror of mirrors) {
      for await (const { name } of mirror.list('index', { signal: this.#signal })) names.add(name)
    }
    for (const name of names) {
      const right = await findRightBytes(this.#repository, 'index', name, mirrors, { signal: this.#signal })
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

function owedByKind(keys: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const byKind = new Map<string, string[]>()
  for (const key of keys) {
    const [kind, name] = key.split('/') as [string, string]
    const names = byKind.get(kind) ?? []
    names.push(name)
    byKind.set(kind, names)
  }
  return byKind
}
