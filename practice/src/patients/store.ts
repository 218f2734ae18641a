/** Reading records: only what the access given allows comes out of the database. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#database'
import { DamagedError, NotFoundError } from '#errors'
import { type RecordAccess, requireRead } from './access.ts'
import { alertStates } from './alert-states.ts'
import type { Entry, EntryOf, entrySchema, Patient, versionSchema } from './contract.ts'
import { insDoubts } from './ins.ts'
import { readJoined } from './joined.ts'
import { type BodyOf, bodyFacts, type EntryKind, isEntryKind, parseBody } from './kinds/index.ts'
import { stewardAt } from './steward-at.ts'

/** Where one reads, and what one may see there. A transaction serves as `db`. */
export interface Reading {
  readonly db: Db
  readonly practiceId: string
  readonly access: RecordAccess
}

/** The day that an entry stands at: its own, or that on which it was written. */
const SHOWN_DAY = sql<string>`coalesce(record_entry.about_on, substr(record_entry.created_at, 1, 10))`

/** Current and withdrawn entries that this account may see, with their newest version. */
function visibleEntries({ db, practiceId, access }: Reading) {
  return db
    .selectFrom('record_entry')
    .innerJoin('record_version', (join) =>
      join
        .onRef('record_version.entry_id', '=', 'record_entry.id')
        .onRef('record_version.version', '=', 'record_entry.version')
        .onRef('record_version.practice_id', '=', 'record_entry.practice_id'),
    )
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'record_version.recorded_by').onRef('account.practice_id', '=', 'record_version.practice_id'),
    )
    .select([
      'record_entry.id',
      'record_entry.patient_id',
      'record_entry.kind',
      'record_entry.version',
      'record_entry.state',
      'record_entry.about_on',
      'record_entry.practitioner_id',
      'record_entry.code',
      'record_entry.created_at',
      'record_entry.changed_at',
      'record_version.body',
      'record_version.recorded_by',
      'record_version.reason',
      'record_version.source',
      'account.display_name',
    ])
    .select(SHOWN_DAY.as('shown_on'))
    .where('record_entry.practice_id', '=', practiceId)
    .where('record_entry.patient_id', 'in', [...access.parts])
    .where('record_entry.class', 'in', [...access.reads])
    .where((row) => row.or([row('record_entry.only_for', 'is', null), row('record_entry.only_for', '=', access.accountId)]))
}

type EntryRow = Awaited<ReturnType<ReturnType<typeof visibleEntries>['execute']>>[number]

export interface EntriesAsked {
  /** absent: all but the identity */
  readonly kinds?: readonly EntryKind[]
  readonly withWithdrawn?: boolean
  /** only these; one page of them takes a few hundred */
  readonly ids?: readonly string[]
  /** the day and id of the last entry of the page before */
  readonly after?: { readonly day: string; readonly id: string } | undefined
  /** absent: all of them, for what needs the whole (charts, exports): a record is some thousand entries */
  readonly limit?: number
}

export interface EntriesPage {
  readonly entries: Entry[]
  /** where the next page begins; absent: there is none */
  readonly next?: { readonly day: string; readonly id: string }
}

/** Entries, newest day first, in pages. */
export async function readEntries(reading: Reading, asked: EntriesAsked = {}): Promise<EntriesPage> {
  requireRead(reading.access, 'administrative')
  const { kinds, after, limit } = asked
  let query = visibleEntries(reading)
  if (kinds !== undefined) query = query.where('record_entry.kind', 'in', [...kinds])
  else query = query.where('record_entry.kind', '!=', 'identity')
  if (asked.ids !== undefined) query = query.where('record_entry.id', 'in', [...asked.ids])
  if (asked.withWithdrawn !== true) query = query.where('record_entry.state', '=', 'current')
  if (after !== undefined)
    query = query.where((row) =>
      row.or([row(SHOWN_DAY, '<', after.day), row.and([row(SHOWN_DAY, '=', after.day), row('record_entry.id', '<', after.id)])]),
    )
  query = query.orderBy(SHOWN_DAY, 'desc').orderBy('record_entry.id', 'desc')
  const rows = await (limit === undefined ? query : query.limit(limit + 1)).execute()
  const shown = limit === undefined ? rows : rows.slice(0, limit)
  const last = shown.at(-1)
  const entries = shown.map((row) => toEntry(row, reading.access))
  return rows.length > shown.length && last !== undefined ? { entries, next: { day: last.shown_on, id: last.id } } : { entries }
}

/**
 * The ids of every entry, withdrawn ones and the identity too, newest day first, as they are at one moment. Pages by day are no such thing:
 * an entry that somebody dates anew meanwhile goes from one that is still to come to one that was read.
 */
export async function listEntryIds(reading: Reading): Promise<string[]> {
  requireRead(reading.access, 'administrative')
  const rows = await visibleEntries(reading)
    .clearSelect()
    .select('record_entry.id')
    .orderBy(SHOWN_DAY, 'desc')
    .orderBy('record_entry.id', 'desc')
    .execute()
  return rows.map(({ id }) => id)
}

/** Every current entry of one kind, newest day first, typed as that kind. */
export async function readAll<K extends EntryKind>(reading: Reading, kind: K): Promise<EntryOf<K>[]> {
  const { entries } = await readEntries(reading, { kinds: [kind] })
  return entries as EntryOf<K>[]
}

/**
 * One entry, whatever its state.
 *
 * @throws {NotFoundError} also for another's personal note
 * @throws {BreakGlassNeededError} or {NotAllowedError} for a part that this account may not read
 */
export async function readEntry(reading: Reading, entryId: string): Promise<Entry> {
  await requireEntry(reading, entryId)
  const row = await visibleEntries(reading).where('record_entry.id', '=', entryId).executeTakeFirst()
  if (row === undefined) throw new NotFoundError('there is no such entry')
  return toEntry(row, reading.access)
}

type Version = z.output<typeof versionSchema>

/** Every version of an entry, newest first. @throws as {@link readEntry} */
export async function readVersions(reading: Reading, entryId: string): Promise<{ kind: EntryKind; versions: Version[] }> {
  const { db, practiceId, access } = reading
  const { kind } = await requireEntry(reading, entryId)
  const rows = await db
    .selectFrom('record_version')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'record_version.recorded_by').onRef('account.practice_id', '=', 'record_version.practice_id'),
    )
    .selectAll('record_version')
    .select('account.display_name')
    .where('record_version.entry_id', '=', entryId)
    .where('record_version.practice_id', '=', practiceId)
    .orderBy('record_version.version', 'desc')
    .execute()
  const versions = rows.map((row) => ({
    version: row.version,
    state: row.state,
    recordedAt: row.recorded_at,
    recordedBy: { id: row.recorded_by, name: row.display_name ?? undefined },
    reason: row.reason ?? undefined,
    source: row.source ?? undefined,
    hash: row.hash,
    body: row.body === null ? null : parseStored(kind, row.body, entryId),
  }))
  // What was restricted once is not read by way of its old versions.
  for (const { body } of versions) if (body !== null) requireRead(access, bodyFacts(kind, body).class)
  return { kind, versions }
}

/** That an entry is there and may be read. */
async function requireEntry({ db, practiceId, access }: Reading, entryId: string): Promise<{ kind: EntryKind }> {
  requireRead(access, 'administrative')
  const entry = await db
    .selectFrom('record_entry')
    .select(['kind', 'class', 'only_for'])
    .where('id', '=', entryId)
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...access.parts])
    .executeTakeFirst()
  if (entry === undefined || (entry.only_for !== null && entry.only_for !== access.accountId))
    throw new NotFoundError('there is no such entry')
  requireRead(access, entry.class)
  return { kind: knownKind(entry.kind, entryId) }
}

/** Who it is, as is current. @throws {NotFoundError} also when the record was lawfully destroyed */
export async function readIdentity(
  reading: Reading,
): Promise<EntryOf<'identity'> & { readonly body: BodyOf<'identity'>; readonly recordCreatedAt: string }> {
  const { db, practiceId, access } = reading
  requireRead(access, 'administrative')
  const patient = await db
    .selectFrom('patient')
    .select(['created_at', 'identity_id'])
    .where('id', '=', access.patientId)
    .where('practice_id', '=', practiceId)
    .executeTakeFirst()
  if (patient === undefined) throw new NotFoundError('there is no such patient')
  const identity = (await readEntry(reading, patient.identity_id)) as EntryOf<'identity'>
  if (identity.body === null) throw new NotFoundError('the record was lawfully destroyed')
  return { ...identity, body: identity.body, recordCreatedAt: patient.created_at }
}

/** The first page of a record. `today` is the day in the practice's time zone. */
export async function readPatient(reading: Reading, today: string): Promise<Patient> {
  const { access } = reading
  const identity = await readIdentity(reading)
  const stewards = Map.groupBy(await readAll(reading, 'stewardship'), ({ writtenIn }) => writtenIn)
  const steward = firstOf([undefined, ...access.parts], (part) => stewardAt(stewards.get(part) ?? [], today))
  return {
    id: access.patientId,
    createdAt: identity.recordCreatedAt,
    identity: {
      entryId: identity.id,
      version: identity.version,
      changedAt: identity.changedAt,
      body: identity.body,
      insDoubts: identity.body.ins === undefined ? [] : insDoubts(identity.body.ins.number, identity.body),
    },
    alerts: alertStates(await readAll(reading, 'alert'), today),
    stewardship:
      steward?.body === undefined || steward.body === null
        ? undefined
        : { entryId: steward.id, steward: steward.body.steward, from: steward.body.from },
    counts: await countEntries(reading),
    joined: await readJoined(reading.db, reading.practiceId, access),
    access: {
      reads: [...access.reads],
      writes: [...access.writes],
      isLimited: access.limitedTo !== undefined,
      glassEndsAt: access.glassEndsAt,
      mayBreakGlass: access.mayBreakGlass,
    },
  }
}

/** What the kept record says comes before what the others say. */
function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}

async function countEntries({ db, practiceId, access }: Reading): Promise<Partial<Record<EntryKind, number>>> {
  const rows = await db
    .selectFrom('record_entry')
    .select((row) => ['kind', row.fn.countAll<number | string>().as('count')])
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...access.parts])
    .where('state', '=', 'current')
    .where('class', 'in', [...access.reads])
    .where((row) => row.or([row('only_for', 'is', null), row('only_for', '=', access.accountId)]))
    .groupBy('kind')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.kind, Number(row.count)]))
}

function toEntry(row: Omit<EntryRow, 'shown_on'>, { patientId }: RecordAccess): Entry {
  const kind = knownKind(row.kind, row.id)
  return {
    id: row.id,
    kind,
    writtenIn: row.patient_id === patientId ? undefined : row.patient_id,
    version: row.version,
    state: row.state,
    aboutOn: row.about_on ?? undefined,
    practitionerId: row.practitioner_id ?? undefined,
    code: row.code ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    recordedBy: { id: row.recorded_by, name: row.display_name ?? undefined },
    reason: row.reason ?? undefined,
    source: row.source ?? undefined,
    body: row.body === null ? null : parseStored(kind, row.body, row.id),
  } as z.output<typeof entrySchema>
}

/** @throws {DamagedError} when it is no body of its kind */
export function parseStored<K extends EntryKind>(kind: K, text: string, entryId: string): BodyOf<K> {
  try {
    return parseBody(kind, JSON.parse(text))
  } catch (cause) {
    // The cause of a failed parse would quote the body.
    const problem = cause instanceof z.ZodError ? (cause.issues[0]?.path.join('.') ?? '') : 'JSON'
    throw new DamagedError(`an entry does not read as its kind ${kind}, at ${problem}`, { about: { entryId } })
  }
}

function knownKind(kind: string, entryId: string): EntryKind {
  if (isEntryKind(kind)) return kind
  throw new DamagedError('an entry is of a kind that this version of Couronne does not know', { about: { entryId } })
}
