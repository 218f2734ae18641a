/**
 * Several destinations as one: what is saved goes to each mirror that is current, what is read comes from the first that has it.
 *
 * An object counts as saved once one mirror holds it durably; a mirror that fails or keeps the others waiting is marked behind and
 * left out until {@link catchUp} has copied what it lacks. A mirror that is behind gets no index and no snapshot, so each
 * mirror alone stays a whole repository of an earlier time. Keys belong to each mirror alone and are never mirrored here.
 */
import { NoCurrentMirrorError, ObjectMissingError, StorageError, VaultError } from '#errors'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, Storage } from '#storage'

const REMOVE_SOON_MS = 2000
const NEEDED_BY: ReadonlyMap<ObjectKind, readonly ObjectKind[]> = new Map([
  ['index', ['snapshots']],
  ['data', ['snapshots', 'index']],
])

/** Why a mirror does not take part. */
export interface BehindCause {
  /** For programs: the code of the error, or one of {@link BEHIND}. */
  readonly code: string
  /** The error's message, or what else there is to say. */
  readonly reason: string
}

/** Causes that are no errors. */
export const BEHIND = { slow: 'slow', lacking: 'lacking', filling: 'filling', damaged: 'damaged' } as const

/** Why a mirror does not take part, and since when. */
export interface Behind extends BehindCause {
  readonly since: Temporal.Instant
}

export interface MirrorEvents {
  /** A mirror stopped taking part. */
  onBehind?(mirror: Mirror, behind: Behind): void
  /** A mirror that was behind is gone on with, because no current one answers. */
  onResumed?(mirror: Mirror, was: Behind): void
  /** An object was removed elsewhere, but this mirror could not be told: to be repeated when it is back. */
  onRemovalOwed?(mirror: Mirror, kind: ObjectKind, name: string): void
}

export class Mirror {
  readonly storage: Storage
  #behind: Behind | undefined
  #isDoubtful = false
  #debts: () => ReadonlySet<string> = () => new Set()
  #owedKinds: Set<string> | undefined
  readonly #inFlight = new Map<string, { controller: AbortController; ackedElsewhere: boolean }>()

  constructor(storage: Storage, behind?: Behind) {
    this.storage = storage
    this.#behind = behind
  }

  get location(): string {
    return this.storage.location
  }

  /** Undefined while the mirror is current. */
  get behind(): Behind | undefined {
    return this.#behind
  }

  get isCurrent(): boolean {
    return this.#behind === undefined
  }

  markBehind(behind: Behind): void {
    this.#behind ??= behind
    for (const { controller } of this.#inFlight.values()) controller.abort(new StorageError('unreachable', behind.reason))
  }

  markCurrent(): void {
    this.#behind = undefined
    this.#isDoubtful = false
  }

  /** Whether its indexes may name packs that it lacks: it takes part without having caught up, or what it lacks no mirror has right. */
  get isDoubtful(): boolean {
    return this.#isDoubtful
  }

  /** Takes part all the same; nothing new counts on what it does not list. */
  markDoubtful(): void {
    this.#behind = undefined
    this.#isDoubtful = true
  }

  /**
   * Whether it must keep all objects of a kind, because it still has some that need them: what a snapshot needs is in indexes and packs,
   * what an index names is in packs. A mirror alone is whole at each moment, whoever reads it without knowing of its debts.
   */
  keepsAll(kind: ObjectKind): boolean {
    return (NEEDED_BY.get(kind) ?? []).some((needing) => this.#kindsOwed().has(needing))
  }

  /** It was to remove an object of this kind, and could not. */
  noteOwed(kind: ObjectKind): void {
    this.#kindsOwed().add(kind)
  }

  /** Its debts are other ones now. */
  noteSettled(): void {
    this.#owedKinds = undefined
  }

  #kindsOwed(): Set<string> {
    this.#owedKinds ??= new Set([...this.debts].map((key) => key.slice(0, key.indexOf('/'))))
    return this.#owedKinds
  }

  /** Removals that this mirror could not be told of, as `kind/name`: what it still holds of them is gone for everybody else. */
  get debts(): ReadonlySet<string> {
    return this.#debts()
  }

  /** @param debts is asked anew each time */
  knowDebts(debts: () => ReadonlySet<string>): void {
    this.#debts = debts
    this.#owedKinds = undefined
  }

  /** What it lists, without what it was to remove. */
  async *list(kind: ObjectKind, options: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    const { debts } = this
    for await (const entry of this.storage.list(kind, options)) if (!debts.has(`${kind}/${entry.name}`)) yield entry
  }

  /** Whether it still works on something that another mirror has taken. */
  get holdsOthersUp(): boolean {
    return [...this.#inFlight.values()].some(({ ackedElsewhere }) => ackedElsewhere)
  }

  noteAckedElsewhere(key: string): void {
    const save = this.#inFlight.get(key)
    if (save !== undefined) save.ackedElsewhere = true
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const key = `${kind}/${name}`
    const controller = new AbortController()
    this.#inFlight.set(key, { controller, ackedElsewhere: false })
    try {
      const both = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal])
      await this.storage.save(kind, name, bytes, { signal: both })
    } finally {
      this.#inFlight.delete(key)
    }
  }
}

export class MirroredStorage implements Storage {
  readonly #mirrors: Mirror[]
  readonly #listeners: MirrorEvents[]

  constructor(mirrors: readonly Mirror[], events: MirrorEvents = {}) {
    if (mirrors.length === 0) throw new VaultError('usage', 'a repository needs at least one destination')
    this.#mirrors = [...mirrors]
    this.#listeners = [events]
  }

  get mirrors(): readonly Mirror[] {
    return this.#mirrors
  }

  /** Takes in another mirror; from now on what is saved goes there too, unless it is behind. */
  add(mirror: Mirror): void {
    this.#mirrors.push(mirror)
  }

  /** Lets go of a mirror and closes it. The last one stays. */
  async letGo(mirror: Mirror): Promise<void> {
    if (this.#mirrors.length === 1) throw new VaultError('usage', 'a repository needs at least one destination')
    const place = this.#mirrors.indexOf(mirror)
    if (place < 0) return
    this.#mirrors.splice(place, 1)
    await mirror.storage[Symbol.asyncDispose]()
  }

  /** Tells somebody else, too, what happens to mirrors. */
  listen(events: MirrorEvents): void {
    this.#listeners.push(events)
  }

  get location(): string {
    return this.mirrors.map(({ location }) => location).join(' + ')
  }

  get connections(): number {
    return Math.min(...this.mirrors.map(({ storage }) => storage.connections))
  }

  get current(): readonly Mirror[] {
    return this.mirrors.filter(({ isCurrent }) => isCurrent)
  }

  /** Everybody else is waiting: mirrors that still work on what another has taken are left behind. */
  leaveSlowBehind(reason: string): void {
    const cause = { code: BEHIND.slow, reason }
    for (const mirror of this.mirrors) if (mirror.isCurrent && mirror.holdsOthersUp) this.markBehind(mirror, cause)
  }

  markBehind(mirror: Mirror, cause: BehindCause): void {
    if (!mirror.isCurrent) return
    const behind = { ...cause, since: Temporal.Now.instant() }
    mirror.markBehind(behind)
    for (const listener of this.#listeners) listener.onBehind?.(mirror, behind)
  }

  /** Goes on with a mirror that was behind: as it is, it is a whole repository of an earlier time. */
  resume(mirror: Mirror): void {
    const was = mirror.behind
    if (was === undefined) return
    mirror.markDoubtful()
    for (const listener of this.#listeners) listener.onResumed?.(mirror, was)
  }

  async create(options: CallOptions = {}): Promise<void> {
    await Promise.all(this.mirrors.map(({ storage }) => storage.create(options)))
  }

  /**
   * Resolves when every current mirror has the object or has been marked behind; at least one then has it.
   * @throws what the last mirror said, when none took it
   */
  async save(kind: ObjectKind, name: string, bytes: Uint8Array, { signal }: CallOptions = {}): Promise<void> {
    const current = this.current
    let taken = 0
    let refusal: unknown
    const failed: { mirror: Mirror; error: unknown }[] = []
    await Promise.all(
      current.map(async (mirror) => {
        try {
          await mirror.save(kind, name, bytes, signal)
          taken++
          for (const other of current) if (other !== mirror) other.noteAckedElsewhere(`${kind}/${name}`)
        } catch (error) {
          refusal = error
          failed.push({ mirror, error })
        }
      }),
    )
    // What every mirror has taken is there, whoever has been told to stop meanwhile.
    if (failed.length > 0) signal?.throwIfAborted()
    if (taken === 0) throw refusal ?? new NoCurrentMirrorError(this.location)
    for (const { mirror, error } of failed) this.markBehind(mirror, causeOf(error))
  }

  /** From the first mirror that has it; callers who find the bytes wrong ask the others by {@link loadFromEach}. */
  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    return this.#firstThatCan((storage) => storage.load(kind, name, options), options.signal)
  }

  /** The object's bytes from each mirror that has it, until the caller is content. */
  async *loadFromEach(
    kind: ObjectKind,
    name: string,
    options: LoadOptions = {},
    mirrors = this.#readOrder(),
  ): AsyncGenerator<{ mirror: Mirror; bytes: Uint8Array }> {
    for (const mirror of mirrors) {
      const bytes = await mirror.storage.load(kind, name, options).catch(() => undefined)
      options.signal?.throwIfAborted()
      if (bytes !== undefined) yield { mirror, bytes }
    }
  }

  async stat(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<ObjectEntry | undefined> {
    return this.#firstThatCan((storage) => storage.stat(kind, name, options), options.signal)
  }

  /** As the first mirror that answers lists it; current ones first. */
  async *list(kind: ObjectKind, options: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    const entries = await this.#firstThatCan(async (_, mirror) => Array.fromAsync(mirror.list(kind, options)), options.signal)
    yield* entries
  }

  /**
   * Removes everywhere; once one mirror has done so, those that cannot be told owe it ({@link MirrorEvents.onRemovalOwed}), and so do
   * those that still have what needs it. What no mirror has removed is still there, and nobody owes anything. A mirror that is behind is told of locks only: a full disk can still let go of
   * one, and stock restic refuses to work beside it.
   */
  async remove(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<void> {
    let removed = 0
    let refusal: unknown
    const owing: Mirror[] = []
    const noteOwed = () => {
      if (removed === 0) return
      for (let mirror = owing[0]; mirror !== undefined; mirror = owing[0]) {
        mirror.noteOwed(kind)
        for (const listener of this.#listeners) listener.onRemovalOwed?.(mirror, kind, name)
        owing.shift()
      }
    }
    await Promise.all(
      this.mirrors.map(async (mirror) => {
        try {
          if (!mirror.isCurrent && kind === 'locks') return await removeSoon(mirror, kind, name, options)
          if (!mirror.isCurrent) throw new StorageError('unreachable', mirror.behind!.reason)
          if (mirror.keepsAll(kind))
            throw new StorageError('refused', `${kind}/${name}: what needs it could not be removed there`)
          await mirror.storage.remove(kind, name, options)
          removed++
        } catch (error) {
          if (mirror.isCurrent) refusal = error
          owing.push(mirror)
        }
        noteOwed()
      }),
    )
    if (removed === 0) throw refusal ?? new NoCurrentMirrorError(this.location)
  }

  /** Puts right bytes over a damaged object, on every current mirror. */
  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    await Promise.all(this.current.map(({ storage }) => storage.replace(kind, name, bytes, options)))
  }

  /** The least room that any current mirror has left. */
  async freeBytes(options: CallOptions = {}): Promise<number | undefined> {
    const free = await Promise.all(this.current.map(({ storage }) => storage.freeBytes(options)))
    const known = free.filter((bytes) => bytes !== undefined)
    return known.length === 0 ? undefined : Math.min(...known)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.mirrors.map(({ storage }) => storage[Symbol.asyncDispose]()))
  }

  #readOrder(): readonly Mirror[] {
    return [...this.current, ...this.mirrors.filter(({ isCurrent }) => !isCurrent)]
  }

  async #firstThatCan<T>(ask: (storage: Storage, mirror: Mirror) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    let missing: unknown
    let refusal: unknown
    for (const mirror of this.#readOrder()) {
      try {
        return await ask(mirror.storage, mirror)
      } catch (error) {
        signal?.throwIfAborted()
        if (error instanceof ObjectMissingError) missing ??= error
        else refusal ??= error
      }
    }
    throw refusal ?? missing ?? new StorageError('unreachable', 'no mirror answered')
  }
}

/** A mirror that does not answer keeps nobody waiting. */
function removeSoon({ storage }: Mirror, kind: ObjectKind, name: string, { signal }: CallOptions): Promise<void> {
  const soon = AbortSignal.timeout(REMOVE_SOON_MS)
  return storage.remove(kind, name, { signal: signal === undefined ? soon : AbortSignal.any([signal, soon]) })
}

export function causeOf(error: unknown): BehindCause {
  return { code: error instanceof VaultError ? error.code : 'unexpected', reason: reasonOf(error) }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
