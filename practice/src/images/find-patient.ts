/** Patients of ours whom a header may mean. */
import { z } from 'zod'
import type { Db, Tables, Tx } from '#database'
import { contradictions, isOurNumber, type KnownPatient, type Match, matchPatient, type NamedPatient } from './named-patient.ts'
import { loadReceptionSettings } from './reception/settings.ts'
import { listPatientsNumbered } from './store.ts'

const givenNamesSchema = z.array(z.string())
const statusSchema = z.object({ status: z.string() })

/** Whose it is, by its number or INS. */
export async function matchNamed(db: Db | Tx, practiceId: string, named: NamedPatient): Promise<Match> {
  const { issuer } = await loadReceptionSettings(db, practiceId)
  const number = isOurNumber(named, issuer) ? named.number : undefined
  const rows = await listPatientsNumbered(db, practiceId, { number, ins: named.ins })
  const known = await Promise.all(
    rows.map(async (row) => knownPatient(row, row.ins !== null && (await isQualified(db, practiceId, row.identity_id)))),
  )
  return matchPatient(named, known, issuer)
}

/**
 * The same of what came with a record: it is that patient's, unless the header names somebody else. Silence names nobody, and neither does a number
 * that another practice gave.
 *
 * @param patientId whose record it came with
 */
export async function matchOf(db: Db | Tx, practiceId: string, named: NamedPatient, patientId: string): Promise<Match> {
  const match = await matchNamed(db, practiceId, named)
  if (match.kind === 'sure' && match.patientId === patientId) return match
  const row = await db
    .selectFrom('patient')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', patientId)
    .executeTakeFirst()
  const isOther =
    match.kind === 'sure' ||
    row === undefined ||
    contradictions(named, knownPatient(row, false)).length > 0 ||
    (named.ins !== undefined && row.ins !== null && named.ins !== row.ins)
  return isOther ? { kind: 'unsure', reason: 'other-person', patientIds: [patientId] } : { kind: 'sure', patientId }
}

/** @param isQualified whether the INS is sure: one that nobody has checked proves nothing */
export function knownPatient(row: Tables['patient'], isQualified: boolean): KnownPatient {
  return {
    id: row.id,
    fileNumber: row.file_number,
    birthName: row.birth_name,
    usedName: row.used_name ?? undefined,
    givenNames: givenNamesSchema.parse(JSON.parse(row.given_names)),
    usedGivenName: row.used_given_name ?? undefined,
    sex: row.sex,
    bornOn: row.born_on ?? undefined,
    ins: isQualified ? (row.ins ?? undefined) : undefined,
  }
}

async function isQualified(db: Db | Tx, practiceId: string, identityId: string): Promise<boolean> {
  const newest = await db
    .selectFrom('record_version')
    .select('body')
    .where('practice_id', '=', practiceId)
    .where('entry_id', '=', identityId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.body !== null && newest !== undefined && statusSchema.parse(JSON.parse(newest.body)).status === 'qualified'
}
