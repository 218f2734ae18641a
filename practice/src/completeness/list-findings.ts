/** What the records of a practice lack, as it was last judged. */
import type { Db } from '#database'
import { type ListFor, limitedToOthers, listByIds, type PatientLine } from '#patients'
import { SEVERITIES, type Severity } from './rule.ts'

export interface FindingsAsked {
  readonly rule?: string | undefined
  readonly severity?: Severity | undefined
  readonly practitionerId?: string | undefined
  readonly state: 'missing' | 'waived'
  readonly after: FindingPlace | undefined
  readonly limit: number
}

/** Where the page before has ended. */
export interface FindingPlace {
  readonly severity: number
  readonly on: string
  readonly patientId: string
  /** rule and subject, which hold no room */
  readonly what: string
}

export interface FindingLine {
  readonly patient: PatientLine
  readonly rule: string
  readonly subject: string
  readonly severity: Severity
  readonly on: string | undefined
  readonly practitionerId: string | undefined
  readonly missing: number[]
}

/** Gravest first, then newest. Records that are limited to others are not among them. */
export async function listOpenFindings(
  asking: ListFor,
  asked: FindingsAsked,
): Promise<{ lines: FindingLine[]; next?: FindingPlace }> {
  const { db, practiceId, accountId } = asking
  const hidden = await limitedToOthers(db, practiceId, accountId)
  const rows = await select(db, practiceId, asked, hidden)
  const shown = rows.slice(0, asked.limit)
  const ids = [...new Set(shown.map((row) => row.patient_id))]
  const patients = new Map((await listByIds(asking, ids)).map((patient) => [patient.id, patient]))
  const lines = shown.flatMap((row): FindingLine[] => {
    const patient = patients.get(row.patient_id)
    if (patient === undefined) return []
    const { rule, subject, about_on: on, practitioner_id, missing } = row
    return [
      {
        patient,
        rule,
        subject,
        severity: SEVERITIES[row.severity - 1] ?? 'low',
        on: on === '' ? undefined : on,
        practitionerId: practitioner_id ?? undefined,
        missing: JSON.parse(missing) as number[],
      },
    ]
  })
  const last = shown.at(-1)
  return rows.length > asked.limit && last !== undefined ? { lines, next: placeOf(last) } : { lines }
}

async function select(db: Db, practiceId: string, asked: FindingsAsked, hidden: readonly string[]) {
  const { rule, severity, practitionerId, state, after, limit } = asked
  let query = db.selectFrom('completeness_finding').selectAll().where('practice_id', '=', practiceId).where('state', '=', state)
  if (rule !== undefined) query = query.where('rule', '=', rule)
  if (severity !== undefined) query = query.where('severity', '=', SEVERITIES.indexOf(severity) + 1)
  if (practitionerId !== undefined) query = query.where('practitioner_id', '=', practitionerId)
  if (hidden.length > 0) query = query.where('patient_id', 'not in', hidden)
  if (after !== undefined) {
    const [afterRule = '', afterSubject = ''] = after.what.split(' ')
    query = query.where((row) => {
      const [sameSeverity, sameDay, samePatient, sameRule] = [
        row('severity', '=', after.severity),
        row('about_on', '=', after.on),
        row('patient_id', '=', after.patientId),
        row('rule', '=', afterRule),
      ]
      return row.or([
        row('severity', '>', after.severity),
        row.and([sameSeverity, row('about_on', '<', after.on)]),
        row.and([sameSeverity, sameDay, row('patient_id', '>', after.patientId)]),
        row.and([sameSeverity, sameDay, samePatient, row('rule', '>', afterRule)]),
        row.and([sameSeverity, sameDay, samePatient, sameRule, row('subject', '>', afterSubject)]),
      ])
    })
  }
  return query
    .orderBy('severity')
    .orderBy('about_on', 'desc')
    .orderBy('patient_id')
    .orderBy('rule')
    .orderBy('subject')
    .limit(limit + 1)
    .execute()
}

function placeOf(row: { severity: number; about_on: string; patient_id: string; rule: string; subject: string }): FindingPlace {
  return { severity: row.severity, on: row.about_on, patientId: row.patient_id, what: `${row.rule} ${row.subject}` }
}
