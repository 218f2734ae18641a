/** One account's repository as the running server holds it: folder, usage and journal move together. */

import type { FileHandle } from 'node:fs/promises'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { Account, Role } from './accounts.ts'
import { Bucket } from './bucket.ts'
import { type Draft, type ListedObject, RepositoryFolder } from './folder.ts'
import { findUntold, Journal, type JournalEntry, type JournalEvent } from './journal.ts'
import { journalFileOf, type Kind } from './layout.ts'
import type { LogLine, ServeLimits } from './options.ts'
import { type Incoming, overQuota, receive, tooLarge } from './receive.ts'
import { Refusal, toRefusal, tryLater } from './refusal.ts'
import { Slots } from './slots.ts'
import { type Reservation, Usage } from './usage.ts'

const RECOUNT_PAUSE_MS = 60_000
const REFUSALS_NOTED_PER_HOUR = 600
const DAY_MS = 24 * 3600_000

export interface HostedContext {
  readonly folder: string
  readonly limits: ServeLimits
  /** Uploads of all accounts together. */
  readonly slots: Slots
  readonly now: () => Temporal.Instant
  readonly monotonicMs: () => number
  readonly log: (line: LogLine) => void
}

/** Who asks, for rights and journal. */
export interface Asker {
  readonly account: Account
  readonly role: Role
  readonly from: string | undefined
}

export class HostedRepository implements AsyncDisposable {
  readonly files: RepositoryFolder
  readonly downloads: Slots
  readonly #name: string
  readonly #context: HostedContext
  readonly #journal: Journal
  readonly #usage = new Usage()
  readonly #lockWrites: Bucket
  readonly #refusalNotes: Bucket
  readonly #slots: Slots
  /**
   * Objects on their way in, from before they have their name until that and the journal line are on the disk, or all is taken back: nobody
   * is told of them until then, for a client that retries would take what may yet go for stored.
   */
  readonly #entering = new Map<string, Promise<void>>()
  #refusalsDropped = 0
  #snapshotTimes: number[] = []
  #snapshotsWarnedAt = Number.NEGATIVE_INFINITY
  #countedAt = Number.NEGATIVE_INFINITY

  private constructor(name: string, journal: Journal, context: HostedContext) {
    const { limits, monotonicMs } = context
    this.#name = name
    this.#context = context
    this.#journal = journal
    this.files = new RepositoryFolder(join(context.folder, name))
    this.#lockWrites = new Bucket(limits.lockWritesPerHourMax, monotonicMs)
    this.#refusalNotes = new Bucket(REFUSALS_NOTED_PER_HOUR, monotonicMs)
    this.#slots = new Slots(limits.uploadsAtOncePerAccountMax, limits.uploadsWaitingPerAccountMax)
    this.downloads = new Slots(limits.downloadsAtOncePerAccountMax, limits.downloadsWaitingPerAccountMax)
  }

  /** Opens the repository of an account, which need not exist yet: tidies what a crash left, then counts. */
  static async open(name: string, context: HostedContext): Promise<HostedRepository> {
    const journal = await Journal.open(journalFileOf(context.folder, name))
    const hosted = new HostedRepository(name, journal, context)
    try {
      await hosted.files.settle()
      await hosted.#tidy()
      await hosted.#recount()
      return hosted
    } catch (error) {
      await journal[Symbol.asyncDispose]()
      throw error
    }
  }

  async create(asker: Asker): Promise<void> {
    if (await this.files.isCreated()) return this.files.settle()
    if (asker.role !== 'owner') throw ownerOnly('creates the repository')
    await this.files.create()
    await this.#journal.add(this.#entry('created', asker))
  }

  /**
   * Takes an object in. When it returns, bytes, name and journal line are on the disk.
   * @param body asked for once it is certain that the object may come
   */
  async store(asker: Asker, kind: Kind, name: string, lengthBytes: number | undefined, body: () => AsyncIterable<Buffer>) {
    this.#checkLength(kind, lengthBytes)
    await this.#checkPlace(asker, kind, name, lengthBytes ?? 0)
    if (kind === 'locks' && !this.#lockWrites.take()) throw tryLater('lock-writes', 'too many locks this hour', 60, 429)
    using _own = await this.#slots.take()
    using _shared = await this.#context.slots.take()
    let reservation: Reservation | undefined
    try {
      reservation = await this.#reserve(asker, kind, lengthBytes ?? 0)
      const sizeBytes = await this.#takeIn(asker, kind, name, this.#incoming(kind, lengthBytes, body(), reservation))
      reservation.keep(sizeBytes)
      if (kind === 'snapshots') await this.#watchSnapshots(asker)
    } finally {
      reservation?.release()
    }
  }

  /** Size of an object in bytes, `undefined` when there is none. Waits for one that is just coming in. */
  async findSize(kind: Kind, name: string): Promise<number | undefined> {
    const sizeBytes = await this.files.findSize(kind, name)
    return (await this.#hasEntered(kind, name)) ? this.findSize(kind, name) : sizeBytes
  }

  /** An object open for reading, `undefined` when there is none. Waits for one that is just coming in. */
  async findObject(kind: Kind, name: string): Promise<{ file: FileHandle; sizeBytes: number } | undefined> {
    const found = await this.files.findObject(kind, name)
    if (!(await this.#hasEntered(kind, name))) return found
    await found?.file.close()
    return this.findObject(kind, name)
  }

  /** All objects of a kind, in no order, without those that are just coming in. */
  list(kind: Kind): AsyncGenerator<ListedObject> {
    return this.files.list(kind, (name) => this.#entering.has(`${kind}/${name}`))
  }

  /** Removes an object; when it returns, that and the journal line are on the disk. Nothing happens when there is none. */
  async remove(asker: Asker, kind: Kind, name: string): Promise<void> {
    await this.#hasEntered(kind, name)
    const sizeBytes = await this.files.remove(kind, name)
    if (sizeBytes === undefined) return
    this.#usage.removed(kind, sizeBytes)
    await this.#journal.add(this.#entry('removed', asker, { kind, name, sizeBytes }))
  }

  /** Notes a refused request to change something. Not waited for, and bounded: a stubborn client must not fill the disk. */
  noteRefusal(asker: Asker, reason: string, kind?: Kind, name?: string): void {
    if (!this.#refusalNotes.take()) {
      this.#refusalsDropped++
      return
    }
    const dropped = this.#refusalsDropped === 0 ? undefined : this.#refusalsDropped
    this.#refusalsDropped = 0
    this.#journal.add(this.#entry('refused', asker, { kind, name, reason, dropped })).catch((error: unknown) => {
      this.#context.log({ level: 'error', event: 'journal failed', account: this.#name, reason: toRefusal(error).reason })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal[Symbol.asyncDispose]()
  }

  #checkLength(kind: Kind, lengthBytes: number | undefined): void {
    const { objectBytesMax } = this.#context.limits
    if (Number.isNaN(lengthBytes)) throw new Refusal(400, 'bad-length', 'the Content-Length is no number')
    if (lengthBytes !== undefined && lengthBytes > objectBytesMax[kind]) throw tooLarge(objectBytesMax[kind])
    if (lengthBytes !== undefined) this.#checkShortness(kind, lengthBytes)
  }

  #checkShortness(kind: Kind, sizeBytes: number): void {
    const bytesMin = this.#context.limits.objectBytesMin[kind]
    if (sizeBytes < bytesMin) throw new Refusal(400, 'too-short', `an object of this kind has at least ${bytesMin} bytes`)
  }

  #incoming(kind: Kind, lengthBytes: number | undefined, body: AsyncIterable<Buffer>, { grow }: Reservation): Incoming {
    const { limits, monotonicMs } = this.#context
    const bytesMax = limits.objectBytesMax[kind]
    return { body, lengthBytes, bytesMax, bytesPerSecondMin: limits.uploadBytesPerSecondMin, grow, monotonicMs }
  }

  async #takeIn(asker: Asker, kind: Kind, name: string, incoming: Incoming): Promise<number> {
    const draft = await this.files.draft(kind, name)
    try {
      const { sizeBytes, sha256 } = await receive(draft.file, incoming)
      this.#checkShortness(kind, sizeBytes)
      if (kind !== 'config' && sha256 !== name)
        throw new Refusal(400, 'wrong-hash', 'the bytes do not have the hash that names them')
      await this.files.finish(draft)
      using _ = await this.#enterAlone(kind, name)
      if (!(await this.files.publish(draft))) throw existsAlready()
      await this.#enter(draft, this.#entry('stored', asker, { kind, name, sizeBytes }))
      return sizeBytes
    } finally {
      await this.files.discard(draft)
    }
  }

  /** Waits for an object that is just coming in, or is just taken back. False when there is none. */
  async #hasEntered(kind: Kind, name: string): Promise<boolean> {
    const entering = this.#entering.get(`${kind}/${name}`)
    await entering
    return entering !== undefined
  }

  /** Keeps an object to itself until disposed, one upload after the other. */
  async #enterAlone(kind: Kind, name: string): Promise<Disposable> {
    const object = `${kind}/${name}`
    while (this.#entering.has(object)) await this.#entering.get(object)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#entering.set(object, promise)
    return {
      [Symbol.dispose]: () => {
        this.#entering.delete(object)
        resolve()
      },
    }
  }

  /** An object that nobody can account for is not kept: the client is refused and sends it again. */
  async #enter(draft: Draft, entry: JournalEntry): Promise<void> {
    try {
      await this.#journal.add(entry)
    } catch (error) {
      await this.files.takeBack(draft)
      throw error
    }
  }

  async #reserve(asker: Asker, kind: Kind, bytes: number): Promise<Reservation> {
    const { quotaBytes } = asker.account
    const beyondBytes = mayPrune(asker) ? Math.max(this.#context.limits.pruneBytes, Math.floor(quotaBytes / 100)) : 0
    const limits = { quotaBytes: quotaBytes + beyondBytes, objectsMax: this.#context.limits.objectsMax[kind] }
    let reservation = this.#usage.reserve(kind, bytes, limits)
    if (typeof reservation === 'string' && this.#context.monotonicMs() - this.#countedAt > RECOUNT_PAUSE_MS) {
      await this.#recount()
      reservation = this.#usage.reserve(kind, bytes, limits)
    }
    if (reservation === 'quota') throw overQuota()
    if (reservation !== 'too-many-objects') return reservation
    const hint = kind === 'locks' ? '; "unlock" removes stale ones' : ''
    throw new Refusal(403, 'too-many-objects', `this account holds as many ${kind} as it may${hint}`)
  }

  /** Looked at together, since each look costs a turn of the thread pool. */
  async #checkPlace(asker: Asker, kind: Kind, name: string, bytes: number): Promise<void> {
    const { folder, limits } = this.#context
    const [created, there, disk] = await Promise.all([this.files.isCreated(), this.findSize(kind, name), fs.statfs(folder)])
    if (!created) throw new Refusal(404, 'no-repository', 'the repository must be created first, by its owner')
    if (there !== undefined) throw existsAlready()
    const freeBytes = disk.bavail * disk.bsize - bytes
    const makesRoom = kind === 'locks' || mayPrune(asker)
    if (freeBytes < limits.diskFreeBytesMin / (makesRoom ? 2 : 1))
      throw new Refusal(507, 'disk-full', 'the disk of this server is full')
  }

  async #recount(): Promise<void> {
    this.#countedAt = this.#context.monotonicMs()
    await this.#usage.recount(() => this.files.measure())
  }

  /** Removes the uploads that a crash cut. Of those that were whole and named, the journal is told if it does not know. */
  async #tidy(): Promise<void> {
    const drafts = await Array.fromAsync(this.files.findDrafts())
    const published = new Map(drafts.filter((draft) => draft.published).map((draft) => [`${draft.kind}/${draft.name}`, draft]))
    const untold = published.size === 0 ? [] : await findUntold(this.#context.folder, this.#name, new Set(published.keys()))
    // Told as stored, so stored: the crash may have come before the name was on the disk.
    for (const { kind, name } of published.values()) await this.files.syncName(kind, name)
    for (const object of untold) {
      const { kind, name, sizeBytes } = published.get(object)!
      await this.#journal.add(this.#entry('recovered', undefined, { kind, name, sizeBytes }))
    }
    for (const { path } of drafts) await fs.rm(path, { force: true })
    if (drafts.length > 0) {
      const reason = `${drafts.length} cut uploads removed, ${published.size} of them stored, ${[...untold].length} of those unknown to the journal`
      this.#context.log({ level: 'info', event: 'tidied', account: this.#name, reason })
    }
  }

  async #watchSnapshots(asker: Asker): Promise<void> {
    const now = this.#context.monotonicMs()
    const { snapshotsPerDayExpected } = this.#context.limits
    this.#snapshotTimes = [...this.#snapshotTimes.filter((time) => now - time < DAY_MS), now].slice(-snapshotsPerDayExpected - 1)
    if (this.#snapshotTimes.length <= snapshotsPerDayExpected || now - this.#snapshotsWarnedAt < DAY_MS) return
    this.#snapshotsWarnedAt = now
    this.#context.log({ level: 'warn', event: 'many snapshots', account: this.#name, role: asker.role, from: asker.from })
    await this.#journal.add(this.#entry('warned', asker, { reason: 'many-snapshots' })).catch(() => {})
  }

  #entry(event: JournalEvent, asker: Asker | undefined, about: Partial<JournalEntry> = {}): JournalEntry {
    const { role, from } = asker ?? { role: 'server', from: undefined }
    return { at: this.#context.now(), event, account: this.#name, role, ...about, from }
  }
}

export function ownerOnly(what: string): Refusal {
  return new Refusal(403, 'owner-only', `only the owner's password ${what}`)
}

function mayPrune({ account, role }: Asker): boolean {
  return role === 'owner' && account.ownerMayDelete
}

function existsAlready(): Refusal {
  return new Refusal(403, 'exists', 'there is an object of that name, and none is ever overwritten')
}
