/** Words of a row that stand for nothing known, with what they were meant for: a person may say what each means. Pure. */
import type { ColumnRule, Finding, Row, TableProfile } from '#sources'

const ABOUT_WORDS: ReadonlySet<string> = new Set(['sex-unknown', 'status-unknown', 'type-unknown'])
const WORD_TARGETS: ReadonlySet<string> = new Set(['sex', 'status', 'type', 'category'])

export interface UnknownWord {
  readonly target: string
  readonly word: string
}

export function unknownWords({ fields }: TableProfile, row: Row, findings: readonly Finding[]): UnknownWord[] {
  const columns = findings.filter(({ code }) => ABOUT_WORDS.has(code)).map(({ column }) => column)
  return Object.entries(fields)
    .filter(([target]) => WORD_TARGETS.has(target))
    .flatMap(([target, rule]) => columnsOf(rule).map((column) => ({ target, column })))
    .filter(({ column }) => columns.includes(column))
    .map(({ target, column }) => ({ target, word: (row[column] ?? '').trim() }))
    .filter(({ word }) => word !== '')
}

function columnsOf(rule: ColumnRule): readonly string[] {
  return typeof rule === 'string' ? [rule] : [rule.column ?? []].flat()
}
