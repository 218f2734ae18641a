/**
 * An import of years adds to each record in turn, and every index that begins with the patient costs it a page for each row. One such index of
 * `record_entry` is enough: how often a record has changed stands in it too, and versions are found by their entries or their batch.
 */
import { type Kysely, sql } from 'kysely'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

export async function up(db: AnyDb): Promise<void> {
  for (const name of [
    'record_version_by_practice_id_patient_id',
    'record_version_by_source',
    'record_entry_by_practice_id_patient_id_kind_about_on',
  ])
    await db.schema.dropIndex(name).execute()
  await sql`create index record_version_by_source_patient_id on record_version (source, patient_id) where source is not null`.execute(
    db,
  )
  await db.schema
    .createIndex('record_entry_by_practice_id_patient_id_kind_about_on_version')
    .on('record_entry')
    .columns(['practice_id', 'patient_id', 'kind', 'about_on', 'version'])
    .execute()
}
