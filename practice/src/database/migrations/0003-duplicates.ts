/** Which records may be one person's, which somebody has joined, and from a batch of an import to what it wrote. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  match_due: {
    columns: { practice_id: 'text', patient_id: 'text', since: 'text' },
    key: ['practice_id', 'patient_id'], isItsIndex: true,
  },
  match_key: {
    columns: { practice_id: 'text', key: 'text', patient_id: 'text' },
    key: ['practice_id', 'key', 'patient_id'], isItsIndex: true,
  },
  match_index: { columns: { practice_id: 'text', patient_id: 'text', keys: 'text' }, key: ['patient_id'] },
  duplicate_pair: {
    columns: {
      practice_id: 'text', one_id: 'text', other_id: 'text', score: 'integer', reasons: 'text', state: 'text', found_at: 'text',
      decided_at: 'text?', decided_by: 'text?', decided_reason: 'text?', decided_on: 'text?',
    },
    key: ['practice_id', 'one_id', 'other_id'], indexes: [['practice_id', 'other_id'], ['practice_id', 'state', 'score']],
  },
  patient_link: {
    columns: {
      id: 'text', practice_id: 'text', patient_id: 'text', kept_id: 'text', reason: 'text', joined_at: 'text', joined_by: 'text',
      undone_at: 'text?', undone_by: 'text?', undone_reason: 'text?',
    },
    key: ['id'], indexes: [['practice_id', 'patient_id'], ['practice_id', 'kept_id']],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
  // A record is joined to one other at a time, whoever asks at once.
  await sql`create unique index patient_link_once on patient_link (practice_id, patient_id) where undone_at is null`.execute(db)
  // Without the practice, which would double it: a batch's id is nobody else's.
  await sql`create index record_version_by_source on record_version (source) where source is not null`.execute(db)
  await sql`
    insert into match_due (practice_id, patient_id, since) select practice_id, id, changed_at from patient`.execute(db)
}
