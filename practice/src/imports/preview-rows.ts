/** What a mapping makes of the first rows of a table, while somebody still changes it. */
import { DayFormatDetector, type DetectedDayFormat } from '@couronne/formats'
import {
  type ColumnRow,
  type Finding,
  type FirstRows,
  isRefusal,
  type MapContext,
  mapRow,
  type Row,
  RowReader,
  TARGETS,
  type TableProfile,
  type Target,
  type TargetKind,
} from '#sources'
import type { Decisions } from './decisions.ts'

export interface PreviewedRow {
  readonly line: number
  readonly key?: string
  readonly fate: 'added' | 'refused'
  readonly read: Record<string, string>
  readonly written: Record<string, string>
  readonly findings: Finding[]
}

export interface PreviewContext {
  readonly thisYear: number
  readonly zone: string
  readonly decisions: Decisions
}

/** What a mapping makes of the first rows, each alone: whether its patient is there is for the dry run. */
export function previewRows({ rows }: FirstRows, table: TableProfile, context: PreviewContext): PreviewedRow[] {
  const mapping = context.decisions.withWords(table)
  const mapContext: MapContext = { ...context, dayFormats: dayFormatsOf(rows, mapping, context.thisYear) }
  const columns = [...new Set([...table.key, ...(table.patient ?? []), ...Object.values(table.fields).flatMap(columnsOf)])]
  return rows.map(({ row, line, findings: before }) => {
    const { key, findings: said } = mapRow(row, mapping, mapContext)
    const findings = [...before, ...said]
    return {
      line,
      ...(key === undefined ? {} : { key }),
      fate: findings.some(isRefusal) ? 'refused' : 'added',
      read: readTargets(row, mapping, mapContext),
      written: Object.fromEntries(columns.map((column) => [column, cut(row[column] ?? '')])),
      findings,
    }
  })
}

function dayFormatsOf(rows: readonly ColumnRow[], { entity, fields }: TableProfile, thisYear: number): MapContext['dayFormats'] {
  const targets: Readonly<Record<string, TargetKind | undefined>> = TARGETS[entity]
  const columns = Object.entries(fields)
    .filter(([target]) => targets[target] === 'day')
    .flatMap(([, rule]) => columnsOf(rule))
  const formats = new Map<string, DetectedDayFormat['format']>()
  for (const column of new Set(columns)) {
    const detector = new DayFormatDetector(thisYear)
    for (const { row } of rows) detector.add(row[column] ?? '')
    const found = detector.result()
    if (found !== undefined) formats.set(column, found.format)
  }
  return formats
}

function columnsOf(rule: TableProfile['fields'][string]): readonly string[] {
  return typeof rule === 'string' ? [rule] : [rule.column ?? []].flat()
}

/** Each target as it is read, in words of ours. */
function readTargets(row: Row, table: TableProfile, context: MapContext): Record<string, string> {
  const reader = new RowReader(row, table, context)
  const kinds: Readonly<Record<string, TargetKind>> = TARGETS[table.entity]
  const read = Object.keys(table.fields).map((target) => [target, readTarget(reader, target as Target, kinds[target])] as const)
  return Object.fromEntries(read.flatMap(([target, text]) => (text === undefined || text === '' ? [] : [[target, cut(text)]])))
}

function readTarget(reader: RowReader, target: Target, kind: TargetKind | undefined): string | undefined {
  switch (kind) {
    case 'names':
      return reader.names(target).join(', ')
    case 'day':
      return reader.day(target)
    case 'time':
      return reader.time(target)
    case 'minutes':
      return reader.minutes(target)?.toString()
    case 'sex':
      return reader.sex(target)
    case 'telephone':
      return reader.telephone(target)
    case 'email':
      return reader.email(target)
    case 'postal-code':
      return reader.postalCode(target)
    case 'insured-number':
      return reader.insuredNumber(target)
    case 'teeth':
      return reader.teeth(target).join(', ')
    case 'surfaces':
      return reader.surfaces(target).join(', ')
    case 'amount': {
      const cents = reader.amount(target)
      return cents === undefined ? undefined : (cents / 100).toFixed(2)
    }
    case 'text':
      return reader.text(target, 1_000)
    case 'bytes': {
      const written = reader.row[reader.columnOf(target) ?? '']
      return written === undefined ? undefined : `${Math.ceil((written.length * 3) / 4 / 1024)} KiB`
    }
    case 'line':
    case 'practitioner':
    case 'path':
    case 'word':
    case undefined:
      return reader.line(target, 500)
  }
}

function cut(text: string): string {
  return text.slice(0, 500).toWellFormed()
}
