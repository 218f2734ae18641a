/** Rows of a table as they stand in the source: what each would become, compared with what is there, and what is to be said of it. */
import { createHash } from 'node:crypto'
import type { Actor, OpenPractice } from '#open-practice'
import type { BodyOf } from '#patients'
import { isFileAsExpected, isFileAsNamed } from './file-document.ts'
import { giveFileNumbers } from './file-numbers.ts'
import { type Finding, isRefusal } from './findings.ts'
import type { KeyMap } from './key-map.ts'
import { linksThere, noteTaken, type TakenRows, Targets } from './links.ts'
import { mapRow } from './map-row.ts'
import type { EntryLink, MappedContent, MappedRow } from './mapped-row.ts'
import type { FindPractitioner } from './practitioners.ts'
import type { TableCount } from './report.ts'
import type { MapContext } from './row-reader.ts'
import type { Source, SourceRow, SourceTable } from './source.ts'
import { type KnownRow, loadKnown, type RowOfTable } from './store.ts'

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
  readonly fate: 'added' | 'changed' | 'same' | 'repeated' | 'refused'
  readonly findings: readonly Finding[]
}

/** A row that is in the record, or is to be. */
export interface Taken extends LookedAt {
  readonly key: string
  readonly digest: string
  readonly content: MappedContent
  readonly patientKey?: string
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
}

/** @param seen keys that the table has had so far */
export async function lookAt(
  run: TableRun,
  table: SourceTable,
  rows: readonly SourceRow[],
  seen: KeyMap,
): Promise<(LookedAt | Taken)[]> {
  const { db } = run.practice
  const mapped = rows.map((row) => ({ ...row, mapped: map(run, table, row), digest: digestOf(row.compared ?? row.raw) }))
  const keys = mapped.map(({ mapped: { key } }) => key).filter((key) => key !== undefined)
  const known = await loadKnown(db, run, run.table, [...new Set(keys)])
  const patients = await loadPatients(
    run,
    mapped.map((row) => row.mapped),
  )
  const targets = await Targets.load(
    run,
    mapped.flatMap(({ mapped: { links = [] } }) => links),
  )
  const looked: (LookedAt | Taken)[] = []
  for (const { line, raw, rawTaken = raw, digest, findings: before, mapped: made } of mapped) {
    const findings = [...before, ...made.findings]
    const { key, patientKey, content } = made
    const base = { line, raw, findings, ...(key === undefined ? {} : { key }) }
    const times = key === undefined ? 'new' : seen.add(key, digest)
    if (times === 'same') {
      looked.push({ ...base, findings: [], fate: 'repeated' })
      continue
    }
    if (times === 'other') findings.push({ code: 'key-taken' })
    if (patientKey !== undefined && !patients.has(patientKey)) findings.push({ code: 'patient-unknown' })
    const was = key === undefined ? undefined : known.get(key)
    // What is in the record already needs its file no more.
    if (content?.kind === 'file' && was?.digest !== digest) findings.push(...(await fileFindings(run.source, content)))
    const practitionerId = practitionerOf(run, made)
    if (made.practitionerMember !== undefined && practitionerId === undefined) findings.push({ code: 'practitioner-missing' })
    if (key === undefined || content === undefined || findings.some(isRefusal)) {
      looked.push({ ...base, fate: 'refused' })
      continue
    }
    if (made.practitioner !== undefined && practitionerId === undefined) {
      findings.push({ code: 'practitioner-unknown' })
      run.count.sayUnknown(made.practitioner)
    }
    if (content.kind === 'patient') run.patients.add(key, digest)
    const patient = { key: patientKey, id: patientKey === undefined ? undefined : patients.idOf(patientKey) }
    const links = linksThere(run, targets, made.links ?? [], patient)
    if (links.length < (made.links ?? []).length) findings.push({ code: 'link-missing' })
    noteTaken(run, key, patientKey, content)
    looked.push({
      ...base,
      key,
      digest,
      content,
      links,
      rawTaken,
      fate: was === undefined ? 'added' : was.digest === digest ? 'same' : 'changed',
      ...(patientKey === undefined ? {} : { patientKey }),
      ...(made.practitioner === undefined ? {} : { practitioner: made.practitioner }),
      ...(made.practitionerMember === undefined ? {} : { practitionerMember: made.practitionerMember }),
      ...(practitionerId === undefined ? {} : { practitionerId }),
      ...(was === undefined ? {} : { known: was }),
    })
  }
  await numberPatients(run, looked)
  return looked
}

async function numberPatients(run: TableRun, looked: (LookedAt | Taken)[]): Promise<void> {
  const wanted = looked.flatMap((row) => {
    if (row.fate !== 'added' || !('content' in row) || row.content.kind !== 'patient') return []
    const { fileNumber } = row.content.identity
    return [{ key: row.key, number: typeof fileNumber === 'string' ? fileNumber : row.key.slice(0, 40) }]
  })
  const numbers = await giveFileNumbers(run.practice.db, run.practiceId, wanted, run.fileNumbers)
  const changed = new Set(wanted.filter(({ key, number }) => numbers.get(key) !== number).map(({ key }) => key))
  for (const [i, row] of looked.entries()) {
    const fileNumber = row.fate === 'added' && row.key !== undefined ? numbers.get(row.key) : undefined
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

function practitionerOf(run: TableRun, { practitioner, rpps }: MappedRow): string | undefined {
  return practitioner === undefined ? undefined : run.findPractitioner(practitioner, rpps)
}

async function fileFindings(source: Source, content: Extract<MappedContent, { kind: 'file' }>): Promise<Finding[]> {
  const file = await source.findFile(content.path)
  if (file === undefined) return [{ code: 'file-missing' }]
  const findings: Finding[] = []
  const { about, path, expected = {} } = content
  if (!(await isFileAsNamed(file, String(about.fileName ?? path)))) findings.push({ code: 'format-differs' })
  if (!(await isFileAsExpected(file, expected))) findings.push({ code: 'file-differs' })
  return findings
}

/** Patients whom this run or an earlier one has taken; their ids where a row names other rows of theirs. */
async function loadPatients(run: TableRun, rows: readonly MappedRow[]) {
  const isAsked = ({ patientKey, links = [] }: MappedRow) =>
    patientKey !== undefined && (links.length > 0 || !run.patients.has(patientKey))
  const asked = rows.filter(isAsked).map(({ patientKey }) => patientKey ?? '')
  const known = await loadKnown(run.practice.db, run, run.patientTable, [...new Set(asked)])
  return {
    has: (key: string) => run.patients.has(key) || known.has(key),
    idOf: (key: string) => known.get(key)?.patient_id,
  }
}

function digestOf(raw: string): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 32)
}
