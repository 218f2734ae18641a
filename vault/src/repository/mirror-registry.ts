/**
 * What this machine knows of a repository's mirrors: which there are, which are behind, and which removals they still owe.
 *
 *     <state folder>/<repository id>/mirrors.json   the list; written aside, synced, renamed
 *                                    owed.jsonl     removals that a mirror could not be told of, one a line; appended and synced
 *                                    lock           an empty SQLite database: its lock is the kernel's and dies with its holder
 *
 * It remembers nothing that the mirrors themselves can tell: what a mirror holds is what it lists
 * (docs/decisions/0015-listing-is-the-journal.md). Only two things cannot be read off a list: that a mirror exists although it is away,
 * and that an object which only it still lists was removed on purpose. Losing this folder loses no data: mirrors have to be named again,
 * and removed objects stay.
 *
 * All calls are synchronous and take milliseconds, so that what a mirror owes is on disk before anybody goes on.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { FormatError, StorageError, UsageError, VaultError } from '#errors'
import { isId } from '#format'
import { OBJECT_KINDS, type ObjectKind } from '#storage'
import { BEHIND, type Behind, type BehindCause, type Mirror, type MirrorEvents } from './mirrors.ts'
import { stateFolder } from './state-folder.ts'

export interface MirrorRecord {
  /** Chosen by people, unique in a repository. */
  readonly name: string
  /** Without any secret, as `printAddress` gives it. */
  readonly address: string
  readonly addedAt: Temporal.Instant
  /** Absent while it is current. */
  readonly behind?: Behind
  /** When it was last known to hold everything. */
  readonly acknowledgedAt?: Temporal.Instant
}

/** An object that others removed and a mirror still has. */
export interface OwedRemoval {
  readonly mirror: string
  readonly kind: ObjectKind
  readonly object: string
}

export interface RegistryOptions {
  /** {@link stateFolder} when absent. */
  readonly folder?: string
  readonly now?: () => Temporal.Instant
}

const LOCK_WAIT_MS = 10_000
/** sqlite.org/rescode.html */
const SQLITE_READONLY = 8
const SQLITE_FULL = 13

export class MirrorRegistry {
  readonly folder: string
  readonly #now: () => Temporal.Instant
  readonly #recognised = new WeakMap<Mirror, string>()

  /** The registry of one repository; nothing is read or made before it is needed. */
  constructor(repositoryId: string, { folder = stateFolder(), now = () => Temporal.Now.instant() }: RegistryOptions = {}) {
    if (!isId(repositoryId)) throw new UsageError('a repository has an ID of 64 hex characters')
    this.folder = join(folder, repositoryId)
    this.#now = now
  }

  /** The mirrors, in the order in which they were added. @throws {FormatError} when the list was damaged */
  list(): readonly MirrorRecord[] {
    const path = this.#path('mirrors.json')
    if (!existsSync(path)) return []
    try {
      return decodeRecords(JSON.parse(readFileSync(path, 'utf8')))
    } catch (error) {
      if (error instanceof FormatError || error instanceof SyntaxError) {
        throw new FormatError(`${path}: the list of mirrors is damaged: move it away and add the mirrors again`, { cause: error })
      }
      throw error
    }
  }

  find(nameOrAddress: string): MirrorRecord | undefined {
    const records = this.list()
    return records.find(({ name }) => name === nameOrAddress) ?? records.find(({ address }) => address === nameOrAddress)
  }

  /** Adds a mirror, or returns the one of that address. @throws {UsageError} when another has the name */
  add(address: string, wish: { readonly name?: string; readonly behind?: BehindCause } = {}): MirrorRecord {
    return this.#change((records) => {
      const there = records.find((record) => record.address === address)
      if (there !== undefined) return { records, result: there }
      const taken = new Set(records.map(({ name }) => name))
      if (wish.name !== undefined && taken.has(wish.name)) throw new UsageError(`there is a mirror named ${wish.name} already`)
      const now = this.#now()
      const record: MirrorRecord = {
        name: wish.name ?? freeName(address, taken),
        address,
        addedAt: now,
        ...(wish.behind === undefined ? { acknowledgedAt: now } : { behind: { ...wish.behind, since: now } }),
      }
      return { records: [...records, record], result: record }
    })
  }

  /** Forgets a mirror and what it owes. Nothing is deleted at the mirror itself. */
  remove(name: string): void {
    this.#change((records) => ({ records: records.filter((record) => record.name !== name), result: undefined }))
    this.#locked(() => this.#writeOwed(this.#readOwed().filter(({ mirror }) => mirror !== name)))
  }

  /**
   * An open mirror is the one of this name, by whatever address it was opened: it knows what it owes, and what happens to it is noted
   * ({@link events}). Nothing is written down: that address may be of today only.
   */
  recognise(mirror: Mirror, name: string): void {
    this.#recognised.set(mirror, name)
    mirror.knowDebts(() => this.owed(name))
  }

  /** What is known of an open mirror. */
  recordOf(mirror: Mirror): MirrorRecord | undefined {
    const name = this.#recognised.get(mirror)
    return this.list().find((record) => (name === undefined ? record.address === mirror.location : record.name === name))
  }

  /** The first reason stays. */
  markBehind(name: string, behind: Behind): void {
    this.#edit(name, (record) => (record.behind === undefined ? { ...record, behind } : record))
  }

  /** It has been brought up to date as far as that is possible: the rest is damaged everywhere. */
  markDamaged(name: string, reason: string): void {
    const cause = { code: BEHIND.damaged, reason }
    this.#edit(name, (record) => ({ ...record, behind: { ...cause, since: record.behind?.since ?? this.#now() } }))
  }

  /** It has all that the others have. One that was found damaged stays so: {@link markWhole}. */
  markCurrent(name: string): void {
    if (!this.#isDamaged(name)) this.markWhole(name)
  }

  /** The same, after everything was copied, or healed: what was known to be damaged is no more. */
  markWhole(name: string): void {
    this.#edit(name, ({ behind: _, ...record }) => ({ ...record, acknowledgedAt: this.#now() }))
  }

  /** It is gone on with as it is: nothing that it still has is to be removed any more. What is known of its damage stays. */
  resume(name: string): void {
    if (!this.#isDamaged(name)) this.#edit(name, ({ behind: _, ...record }) => record)
    this.settle(name, this.owed(name))
  }

  #isDamaged(name: string): boolean {
    return this.list().some((record) => record.name === name && record.behind?.code === BEHIND.damaged)
  }

  /** Removals that a mirror owes, as `kind/object`. */
  owed(name: string): ReadonlySet<string> {
    return new Set(this.#readOwed().flatMap(({ mirror, kind, object }) => (mirror === name ? [`${kind}/${object}`] : [])))
  }

  /** On disk when it returns. */
  noteOwed(removal: OwedRemoval): void {
    this.#locked(() => {
      // A line starts with a line end of its own: what a crash left half-written before it spoils only itself.
      const line = `\n${JSON.stringify({ ...removal, at: this.#now().toString() })}\n`
      writeSynced(this.#path('owed.jsonl'), line, 'a')
    })
  }

  /** The removals have been carried out, or are none any more. */
  settle(name: string, objects: ReadonlySet<string>): void {
    if (objects.size === 0) return
    this.#locked(() => {
      this.#writeOwed(this.#readOwed().filter(({ mirror, kind, object }) => mirror !== name || !objects.has(`${kind}/${object}`)))
    })
  }

  /** Notes what happens to the mirrors that are recognised. */
  events(): MirrorEvents {
    return {
      onBehind: (mirror, behind) => {
        const name = this.#recognised.get(mirror)
        if (name !== undefined) this.markBehind(name, behind)
      },
      onResumed: (mirror) => {
        const name = this.#recognised.get(mirror)
        if (name !== undefined) this.resume(name)
        mirror.noteSettled()
      },
      onRemovalOwed: (mirror, kind, object) => {
        const name = this.#recognised.get(mirror)
        if (name !== undefined) this.noteOwed({ mirror: name, kind, object })
      },
    }
  }

  #path(name: string): string {
    return join(this.folder, name)
  }

  #edit(name: string, edit: (record: MirrorRecord) => MirrorRecord): void {
    this.#change((records) => {
      return { records: records.map((record) => (record.name === name ? edit(record) : record)), result: undefined }
    })
  }

  #change<Result>(change: (records: readonly MirrorRecord[]) => { records: readonly MirrorRecord[]; result: Result }): Result {
    return this.#locked(() => {
      const { records, result } = change(this.list())
      replaceSynced(
        this.#path('mirrors.json'),
        `${JSON.stringify({ version: 1, mirrors: records.map(encodeRecord) }, null, 2)}\n`,
      )
      return result
    })
  }

  /** Whole lines only: a crash while appending leaves half a line, whose removal nobody had relied upon. */
  #readOwed(): OwedRemoval[] {
    const path = this.#path('owed.jsonl')
    if (!existsSync(path)) return []
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const removal = decodeOwed(line)
        return removal === undefined ? [] : [removal]
      })
  }

  #writeOwed(removals: readonly OwedRemoval[]): void {
    replaceSynced(this.#path('owed.jsonl'), removals.map((removal) => `${JSON.stringify(removal)}\n`).join(''))
  }

  #locked<Result>(work: () => Result): Result {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      return this.#alone(work)
    } catch (error) {
      throw translate(error, this.folder)
    }
  }

  #alone<Result>(work: () => Result): Result {
    const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite')
    const lock = new DatabaseSync(this.#path('lock'))
    try {
      lock.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`)
      lock.exec('BEGIN EXCLUSIVE')
      return work()
    } finally {
      lock.close()
    }
  }
}

/** What the system and SQLite say of a full disk and of missing rights, in our words. */
function translate(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof VaultError) return error
  const { code = '', errcode = 0 } = error as { code?: string; errcode?: number }
  const message = `${folder}: what this machine knows of mirrors cannot be written: ${error.message}`
  if (['ENOSPC', 'EDQUOT'].includes(code) || errcode === SQLITE_FULL) return new StorageError('full', message, { cause: error })
  if (['EACCES', 'EPERM', 'EROFS'].includes(code) || errcode === SQLITE_READONLY) {
    return new StorageError('refused', message, { cause: error })
  }
  return error
}

function encodeRecord({ name, address, addedAt, behind, acknowledgedAt }: MirrorRecord): Record<string, unknown> {
  return {
    name,
    address,
    addedAt: addedAt.toString(),
    ...(behind && { behind: { ...behind, since: behind.since.toString() } }),
    ...(acknowledgedAt && { acknowledgedAt: acknowledgedAt.toString() }),
  }
}

function decodeRecords(value: unknown): MirrorRecord[] {
  const { mirrors } = asObject(value)
  if (!Array.isArray(mirrors)) throw new FormatError('"mirrors" is no list')
  return mirrors.map((each) => {
    const { name, address, addedAt, behind, acknowledgedAt } = asObject(each)
    return {
      name: asText(name),
      address: asText(address),
      addedAt: asInstant(addedAt),
      ...(behind !== undefined && { behind: decodeBehind(asObject(behind)) }),
      ...(acknowledgedAt !== undefined && { acknowledgedAt: asInstant(acknowledgedAt) }),
    }
  })
}

function decodeBehind({ code = 'unexpected', reason, since }: Record<string, unknown>): Behind {
  return { code: asText(code), reason: asText(reason), since: asInstant(since) }
}

function decodeOwed(line: string): OwedRemoval | undefined {
  try {
    const { mirror, kind, object } = JSON.parse(line) as Record<string, unknown>
    const known = OBJECT_KINDS.find((each) => each === kind)
    if (typeof mirror !== 'string' || known === undefined || typeof object !== 'string' || !isId(object)) return undefined
    return { mirror, kind: known, object }
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FormatError('expected an object')
  return value as Record<string, unknown>
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new FormatError('expected a text')
  return value
}

function asInstant(value: unknown): Temporal.Instant {
  try {
    return Temporal.Instant.from(asText(value))
  } catch (error) {
    throw new FormatError('expected a time', { cause: error })
  }
}

/** A short name out of an address: its last part, with a number when it is taken. */
function freeName(address: string, taken: ReadonlySet<string>): string {
  const parts = address.split(/[/\\:@]+/).filter((part) => part !== '')
  const base = parts.at(-1) ?? 'mirror'
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!taken.has(name)) return name
  }
}

function writeSynced(path: string, text: string, flags: 'w' | 'a'): void {
  const isNew = !existsSync(path)
  const file = openSync(path, flags, 0o600)
  try {
    writeFileSync(file, text) // all of it, or an error: one write may be short on a disk that fills
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  if (isNew) syncFolder(join(path, '..'))
}

/** Written aside, synced, renamed. */
function replaceSynced(path: string, text: string): void {
  const aside = `${path}.new`
  rmSync(aside, { force: true })
  writeSynced(aside, text, 'w')
  renameSync(aside, path)
  syncFolder(join(path, '..'))
}

/** Windows knows no sync of folders. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
