/** What an import did, or would do: the sum that leaves no row out, tables, and each reason with its rows. */
import type { ImportRun, Refusal, Remark } from '@couronne/practice/contract'
import { useFormat, useMessages } from '#messages'
import { Section, Table } from '#shell'
import { entityName } from './choices.ts'
import { noteInWords } from './note-words.ts'
import { PossibleDuplicates } from './possible-duplicates.tsx'
import { ReasonRows } from './reason-rows.tsx'
import { countsOf, type Reason, refusalsOf, remarksOf } from './report-counts.ts'
import { findingWords, nameOfTable, reportWords, sumParts } from './report-words.ts'

const ALWAYS: ReadonlySet<string> = new Set(['rows', 'added', 'refused'])

export function ReportView({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const { tables } = run
  const words = reportWords(run, m)
  return (
    <>
      <Section title={run.isDry ? m.imports.trialTitle : m.imports.reportTitle}>
        {run.state === 'stopped' && <p className="note">{m.imports.stoppedReport}</p>}
        <Sum run={run} />
        <Tables run={run} />
      </Section>
      <PossibleDuplicates run={run} />
      <Reasons run={run} which="refused" title={words.refusedTitle} lead={words.refusedLead} reasons={refusalsOf(tables)} />
      <Reasons run={run} which="remarked" title={words.remarkedTitle} lead={words.remarkedLead} reasons={remarksOf(tables)} />
      <Notes run={run} />
    </>
  )
}

/** A sum that anybody can check. */
function Sum({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const format = useFormat()
  const { rows, lost } = countsOf(run.tables)
  const words = reportWords(run, m)
  return (
    <>
      <p className="import-sum">{m.imports.sum(words.read(rows), format.list(sumParts(run, m)))}</p>
      {lost === 0 ? (
        <p className="good">{words.sumHolds}</p>
      ) : (
        <p className="refusal" role="alert">
          {m.imports.sumFails(lost)}
        </p>
      )}
      {run.isDry && <p>{m.imports.nothingWritten}</p>}
    </>
  )
}

/** Of the numbers that are seldom anything, only those that are. */
function Tables({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const format = useFormat()
  const counts = (['rows', 'added', 'changed', 'same', 'repeated', 'used', 'refused'] as const).filter(
    (count) => ALWAYS.has(count) || run.tables.some((table) => table[count] > 0),
  )
  const { columns } = reportWords(run, m)
  return (
    <Table
      label={m.imports.tablesLabel}
      columns={[m.imports.table, ...counts.map((count) => columns[count])]}
      rows={run.tables.map((table) => ({
        key: table.table,
        cells: [
          <div key="name">
            <strong>{entityName(table.entity, m)}</strong>
            <span>{nameOfTable(table, m)}</span>
          </div>,
          ...counts.map((count) => format.number(table[count])),
        ],
      }))}
    />
  )
}

function Reasons({
  run,
  which,
  title,
  lead,
  reasons,
}: {
  readonly run: ImportRun
  readonly which: 'refused' | 'remarked'
  readonly title: string
  readonly lead: string
  readonly reasons: readonly Reason<Refusal | Remark>[]
}) {
  const m = useMessages()
  const { count } = reportWords(run, m)
  if (reasons.length === 0) return null
  return (
    <Section title={title}>
      <p>{lead}</p>
      <ul className="reasons">
        {reasons.map(({ code, rows, tables }) => (
          <li key={code}>
            <p>
              <strong>{m.imports.reason(count(rows), findingWords(run, code, m).is)}</strong>{' '}
              {tables.length > 1 && <span className="aside">{tables.map((table) => nameOfTable(table, m)).join(', ')}</span>}
            </p>
            <p className="aside">{findingWords(run, code, m).next}</p>
            <ReasonRows run={run} which={which} code={code} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Notes({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const notes = run.tables.flatMap((table) =>
    table.notes.map((note) => ({ name: nameOfTable(table, m), text: noteInWords(note, m) })),
  )
  if (notes.length === 0) return null
  return (
    <details className="more">
      <summary>{m.imports.notesTitle}</summary>
      <ul className="plain">
        {notes.map(({ name, text }) => (
          <li key={`${name} ${text}`}>
            <strong>{name}</strong> : {text}
          </li>
        ))}
      </ul>
    </details>
  )
}
