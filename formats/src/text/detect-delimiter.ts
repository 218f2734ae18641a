/** What separates the fields of a file: French programs write semicolons, others commas, spreadsheets tabs. */

import { CsvReader } from './csv.ts'
import type { TextLine } from './lines.ts'

/** Of equal ones the first. */
export const DELIMITERS = [';', '\t', ',', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

export interface DetectedDelimiter {
  readonly delimiter: Delimiter
  /** the first line only says what separates the others (`sep=;`, which Excel writes and hides) */
  readonly isSaid: boolean
}

/** @param lines the first ones of a file; a hundred are enough */
export function detectDelimiter(lines: readonly TextLine[]): DetectedDelimiter {
  const said = /^sep=(.)[\r\n]*$/i.exec(lines[0]?.text ?? '')?.[1]
  const named = DELIMITERS.find((each) => each === said)
  if (named !== undefined) return { delimiter: named, isSaid: true }
  const best = DELIMITERS.map((delimiter) => ({ delimiter, ...regularity(lines, delimiter) })).reduce((one, other) =>
    other.alike > one.alike || (other.alike === one.alike && other.fields > one.fields) ? other : one,
  )
  return { delimiter: best.delimiter, isSaid: false }
}

/** How many records have as many fields as the first one, when it has several. */
function regularity(lines: readonly TextLine[], delimiter: Delimiter): { readonly alike: number; readonly fields: number } {
  const reader = new CsvReader(delimiter)
  const counts = [...lines.flatMap((line) => [...reader.add(line)]), ...reader.end()].map(({ fields }) => fields.length)
  const [fields = 0] = counts
  return fields < 2 ? { alike: 0, fields } : { alike: counts.filter((count) => count === fields).length, fields }
}
