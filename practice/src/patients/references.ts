/** Whether what a body names is there: practitioners and patients of the practice, entries of the same patient and of the right kind. */
import type { Tx } from '#database'
import { type FieldProblem, InvalidInputError } from '#errors'
import type { BodyFacts } from './kinds/index.ts'
import type { Link } from './kinds/kind.ts'

interface Where {
  readonly tx: Tx
  readonly practiceId: string
}

/** What is asked of a linked entry's row. */
export interface LinkedRow {
  readonly id: string
  readonly patient_id: string
  readonly kind: string
  readonly only_for: string | null
}

/**
 * Whether a link may lead to an entry: of the same record, or of one that is shown as one with it. To a personal note no link leads, its author's neither: whoever reads the link would learn that the
 * note is there, and whoever corrects the entry would be told that it is not.
 */
export function isLinkRight(link: Link, parts: readonly string[], row: LinkedRow | undefined): boolean {
  if (row === undefined || !parts.includes(row.patient_id) || row.only_for !== null) return false
  return link.kind === undefined || link.kind === row.kind
}

/**
 * @param parts the record, and those that are shown as one with it
 * @param entryId the entry that names them, when it is there already: it may not name itself
 * @throws {InvalidInputError} naming how many are nowhere, or are something else
 */
export async function checkReferences(
  { tx, practiceId }: Where,
  parts: readonly string[],
  { practitionerId, links, patients }: Pick<BodyFacts, 'practitionerId' | 'links' | 'patients'>,
  entryId?: string,
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
    const rows: LinkedRow[] = await tx
      .selectFrom('record_entry')
      .select(['id', 'patient_id', 'kind', 'only_for'])
      .where('id', 'in', [...new Set(links.map(({ id }) => id))])
      .where('practice_id', '=', practiceId)
      .where('patient_id', 'in', [...parts])
      .execute()
    const known = new Map(rows.map((row) => [row.id, row]))
    const wrong = links.filter((link) => link.id === entryId || !isLinkRight(link, parts, known.get(link.id))).length
    if (wrong > 0)
      problems.push({
        path: 'body',
        problem: 'unknown-entry',
        message: `${wrong} entries that it names are not in this record, or of another kind`,
      })
  }
  if (patients.length > 0) {
    const rows = await tx
      .selectFrom('patient')
      .select('id')
      .where('id', 'in', patients)
      .where('practice_id', '=', practiceId)
      .where('id', 'not in', [...parts])
      .execute()
    if (rows.length < new Set(patients).size)
      problems.push({ path: 'body.patientId', problem: 'unknown', message: 'the practice has no such other patient' })
  }
  if (problems.length > 0) throw new InvalidInputError('what it names is not there', problems)
}
