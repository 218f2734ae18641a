/** The first rows of a table as a mapping would read them, each thing that cannot be read said where it stands. */
import { type Entity, previewImport, type WrittenProfile } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call, type InputOf } from '#api'
import { ProblemBox } from '#forms'
import { type Format, type Messages, useFormat, useMessages } from '#messages'
import { checkMapping } from './check-mapping.ts'
import { choicesOf, kindOf, targetName } from './choices.ts'
import type { TableMapping } from './mapping.ts'
import { writtenTable } from './mapping-profile.ts'
import { tellingRows } from './telling-rows.ts'

const WAIT_MS = 500
const ROWS_FIRST = 2
const ROWS_MAX = 20

interface PreviewProps {
  readonly sourceId: string
  readonly table: TableMapping
  readonly entity: Entity
  readonly settings: WrittenProfile['source']
}

export function Preview({ sourceId, table, entity, settings }: PreviewProps) {
  const m = useMessages()
  const format = useFormat()
  const [isAll, setIsAll] = useState(false)
  const isReadable = checkMapping({ tables: [table] }).length === 0
  const [asked] = useDebouncedValue(
    JSON.stringify(isReadable ? { source: settings, table: writtenTable(table) } : undefined),
    WAIT_MS,
  )
  const { data, error, isFetching } = useQuery({
    queryKey: ['imports', 'preview', sourceId, asked],
    queryFn: ({ signal }) => {
      const body: InputOf<typeof previewImport>['body'] = { ...JSON.parse(asked ?? '{}'), rows: ROWS_MAX }
      return call(previewImport, { params: { sourceId }, body }, { signal })
    },
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const telling = tellingRows(data?.rows ?? [], ROWS_FIRST)
  return (
    <section className="import-preview" aria-label={m.imports.previewTitle}>
      <h2>{m.imports.previewTitle}</h2>
      <p role="status" className="aside">
        {!isReadable
          ? m.imports.previewWaits
          : isFetching
            ? m.forms.waiting
            : data && m.imports.previewOf(data.rowsSeen, data.isMore)}
      </p>
      {error !== null && <ProblemBox problem={error} />}
      {data !== undefined && isReadable && (
        <>
          <Summary findings={data.findings} />
          <ul className="preview-rows">
            {(isAll ? data.rows : telling).map((row) => (
              <PreviewRow key={row.line} row={row} table={table} entity={entity} m={m} format={format} />
            ))}
          </ul>
          {!isAll && data.rows.length > telling.length && (
            <Button variant="default" size="sm" onClick={() => setIsAll(true)}>
              {m.imports.previewMore(data.rows.length)}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

type Row = {
  readonly line: number
  readonly fate: 'added' | 'refused'
  readonly read: Readonly<Record<string, string>>
  readonly written: Readonly<Record<string, string>>
  readonly findings: readonly { readonly code: keyof Messages['imports']['findings']; readonly column?: string | undefined }[]
}

/** What is said of the rows that were looked at, the commonest first. */
function Summary({ findings }: { readonly findings: Readonly<Record<string, number>> }) {
  const m = useMessages()
  const words = m.imports.findings as Readonly<Record<string, { readonly is: string }>>
  const found = Object.entries(findings).toSorted(([, one], [, other]) => other - one)
  if (found.length === 0) return <p className="good">{m.imports.previewClean}</p>
  return (
    <ul className="plain">
      {found.map(([code, rows]) => (
        <li key={code}>{m.imports.reason(m.imports.rows(rows), words[code]?.is ?? code)}</li>
      ))}
    </ul>
  )
}

function PreviewRow({
  row,
  table,
  entity,
  m,
  format,
}: {
  readonly row: Row
  readonly table: TableMapping
  readonly entity: Entity
  readonly m: Messages
  readonly format: Format
}) {
  const cells = Object.entries(table.fields).flatMap(([target, { columns }]) => {
    const findings = row.findings.filter(({ column }) => column !== undefined && columns.includes(column))
    const value = row.read[target]
    return value === undefined && findings.length === 0 ? [] : [{ target, value, findings }]
  })
  const told = new Set(cells.flatMap(({ findings }) => findings))
  const ofRow = row.findings.filter((finding) => !told.has(finding))
  return (
    <li data-fate={row.fate}>
      <p>
        <strong>{m.imports.line(format.number(row.line))}</strong>{' '}
        <span className={row.fate === 'refused' ? 'bad' : 'good'}>{m.imports.fates[row.fate]}</span>
      </p>
      {ofRow.map(({ code, column }) => (
        <p key={`${code} ${column}`} className="cell-finding" data-refuses={row.fate === 'refused' || undefined}>
          {m.imports.cellFinding(column === undefined ? undefined : row.written[column], m.imports.findings[code].is)}
        </p>
      ))}
      <dl className="facts">
        {cells.map(({ target, value, findings }) => (
          <div key={target}>
            <dt>{targetName(entity, target, m)}</dt>
            <dd>
              {value !== undefined && shownValue(entity, target, value, m, format)}
              {findings.map(({ code, column }) => (
                <span key={code} className="cell-finding">
                  {m.imports.cellFinding(
                    value === undefined && column !== undefined ? row.written[column] : undefined,
                    m.imports.findings[code].is,
                  )}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </li>
  )
}

/** As it will stand in the record. */
function shownValue(entity: Entity, target: string, value: string, m: Messages, format: Format): string {
  const choices = choicesOf(entity, target, m)
  if (choices !== undefined) return choices[value] ?? value
  return kindOf(entity, target) === 'day' && /^\d{4}-\d\d-\d\d$/.test(value) ? format.day(value) : value
}
