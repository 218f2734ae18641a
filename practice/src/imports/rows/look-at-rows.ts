/** Rows of a table as they stand in the source: what each would become, compared with what is there, and what is to be said of it. */
import {
  type Finding,
  IGNORED,
  type ImageContent,
  isRefusal,
  type MappedContent,
  type MappedRow,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from '#sources'
import type { KnownRow } from '../store.ts'
import { unknownWords } from '../unknown-words.ts'
import { decideRow } from './decide-row.ts'
import { giveFileNumbers } from './file-numbers.ts'
import type { KeyMap } from './key-map.ts'
import { linksThere, noteTaken } from './links.ts'
import { type Batch, digestOf, loadBatch, type MappedSourceRow } from './load-batch.ts'
import { lookAtFile } from './look-at-file.ts'
import type { LookedAt, TableRun, Taken } from './table-run.ts'

/** @param seen keys that the table has had so far */
export async function lookAt(
  run: TableRun,
  table: SourceTable,
  rows: readonly SourceRow[],
  seen: KeyMap,
): Promise<(LookedAt | Taken)[]> {
  const batch = await loadBatch(run, table, rows)
  const looked: (LookedAt | Taken)[] = []
  for (const row of batch.rows) {
    const { line, raw, rowDigest, mapped: made } = row
    const { key } = made
    if (made.isContext) {
      looked.push({ line, raw, key, rowDigest, findings: [], fate: 'used' })
      continue
    }
    const times = key === undefined ? 'new' : seen.add(key, rowDigest)
    if (times === 'same') looked.push({ line, raw, key, rowDigest, findings: [], fate: 'repeated' })
    else looked.push(await lookAtRow(batch, row, times === 'other'))
  }
  await numberPatients(run, looked)
  return looked
}

async function lookAtRow(batch: Batch, row: MappedSourceRow, isKeyTaken: boolean): Promise<LookedAt | Taken> {
  const { run, table, patients, targets } = batch
  const { line, raw, rowDigest, mapped: made } = row
  const { patientKey, content } = made
  const decided = decideRow(run.decisions, {
    table: run.table,
    digest: rowDigest,
    isPatient: run.table === run.patientTable,
    findings: [...row.findings, ...made.findings],
    made,
    isKeyTaken,
    hasPatient: patientKey !== undefined && patients.has(patientKey),
    ours: made.fileNumber === undefined ? undefined : batch.numbers.get(made.fileNumber),
    isOfIgnored: patientKey !== undefined && run.ignored.has(patientKey),
  })
  const { key } = decided
  const findings = [...decided.findings]
  const patientId = decided.patientId ?? patients.oursOf(patientKey)
  const linkedId = patientId ?? (patientKey === undefined ? undefined : patients.idOf(patientKey))
  const digest = comparedDigest(run, table, row)
  const was = key === undefined ? undefined : batch.known.get(key)
  const isDone = was?.digest === digest
  const isIgnored = findings.some(({ code }) => code === IGNORED)
  // What is in the record already needs its file no more, and what is refused needs none.
  const isFile = content?.kind === 'file' || content?.kind === 'image'
  const file =
    isFile && !isDone && !findings.some(isRefusal)
      ? await lookAtFile(run.practice, async () => fileInRow(row, content) ?? run.source.findFile(content.path), content, {
          patientId: linkedId,
          isWithPatient: patientKey !== undefined,
        })
      : undefined
  if (file?.content.kind === 'image') forgetType(findings)
  if (file !== undefined) findings.push(...file.findings)
  const practitioner = practitionerOf(run, made)
  if (made.practitionerMember !== undefined && practitioner.id === undefined) findings.push({ code: 'practitioner-missing' })
  if (key === undefined || content === undefined || findings.some(isRefusal)) {
    if (key !== undefined && run.table === run.patientTable && isIgnored) run.ignored.add(key)
    return { line, raw, key, rowDigest, findings, fate: 'refused' }
  }
  if (made.practitioner !== undefined && practitioner.isUnknown) {
    findings.push({ code: 'practitioner-unknown' })
    run.count.sayUnknown(made.practitioner)
  }
  if (table.kind === 'columns' && 'row' in row)
    for (const word of unknownWords(table.profile, row.row, findings)) run.count.sayWord(word)
  if (content.kind === 'patient') run.patients.add(key, rowDigest)
  const links = linksThere(run, targets, made.links ?? [], { key: patientKey, id: linkedId })
  if (links.length < (made.links ?? []).length) findings.push({ code: 'link-missing' })
  noteTaken(run, key, patientKey, file?.content ?? content)
  return {
    line,
    raw,
    key,
    rowDigest,
    findings,
    digest,
    isDone,
    content: file?.content ?? content,
    links,
    rawTaken: row.rawTaken ?? raw,
    fate: file?.isHere === true && was === undefined ? 'same' : fateOf(run, was, isDone),
    patientKey,
    patientId,
    practitioner: made.practitioner,
    practitionerMember: made.practitionerMember,
    practitionerId: practitioner.id,
    known: was,
    file: fileInRow(row, content),
  }
}

async function numberPatients(run: TableRun, looked: (LookedAt | Taken)[]): Promise<void> {
  const wanted = looked.flatMap((row) => {
    if (!('content' in row) || row.known !== undefined || row.content.kind !== 'patient') return []
    const { fileNumber } = row.content.identity
    const number = run.decisions.fileNumber(row.key) ?? fileNumber
    return [{ key: row.key, number: typeof number === 'string' ? number : row.key.slice(0, 40) }]
  })
  const numbers = await giveFileNumbers(run.practice.db, run.practiceId, wanted, run.fileNumbers)
  const changed = new Set(wanted.filter(({ key, number }) => numbers.get(key) !== number).map(({ key }) => key))
  for (const [i, row] of looked.entries()) {
    const fileNumber = 'content' in row && row.known === undefined ? numbers.get(row.key) : undefined
    if (fileNumber === undefined || row.key === undefined) continue
    const findings: Finding[] = changed.has(row.key) ? [...row.findings, { code: 'file-number-taken' }] : [...row.findings]
    looked[i] = { ...row, findings, fileNumber }
  }
}

/** Somebody's decision comes before the practice's list. */
function practitionerOf(
  run: TableRun,
  { practitioner, rpps }: MappedRow,
): { readonly id: string | undefined; readonly isUnknown: boolean } {
  if (practitioner === undefined) return { id: undefined, isUnknown: false }
  const decided = run.decisions.practitioner(practitioner)
  if (decided !== undefined) return { id: decided ?? undefined, isUnknown: false }
  const id = run.findPractitioner(practitioner, rpps)
  return { id, isUnknown: id === undefined }
}

/** What became of the row in this run, earlier attempts of it included. */
function fateOf({ runId }: TableRun, was: KnownRow | undefined, isDone: boolean): 'added' | 'changed' | 'same' {
  if (was === undefined) return 'added'
  if (!isDone || was.changed_run_id === runId) return 'changed'
  return was.run_id === runId ? 'added' : 'same'
}

function comparedDigest(run: TableRun, table: SourceTable, row: MappedSourceRow): string {
  const columns = table.kind === 'columns' && 'row' in row ? { table: table.profile, row: row.row } : undefined
  const meaning = run.decisions.meaningOf(columns, row.mapped.practitioner)
  return meaning === '' ? row.rowDigest : digestOf(`${row.rowDigest}\n${meaning}`)
}

/** An image is no document, whose type somebody might look for. */
function forgetType(findings: Finding[]): void {
  const at = findings.findIndex(({ code }) => code === 'type-unknown')
  if (at >= 0) findings.splice(at, 1)
}

function fileInRow(row: SourceRow, content: MappedContent | ImageContent): SourceFile | undefined {
  const column = content.kind === 'file' ? content.column : undefined
  return column !== undefined && 'files' in row ? row.files?.get(column) : undefined
}
