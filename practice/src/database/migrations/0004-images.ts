/** Images: studies, their series and instances, in records or in the tray; and what imports of folders found. */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  image_study: {
    columns: {
      id: 'text', practice_id: 'text', study_uid: 'text', identity_digest: 'text', state: 'text', reason: 'text?', patient_id: 'text?', entry_id: 'text?',
      named: 'text', facts: 'text', taken_on: 'text?', source: 'text', instance_count: 'integer', size_bytes: 'integer', flagged: 'integer',
      is_stale: 'integer', aside_reason: 'text?', received_at: 'text', changed_at: 'text',
    },
    key: ['id'], unique: [['practice_id', 'study_uid', 'identity_digest']],
    indexes: [['practice_id', 'state', 'id'], ['practice_id', 'patient_id'], ['practice_id', 'is_stale']],
  },
  image_series: {
    columns: { id: 'text', practice_id: 'text', study_id: 'text', series_uid: 'text', number: 'integer?', modality: 'text', facts: 'text' },
    key: ['id'], unique: [['study_id', 'series_uid']],
  },
  image_instance: {
    columns: {
      id: 'text', practice_id: 'text', study_id: 'text', series_id: 'text', sop_uid: 'text', sop_class_uid: 'text', transfer_syntax_uid: 'text',
      number: 'integer?', frames: 'integer', facts: 'text', sha256: 'text', data_sha256: 'text', size_bytes: 'integer', sealed_name: 'text',
      sealed_bytes: 'integer', flag: 'text', received_at: 'text',
    },
    key: ['id'], unique: [['practice_id', 'sop_uid', 'data_sha256', 'transfer_syntax_uid']], indexes: [['study_id']],
  },
  image_import: {
    columns: {
      id: 'text', practice_id: 'text', account_id: 'text', is_dry: 'integer', state: 'text', report: 'text', started_at: 'text', ended_at: 'text?',
    },
    key: ['id'], indexes: [['practice_id', 'started_at']],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
}
