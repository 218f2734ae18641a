/** Rows of a table as they stand in the source: what each would become, compared with what is there, and what is to be said of it. */
import { hash } from 'node:crypto'
import type { Actor, OpenPractice } from '#open-practice'
import type { BodyOf } from '#patients'
import type {
  EntryLink,
  ImageContent,
  MapContext,
  MappedContent,
  MappedRow,
  Source,
  SourceFile,
  SourceRow,
  SourceTable,
} from '#sources'
import { type Finding, IGNORED, isRefusal, mapRow } from '#sources'
import { type Decisions, keyOfItsOwn } from '../decisions.ts'
import type { TableCount } from '../report.ts'
import { type KnownRow, loadByFileNumber, loadKnown, type RowOfTable } from '../store.ts'
import { unknownWords } from '../unknown-words.ts'
import { decideRow } from './decide-row.ts'
import { giveFileNumbers } from './file-numbers.ts'
import type { KeyMap } from './key-map.ts'
import { linksThere, noteTaken, type TakenRows, Targets } from './links.ts'
import { lookAtFile } from './look-at-file.ts'
import { findOurPatients } from './our-patients.ts'
import type { FindPractitioner } from './practitioners.ts'

export interface TableRun extends RowOfTable {
  readonly practice: OpenPractice
  readonly actor: Actor
  readonly source: Source
  readonly isDry: boolean
  readonly context: Omit<MapContext, 'dayFormats'>
  readonly findPractitioner: FindPractitioner
  /** whose new patients are; absent: nobody says yet */
  readonly stewardship?: BodyOf<'stewardship'>
  /** the name under which the rows of patients are kept */
  readonly patientTable: string
  /** file numbers that this run has given, or would give */
  readonly fileNumbers: KeyMap
  /** keys of patients that this run has taken, or would take */
  readonly patients: KeyMap
  /** what others may name of what this run has taken, or would take */
  readonly taken: TakenRows
  readonly decisions: Decisions
  /** keys of patients whom a decision keeps out */
  readonly ignored: Set<string>
  readonly count: TableCount
  /** told each row of which there is something to say */
  readonly onRow?: (row: LookedAt) => void
  readonly onProgress: () => void
  readonly signal?: AbortSignal
}

/** A row, and what becomes of it. */
export interface LookedAt {
  readonly line: number
  readonly raw: string
  readonly key?: string
  readonly fate: 'added' | 'changed' | 'same' | 'repeated' | 'used' | 'refused'
  readonly findings: readonly Finding[]
  /** as decisions name the row */
  readonly rowDigest: string
}

/** A row that is in the record, or is to be. */
export interface Taken extends LookedAt {
  readonly key: string
  /** by which a later run sees whether it says something else: what it says, and what was decided about that */
  readonly digest: string
  /** an earlier attempt of this run, or an earlier run, has done it */
  readonly isDone: boolean
  readonly content: MappedContent | ImageContent
  readonly patientKey?: string
  /** of ours, by a decision or since the source has no patients */
  readonly patientId?: string
  readonly practitioner?: string
  readonly practitionerId?: string
  readonly practitionerMember?: string
  /** those that lead somewhere */
  readonly links: readonly EntryLink[]
  /** what is kept of it once it is taken over */
  readonly rawTaken: string
  /** of a patient who is to be made */
  readonly fileNumber?: string
  readonly known?: KnownRow
  /** that stands in the row itself */
  readonly file?: SourceFile | undefined
}

/** @param seen keys that the table has had so far */
export async function lookAt(
  run: TableRun,
  table: SourceTable,
  rows: readonly SourceRow[],
  seen: KeyMap,
): Promise<(LookedAt | Taken)[]> {
  const { db } = run.practice
  const mapped = rows.map((row) => ({ ...row, mapped: map(run, table, row), rowDigest: digestOf(row.compared ?? row.raw) }))
  const keys = mapped.flatMap(({ mapped: { key }, rowDigest }) => (key === undefined ? [] : [key, keyOfItsOwn(key, rowDigest)]))
  const known = await loadKnown(db, run, run.table, [...new Set(keys)])
  const patients = await loadPatients(
    run,
    table,
    mapped.map((row) => row.mapped),
  )
  const numbers = await loadByFileNumber(
    db,
    run.practiceId,
    mapped.flatMap(({ mapped: { fileNumber } }) => fileNumber ?? []),
  )
  const targets = await Targets.load(
    run,
    mapped.flatMap(({ mapped: { links = [] } }) => links),
  )
  const looked: (LookedAt | Taken)[] = []
  for (const row of mapped) {
    const { line, raw, rawTaken = raw, rowDigest, mapped: made } = row
    const { patientKey, content } = made
    if (made.isContext) {
      looked.push({ line, raw, rowDigest, findings: [], fate: 'used', ...(made.key === undefined ? {} : { key: made.key }) })
      continue
    }
    const times = made.key === undefined ? 'new' : seen.add(made.key, rowDigest)
    if (times === 'same') {
      looked.push({ line, raw, key: made.key!, rowDigest, findings: [], fate: 'repeated' })
      continue
    }
    const decided = decideRow(run.decisions, {
      table: run.table,
      digest: rowDigest,
      isPatient: run.table === run.patientTable,
      findings: [...row.findings, ...made.findings],
      made,
      isKeyTaken: times === 'other',
      hasPatient: patientKey !== undefined && patients.has(patientKey),
      ours: made.fileNumber === undefined ? undefined : numbers.get(made.fileNumber),
      isOfIgnored: patientKey !== undefined && run.ignored.has(patientKey),
    })
    const { key } = decided
    const findings = [...decided.findings]
    const patientId = decided.patientId ?? patients.oursOf(patientKey)
    const linkedId = patientId ?? (patientKey === undefined ? undefined : patients.idOf(patientKey))
    const base = { line, raw, rowDigest, findings, ...(key === undefined ? {} : { key }) }
    const digest = comparedDigest(run, table, row)
    const was = key === undefined ? undefined : known.get(key)
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
    findings.push(...(file?.findings ?? []))
    const practitioner = practitionerOf(run, made)
    if (made.practitionerMember !== undefined && practitioner.id === undefined) findings.push({ code: 'practitioner-missing' })
    if (key === undefined || content === undefined || findings.some(isRefusal)) {
      if (key !== undefined && run.table === run.patientTable && isIgnored) run.ignored.add(key)
      looked.push({ ...base, fate: 'refused' })
      continue
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
    looked.push({
      ...base,
      key,
      digest,
      isDone,
      content: file?.content ?? content,
      links,
      rawTaken,
      fate: file?.isHere === true && was === undefined ? 'same' : fateOf(run, was, isDone),
      ...(patientKey === undefined ? {} : { patientKey }),
      ...(patientId === undefined ? {} : { patientId }),
      ...(made.practitioner === undefined ? {} : { practitioner: made.practitioner }),
      ...(made.practitionerMember === undefined ? {} : { practitionerMember: made.practitionerMember }),
      ...(practitioner.id === undefined ? {} : { practitionerId: practitioner.id }),
      ...(was === undefined ? {} : { known: was }),
      file: fileInRow(row, content),
    })
  }
  await numberPatients(run, looked)
  return looked
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

function map(run: TableRun, table: SourceTable, row: SourceRow): MappedRow {
  if ('map' in row) return row.map(run.context)
  if (table.kind === 'entries') throw new Error('a row of columns in a table that has none')
  return mapRow(row.row, table.profile, { ...run.context, dayFormats: table.dayFormats })
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

function comparedDigest(run: TableRun, table: SourceTable, row: SourceRow & { mapped: MappedRow; rowDigest: string }): string {
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

/** Patients whom this run or an earlier one has taken; their ids where a row names other rows of theirs. */
async function loadPatients(run: TableRun, table: SourceTable, rows: readonly MappedRow[]) {
  if (table.kind === 'columns' && table.patientsBy !== undefined) {
    const keys = rows.flatMap(({ patientKey }) => patientKey ?? [])
    const ours = await findOurPatients(run.practice.db, run.practiceId, table.patientsBy, new Set(keys))
    const oursOf = (key: string | undefined) => (key === undefined ? undefined : ours.get(key))
    return { has: (key: string) => ours.has(key), idOf: oursOf, oursOf }
  }
  const isAsked = ({ patientKey, links = [], content }: MappedRow) =>
    patientKey !== undefined &&
    (links.length > 0 || content?.kind === 'file' || content?.kind === 'image' || !run.patients.has(patientKey))
  const asked = rows.filter(isAsked).map(({ patientKey }) => patientKey ?? '')
  const known = await loadKnown(run.practice.db, run, run.patientTable, [...new Set(asked)])
  return {
    has: (key: string) => run.patients.has(key) || known.has(key),
    idOf: (key: string) => known.get(key)?.patient_id,
    oursOf: () => undefined,
  }
}

function digestOf(raw: string): string {
  return hash('sha256', raw, 'hex').slice(0, 32)
}
