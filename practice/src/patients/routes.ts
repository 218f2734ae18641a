/** The routes of patients and their records: each is one transaction with its journal entry. */
import type { Tx } from '#database'
import type { SignedInEndpoint } from '#endpoint'
import { type Call, parseCursor, printCursor, type Route, route } from '#http'
import { loadToday } from '#today'
import { type RecordAccess, requireRead } from './access.ts'
import { loadAccess } from './access-store.ts'
import { readAppointments } from './appointments.ts'
import { breakGlassOf } from './break-glass.ts'
import { drawChart } from './chart.ts'
import {
  addPatientEntry,
  breakGlassEndpoint,
  correctPatientEntry,
  createPatientEndpoint,
  type Entry,
  findJournalPatient,
  getChart,
  getEntry,
  getLimit,
  getPaper,
  getPatient,
  getTimeline,
  liftLimit,
  limitRecord,
  listAppointments,
  listEntries,
  listPatients,
  listReaders,
  listStewardProposals,
  listVersions,
  restorePatientEntry,
  verifyRecordEndpoint,
  withdrawPatientEntry,
} from './contract.ts'
import { createPatient } from './create-patient.ts'
import { type EntryKind, KINDS } from './kinds/index.ts'
import { liftRecordLimit, limitRecordTo, readLimit } from './limits.ts'
import { type ListFor, listByIds, listByName } from './list-patients.ts'
import { readPaper } from './paper.ts'
import { findPatientOfFile, readReaders } from './readers.ts'
import { findPatients, parseQuery } from './search/index.ts'
import { recordShown } from './shown.ts'
import { loadStewardProposals } from './stewards.ts'
import {
  type EntriesAsked,
  type EntriesPage,
  type Reading,
  readAll,
  readEntries,
  readEntry,
  readPatient,
  readVersions,
} from './store.ts'
import { verifyParts } from './verify-record.ts'
import { addEntry, correctEntry, restoreEntry, withdrawEntry } from './write.ts'
import type { Writing } from './writing.ts'

/** A search finds so many at most. */
const FOUND_MAX = 100

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'actor' | 'record'>
type PatientCall = AnyCall & { readonly params: { readonly patientId: string } }

export const patientRoutes: readonly Route[] = [
  route(listPatients, async ({ query: { query, cursor, limit }, practice, actor, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const page =
        query === undefined ? await pageByName(asking, cursor, limit) : await searched(asking, query, Math.min(limit, FOUND_MAX))
      const ids = page.patients.map(({ id }) => id)
      await recordShown(record, tx, query === undefined ? 'names' : 'search', ids, { count: ids.length })
      return page
    }),
  ),

  route(createPatientEndpoint, async (call) =>
    writing(call, (change) => createPatient(change, call.body.identity, call.body.stewardship)),
  ),

  route(listStewardProposals, async ({ practice, actor }) => {
    const today = await loadToday(practice.db, practice.id, practice.now())
    const { first, all } = await loadStewardProposals(practice.db, practice.id, actor, today)
    return { first, all: [...all] }
  }),

  route(getPatient, async (call) =>
    reading(call, async (asking) => {
      const today = await loadToday(asking.db, call.practice.id, call.practice.now())
      return { answer: await readPatient(asking, today), kinds: ['identity', 'alert', 'stewardship'] }
    }),
  ),

  route(listEntries, async (call) => {
    const { kind, withdrawn, cursor, limit } = call.query
    return entriesPage(call, {
      ...(kind === undefined ? {} : { kinds: [kind] }),
      withWithdrawn: withdrawn === 'true',
      after: parseEntryPlace(cursor),
      limit,
    })
  }),

  route(getTimeline, async (call) => {
    const { cursor, limit } = call.query
    return entriesPage(call, { after: parseEntryPlace(cursor), limit })
  }),

  route(addPatientEntry, async (call) =>
    writing(call, async (change) => {
      const { id, version } = await addEntry(change, { ...call.body, patientId: call.params.patientId })
      return { id, version }
    }),
  ),

  route(getEntry, async (call) =>
    reading(call, async (asking) => {
      const entry = await readEntry(asking, call.params.entryId)
      return { answer: entry, kinds: [entry.kind], subject: `${entry.kind}:${entry.id}` }
    }),
  ),

  route(getPaper, async (call) =>
    reading(call, async (asking) => {
      const answer = await readPaper(asking, call.params.entryId)
      const { kind, id, version } = answer.entry
      return { answer, kinds: ['identity', kind], subject: `${kind}:${id}`, version }
    }),
  ),

  route(correctPatientEntry, async (call) =>
    writing(call, async (change) => {
      const { id, version } = await correctEntry(change, { ...call.params, ...call.body })
      return { id, version }
    }),
  ),

  route(withdrawPatientEntry, async (call) =>
    writing(call, async (change) => {
      const { id, version } = await withdrawEntry(change, { ...call.params, ...call.body })
      return { id, version }
    }),
  ),

  route(restorePatientEntry, async (call) =>
    writing(call, async (change) => {
      const { id, version } = await restoreEntry(change, { ...call.params, ...call.body })
      return { id, version }
    }),
  ),

  route(listVersions, async (call) =>
    reading(call, async (asking) => {
      const answer = await readVersions(asking, call.params.entryId)
      return { answer, kinds: [answer.kind], subject: `${answer.kind}:${call.params.entryId}`, versions: answer.versions.length }
    }),
  ),

  route(getChart, async (call) =>
    reading(call, async (asking) => {
      requireRead(asking.access, 'care')
      const answer = drawChart({
        procedures: await readAll(asking, 'procedure'),
        observations: await readAll(asking, 'observation'),
        devices: await readAll(asking, 'device'),
      })
      return { answer, kinds: ['procedure', 'observation', 'device'] }
    }),
  ),

  route(verifyRecordEndpoint, async (call) =>
    reading(call, async (asking) => {
      requireRead(asking.access, 'administrative')
      const verdict = await verifyParts(asking, call.actor.accountId)
      return { answer: { ...verdict, breaks: [...verdict.breaks], isWhole: verdict.breaks.length === 0 }, kinds: [] }
    }),
  ),

  route(breakGlassEndpoint, async (call) =>
    writing(call, async (change) => ({
      endsAt: await breakGlassOf(change, call.practice, call.params.patientId, call.body.reason),
    })),
  ),

  route(getLimit, async (call) =>
    writing(call, async (change) => {
      const limit = await readLimit(change, call.params.patientId)
      await change.record({ action: 'record.read', patientId: call.params.patientId, details: { kinds: ['limit'] } })
      return { limit }
    }),
  ),

  route(limitRecord, async (call) =>
    writing(call, async (change) => {
      await limitRecordTo(change, call.params.patientId, call.body.accountIds, call.body.reason)
      return undefined
    }),
  ),

  route(liftLimit, async (call) =>
    writing(call, async (change) => {
      await liftRecordLimit(change, call.params.patientId)
      return undefined
    }),
  ),

  route(listReaders, async ({ params: { patientId }, practice, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const readers = await readReaders(tx, practice.id, patientId)
      await record(tx, { patientId, details: { visits: readers.visits.length } })
      return readers
    }),
  ),

  route(findJournalPatient, async ({ query: { file }, practice, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const found = await findPatientOfFile(tx, practice.id, file)
      await record(tx, { patientId: found.patientId })
      return found
    }),
  ),

  route(listAppointments, async ({ query, practice, actor, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const appointments = await readAppointments({ db: tx, practiceId: practice.id, actor, now: practice.now() }, query)
      const ids = appointments.flatMap(({ entry }) => entry?.patient.id ?? [])
      await recordShown(record, tx, 'diary', ids, { count: appointments.length, ...query })
      return { appointments }
    }),
  ),
]

interface Read<A> {
  readonly answer: A
  /** what was read, for the journal */
  readonly kinds: readonly (EntryKind | 'limit')[]
  readonly subject?: string
  readonly versions?: number
  /** of the entry, where what was taken away must be told from what stands there now */
  readonly version?: number
}

/** Reads one record, in the transaction that writes it to the journal. */
function reading<A>(
  { practice, actor, record, params: { patientId } }: PatientCall,
  read: (asking: Reading) => Promise<Read<A>>,
): Promise<A> {
  return practice.db.transaction().execute(async (tx) => {
    const now = practice.now()
    const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now }, patientId)
    const { answer, kinds, subject, versions, version } = await read({ db: tx, practiceId: practice.id, access })
    await record(tx, {
      patientId: access.patientId,
      ...(subject === undefined ? {} : { subject }),
      details: { kinds, versions, version, joined: joinedIn(access), ...glass(access.glassEndsAt) },
    })
    return answer
  })
}

/** Which records were shown within the one that is named. */
function joinedIn({ joinedIds = [] }: RecordAccess): readonly string[] | undefined {
  return joinedIds.length === 0 ? undefined : joinedIds
}

/** Whoever examines the journal sees which looks needed broken glass. */
function glass(endsAt: string | undefined): { readonly throughBrokenGlass?: true } {
  return endsAt === undefined ? {} : { throughBrokenGlass: true }
}

/** Changes one thing, in a transaction in which the change itself tells the journal. */
function writing<A>({ practice, actor, record }: AnyCall, change: (writing: Writing) => Promise<A>): Promise<A> {
  return practice.db
    .transaction()
    .execute((tx: Tx) =>
      change({ tx, practiceId: practice.id, actor, now: practice.now(), record: (event) => record(tx, event) }),
    )
}

async function entriesPage(call: PatientCall, asked: EntriesAsked): Promise<{ entries: Entry[]; next?: string }> {
  return reading(call, async (asking) => {
    for (const kind of asked.kinds ?? []) requireRead(asking.access, KINDS[kind].class)
    const { entries, next }: EntriesPage = await readEntries(asking, asked)
    const answer = next === undefined ? { entries } : { entries, next: printCursor([next.day, next.id]) }
    return { answer, kinds: asked.kinds ?? [...new Set(entries.map(({ kind }) => kind))] }
  })
}

async function pageByName(asking: ListFor, cursor: string | undefined, limit: number) {
  const { patients, next } = await listByName(asking, parseNamePlace(cursor), limit)
  return next === undefined ? { patients } : { patients, next: printCursor([next.sortName, next.id]) }
}

async function searched(asking: ListFor, query: string, limit: number) {
  const found = await findPatients(asking.db, asking.practiceId, parseQuery(query), { limit })
  const ids = found.patients.map(({ patientId }) => patientId)
  return { patients: await listByIds(asking, ids), isAll: found.isAll }
}

function parseNamePlace(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [sortName, id] = parseCursor(cursor, 2)
  return { sortName: String(sortName), id: String(id) }
}

function parseEntryPlace(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [day, id] = parseCursor(cursor, 2)
  return { day: String(day), id: String(id) }
}
