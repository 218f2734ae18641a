/** Work that takes longer than a request; what people say of import sources, the files that they send for them, and what they decide. */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  job: {
    columns: {
      id: 'text', practice_id: 'text', kind: 'text', about: 'text', state: 'text', active_key: 'text?', done: 'integer', total: 'integer?',
      holder: 'text?', lease_ends_at: 'text?', attempts: 'integer', is_stopping: 'integer', started_by: 'text?', created_at: 'text', started_at: 'text?',
      ended_at: 'text?', error: 'text?',
    },
    key: ['id'], unique: [['practice_id', 'active_key']], indexes: [['practice_id', 'state', 'created_at'], ['practice_id', 'ended_at']],
  },
  import_setting: {
    columns: {
      source_id: 'text', practice_id: 'text', title: 'text', place: 'text', files_key: 'bytes?', files_removed_at: 'text?',
      password: 'bytes?', followed_at: 'text?', followed_on: 'text?', created_by: 'text', removed_at: 'text?',
    },
    key: ['source_id'],
  },
  import_file: {
    columns: {
      id: 'text', practice_id: 'text', source_id: 'text', path: 'text', size_bytes: 'integer', modified_ms: 'integer?', received_bytes: 'integer', begun_at: 'text',
      changed_at: 'text',
    },
    key: ['id'], unique: [['source_id', 'path']],
  },
  import_decision: {
    columns: {
      id: 'text', practice_id: 'text', source_id: 'text', subject: 'text', current_key: 'text?', content: 'text', decided_by: 'text', decided_at: 'text',
      ended_by: 'text?', ended_at: 'text?',
    },
    key: ['id'], unique: [['source_id', 'current_key']], indexes: [['practice_id', 'source_id', 'decided_at']],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
  await db.schema.alterTable('import_row').addColumn('changed_run_id', 'text').execute()
  await db.schema.alterTable('import_left').addColumn('digest', 'text').execute()
}
