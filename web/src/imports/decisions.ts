/** What there is to decide about a source after a run, and what was decided. Pure. */
import type { Decision, DecisionContent, ImportRun, Refusal } from '@couronne/practice/contract'

export type Answer = Extract<DecisionContent, { readonly kind: 'row' }>['answer']

/** What may be said of a refused row: it is taken all the same, belongs to somebody, or stays out for good. */
export function answersTo(code: Refusal): readonly Answer['kind'][] {
  switch (code) {
    case 'columns-differ':
    case 'key-taken':
      return ['accept', 'ignore']
    case 'patient-unknown':
      return ['relink', 'ignore']
    default:
      return ['ignore']
  }
}

/** Two decisions about the same thing have the same one: the newer takes the place of the older. */
export function subjectOf(decision: DecisionContent): string {
  switch (decision.kind) {
    case 'practitioner':
      return `practitioner ${decision.written}`
    case 'word':
      return `word ${decision.table} ${decision.target} ${decision.written}`
    case 'row':
      return `row ${decision.table} ${decision.digest}`
    default:
      return `${decision.kind} ${decision.key}`
  }
}

/** By what each is about; of several the newest, which comes first. */
export function bySubject(decisions: readonly Decision[]): ReadonlyMap<string, Decision> {
  const found = new Map<string, Decision>()
  for (const each of decisions) {
    const subject = subjectOf(each.decision)
    if (!found.has(subject)) found.set(subject, each)
  }
  return found
}

export interface UnknownWord {
  readonly table: string
  readonly entity: ImportRun['tables'][number]['entity']
  readonly target: string
  readonly word: string
  readonly rows: number
}

/** Words that meant nothing known in a run, the commonest first. */
export function unknownWordsOf(run: ImportRun): UnknownWord[] {
  return run.tables
    .flatMap(({ table, entity, unknownWords }) => unknownWords.map((each) => ({ ...each, table, entity })))
    .toSorted((one, other) => other.rows - one.rows)
}
