/** What imports remember: which row of which source became what, and what is left of the others. */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  import_source: {
    columns: { id: 'text', practice_id: 'text', name: 'text', profile: 'text', created_at: 'text' },
    key: ['id'], unique: [['practice_id', 'name']],
  },
  import_run: {
    columns: {
      id: 'text', practice_id: 'text', source_id: 'text', account_id: 'text', is_dry: 'integer', state: 'text', report: 'text', started_at: 'text',
      ended_at: 'text?',
    },
    key: ['id'], indexes: [['practice_id', 'started_at']],
  },
  import_row: {
    columns: {
      practice_id: 'text', source_id: 'text', table_name: 'text', key: 'text', digest: 'text', run_id: 'text', patient_id: 'text', entry_id: 'text',
    },
    key: ['source_id', 'table_name', 'key'], isItsIndex: true,
  },
  import_left: {
    columns: {
      practice_id: 'text', run_id: 'text', table_name: 'text', line: 'integer', key: 'text?', is_refused: 'integer', findings: 'text', raw: 'text?',
    },
    key: ['run_id', 'table_name', 'line'],
  },
  import_chunk: {
    columns: { practice_id: 'text', run_id: 'text', table_name: 'text', first_line: 'integer', row_count: 'integer', rows: 'bytes' },
    key: ['run_id', 'table_name', 'first_line'],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
}
