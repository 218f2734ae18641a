/** Which patients of a source may be in the practice already, and which look like each other: kept with the report of the run that asked. */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  import_person: {
    columns: { practice_id: 'text', run_id: 'text', line: 'integer', key: 'text', identity: 'text', is_named: 'integer' },
    key: ['run_id', 'line'], isItsIndex: true,
  },
  import_duplicate: {
    columns: {
      practice_id: 'text', run_id: 'text', line: 'integer', place: 'integer', other_line: 'integer?', patient_id: 'text?', score: 'integer',
      reasons: 'text',
    },
    key: ['run_id', 'line', 'place'], indexes: [['run_id', 'score']],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
}
