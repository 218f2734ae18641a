import type { ImportRun } from '@couronne/practice/contract'
import { useFormat, useMessages } from '#messages'
import type { LeftRow } from './asked-rows.tsx'
import { rawInWords } from './raw-words.ts'
import { isOfFiles } from './report-counts.ts'

/** Where a row stands, and its text as the source has it. */
export function RawRow({ run, row }: { readonly run: ImportRun; readonly row: LeftRow }) {
  const m = useMessages()
  const format = useFormat()
  const name = run.tables.find(({ table }) => table === row.table)?.name ?? row.table
  return (
    <>
      {!isOfFiles(run) && <p className="aside">{m.imports.rowAt(name, format.number(row.line))}</p>}
      {row.raw !== undefined && <pre className="raw-row">{rawInWords(row.raw)}</pre>}
    </>
  )
}
