/** The SQL of studies, series and instances. */
import { sql } from 'kysely'
import type { Db, Tables, Tx } from '#database'
import type { StudyFacts } from './facts.ts'

export type StudyRow = Tables['image_study']
export type SeriesRow = Tables['image_series']
export type InstanceRow = Tables['image_instance']

export async function findStudyByUid(
  db: Db | Tx,
  practiceId: string,
  studyUid: string,
  identityDigest: string,
): Promise<StudyRow | undefined> {
  return db
    .selectFrom('image_study')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('study_uid', '=', studyUid)
    .where('identity_digest', '=', identityDigest)
    .executeTakeFirst()
}

export async function findStudy(db: Db | Tx, practiceId: string, studyId: string): Promise<StudyRow | undefined> {
  return db
    .selectFrom('image_study')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', studyId)
    .executeTakeFirst()
}

/** Those in these records. */
export async function listStudiesOf(
  db: Db | Tx,
  practiceId: string,
  patientIds: readonly string[],
): Promise<readonly StudyRow[]> {
  return db
    .selectFrom('image_study')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', patientIds)
    .where('entry_id', 'is not', null)
    .execute()
}

export interface StudyInRecord {
  readonly studyUid: string
  readonly patientId: string
  readonly entryId: string
}

/** Studies of these UIDs that are in records. */
export async function findStudiesInRecords(
  db: Db | Tx,
  practiceId: string,
  studyUids: readonly string[],
): Promise<StudyInRecord[]> {
  if (studyUids.length === 0) return []
  const rows = await db
    .selectFrom('image_study')
    .select(['study_uid', 'patient_id', 'entry_id'])
    .where('practice_id', '=', practiceId)
    .where('study_uid', 'in', studyUids)
    .where('entry_id', 'is not', null)
    .execute()
  return rows.flatMap(({ study_uid: studyUid, patient_id: patientId, entry_id: entryId }) =>
    patientId === null || entryId === null ? [] : [{ studyUid, patientId, entryId }],
  )
}

export interface EntryOfStudy {
  readonly id: string
  readonly version: number
  readonly hash: string
}

/** What a record says already of a study whose images had not come: another program named it by its UID. */
export async function findWaitingEntry(
  tx: Tx,
  practiceId: string,
  patientId: string,
  studyUid: string,
): Promise<EntryOfStudy | undefined> {
  if (studyUid === '') return undefined
  const rows = await tx
    .selectFrom('record_entry')
    .innerJoin('record_version', (join) =>
      join.onRef('record_version.entry_id', '=', 'record_entry.id').onRef('record_version.version', '=', 'record_entry.version'),
    )
    .leftJoin('image_study', (join) =>
      join
        .onRef('image_study.practice_id', '=', 'record_entry.practice_id')
        .onRef('image_study.patient_id', '=', 'record_entry.patient_id')
        .onRef('image_study.entry_id', '=', 'record_entry.id'),
    )
    .select(['record_version.entry_id', 'record_version.version', 'record_version.hash', 'record_version.body'])
    .where('record_entry.practice_id', '=', practiceId)
    .where('record_entry.patient_id', '=', patientId)
    .where('record_entry.kind', '=', 'imagingStudy')
    .where('record_version.state', '=', 'current')
    .where('image_study.id', 'is', null)
    .execute()
  const found = rows.find(({ body }) => body !== null && (JSON.parse(body) as { studyUid?: string }).studyUid === studyUid)
  return found && { id: found.entry_id, version: found.version, hash: found.hash }
}

/** @returns whether it is there by this call, and was not before */
export async function insertStudy(tx: Tx, row: StudyRow): Promise<boolean> {
  const result = await tx
    .insertInto('image_study')
    .values(row)
    .onConflict((conflict) => conflict.columns(['practice_id', 'study_uid', 'identity_digest']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function updateStudy(tx: Tx, practiceId: string, studyId: string, set: Partial<StudyRow>): Promise<void> {
  await tx.updateTable('image_study').set(set).where('practice_id', '=', practiceId).where('id', '=', studyId).execute()
}

/** One instance more. @returns false when the study is gone */
export async function countInstance(
  tx: Tx,
  practiceId: string,
  studyId: string,
  instance: Pick<InstanceRow, 'size_bytes' | 'flag' | 'received_at'>,
  facts: StudyFacts | undefined,
): Promise<boolean> {
  const result = await tx
    .updateTable('image_study')
    .set((row) => ({
      instance_count: row('instance_count', '+', 1),
      size_bytes: row('size_bytes', '+', instance.size_bytes),
      flagged: row('flagged', '+', instance.flag === 'none' ? 0 : 1),
      changed_at: instance.received_at,
      ...(facts === undefined ? {} : { facts: JSON.stringify(facts), is_stale: 1 }),
    }))
    .where('practice_id', '=', practiceId)
    .where('id', '=', studyId)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** @returns the series' id: this one's, or that of one which is there with the same UID */
export async function ensureSeries(tx: Tx, row: SeriesRow): Promise<string> {
  await tx
    .insertInto('image_series')
    .values(row)
    .onConflict((conflict) => conflict.columns(['study_id', 'series_uid']).doNothing())
    .execute()
  const { id } = await tx
    .selectFrom('image_series')
    .select('id')
    .where('practice_id', '=', row.practice_id)
    .where('study_id', '=', row.study_id)
    .where('series_uid', '=', row.series_uid)
    .executeTakeFirstOrThrow()
  return id
}

/** @returns whether it is there by this call, and was not before */
export async function insertInstance(tx: Tx, row: InstanceRow): Promise<boolean> {
  const result = await tx
    .insertInto('image_instance')
    .values(row)
    .onConflict((conflict) => conflict.columns(['practice_id', 'sop_uid', 'data_sha256', 'transfer_syntax_uid']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Those under the same UID that nobody has flagged yet. */
export async function flagTwins(tx: Tx, practiceId: string, { id, sop_uid }: InstanceRow): Promise<void> {
  const twins = await tx
    .updateTable('image_instance')
    .set({ flag: 'same-uid-other-bytes' })
    .where('practice_id', '=', practiceId)
    .where('sop_uid', '=', sop_uid)
    .where('id', '!=', id)
    .where('flag', '=', 'none')
    .returning('study_id')
    .execute()
  for (const { study_id } of twins)
    await tx
      .updateTable('image_study')
      .set((row) => ({ flagged: row('flagged', '+', 1) }))
      .where('practice_id', '=', practiceId)
      .where('id', '=', study_id)
      .execute()
}

/** Instances with the same UID; of those without one, that with the same bytes. */
export async function listTwins(
  db: Db | Tx,
  practiceId: string,
  sopUid: string,
  dataSha256: string,
): Promise<readonly InstanceRow[]> {
  const same = db.selectFrom('image_instance').selectAll().where('practice_id', '=', practiceId).where('sop_uid', '=', sopUid)
  return (sopUid === '' ? same.where('data_sha256', '=', dataSha256) : same).execute()
}

/** A sealed file that was lost or damaged, and came again. @returns false when another has taken its place meanwhile */
export async function replaceSealed(
  tx: Tx,
  practiceId: string,
  { id, sealed_name }: Pick<InstanceRow, 'id' | 'sealed_name'>,
  sealed: Pick<InstanceRow, 'sealed_name' | 'sealed_bytes' | 'sha256' | 'size_bytes'>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('image_instance')
    .set(sealed)
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .where('sealed_name', '=', sealed_name)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0
}

export async function isSealedNamed(db: Db, practiceId: string, sealedName: string): Promise<boolean> {
  const found = await db
    .selectFrom('image_instance')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('sealed_name', '=', sealedName)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

export async function listSeries(db: Db | Tx, practiceId: string, studyId: string): Promise<readonly SeriesRow[]> {
  return db
    .selectFrom('image_series')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('study_id', '=', studyId)
    .orderBy(sql`coalesce(number, 2147483647)`)
    .orderBy('id')
    .execute()
}

export async function listInstances(db: Db | Tx, practiceId: string, studyId: string): Promise<readonly InstanceRow[]> {
  return db
    .selectFrom('image_instance')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('study_id', '=', studyId)
    .orderBy(sql`coalesce(number, 2147483647)`)
    .orderBy('id')
    .execute()
}

export async function findInstance(
  db: Db | Tx,
  practiceId: string,
  studyId: string,
  instanceId: string,
): Promise<InstanceRow | undefined> {
  return db
    .selectFrom('image_instance')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('study_id', '=', studyId)
    .where('id', '=', instanceId)
    .executeTakeFirst()
}

/** Studies whose entries were drawn before the last images came. */
export async function listStaleStudies(db: Db, practiceId: string, limit: number): Promise<readonly StudyRow[]> {
  return db
    .selectFrom('image_study')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('is_stale', '=', 1)
    .limit(limit)
    .execute()
}

/** How many series studies have, and which instance shows them. */
export async function summarizeStudies(
  db: Db | Tx,
  practiceId: string,
  studyIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly seriesCount: number; readonly coverInstanceId: string | undefined }>> {
  if (studyIds.length === 0) return new Map()
  const series = await db
    .selectFrom('image_series')
    .select((row) => ['study_id', row.fn.countAll<number | string>().as('count')])
    .where('practice_id', '=', practiceId)
    .where('study_id', 'in', studyIds)
    .groupBy('study_id')
    .execute()
  const covers = await db
    .selectFrom('image_instance')
    .select((row) => ['study_id', row.fn.min('id').as('id')])
    .where('practice_id', '=', practiceId)
    .where('study_id', 'in', studyIds)
    .where('frames', '>', 0)
    .groupBy('study_id')
    .execute()
  const cover = new Map(covers.map(({ study_id, id }) => [study_id, id]))
  const counts = new Map(series.map(({ study_id, count }) => [study_id, Number(count)]))
  return new Map(studyIds.map((id) => [id, { seriesCount: counts.get(id) ?? 0, coverInstanceId: cover.get(id) ?? undefined }]))
}

// Patients, as far as images need them

/** Those with this file number or INS. */
export async function listPatientsNumbered(
  db: Db | Tx,
  practiceId: string,
  { number, ins }: { readonly number: string | undefined; readonly ins: string | undefined },
): Promise<readonly Tables['patient'][]> {
  if (number === undefined && ins === undefined) return []
  return db
    .selectFrom('patient')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where((row) =>
      row.or([
        ...(number === undefined ? [] : [row('file_number', '=', number)]),
        ...(ins === undefined ? [] : [row('ins', '=', ins)]),
      ]),
    )
    .limit(10)
    .execute()
}
