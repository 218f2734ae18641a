/** The first rows of a table, for somebody who says what its columns mean: examples, and days. */
import { DayFormatDetector, type DetectedDayFormat } from '@couronne/formats'
import type { ColumnRow } from './source.ts'
import type { RawTable } from './tables.ts'

/** Looked at, of each table: as many as tell something, and few enough to be read at each change of a mapping. */
export const ROWS_SEEN = 500
const EXAMPLES = 5
const EXAMPLE_CHARACTERS_MAX = 100
/** Below that a column holds days by chance; old exports have many that are none. */
const DAYS_SHARE = 0.5

export interface FirstRows {
  readonly rows: readonly ColumnRow[]
  readonly isMore: boolean
}

export async function readFirstRows(raw: RawTable): Promise<FirstRows> {
  const rows: ColumnRow[] = []
  for await (const row of raw.rows()) {
    if (rows.length === ROWS_SEEN) return { rows, isMore: true }
    rows.push(row)
  }
  return { rows, isMore: false }
}

export interface SeenColumn {
  readonly name: string
  readonly examples: string[]
  readonly filled: number
  readonly dayFormat?: { readonly format: string; readonly rival?: string }
}

export function seeColumns(columns: readonly string[], { rows }: FirstRows, thisYear: number): SeenColumn[] {
  return columns
    .filter((name) => name !== '')
    .map((name) => {
      const texts = rows.map(({ row }) => (row[name] ?? '').trim()).filter((text) => text !== '')
      const days = daysOf(texts, thisYear)
      const examples = [...new Set(texts.map((text) => text.slice(0, EXAMPLE_CHARACTERS_MAX).toWellFormed()))].slice(0, EXAMPLES)
      return {
        name,
        examples,
        filled: texts.length,
        ...(days === undefined
          ? {}
          : { dayFormat: { format: days.format, ...(days.rival === undefined ? {} : { rival: days.rival }) } }),
      }
    })
}

function daysOf(texts: readonly string[], thisYear: number): DetectedDayFormat | undefined {
  const detector = new DayFormatDetector(thisYear)
  for (const text of texts) detector.add(text)
  const found = detector.result()
  return found !== undefined && found.days >= texts.length * DAYS_SHARE ? found : undefined
}
