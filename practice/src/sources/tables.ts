/**
 * Tables of any source, with what their values tell: in which format each column of days is written, which columns nobody asks for, what looks
 * wrong with all of them.
 */
import { type DayFormat, DayFormatDetector } from '@couronne/formats'
import { ImportSourceError } from '#errors'
import type { ColumnRule, TableProfile } from './profile.ts'
import type { ColumnRow, ColumnTable, SourceNote } from './source.ts'
import { TARGETS, type TargetKind } from './targets.ts'

/** A table as its source gives it. */
export interface RawTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly notes: readonly SourceNote[]
  /** again from the beginning each time */
  rows(signal?: AbortSignal): AsyncIterable<ColumnRow>
}

/** French letters in UTF-8 that a program took for windows-1252 and wrote in UTF-8 again: `Ã©`, `Ã¨`, `Ã§`, `Ãª`. */
const TWICE_ENCODED = /Ã[©¨§ª¢´®»¯«‰€]/

/**
 * Reads all rows once.
 *
 * @param thisYear decides the century of years of two digits
 * @throws {ImportSourceError} when the table has not the columns that the profile names
 */
export async function describeTable(raw: RawTable, profile: TableProfile, thisYear: number): Promise<ColumnTable> {
  requireColumns(raw.name, raw.columns, profile)
  const { dayFormats, notes, rowCount } = await detectDays(raw.rows(), profile, thisYear)
  return {
    ...raw,
    kind: 'columns',
    profile,
    rowCount,
    dayFormats,
    notes: [...raw.notes, ...notes, ...unusedNotes(raw.columns, profile)],
  }
}

/** A program writes its days in one way: what one column tells for certain settles another of which both readings are possible. */
export function agreeOnDays(tables: readonly ColumnTable[]): ColumnTable[] {
  const notes = tables.flatMap((table) => table.notes)
  const certain = new Set(notes.filter(({ code }) => code === 'day-format').map(({ about }) => about.format))
  const settled = (note: SourceNote): SourceNote =>
    note.code === 'day-format-unsure' && certain.has(note.about.format) && !certain.has(note.about.rival)
      ? { code: 'day-format', about: note.about }
      : note
  return tables.map((table) => ({ ...table, notes: table.notes.map(settled) }))
}

function requireColumns(name: string, columns: readonly string[], profile: TableProfile): void {
  const missing = namedColumns(profile).filter((column) => !columns.includes(column))
  if (missing.length > 0)
    throw new ImportSourceError(`${name} has no column ${missing.join(', ')}; it has ${columns.slice(0, 50).join(', ')}`, {
      about: { table: name, missingColumns: missing.join('\n') },
    })
}

function namedColumns({ key, patient = [], fields }: TableProfile): string[] {
  return [...new Set([...key, ...patient, ...Object.values(fields).flatMap(columnsOf)])]
}

export function columnsOf(rule: ColumnRule): string[] {
  return typeof rule === 'string' ? [rule] : [rule.column ?? []].flat()
}

async function detectDays(rows: AsyncIterable<ColumnRow>, profile: TableProfile, thisYear: number) {
  const targets: Readonly<Record<string, TargetKind | undefined>> = TARGETS[profile.entity]
  const dayColumns = Object.entries(profile.fields)
    .filter(([target, rule]) => targets[target] === 'day' && !(typeof rule === 'object' && rule.format !== undefined))
    .flatMap(([, rule]) => columnsOf(rule))
  const detectors = new Map([...new Set(dayColumns)].map((column) => [column, new DayFormatDetector(thisYear)]))
  let twiceEncoded = 0
  let rowCount = 0
  for await (const { row, raw } of rows) {
    for (const [column, detector] of detectors) detector.add(row[column] ?? '')
    rowCount++
    if (TWICE_ENCODED.test(raw)) twiceEncoded++
  }
  const dayFormats = new Map<string, DayFormat>()
  const notes: SourceNote[] = []
  for (const [column, detector] of detectors) {
    const found = detector.result()
    if (found === undefined) continue
    dayFormats.set(column, found.format)
    const about = { column, format: found.format, days: found.days, values: found.values }
    notes.push(
      found.rival === undefined
        ? { code: 'day-format', about }
        : { code: 'day-format-unsure', about: { ...about, rival: found.rival } },
    )
  }
  if (twiceEncoded > 0) notes.push({ code: 'double-encoded', about: { lines: twiceEncoded } })
  return { dayFormats, notes, rowCount }
}

function unusedNotes(columns: readonly string[], profile: TableProfile): SourceNote[] {
  const named = new Set(namedColumns(profile))
  const unused = columns.filter((column) => column !== '' && !named.has(column))
  return unused.length === 0 ? [] : [{ code: 'columns-unused', about: { columns: unused.join(', ') } }]
}
