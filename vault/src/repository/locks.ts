/**
 * Locks, as restic keeps them (restic design, "Locks"; docs/format-notes.md).
 *
 * A lock is advisory: it keeps honest programs apart. Ours is written anew every five minutes; when that has failed for 22.5
 * minutes, by the wall clock, which goes on while a laptop sleeps, the hold counts as lost and everything that writes stops.
 */
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { LockedError, LockLostError } from '#errors'
import { decodeLock, encodeLock, type LockFile, type LockId } from '#format'
import { currentUser } from '#user'
import { causeOf, type Mirror, type MirroredStorage } from './mirrors.ts'
import type { ObjectStore } from './objects.ts'

const REFRESH_MS = 5 * 60_000
const STALE_MS = 30 * 60_000
const LOST_MS = STALE_MS - 1.5 * REFRESH_MS
const SETTLE_MS = 200
/** How long a lock that is being written may take to get there, once nobody wants it any more. */
const WRITE_END_MS = 2000
/** How long giving back a lock may take. */
const GIVE_BACK_MS = 10_000
/** Two who come at the same instant both step back, and try again after a random time. */
const MEETING_MS = 500
const MEETINGS_MAX = 6

/** Work that one at a time does, beside all others: two prunes would each drop the copies that the other counts on. */
export type LockPurpose = 'prune'

export interface LockOptions {
  readonly exclusive: boolean
  /** Keeps out who has the same purpose, unless that lock is stale. */
  readonly purpose?: LockPurpose | undefined
  /** Tries again until then instead of failing at once. */
  readonly retryMs?: number
  /**
   * Reads that may go on while the others are given time to see the lock: it is written, so nobody deletes what is read, and nothing
   * is written before it is confirmed. What this throws, acquiring throws.
   */
  readonly whileSettling?: () => Promise<unknown>
  readonly signal?: AbortSignal | undefined
  readonly now?: () => Temporal.Instant
}

export interface LockEntry {
  readonly id: LockId
  /** Undefined when it could not be read: it then counts as anybody's exclusive lock. */
  readonly lock: LockFile | undefined
  readonly sizeBytes: number
}

/** All locks on any current mirror, whoever uses that mirror alone; but empty files, which restic ignores too. */
export async function listLocks(objects: ObjectStore, signal?: AbortSignal): Promise<LockEntry[]> {
  const entries: LockEntry[] = []
  for (const [name, sizeBytes] of await lockFiles(objects.storage, signal)) {
    if (sizeBytes === 0) continue
    const id = name as LockId
    const lock = await objects
      .loadUnpacked('locks', id, { signal })
      .then(decodeLock)
      .catch(() => undefined)
    signal?.throwIfAborted()
    // Gone between the listing and the reading: its holder is done. One mirror without it says nothing of the others.
    if (lock === undefined && (await isNowhere(objects.storage, name, signal))) continue
    entries.push({ id, lock, sizeBytes })
  }
  return entries
}

async function isNowhere(storage: MirroredStorage, name: string, signal: AbortSignal | undefined): Promise<boolean> {
  const found = await fromEachCurrent(storage, (mirror) => mirror.storage.stat('locks', name, { signal }), signal)
  return found.every((each) => each === undefined)
}

async function lockFiles(storage: MirroredStorage, signal: AbortSignal | undefined): Promise<Map<string, number>> {
  const lists = await fromEachCurrent(storage, (mirror) => Array.fromAsync(mirror.list('locks', { signal })), signal)
  return new Map(lists.flat().map(({ name, sizeBytes }) => [name, sizeBytes]))
}

/** A mirror that does not answer is left behind: nothing is written there, so its locks hold nobody up. @throws when none answers */
async function fromEachCurrent<T>(
  storage: MirroredStorage,
  ask: (mirror: Mirror) => Promise<T>,
  signal?: AbortSignal,
): Promise<T[]> {
  const answers: T[] = []
  const failed: { mirror: Mirror; error: unknown }[] = []
  await Promise.all(
    storage.current.map(async (mirror) => {
      try {
        answers.push(await ask(mirror))
      } catch (error) {
        failed.push({ mirror, error })
      }
    }),
  )
  signal?.throwIfAborted()
  const refusal = failed.at(-1)
  if (refusal !== undefined && answers.length === 0) throw refusal.error
  for (const { mirror, error } of failed) storage.markBehind(mirror, causeOf(error))
  return answers
}

/** Whether nobody stands behind a lock any more: older than 30 minutes, or its process on this host is gone. */
export function isStale(lock: LockFile, now: Temporal.Instant): boolean {
  const age = now.epochMilliseconds - Date.parse(lock.time)
  if (age > STALE_MS) return true
  return lock.hostname === hostname() && !processLives(lock.pid)
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function describe({ lock, id }: LockEntry): string {
  if (lock === undefined) return `lock ${id.slice(0, 8)} that cannot be read`
  const kind = lock.exclusive ? 'exclusively ' : ''
  return `${kind}by PID ${lock.pid} on ${lock.hostname} since ${lock.time} (lock ${id.slice(0, 8)})`
}

/** A lock that is held. Disposing gives it back. */
export class Lock implements AsyncDisposable {
  readonly exclusive: boolean
  readonly purpose: LockPurpose | undefined
  /** Aborts when the hold is lost: with {@link LockLostError} as the reason. Everything that writes listens to it. */
  readonly lost: AbortSignal
  readonly #controller = new AbortController()
  readonly #objects: ObjectStore
  readonly #now: () => Temporal.Instant
  /** Of who took it: whoever is told to stop does not wait for a destination that is gone. */
  readonly #signal: AbortSignal | undefined
  /** Ends a refresh that is under way when the lock is given back. */
  readonly #givingBack = new AbortController()
  #id: LockId
  /** Lock files that may be there: ours, and what refreshes that came to no end have left. */
  readonly #files = new Set<LockId>()
  /** The mirrors that were current when it was written; one that became current since knows nothing of it. */
  #holders: ReadonlySet<Mirror>
  #refreshedAt: number
  #timer: NodeJS.Timeout
  #refreshing: Promise<void> | undefined

  private constructor(
    objects: ObjectStore,
    id: LockId,
    holders: ReadonlySet<Mirror>,
    options: LockOptions,
    now: () => Temporal.Instant,
  ) {
    this.#objects = objects
    this.#id = id
    this.#files.add(id)
    this.#holders = holders
    this.exclusive = options.exclusive
    this.purpose = options.purpose
    this.#signal = options.signal
    this.lost = this.#controller.signal
    this.#now = now
    this.#refreshedAt = now().epochMilliseconds
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS)
    this.#timer.unref()
    process.on('SIGHUP', surviveHangUp)
  }

  /**
   * Takes a lock: looks for others, writes its own, waits 200 ms where lists may be late, looks again
   * (docs/decisions/0017-no-wait-on-local-folders.md).
   * @throws {LockedError} when another lock excludes it; a lock that cannot be read does
   */
  static async acquire(objects: ObjectStore, options: LockOptions): Promise<Lock> {
    const now = options.now ?? (() => Temporal.Now.instant())
    const deadline = now().epochMilliseconds + (options.retryMs ?? 0)
    let meetings = 0
    for (let waitMs = 1000; ; waitMs = Math.min(waitMs * 2, 30_000)) {
      try {
        const lock = await Lock.#attempt(objects, options, now, ++meetings > MEETINGS_MAX)
        if (lock !== undefined) return lock
        waitMs = Math.random() * MEETING_MS
      } catch (error) {
        meetings = 0
        if (!(error instanceof LockedError) || now().epochMilliseconds + waitMs > deadline) throw error
      }
      await pause(waitMs, undefined, { signal: options.signal })
    }
  }

  /** @returns nothing when somebody came at the same instant and neither had it; with `isLast` that is an error as any other */
  static async #attempt(
    objects: ObjectStore,
    kind: LockOptions,
    now: () => Temporal.Instant,
    isLast: boolean,
  ): Promise<Lock | undefined> {
    const { signal, whileSettling } = kind
    refuseConflicts(await listLocks(objects, signal), kind, now())
    const asked = objects.storage.current
    const { id, save } = newLock(objects, kind, now())
    try {
      await save(signal)
      const holders = stillCurrent(asked)
      await Promise.all([settle(objects.storage, signal), whileSettling?.()])
      const others = (await listLocks(objects, signal)).filter((entry) => entry.id !== id)
      if (!isLast && conflictsAmong(others, kind, now()).length > 0) {
        await removeInTime(objects, id)
        return undefined
      }
      refuseConflicts(others, kind, now())
      return new Lock(objects, id, holders, kind, now)
    } catch (error) {
      await removeInTime(objects, id).catch(() => undefined)
      throw error
    }
  }

  get id(): LockId {
    return this.#id
  }

  /**
   * Writes the lock anew and removes the old file. Only while the old file is still there: whoever removed it may be deleting packs. After
   * a standby (the last time is too old to trust) it must be there 200 ms after the new one is written, too.
   * Failing is no error until the hold counts as lost, and none takes longer than that. One at a time: a second one would miss the file
   * that the first removes.
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    const now = this.#now().epochMilliseconds
    const doubtful = now - this.#refreshedAt >= LOST_MS || now < this.#refreshedAt - SETTLE_MS
    const tooLate = AbortSignal.timeout(doubtful ? REFRESH_MS : this.#refreshedAt + LOST_MS - now)
    const signal = AbortSignal.any([this.#givingBack.signal, tooLate])
    try {
      await this.#writeAnew(now, doubtful, signal)
    } catch (error) {
      if (error instanceof LockLostError) this.#controller.abort(error)
      else if (tooLate.aborted || now - this.#refreshedAt >= LOST_MS) {
        this.#controller.abort(new LockLostError('the lock could not be refreshed for 22.5 minutes', { cause: error }))
      }
    }
  }

  async #writeAnew(now: number, doubtful: boolean, signal: AbortSignal): Promise<void> {
    const old = this.#id
    if (!(await this.#isThere(old, signal))) throw removedByOthers(old)
    const asked = this.#objects.storage.current
    const { id: fresh, save } = newLock(this.#objects, this, this.#now())
    this.#files.add(fresh)
    await save(signal)
    if (doubtful) {
      await pause(SETTLE_MS, undefined, { signal })
      if (!(await this.#isThere(old, signal))) {
        await this.#removeFile(fresh, signal)
        throw removedByOthers(old)
      }
    }
    this.#id = fresh
    this.#holders = stillCurrent(asked)
    this.#refreshedAt = now
    for (const file of this.#files) if (file !== fresh) await this.#removeFile(file, signal)
  }

  async #removeFile(file: LockId, signal: AbortSignal): Promise<void> {
    await this.#objects.storage.remove('locks', file, { signal })
    this.#files.delete(file)
  }

  /**
   * Throws when the hold is lost or doubtful: to be called before each step that deletes, and before a snapshot is written. Asks for the
   * lock file too: an `unlock` whose clock is ahead may have taken it away, and a prune what we count on.
   * @param signal ends the waiting; when absent, the signal that the lock was taken with
   */
  assertHeld(signal = this.#signal): Promise<void> {
    return untilAborted(this.#assertHeld(), signal)
  }

  async #assertHeld(): Promise<void> {
    this.lost.throwIfAborted()
    const age = this.#now().epochMilliseconds - this.#refreshedAt
    const refreshedAt = this.#refreshedAt
    if (age >= REFRESH_MS * 1.5 || age < -SETTLE_MS) await this.refresh()
    this.lost.throwIfAborted()
    // One that could not be written anew has not been seen either.
    if (this.#refreshedAt !== refreshedAt) return
    const id = this.#id
    // While it is being written anew the old file goes, and `#id` is another then.
    if (!(await this.#isThere(id)) && id === this.#id) this.#controller.abort(removedByOthers(id))
    this.lost.throwIfAborted()
  }

  /** On every current mirror that it was written to: whoever removed it from one may be deleting packs there. */
  async #isThere(id: LockId, signal?: AbortSignal): Promise<boolean> {
    const ask = async (mirror: Mirror) =>
      !this.#holders.has(mirror) || (await mirror.storage.stat('locks', id, { signal })) !== undefined
    const found = await fromEachCurrent(this.#objects.storage, ask, signal)
    return found.every(Boolean)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    process.off('SIGHUP', surviveHangUp)
    this.#givingBack.abort()
    // A lock that stays behind goes stale by itself; failing to remove it must not fail what was done, nor keep anybody waiting.
    await Promise.race([this.#giveBack(), pause(GIVE_BACK_MS, undefined, { ref: false })])
  }

  async #giveBack(): Promise<void> {
    await this.#refreshing
    await Promise.allSettled(Array.from(this.#files, (file) => removeInTime(this.#objects, file)))
  }
}

function removeInTime({ storage }: ObjectStore, id: LockId): Promise<void> {
  return storage.remove('locks', id, { signal: AbortSignal.timeout(GIVE_BACK_MS) })
}

/** Of the mirrors that were to take an object those that did: one that failed is behind since. */
function stillCurrent(asked: readonly Mirror[]): ReadonlySet<Mirror> {
  return new Set(asked.filter(({ isCurrent }) => isCurrent))
}

/** Of two who write their locks and then look, one at least sees the other, once lists show what has been written. */
async function settle(storage: MirroredStorage, signal: AbortSignal | undefined): Promise<void> {
  const atOnce = await Promise.all(storage.current.map(({ storage: each }) => each.listsAtOnce?.() ?? false))
  if (!atOnce.every(Boolean)) await pause(SETTLE_MS, undefined, { signal })
}

/** Stock restic asks by this signal whether the process of a lock still lives, and the system's answer to it is to end the process. */
function surviveHangUp(): void {}

function removedByOthers(id: LockId): LockLostError {
  return new LockLostError(`lock ${id.slice(0, 8)} was removed by somebody else`)
}

/** What `work` gives, or the signal's reason as soon as it is aborted, whether `work` listens to it or not. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop))
}

type LockKind = Pick<LockOptions, 'exclusive' | 'purpose'>

function conflictsAmong(others: readonly LockEntry[], { exclusive, purpose }: LockKind, now: Temporal.Instant): LockEntry[] {
  const isAlike = (lock: LockFile) => purpose !== undefined && lock.purpose === purpose && !isStale(lock, now)
  return others.filter(({ lock }) => exclusive || lock === undefined || lock.exclusive || isAlike(lock))
}

function refuseConflicts(others: readonly LockEntry[], kind: LockKind, now: Temporal.Instant): void {
  const inTheWay = conflictsAmong(others, kind, now)
  if (inTheWay.length === 0) return
  const holders = inTheWay.map(describe)
  throw new LockedError(`the repository is already locked ${holders[0]}`, holders)
}

/** A lock of ours, and what puts it there. */
function newLock(
  objects: ObjectStore,
  { exclusive, purpose }: LockKind,
  at: Temporal.Instant,
): { readonly id: LockId; readonly save: (signal: AbortSignal | undefined) => Promise<void> } {
  const user = currentUser()
  const lock: LockFile = {
    time: at.toString(),
    exclusive,
    hostname: hostname(),
    username: user.username,
    pid: process.pid,
    uid: user.uid,
    gid: user.gid,
    purpose,
  }
  const { name, stored } = objects.sealUnpacked('locks', encodeLock(lock))
  return {
    id: name as LockId,
    save: (signal) => toItsEnd(signal, (late) => objects.storage.save('locks', name, stored, { signal: late })),
  }
}

/**
 * A write that is given up at once may still take effect, after whoever gave it up has removed what it left: it is given time to end.
 * @throws the signal's reason, if it was aborted meanwhile
 */
async function toItsEnd(signal: AbortSignal | undefined, write: (signal: AbortSignal) => Promise<void>): Promise<void> {
  signal?.throwIfAborted()
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    timer = setTimeout(() => late.abort(signal?.reason), WRITE_END_MS)
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await write(late.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
  signal?.throwIfAborted()
}

/** Removes locks: the stale ones, or all. Returns those removed. A lock that cannot be read goes only with `all`. */
export async function removeLocks(objects: ObjectStore, which: 'stale' | 'all', now = Temporal.Now.instant()): Promise<LockId[]> {
  const removed: LockId[] = []
  for (const { id, lock } of await listLocks(objects)) {
    if (which === 'stale' && (lock === undefined || !isStale(lock, now))) continue
    await objects.storage.remove('locks', id)
    removed.push(id)
  }
  return removed
}
