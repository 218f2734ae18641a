/** One table of a source, batch by batch: each is looked at, compared with what is there, and written whole or not at all. */
import { createHash } from 'node:crypto'
import type { Db, Tx } from '#database'
import { newId } from '#database'
import { ConflictError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import {
  type EntryContent,
  type Identity,
  type ImportBatch,
  type ImportedEntry,
  type ImportedPatient,
  importEntries,
} from '#patients'
import { correctImported } from './correct-imported.ts'
import { fileDocument, isFileAsNamed } from './file-document.ts'
import { type Finding, isAboutTheRow, isRefusal } from './findings.ts'
import { KeyMap } from './key-map.ts'
import { type MappedContent, mapRow, type UnlinkedEntry } from './map-row.ts'
import type { FindPractitioner } from './practitioners.ts'
import type { TableCount } from './report.ts'
import type { MapContext } from './row-reader.ts'
import type { Source, SourceRow, SourceTable } from './source.ts'
import {
  type BecameRow,
  insertKnown,
  type KnownRow,
  loadKnown,
  type RowOfTable,
  saveChunk,
  saveLeft,
  updateKnown,
} from './store.ts'

/** Rows that are in memory at once. */
const ROWS_A_BATCH = 5_000

export interface TableRun extends RowOfTable {
  readonly practice: OpenPractice
  readonly actor: Actor
  readonly source: Source
  readonly isDry: boolean
  readonly context: Omit<MapContext, 'dayFormats'>
  readonly findPractitioner: FindPractitioner
  /** the name under which the rows of patients are kept */
  readonly patientTable: string
  /** keys of patients that this run has taken, or would take */
  readonly patients: KeyMap
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

interface Taken extends LookedAt {
  readonly key: string
  readonly digest: string
  readonly content: MappedContent
  readonly patientKey?: string
  readonly practitionerId?: string
  readonly known?: KnownRow
}

/** Notes every row; writes them unless the run is dry. */
export async function importTable(run: TableRun, table: SourceTable): Promise<void> {
  const seen = new KeyMap()
  for await (const rows of inBatches(table.rows(run.signal))) {
    run.signal?.throwIfAborted()
    const looked = await lookAt(run, table, rows, seen)
    for (const row of looked) {
      run.count.rows++
      run.count[row.fate]++
      for (const { code } of row.findings) run.count.say(code)
      if (row.fate === 'repeated' || row.findings.some(isAboutTheRow)) run.onRow?.(row)
    }
    await write(run, looked)
    run.onProgress()
  }
}

async function* inBatches(rows: AsyncIterable<SourceRow>): AsyncGenerator<SourceRow[]> {
  let batch: SourceRow[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < ROWS_A_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function lookAt(
  run: TableRun,
  table: SourceTable,
  rows: readonly SourceRow[],
  seen: KeyMap,
): Promise<(LookedAt | Taken)[]> {
  const { db } = run.practice
  const context = { ...run.context, dayFormats: table.dayFormats }
  const mapped = rows.map((row) => ({ ...row, mapped: mapRow(row.row, table.profile, context), digest: digestOf(row.raw) }))
  const keys = mapped.map(({ mapped: { key } }) => key).filter((key) => key !== undefined)
  const known = await loadKnown(db, run.sourceId, run.table, [...new Set(keys)])
  const patients = await patientsThere(
    run,
    db,
    mapped.map(({ mapped: { patientKey } }) => patientKey),
  )
  const looked: (LookedAt | Taken)[] = []
  for (const { line, raw, digest, findings: before, mapped: made } of mapped) {
    const findings = [...before, ...made.findings]
    const { key, patientKey, content } = made
    const base = { line, raw, findings, ...(key === undefined ? {} : { key }) }
    const times = key === undefined ? 'new' : seen.add(key, digest)
    if (times === 'same') {
      looked.push({ ...base, findings: [], fate: 'repeated' })
      continue
    }
    if (times === 'other') findings.push({ code: 'key-taken' })
    if (patientKey !== undefined && !patients(patientKey)) findings.push({ code: 'patient-unknown' })
    if (content?.kind === 'file') findings.push(...(await fileFindings(run.source, content.path)))
    if (key === undefined || content === undefined || findings.some(isRefusal)) {
      looked.push({ ...base, fate: 'refused' })
      continue
    }
    const practitionerId = made.practitioner === undefined ? undefined : run.findPractitioner(made.practitioner)
    if (made.practitioner !== undefined && practitionerId === undefined) {
      findings.push({ code: 'practitioner-unknown' })
      run.count.sayUnknown(made.practitioner)
    }
    const was = known.get(key)
    if (table.profile.entity === 'patient') run.patients.add(key, digest)
    looked.push({
      ...base,
      key,
      digest,
      content,
      fate: was === undefined ? 'added' : was.digest === digest ? 'same' : 'changed',
      ...(patientKey === undefined ? {} : { patientKey }),
      ...(practitionerId === undefined ? {} : { practitionerId }),
      ...(was === undefined ? {} : { known: was }),
    })
  }
  return looked
}

async function fileFindings(source: Source, path: string): Promise<Finding[]> {
  const file = await source.findFile(path)
  if (file === undefined) return [{ code: 'file-missing' }]
  return (await isFileAsNamed(file)) ? [] : [{ code: 'format-differs' }]
}

/** Whether a patient of this key was taken, in this run or an earlier one. */
async function patientsThere(run: TableRun, db: Db, keys: readonly (string | undefined)[]) {
  const asked = [...new Set(keys.filter((key) => key !== undefined && !run.patients.has(key)))] as string[]
  const known = await loadKnown(db, run.sourceId, run.patientTable, asked)
  return (key: string) => run.patients.has(key) || known.has(key)
}

function digestOf(raw: string): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 32)
}

function isTaken(row: LookedAt | Taken): row is Taken {
  return 'content' in row && row.fate !== 'same'
}

async function write(run: TableRun, looked: readonly (LookedAt | Taken)[]): Promise<void> {
  const left = looked.filter(({ fate, findings }) => fate !== 'same' && findings.some(isAboutTheRow))
  if (run.isDry) {
    await run.practice.db.transaction().execute((tx) => saveLeft(tx, run, left))
    return
  }
  const taken = looked.filter(isTaken)
  const added = taken.filter(({ fate }) => fate === 'added')
  const { batch, became } = await toBatch(
    run,
    added.filter(({ content }) => content.kind !== 'file'),
  )
  const within = async (tx: Tx) => {
    await insertKnown(tx, run, became)
    await saveLeft(tx, run, left)
    await saveChunk(tx, run, taken)
  }
  if (became.length > 0) await importEntries(run.practice, run.actor, [{ ...batch, within }], signalOf(run))
  else await run.practice.db.transaction().execute(within)
  for (const row of added) if (row.content.kind === 'file') await addFile(run, row)
  for (const row of taken) if (row.known !== undefined) await change(run, row, row.known)
}

function signalOf({ signal }: TableRun) {
  return signal === undefined ? {} : { signal }
}

async function toBatch(run: TableRun, rows: readonly Taken[]): Promise<{ batch: ImportBatch; became: BecameRow[] }> {
  const patientIds = await patientIdsOf(run, rows)
  const fileNumbers = await freeFileNumbers(run, rows)
  const patients: ImportedPatient[] = []
  const entries: ImportedEntry[] = []
  const became: BecameRow[] = []
  for (const row of rows) {
    const { key, digest, content } = row
    if (content.kind === 'patient') {
      const id = newId()
      patients.push({ id, identity: { ...content.identity, fileNumber: fileNumbers.get(key) } as Identity })
      became.push({ key, digest, patientId: id, entryId: id })
    } else if (content.kind === 'entry') {
      const patientId = patientIds.get(row.patientKey ?? '')
      if (patientId === undefined) throw new ConflictError(`the patient of row ${row.line} is gone`)
      const id = newId()
      entries.push({ id, patientId, ...bodyOf(row, content.content) })
      became.push({ key, digest, patientId, entryId: id })
    }
  }
  return { batch: { source: run.table, patients, entries }, became }
}

/** Mapped rows fit their kinds' schemas (`map-row.ts`). */
function bodyOf({ practitionerId }: Taken, { kind, body }: UnlinkedEntry): EntryContent {
  return { kind, body: practitionerId === undefined ? body : { ...body, practitionerId } } as EntryContent
}

async function patientIdsOf(run: TableRun, rows: readonly Taken[]): Promise<Map<string, string>> {
  const keys = [...new Set(rows.map(({ patientKey }) => patientKey).filter((key) => key !== undefined))]
  const known = await loadKnown(run.practice.db, run.sourceId, run.patientTable, keys)
  return new Map([...known].map(([key, row]) => [key, row.patient_id]))
}

/** The source's own numbers, or its keys; one that is another patient's already gets a sign behind it. */
async function freeFileNumbers(run: TableRun, rows: readonly Taken[]): Promise<Map<string, string>> {
  const wanted = rows
    .filter(({ content }) => content.kind === 'patient')
    .map(({ key, content }) => {
      const said = content.kind === 'patient' ? content.identity.fileNumber : undefined
      return { key, number: typeof said === 'string' ? said : key.slice(0, 40) }
    })
  const taken = new Set<string>()
  const load = async (numbers: readonly string[]) => {
    for (let at = 0; at < numbers.length; at += 500) {
      const found = await run.practice.db
        .selectFrom('patient')
        .select('file_number')
        .where('practice_id', '=', run.practiceId)
        .where('file_number', 'in', numbers.slice(at, at + 500))
        .execute()
      for (const { file_number } of found) taken.add(file_number)
    }
  }
  await load(wanted.map(({ number }) => number))
  const given = new Map<string, string>()
  for (const { key, number } of wanted) {
    let free = number
    for (let times = 2; taken.has(free); times++) {
      free = `${number.slice(0, 36)}-${times}`
      await load([free])
    }
    taken.add(free)
    given.set(key, free)
  }
  return given
}

async function addFile(run: TableRun, row: Taken): Promise<void> {
  if (row.content.kind !== 'file') return
  const patientId = (await patientIdsOf(run, [row])).get(row.patientKey ?? '')
  const path = await run.source.findFile(row.content.path)
  if (patientId === undefined || path === undefined) throw new ConflictError(`the patient or the file of row ${row.line} is gone`)
  const about = contentOf(row).body as Readonly<Record<string, unknown>>
  await fileDocument(run.practice, run.actor, { patientId, path, about, source: run.table }, (tx, entryId) =>
    insertKnown(tx, run, [{ key: row.key, digest: row.digest, patientId, entryId }]),
  )
}

async function change(run: TableRun, row: Taken, known: KnownRow): Promise<void> {
  const { patient_id: patientId, entry_id: entryId } = known
  const correction = { patientId, entryId, source: run.table, ...contentOf(row) }
  const findings: Finding[] = [{ code: 'changed-here-too' }]
  await correctImported(run.practice, run.actor, correction, async (tx, isDone) => {
    await updateKnown(tx, run, row)
    if (isDone) return
    run.count.say('changed-here-too')
    await tx
      .deleteFrom('import_left')
      .where('run_id', '=', run.runId)
      .where('table_name', '=', run.table)
      .where('line', '=', row.line)
      .execute()
    await saveLeft(tx, run, [{ ...row, findings: [...row.findings, ...findings] }])
  })
}

function contentOf(row: Taken): { readonly kind: EntryContent['kind']; readonly body: object } {
  const { content, practitionerId } = row
  if (content.kind === 'patient') return { kind: 'identity', body: content.identity }
  if (content.kind === 'entry') return bodyOf(row, content.content)
  return { kind: 'document', body: practitionerId === undefined ? content.about : { ...content.about, practitionerId } }
}
