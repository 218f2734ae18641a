/** What records lack: facts drawn from them, what was judged, what people waived, and where the practice stood each day. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  completeness_facts: {
    columns: { patient_id: 'text', practice_id: 'text', stamp: 'text', form: 'text', facts: 'text' },
    key: ['patient_id'],
  },
  completeness_record: {
    columns: {
      practice_id: 'text', patient_id: 'text', stamp: 'text', judged_by: 'text', judged_on: 'text', next_on: 'text?', tally: 'text', digest: 'text',
    },
    key: ['practice_id', 'patient_id'], isItsIndex: true,
  },
  completeness_finding: {
    columns: {
      practice_id: 'text', patient_id: 'text', rule: 'text', subject: 'text', severity: 'integer', state: 'text', about_on: 'text',
      practitioner_id: 'text?', missing: 'text',
    },
    key: ['practice_id', 'patient_id', 'rule', 'subject'], isItsIndex: true,
    indexes: [['practice_id', 'severity', 'about_on'], ['practice_id', 'rule', 'about_on']],
  },
  completeness_waiver: {
    columns: {
      practice_id: 'text', patient_id: 'text', rule: 'text', subject: 'text', version: 'integer', state: 'text', same_as: 'text', reason: 'text?',
      until_on: 'text?', at: 'text', account_id: 'text',
    },
    key: ['practice_id', 'patient_id', 'rule', 'subject', 'version'],
  },
  completeness_trend: {
    columns: {
      practice_id: 'text', on_day: 'text', rule: 'text', met: 'integer', missing: 'integer', waived: 'integer',
    },
    key: ['practice_id', 'on_day', 'rule'], isItsIndex: true,
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
  await keepWaivers(db, engine)
}

/** Who waived what, and why, stays as it was written; with the record that it is about the reason may be destroyed. */
async function keepWaivers(db: AnyDb, engine: Engine): Promise<void> {
  const emptied = ['practice_id', 'patient_id', 'rule', 'subject', 'version', 'state', 'same_as', 'at', 'account_id']
    .map((column) => `new.${column} = old.${column}`)
    .concat('new.reason is null')
    .join(' and ')
  const run = (text: string) => sql.raw(text).execute(db)
  if (engine === 'sqlite') {
    const refuse = (name: string, when: string, condition = '') =>
      run(`create trigger ${name} before ${when} ${condition} begin select raise(abort, 'kept as written'); end`)
    await refuse('completeness_waiver_no_delete', 'delete on completeness_waiver')
    await refuse('completeness_waiver_no_update', 'update on completeness_waiver', `when not (${emptied})`)
    return
  }
  const refuse = (name: string, when: string, condition = '') =>
    run(`create trigger ${name} before ${when} for each row ${condition} execute function kept_as_written()`)
  await refuse('completeness_waiver_no_delete', 'delete on completeness_waiver')
  await refuse('completeness_waiver_no_update', 'update on completeness_waiver', `when (not (${emptied}))`)
}
