/** Reports as files to keep: refused rows and possible duplicates for a spreadsheet, everything for a program. */
import type { Db } from '#database'
import { type AfterPair, listFoundPairs, type StoredPair } from './duplicate-store.ts'
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
  for (const { table, duplicates } of run.tables)
    if (duplicates.practice + duplicates.source > 0)
      for await (const pair of allPairs(db, practiceId, run.id)) yield printPairRow(table, pair)
}

function printRow(row: StoredLeft): string {
  return printCells([row.table, String(row.line), row.key ?? '', printFindings(row), row.raw ?? ''])
}

/** By numbers: names stand in the source, and in the record. */
function printPairRow(table: string, pair: StoredPair): string {
  const { person, other, score, for: speaking, against } = pair
  const like =
    'person' in other
      ? `duplicate-in-source (${other.person.line})`
      : `duplicate-in-practice (${other.fileNumber ?? other.patientId})`
  const reasons = [...speaking.map((code) => `+${code}`), ...against.map((code) => `-${code}`)].join(' ')
  return printCells([table, String(person.line), person.key, `${like}, ${score}: ${reasons}`, ''])
}

function printCells(cells: readonly string[]): string {
  return `${cells.map(cell).join(';')}\r\n`
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
  yield '\n],"duplicates":['
  isFirst = true
  for await (const pair of allPairs(db, practiceId, run.id)) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(toNumbers(pair))}`
    isFirst = false
  }
  yield '\n]}\n'
}

function toNumbers({ person: { line, key }, other, score, certainty, for: speaking, against }: StoredPair) {
  const whom = 'person' in other ? { otherLine: other.person.line, otherKey: other.person.key } : other
  return { line, key, ...whom, score, certainty, for: speaking, against }
}

async function* allPairs(db: Db, practiceId: string, runId: string): AsyncGenerator<StoredPair> {
  for (const which of ['practice', 'source'] as const)
    for (let after: AfterPair | undefined; ; ) {
      const pairs = await listFoundPairs(db, practiceId, runId, { which, after, limit: PAGE })
      yield* pairs
      const last = pairs.at(-1)
      if (last === undefined || pairs.length < PAGE) break
      after = [last.score, last.person.line, last.place]
    }
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
