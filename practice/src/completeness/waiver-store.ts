/** Waivers as rows: each change a version beside those before it. */
import { type Db, instantText } from '#database'
import { ConflictError, NotFoundError } from '#errors'
import type { Writing } from '#patients'
import type { JudgedFinding, Waiver } from './waivers.ts'

/** The newest version of each waiver, by patient. */
export async function loadWaivers(
  db: Db,
  practiceId: string,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Waiver[]>> {
  const rows = await db
    .selectFrom('completeness_waiver')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', patientIds)
    .orderBy('version')
    .execute()
  const newest = new Map(rows.map((row) => [`${row.patient_id} ${row.rule} ${row.subject}`, row]))
  const byPatient = Map.groupBy(newest.values(), (row) => row.patient_id)
  return new Map([...byPatient].map(([id, ofPatient]) => [id, ofPatient.map(toWaiver)]))
}

function toWaiver(row: {
  rule: string
  subject: string
  version: number
  state: 'waived' | 'withdrawn'
  same_as: string
  reason: string | null
  until_on: string | null
  at: string
  account_id: string
}): Waiver {
  return {
    rule: row.rule,
    subject: row.subject,
    version: row.version,
    state: row.state,
    sameAs: row.same_as,
    reason: row.reason ?? undefined,
    untilOn: row.until_on ?? undefined,
    at: row.at,
    accountId: row.account_id,
  }
}

export interface Waiving {
  readonly patientId: string
  readonly rule: string
  readonly subject: string
  readonly reason: string
}

/**
 * Waives a finding that is open now, until a day or for good.
 *
 * @throws {NotFoundError} nothing of the kind is missing; {@link ConflictError} it is waived already
 */
export async function waive(
  writing: Writing,
  { untilOn, ...waiving }: Waiving & { readonly untilOn?: string | undefined },
  finding: JudgedFinding | undefined,
): Promise<void> {
  if (finding === undefined || finding.sameAs === undefined) throw new NotFoundError('nothing of the kind is missing')
  if (finding.state === 'waived') throw new ConflictError('it is waived already')
  await append(writing, waiving, { state: 'waived', sameAs: finding.sameAs, untilOn, after: finding.waiver })
  await tell(writing, waiving, 'finding.waived')
}

/** @throws {ConflictError} it is not waived */
export async function withdrawWaiver(writing: Writing, waiving: Waiving, waiver: Waiver | undefined): Promise<void> {
  if (waiver?.state !== 'waived') throw new ConflictError('it is not waived')
  await append(writing, waiving, { state: 'withdrawn', sameAs: waiver.sameAs, untilOn: undefined, after: waiver })
  await tell(writing, waiving, 'waiver.withdrawn')
}

interface Appended {
  readonly state: Waiver['state']
  readonly sameAs: string
  readonly untilOn: string | undefined
  readonly after: Waiver | undefined
}

async function append({ tx, practiceId, actor, now }: Writing, waiving: Waiving, { state, sameAs, untilOn, after }: Appended) {
  await tx
    .insertInto('completeness_waiver')
    .values({
      practice_id: practiceId,
      patient_id: waiving.patientId,
      rule: waiving.rule,
      subject: waiving.subject,
      version: (after?.version ?? 0) + 1,
      state,
      same_as: sameAs,
      reason: waiving.reason,
      until_on: untilOn ?? null,
      at: instantText(now),
      account_id: actor.accountId,
    })
    .execute()
}

/** The reason stands with the waiver: what people write there may be care, which the journal does not hold. */
async function tell({ record }: Writing, { patientId, rule, subject }: Waiving, action: 'finding.waived' | 'waiver.withdrawn') {
  await record({ action, patientId, subject: `rule:${rule}`, details: { about: subject === '' ? undefined : subject } })
}
