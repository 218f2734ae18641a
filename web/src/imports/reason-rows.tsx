/** The rows of one reason, asked for by opening them: where each stands, and its text as the source has it. */
import type { ImportRun, Refusal, Remark } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { leftRowsQuery } from './queries.ts'
import { rawInWords } from './raw-words.ts'
import { isOfFiles } from './report-counts.ts'
import { reportWords } from './report-words.ts'

export function ReasonRows({
  run,
  which,
  code,
}: {
  readonly run: ImportRun
  readonly which: 'refused' | 'remarked'
  readonly code: Refusal | Remark
}) {
  const m = useMessages()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="more" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{reportWords(run, m).show}</summary>
      {isOpen && <Rows run={run} which={which} code={code} />}
    </details>
  )
}

function Rows({ run, which, code }: Parameters<typeof ReasonRows>[0]) {
  const m = useMessages()
  const format = useFormat()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(leftRowsQuery(run.id, { which, code }))
  const images = new Set(run.tables.filter(({ entity }) => entity === 'image').map(({ table }) => table))
  const ofFiles = isOfFiles(run)
  const names = new Map(run.tables.map(({ table, name }) => [table, name]))
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const rows = data.pages.flatMap((page) => page.rows)
  return (
    <>
      {rows.length === 0 && <p>{m.imports.rowsCounted}</p>}
      <ul className="left-rows">
        {rows.map((row) => (
          <li key={`${row.table} ${row.line}`}>
            <p>
              {images.has(row.table)
                ? (row.key ?? row.raw)
                : !ofFiles && m.imports.rowAt(names.get(row.table) ?? row.table, format.number(row.line))}
              {columnsOf(row, code).map((column) => (
                <span key={column} className="aside">
                  {m.imports.inColumn(column)}
                </span>
              ))}
            </p>
            {row.raw !== undefined && !images.has(row.table) && <pre className="raw-row">{rawInWords(row.raw)}</pre>}
            {recordsOf(row, code).map((patientId) => (
              <p key={patientId}>
                <Link to="/patients/$patientId" params={{ patientId }} search={{ view: 'images' }}>
                  {m.imports.openRecord}
                </Link>
              </p>
            ))}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {m.imports.more}
        </Button>
      )}
    </>
  )
}

type Findings = {
  readonly findings: readonly {
    readonly code: string
    readonly column?: string | undefined
    readonly patientId?: string | undefined
  }[]
}

function columnsOf({ findings }: Findings, code: string): string[] {
  return [...new Set(findings.flatMap((each) => (each.code === code && each.column !== undefined ? [each.column] : [])))]
}

/** Of an image: in whose record it is, or would be. */
function recordsOf({ findings }: Findings, code: string): string[] {
  return findings.flatMap((each) => (each.code === code && each.patientId !== undefined ? [each.patientId] : []))
}
