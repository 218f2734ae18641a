/** The facts of records: as they are kept where nothing has changed since, drawn from the entries otherwise. */
import { z } from 'zod'
import type { Db } from '#database'
import { DamagedError } from '#errors'
import { type EntryKind, isEntryKind } from '#patients'
import type { RecordFacts } from './fact.ts'
import { factsOf } from './facts-of.ts'
import { FACTS_FORM, parseFacts } from './facts-text.ts'
import type { Parts } from './stamps.ts'

/** Kinds of which the row tells all that is asked: no body is read. */
const WITHOUT_BODY = ['appointment', 'observation', 'referringDoctor'] as const satisfies readonly EntryKind[]
/** Kinds of which no rule speaks. */
const UNASKED = ['claim', 'stewardship', 'careLink'] as const satisfies readonly EntryKind[]

export interface LoadedFacts {
  readonly facts: RecordFacts
  /** they stand in the database as they are */
  readonly isKept: boolean
}

/** @param stamps of all these records */
export async function loadFacts(
  db: Db,
  practiceId: string,
  records: readonly Parts[],
  stamps: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, LoadedFacts>> {
  const kept = await loadKept(db, practiceId, records, stamps)
  const drawn = await drawFacts(
    db,
    practiceId,
    records.filter(({ patientId }) => !kept.has(patientId)),
  )
  return new Map([...kept, ...drawn])
}

async function loadKept(db: Db, practiceId: string, records: readonly Parts[], stamps: ReadonlyMap<string, string>) {
  const rows = await db
    .selectFrom('completeness_facts')
    .select(['patient_id', 'stamp', 'facts'])
    .where('practice_id', '=', practiceId)
    .where(
      'patient_id',
      'in',
      records.map(({ patientId }) => patientId),
    )
    .where('form', '=', FACTS_FORM)
    .execute()
  return new Map(
    rows
      .filter(({ patient_id, stamp }) => stamps.get(patient_id) === stamp)
      .map(({ patient_id, facts }): [string, LoadedFacts] => [patient_id, { facts: parseFacts(facts), isKept: true }]),
  )
}

async function drawFacts(db: Db, practiceId: string, records: readonly Parts[]): Promise<[string, LoadedFacts][]> {
  const ids = records.flatMap(({ partIds }) => partIds)
  if (ids.length === 0) return []
  const [rows, opened, objects] = [
    Map.groupBy(await selectEntries(db, practiceId, ids), (row) => row.patient_id),
    await loadOpened(db, practiceId, ids),
    await loadObjectIds(db, practiceId, ids),
  ]
  return records.map(({ patientId, partIds }) => {
    const entries = partIds.flatMap((id) => (rows.get(id) ?? []).filter(({ kind }) => kind !== 'identity' || id === patientId))
    const source = { openedOn: opened.get(patientId), entries: entries.map(toSource), objectIds: objects }
    return [patientId, { facts: draw(source, patientId), isKept: false }]
  })
}

function draw(source: Parameters<typeof factsOf>[0], patientId: string): RecordFacts {
  try {
    return factsOf(source)
  } catch (cause) {
    // The cause of a failed parse would quote the body.
    if (!(cause instanceof z.ZodError) && !(cause instanceof SyntaxError)) throw cause
    throw new DamagedError('an entry of a record does not read as its kind', { about: { patientId } })
  }
}

async function selectEntries(db: Db, practiceId: string, patientIds: readonly string[]) {
  return db
    .selectFrom('record_entry as entry')
    .leftJoin('record_version as version', (join) =>
      join
        .onRef('version.entry_id', '=', 'entry.id')
        .onRef('version.version', '=', 'entry.version')
        .onRef('version.practice_id', '=', 'entry.practice_id')
        .on('entry.kind', 'not in', [...WITHOUT_BODY]),
    )
    .select([
      'entry.id',
      'entry.patient_id',
      'entry.kind',
      'entry.about_on',
      'entry.practitioner_id',
      'entry.code',
      'version.body',
    ])
    .where('entry.practice_id', '=', practiceId)
    .where('entry.patient_id', 'in', patientIds)
    .where('entry.state', '=', 'current')
    .where('entry.only_for', 'is', null)
    .where('entry.kind', 'not in', [...UNASKED])
    .execute()
}

type EntryRow = Awaited<ReturnType<typeof selectEntries>>[number]

function toSource({ id, kind, about_on, practitioner_id, code, body }: EntryRow) {
  if (!isEntryKind(kind))
    throw new DamagedError('an entry is of a kind that this version of Couronne does not know', { about: { entryId: id } })
  return { id, kind, on: about_on, by: practitioner_id, code, body }
}

/** The day on which a record was opened here by hand; none for what came with an import. */
async function loadOpened(db: Db, practiceId: string, patientIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('patient')
    .innerJoin('record_version', (join) =>
      join
        .onRef('record_version.entry_id', '=', 'patient.identity_id')
        .onRef('record_version.practice_id', '=', 'patient.practice_id'),
    )
    .select(['patient.id', 'patient.created_at'])
    .where('patient.practice_id', '=', practiceId)
    .where('patient.id', 'in', patientIds)
    .where('record_version.version', '=', 1)
    .where('record_version.source', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.id, row.created_at.slice(0, 10)]))
}

async function loadObjectIds(db: Db, practiceId: string, patientIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('document_object')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', patientIds)
    .where('destroyed_at', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
