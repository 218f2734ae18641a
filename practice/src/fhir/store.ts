/** What the mappings need beside the entries: the practice, its practitioners, documents' facts, of what kind a linked entry is. */
import { z } from 'zod'
import type { Db } from '#database'
import { NotFoundError } from '#errors'
import { practiceFactsSchema } from '#installation'
import { type Entry, isEntryKind, keptIdsOf, limitsOf, parseStored, type Reading } from '#patients'
import { firstType } from './map/index.ts'
import type { PracticeShown, PractitionerShown } from './map/practice.ts'
import type { Reference, StoredFile } from './parts.ts'

/** SQLite takes 32,766 values a statement. */
const IDS_A_STATEMENT = 5_000

export async function loadPractice(db: Db, practiceId: string): Promise<PracticeShown> {
  const row = await db.selectFrom('practice').selectAll().where('id', '=', practiceId).executeTakeFirstOrThrow()
  const facts = practiceFactsSchema.safeParse(JSON.parse(row.facts))
  return { id: row.id, name: row.name, facts: facts.data ?? {}, createdAt: row.created_at }
}

/** Those of the practice, with the contracts under which they have practised here. */
export async function loadPractitioners(db: Db, practiceId: string): Promise<readonly PractitionerShown[]> {
  const rows = await db.selectFrom('practitioner').selectAll().where('practice_id', '=', practiceId).orderBy('id').execute()
  const roles = await db
    .selectFrom('practice_role')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .orderBy('from_on')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    familyName: row.family_name,
    givenName: row.given_name,
    rpps: row.rpps ?? undefined,
    createdAt: row.created_at,
    roles: roles
      .filter((role) => role.practitioner_id === row.id)
      .map((role) => ({ id: role.id, status: role.status, fromOn: role.from_on, toOn: role.to_on ?? undefined })),
  }))
}

/** In whose record an entry is. @throws {NotFoundError} */
export async function findRecordOf(db: Db, practiceId: string, entryId: string): Promise<string> {
  const row = await db
    .selectFrom('record_entry')
    .select('patient_id')
    .where('id', '=', entryId)
    .where('practice_id', '=', practiceId)
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError('there is no such resource')
  return row.patient_id
}

/** The identity's entry of a patient. @throws {NotFoundError} */
export async function findIdentity(db: Db, practiceId: string, patientId: string): Promise<string> {
  const row = await db
    .selectFrom('patient')
    .select('identity_id')
    .where('id', '=', patientId)
    .where('practice_id', '=', practiceId)
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError('there is no such resource')
  return row.identity_id
}

/** The resources that stand for some entries of a record: only those that the caller is sent. */
export async function loadReferences(
  { db, practiceId, access }: Reading,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, Reference>> {
  const references = new Map<string, Reference>()
  for (const ids of chunks(entryIds)) {
    const rows = await db
      .selectFrom('record_entry')
      .innerJoin('record_version', (join) =>
        join
          .onRef('record_version.entry_id', '=', 'record_entry.id')
          .onRef('record_version.version', '=', 'record_entry.version')
          .onRef('record_version.practice_id', '=', 'record_entry.practice_id'),
      )
      .select(['record_entry.id', 'record_entry.patient_id', 'record_entry.kind', 'record_entry.code'])
      .where('record_entry.practice_id', '=', practiceId)
      .where('record_entry.patient_id', 'in', [...access.parts])
      .where('record_entry.id', 'in', ids)
      .where('record_entry.class', 'in', [...access.reads])
      .where('record_entry.only_for', 'is', null)
      .where('record_version.body', 'is not', null)
      .execute()
    for (const { id, patient_id, kind, code } of rows)
      if (isEntryKind(kind))
        references.set(id, { reference: `${firstType(kind, code ?? undefined)}/${kind === 'identity' ? patient_id : id}` })
  }
  return references
}

/** What is stored under documents; those that were destroyed are left out. */
export async function loadFiles(
  db: Db,
  practiceId: string,
  objectIds: readonly string[],
): Promise<ReadonlyMap<string, StoredFile>> {
  const files = new Map<string, StoredFile>()
  for (const ids of chunks(objectIds)) {
    const rows = await db
      .selectFrom('document_object')
      .select(['id', 'sha256', 'sha1', 'size_bytes', 'media_type'])
      .where('practice_id', '=', practiceId)
      .where('id', 'in', ids)
      .where('destroyed_at', 'is', null)
      .execute()
    for (const row of rows)
      files.set(row.id, { sha256: row.sha256, sha1: row.sha1, sizeBytes: Number(row.size_bytes), mediaType: row.media_type })
  }
  return files
}

/** An entry without what it holds. */
export type EntryHead = Omit<Entry, 'body'>

/** The bodies of versions that are known: a version does not change, so this needs no transaction. One that was destroyed since has none. */
export async function loadBodies(db: Db, practiceId: string, heads: readonly EntryHead[]): Promise<readonly Entry[]> {
  const rows = await db
    .selectFrom('record_version')
    .select(['entry_id', 'version', 'body'])
    .where('practice_id', '=', practiceId)
    .where(
      'entry_id',
      'in',
      heads.map(({ id }) => id),
    )
    .where('body', 'is not', null)
    .execute()
  const bodies = new Map(rows.map(({ entry_id, version, body }) => [`${entry_id} ${version}`, body]))
  return heads.map((head) => {
    const body = bodies.get(`${head.id} ${head.version}`) ?? null
    return { ...head, body: body === null ? null : parseStored(head.kind, body, head.id) } as Entry
  })
}

const namesSchema = z.array(z.string())

/** The rows of patients that a search found, with who alone may open them and the newest version of their identity. */
export async function loadFound(db: Db, practiceId: string, patientIds: readonly string[]) {
  if (patientIds.length === 0) return []
  const rows = await db
    .selectFrom('patient')
    .innerJoin('record_entry', 'record_entry.id', 'patient.identity_id')
    .innerJoin('record_version', (join) =>
      join
        .onRef('record_version.entry_id', '=', 'record_entry.id')
        .onRef('record_version.version', '=', 'record_entry.version')
        .onRef('record_version.practice_id', '=', 'patient.practice_id'),
    )
    .selectAll('patient')
    .select(['record_entry.version', 'record_version.body', 'record_version.recorded_at', 'record_version.recorded_by'])
    .where('patient.practice_id', '=', practiceId)
    .where('patient.id', 'in', patientIds)
    .execute()
  const kept = await keptIdsOf(db, practiceId, patientIds)
  const limits = await limitsOf(db, practiceId, [...new Set(kept.values())])
  return rows.map((row) => {
    const keptId = kept.get(row.id) ?? row.id
    const givenNames = namesSchema.parse(JSON.parse(row.given_names))
    return { ...row, givenNames, keptId, limitedTo: limits.get(keptId)?.limitedTo }
  })
}

function* chunks(ids: readonly string[]): Generator<string[]> {
  const all = [...new Set(ids)]
  for (let at = 0; at < all.length; at += IDS_A_STATEMENT) yield all.slice(at, at + IDS_A_STATEMENT)
}
