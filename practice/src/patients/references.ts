/** Whether what a body names is there: practitioners of the practice, entries of the same patient. */
import type { Tx } from '#database'
import { type FieldProblem, InvalidInputError } from '#errors'
import type { BodyFacts } from './kinds/index.ts'

interface Where {
  readonly tx: Tx
  readonly practiceId: string
}

/** @throws {InvalidInputError} naming the ids that are nowhere */
export async function checkReferences(
  { tx, practiceId }: Where,
  patientId: string,
  { practitionerId, links }: Pick<BodyFacts, 'practitionerId' | 'links'>,
): Promise<void> {
  const problems: FieldProblem[] = []
  if (practitionerId !== undefined) {
    const found = await tx
      .selectFrom('practitioner')
      .select('id')
      .where('id', '=', practitionerId)
      .where('practice_id', '=', practiceId)
      .executeTakeFirst()
    if (found === undefined)
      problems.push({ path: 'body.practitionerId', problem: 'unknown', message: 'the practice has no such practitioner' })
  }
  if (links.length > 0) {
    const rows = await tx
      .selectFrom('record_entry')
      .select('id')
      .where('id', 'in', links)
      .where('practice_id', '=', practiceId)
      .where('patient_id', '=', patientId)
      .execute()
    const known = new Set(rows.map((row) => row.id))
    const missing = links.filter((id) => !known.has(id)).length
    if (missing > 0)
      problems.push({
        path: 'body',
        problem: 'unknown-entry',
        message: `${missing} entries that it names are not in this record`,
      })
  }
  if (problems.length > 0) throw new InvalidInputError('what it names is not there', problems)
}
