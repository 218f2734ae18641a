/** The first tables. Frozen: what comes later is a migration of its own. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../engine.ts'
import { createTable, type TableSpec } from './create-table.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>

// biome-ignore format: a table is read by columns
const TABLES: Readonly<Record<string, TableSpec>> = {
  practice: { columns: { id: 'text', name: 'text', facts: 'text', created_at: 'text', is_sample: 'integer' }, key: ['id'] },
  setting: { columns: { practice_id: 'text', name: 'text', value: 'text', changed_at: 'text', changed_by: 'text' }, key: ['practice_id', 'name'] },
  practitioner: {
    columns: { id: 'text', practice_id: 'text', family_name: 'text', given_name: 'text', rpps: 'text?', created_at: 'text' },
    key: ['id'], unique: [['practice_id', 'rpps']],
  },
  practice_role: {
    columns: { id: 'text', practice_id: 'text', practitioner_id: 'text', status: 'text', from_on: 'text', to_on: 'text?' },
    key: ['id'], indexes: [['practice_id', 'practitioner_id']],
  },
  account: {
    columns: {
      id: 'text', practice_id: 'text', login: 'text', display_name: 'text', email: 'text?', role: 'text', practitioner_id: 'text?',
      language: 'text', state: 'text', password_hash: 'text?', password_changed_at: 'text?', invitation_hash: 'text?',
      invitation_ends_at: 'text?', invitation_resets: 'integer?', second_factor_due_at: 'text?', totp_sealed: 'bytes?', totp_step: 'integer?',
      oidc_subject: 'text?', created_at: 'text', created_by: 'text?',
    },
    key: ['id'], unique: [['practice_id', 'login'], ['practice_id', 'oidc_subject'], ['invitation_hash']],
  },
  passkey: {
    columns: {
      id: 'text', account_id: 'text', practice_id: 'text', label: 'text', public_key: 'bytes', counter: 'integer', transports: 'text',
      is_backed_up: 'integer', created_at: 'text', last_used_at: 'text?',
    },
    key: ['id'], indexes: [['account_id']],
  },
  recovery_code: { columns: { account_id: 'text', practice_id: 'text', hash: 'text', used_at: 'text?' }, key: ['account_id', 'hash'] },
  api_token: {
    columns: {
      id: 'text', practice_id: 'text', account_id: 'text', label: 'text', hash: 'text', created_at: 'text', ends_at: 'text',
      last_used_at: 'text?', revoked_at: 'text?',
    },
    key: ['id'], unique: [['hash']], indexes: [['account_id']],
  },
  session: {
    columns: {
      id: 'text', practice_id: 'text', account_id: 'text', hash: 'text', created_at: 'text', last_seen_at: 'text', locked_at: 'text?',
      ended_at: 'text?', proven_at: 'text?', factors: 'text', address: 'text', user_agent: 'text',
    },
    key: ['id'], unique: [['hash']], indexes: [['account_id', 'ended_at']],
  },
  challenge: {
    columns: {
      id: 'text', practice_id: 'text', kind: 'text', account_id: 'text?', address: 'text', data: 'text', failures: 'integer', created_at: 'text',
      ends_at: 'text',
    },
    key: ['id'], indexes: [['practice_id', 'ends_at'], ['practice_id', 'address', 'created_at']],
  },
  known_device: {
    columns: { hash: 'text', practice_id: 'text', account_id: 'text', created_at: 'text', last_seen_at: 'text' },
    key: ['account_id', 'hash'],
  },
  failed_sign_in: { columns: { practice_id: 'text', bucket: 'text', failures: 'integer', last_at: 'text' }, key: ['practice_id', 'bucket'] },
  broken_glass: {
    columns: { id: 'text', practice_id: 'text', account_id: 'text', patient_id: 'text', reason: 'text', at: 'text', ends_at: 'text' },
    key: ['id'], indexes: [['practice_id', 'account_id', 'patient_id', 'ends_at']],
  },
  notice: {
    columns: {
      id: 'text', practice_id: 'text', role: 'text?', account_id: 'text?', kind: 'text', about: 'text', at: 'text', seen_at: 'text?', seen_by: 'text?',
    },
    key: ['id'], indexes: [['practice_id', 'seen_at']],
  },
  patient: {
    columns: {
      id: 'text', practice_id: 'text', file_number: 'text', identity_id: 'text', birth_name: 'text', used_name: 'text?', given_names: 'text',
      used_given_name: 'text?', sex: 'text', born_on: 'text?', died_on: 'text?', ins: 'text?', telephone: 'text?', sort_name: 'text',
      created_at: 'text', changed_at: 'text',
    },
    key: ['id'], unique: [['practice_id', 'file_number']], indexes: [['practice_id', 'sort_name', 'id'], ['practice_id', 'ins']],
  },
  patient_word: {
    columns: { practice_id: 'text', word: 'text', line: 'text', patient_id: 'text' },
    key: ['practice_id', 'word', 'line', 'patient_id'], isItsIndex: true,
  },
  patient_index: { columns: { patient_id: 'text', practice_id: 'text', line: 'text', words: 'text' }, key: ['patient_id'] },
  name_key: { columns: { practice_id: 'text', key: 'text', word: 'text' }, key: ['practice_id', 'key', 'word'], isItsIndex: true },
  record_entry: {
    columns: {
      id: 'text', practice_id: 'text', patient_id: 'text', kind: 'text', version: 'integer', state: 'text', about_on: 'text?',
      practitioner_id: 'text?', code: 'text?', class: 'text', only_for: 'text?', created_at: 'text', changed_at: 'text',
    },
    key: ['id'], indexes: [['practice_id', 'patient_id', 'kind', 'about_on'], ['practice_id', 'kind', 'about_on', 'id']],
  },
  record_version: {
    columns: {
      entry_id: 'text', version: 'integer', practice_id: 'text', patient_id: 'text', kind: 'text', state: 'text', body: 'text?',
      body_salt: 'text?', body_hash: 'text', recorded_at: 'text', recorded_by: 'text', reason: 'text?', source: 'text?', previous_hash: 'text', hash: 'text',
    },
    key: ['entry_id', 'version'], indexes: [['practice_id', 'patient_id']],
  },
  record_limit: {
    columns: { practice_id: 'text', patient_id: 'text', accounts: 'text', reason: 'text', set_at: 'text', set_by: 'text' },
    key: ['patient_id'],
  },
  document_object: {
    columns: {
      id: 'text', practice_id: 'text', patient_id: 'text', sha256: 'text', sha1: 'text', size_bytes: 'integer', media_type: 'text',
      sealed_name: 'text', sealed_bytes: 'integer', preview_name: 'text?', preview_state: 'text', stored_at: 'text', destroyed_at: 'text?',
    },
    key: ['id'], indexes: [['practice_id', 'patient_id', 'sha256'], ['preview_state'], ['sealed_name']],
  },
  document_upload: {
    columns: {
      id: 'text', practice_id: 'text', patient_id: 'text', account_id: 'text', size_bytes: 'integer', received_bytes: 'integer',
      about: 'text', finished: 'text?', started_at: 'text', changed_at: 'text',
    },
    key: ['id'], indexes: [['practice_id', 'changed_at']],
  },
  journal_entry: {
    columns: {
      practice_id: 'text', seq: 'integer', at: 'text', account_id: 'text?', role: 'text?', session_id: 'text?', address: 'text?',
      action: 'text', patient_id: 'text?', subject: 'text?', reason: 'text?', details: 'text', salt: 'text?', previous_hash: 'text', hash: 'text',
    },
    key: ['practice_id', 'seq'],
    indexes: [['practice_id', 'patient_id', 'seq'], ['practice_id', 'account_id', 'seq'], ['practice_id', 'action', 'seq'], ['practice_id', 'at']],
  },
  journal_shown: {
    columns: { practice_id: 'text', patient_id: 'text', seq: 'integer' }, key: ['practice_id', 'patient_id', 'seq'], isItsIndex: true,
    indexes: [['practice_id', 'seq']],
  },
  journal_head: { columns: { practice_id: 'text', seq: 'integer', hash: 'text' }, key: ['practice_id'] },
  idempotency_key: {
    columns: {
      practice_id: 'text', account_id: 'text', key: 'text', request_hash: 'text', status: 'integer', reply: 'text', at: 'text',
    },
    key: ['account_id', 'key'], indexes: [['at']],
  },
  'keyring.document_key': {
    columns: { object_id: 'text', practice_id: 'text', wrapped_key: 'bytes', created_at: 'text' }, key: ['object_id'],
  },
}

export async function up(db: AnyDb, engine: Engine): Promise<void> {
  if (engine === 'postgresql') await sql`create schema if not exists keyring`.execute(db)
  for (const [name, spec] of Object.entries(TABLES)) await createTable(db, engine, name, spec)
  await keepAsWritten(db, engine)
}

/** The database itself refuses to change what is there for good, whoever asks by whatever program. */
async function keepAsWritten(db: AnyDb, engine: Engine): Promise<void> {
  const unchanged =
    'new.entry_id = old.entry_id and new.version = old.version and new.practice_id = old.practice_id and new.patient_id = old.patient_id' +
    ' and new.kind = old.kind and new.state = old.state and new.recorded_at = old.recorded_at and new.recorded_by = old.recorded_by' +
    " and coalesce(new.reason, '') = coalesce(old.reason, '') and coalesce(new.source, '') = coalesce(old.source, '')" +
    ' and new.body_hash = old.body_hash and new.previous_hash = old.previous_hash and new.hash = old.hash' +
    ' and new.body is null and new.body_salt is null'
  // A trace of use whose time is over is emptied (`journal/retention.ts`); its place in the chain stays.
  const emptied =
    "new.action = 'trace.emptied' and new.practice_id = old.practice_id and new.seq = old.seq and new.at = old.at" +
    ' and new.previous_hash = old.previous_hash and new.hash = old.hash and new.account_id is null and new.role is null' +
    ' and new.session_id is null and new.address is null and new.patient_id is null and new.subject is null and new.reason is null and new.salt is null' +
    " and new.details = '{}'"
  const run = (text: string) => sql.raw(text).execute(db)
  if (engine === 'sqlite') {
    const refuse = (name: string, when: string, condition = '') =>
      run(`create trigger ${name} before ${when} ${condition} begin select raise(abort, 'kept as written'); end`)
    const inPlace = 'new.rowid = old.rowid'
    await refuse('journal_entry_no_update', 'update on journal_entry', `when not (${emptied} and ${inPlace})`)
    await refuse('journal_entry_no_delete', 'delete on journal_entry')
    await refuse('record_version_no_delete', 'delete on record_version')
    await refuse('record_version_no_update', 'update on record_version', `when not (${unchanged} and ${inPlace})`)
    // `insert or replace` deletes what is in its way without running the triggers for it, unless the connection asks for that.
    const refuseReplacing = (table: string, isThere: string) =>
      refuse(
        `${table}_no_replace`,
        `insert on ${table}`,
        `when exists (select 1 from ${table} where ${isThere} or rowid = new.rowid)`,
      )
    await refuseReplacing('journal_entry', 'practice_id = new.practice_id and seq = new.seq')
    await refuseReplacing('record_version', 'entry_id = new.entry_id and version = new.version')
    return
  }
  await run(
    `create function kept_as_written() returns trigger language plpgsql as $$ begin raise exception 'kept as written'; end $$`,
  )
  const refuse = (name: string, when: string, condition = '') =>
    run(`create trigger ${name} before ${when} for each row ${condition} execute function kept_as_written()`)
  await refuse('journal_entry_no_delete', 'delete on journal_entry')
  await refuse('journal_entry_no_update', 'update on journal_entry', `when (not (${emptied}))`)
  await refuse('record_version_no_delete', 'delete on record_version')
  await refuse('record_version_no_update', 'update on record_version', `when (not (${unchanged}))`)
}
