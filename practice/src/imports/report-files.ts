/** Reports as files to keep: refused rows for a spreadsheet, everything for a program. */
import type { Db } from '#database'
import { type LeftAsked, listLeft, type StoredLeft, type StoredRun } from './run-store.ts'

const PAGE = 500
/** Spreadsheets read UTF-8 by it, French ones take semicolons. */
const MARK = '\u{feff}'
/** A cell that begins so is a formula in a spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/

export async function* printReportCsv(db: Db, practiceId: string, run: StoredRun): AsyncGenerator<string> {
  yield `${MARK}${['table', 'ligne', 'cle', 'motifs', 'texte'].join(';')}\r\n`
  for await (const row of allLeft(db, practiceId, run.id, 'refused')) yield printRow(row)
  // Of images, where each went.
  for (const { table, entity } of run.tables)
    if (entity === 'image') for await (const row of allLeft(db, practiceId, run.id, 'remarked', table)) yield printRow(row)
}

function printRow(row: StoredLeft): string {
  return `${[row.table, String(row.line), row.key ?? '', printFindings(row), row.raw ?? ''].map(cell).join(';')}\r\n`
}

/** One document, row after row: the largest takes no more memory than a page. */
export async function* printReportJson(db: Db, practiceId: string, run: StoredRun): AsyncGenerator<string> {
  const { tables, ...facts } = run
  yield `{"run":${JSON.stringify(facts)},"tables":${JSON.stringify(tables)},"rows":[`
  let isFirst = true
  for (const which of ['refused', 'remarked'] as const)
    for await (const row of allLeft(db, practiceId, run.id, which)) {
      yield `${isFirst ? '' : ','}\n${JSON.stringify(row)}`
      isFirst = false
    }
  yield '\n]}\n'
}

async function* allLeft(
  db: Db,
  practiceId: string,
  runId: string,
  which: LeftAsked['which'],
  table?: string,
): AsyncGenerator<StoredLeft> {
  const asked = { which, limit: PAGE, ...(table === undefined ? {} : { table }) }
  for (let after: readonly [string, number] | undefined; ; ) {
    const rows = await listLeft(db, practiceId, runId, { ...asked, ...(after === undefined ? {} : { after }) })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = [last.table, last.line]
  }
}

function printFindings({ findings }: StoredLeft): string {
  return findings
    .map(({ code, column, patientId = column }) => (patientId === undefined ? code : `${code} (${patientId})`))
    .join(', ')
}

/** Always in quotes. An apostrophe before what a spreadsheet would carry out; the JSON has the very text. */
function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}
