/** Writing what rows become: the batch in one transaction, documents and corrections one by one. A kill between any two loses nothing. */
import { basename } from 'node:path'
import { newId, type Tx } from '#database'
import { ImportSourceError } from '#errors'
import {
  type EntryContent,
  type EntryKind,
  type Identity,
  type ImportBatch,
  type ImportedEntry,
  type ImportedPatient,
  importEntries,
} from '#patients'
import { type EntryLink, type Finding, isAboutTheRow, type SourceFile, SourceFileLostError, withMember } from '#sources'
import { type BecameRow, insertKnown, type KnownRow, loadKnown, saveChunk, saveLeft, updateKnown } from '../store.ts'
import { correctImported } from './correct-imported.ts'
import { fileDocument } from './file-document.ts'
import { fileImage } from './file-image.ts'
import { Targets, withLinks } from './links.ts'
import { findStudiesHere, joinStudy, type StudyHere } from './same-study.ts'
import type { LookedAt, TableRun, Taken } from './table-run.ts'

/** Nothing but what is to be said, when the run is dry. */
export async function writeRows(run: TableRun, looked: readonly (LookedAt | Taken)[]): Promise<void> {
  const left = looked.filter(({ fate, findings }) => fate !== 'same' && findings.some(isAboutTheRow))
  if (run.isDry) {
    await run.practice.db.transaction().execute((tx) => saveLeft(tx, run, left))
    return
  }
  const taken = looked.filter(isTaken)
  const added = taken.filter(({ known }) => known === undefined)
  const here = await findStudiesHere(run, added, (rows) => patientIdsOf(run, rows))
  const { batch, became } = await toBatch(
    run,
    added.filter(({ key, content }) => content.kind !== 'file' && content.kind !== 'image' && !here.has(key)),
  )
  const within = async (tx: Tx) => {
    await insertKnown(tx, run, became)
    await saveLeft(tx, run, left)
    await saveChunk(
      tx,
      run,
      taken.map(({ line, rawTaken }) => ({ line, raw: rawTaken })),
    )
  }
  if (became.length > 0) await importEntries(run.practice, run.actor, [{ ...batch, within }], signalOf(run))
  else await run.practice.db.transaction().execute(within)
  for (const row of added) if (row.content.kind === 'file') await orLeave(run, row, () => addFile(run, row))
  for (const row of added) if (here.has(row.key)) await joinImages(run, row, here.get(row.key)!)
  for (const row of taken) if (row.content.kind === 'image') await orLeave(run, row, () => addImage(run, row))
  for (const row of taken) if (row.known !== undefined && row.content.kind !== 'image') await change(run, row, row.known)
}

function signalOf({ signal }: TableRun) {
  return signal === undefined ? {} : { signal }
}

async function toBatch(run: TableRun, rows: readonly Taken[]): Promise<{ batch: ImportBatch; became: BecameRow[] }> {
  const patientIds = await patientIdsOf(run, rows)
  const targets = await targetsOf(run, rows)
  const ids = new Map(rows.map(({ key }) => [key, newId()]))
  const patients: ImportedPatient[] = []
  const entries: ImportedEntry[] = []
  const became: BecameRow[] = []
  for (const row of rows) {
    const { key, digest, content } = row
    if (content.kind === 'patient') {
      const id = ids.get(key)!
      patients.push({ id, identity: { ...content.identity, fileNumber: row.fileNumber } as Identity })
      if (run.stewardship !== undefined) entries.push({ patientId: id, kind: 'stewardship', body: run.stewardship })
      became.push({ key, digest, patientId: id, entryId: id })
    } else if (content.kind === 'entry') {
      const patientId = row.patientId ?? patientIds.get(row.patientKey ?? '')
      if (patientId === undefined) throw new ImportSourceError(`the patient of row ${row.line} is gone`)
      const id = ids.get(key)!
      const inThisBatch = (link: EntryLink) => (link.table === run.table ? ids.get(link.key) : undefined)
      const idOf = (link: EntryLink) => targets.idOf(link, patientId) ?? inThisBatch(link)
      entries.push({ id, patientId, ...bodyOf(row, idOf) })
      became.push({ key, digest, patientId, entryId: id })
    }
  }
  return { batch: { source: run.table, patients, entries }, became }
}

async function targetsOf(run: TableRun, rows: readonly Taken[]): Promise<Targets> {
  return Targets.load(
    run,
    rows.flatMap(({ links }) => links),
  )
}

async function patientIdsOf(run: TableRun, rows: readonly Taken[]): Promise<Map<string, string>> {
  const keys = [...new Set(rows.map(({ patientKey }) => patientKey).filter((key) => key !== undefined))]
  const known = await loadKnown(run.practice.db, run, run.patientTable, keys)
  return new Map([...known].map(([key, row]) => [key, row.patient_id]))
}

async function addFile(run: TableRun, row: Taken): Promise<void> {
  if (row.content.kind !== 'file') return
  const patientId = row.patientId ?? (await patientIdsOf(run, [row])).get(row.patientKey ?? '')
  if (patientId === undefined) throw new ImportSourceError(`the patient of row ${row.line} is gone`)
  const file = await fileOf(run, row, row.content.path)
  const targets = await targetsOf(run, [row])
  const { body: about } = bodyOf(row, (link) => targets.idOf(link, patientId))
  const fileName = String(row.content.about.fileName ?? basename(row.content.path))
  const filed = { patientId, file, fileName, about: about as Readonly<Record<string, unknown>>, source: run.table }
  await fileDocument(run.practice, run.actor, filed, (tx, entryId) =>
    insertKnown(tx, run, [{ key: row.key, digest: row.digest, patientId, entryId }]),
  )
}

async function joinImages(run: TableRun, row: Taken, study: StudyHere): Promise<void> {
  const targets = await targetsOf(run, [row])
  await joinStudy(run, row, study, bodyOf(row, (link) => targets.idOf(link, study.patientId)).body)
}

/** What waits in the tray is looked at again the next time: the same bytes are there already then. */
async function addImage(run: TableRun, row: Taken): Promise<void> {
  if (row.content.kind !== 'image') return
  const { key, digest, known, content } = row
  const patientId = row.patientId ?? (await patientIdsOf(run, [row])).get(row.patientKey ?? '')
  if (row.patientKey !== undefined && patientId === undefined)
    throw new ImportSourceError(`the patient of row ${row.line} is gone`)
  const file = await fileOf(run, row, content.path)
  const filed = { file, fileName: basename(content.path), patientId, source: `import:${run.runId} ${run.table}` }
  await fileImage(run.practice, filed, (tx, at) =>
    known === undefined ? insertKnown(tx, run, [{ key, digest, ...at }]) : updateKnown(tx, run, row),
  )
}

async function fileOf(run: TableRun, row: Taken, path: string): Promise<SourceFile> {
  const file = row.file ?? (await run.source.findFile(path))
  if (file === undefined) throw new SourceFileLostError(`the file of row ${row.line} is gone`, 'file-missing')
  return file
}

/** A row whose file was there when it was looked at, and is not any more, becomes nothing, and the others go on. */
async function orLeave(run: TableRun, row: Taken, add: () => Promise<void>): Promise<void> {
  try {
    await add()
  } catch (error) {
    if (!(error instanceof SourceFileLostError)) throw error
    const code = error.finding
    const left: LookedAt = { ...row, fate: 'refused', findings: [...row.findings, { code }] }
    run.count[row.fate]--
    run.count.refused++
    run.count.say(code)
    await run.practice.db.transaction().execute((tx) => saveLeft(tx, run, [left]))
    run.onRow?.(left)
  }
}

async function change(run: TableRun, row: Taken, known: KnownRow): Promise<void> {
  const { patient_id: patientId, entry_id: entryId } = known
  const targets = await targetsOf(run, [row])
  const { kind, body } = bodyOf(row, (link) => targets.idOf(link, patientId))
  const correction = { patientId, entryId, source: run.table, kind, body }
  const findings: Finding[] = [{ code: 'changed-here-too' }]
  await correctImported(run.practice, run.actor, correction, async (tx, isDone) => {
    await updateKnown(tx, run, row)
    if (isDone) return
    run.count.say('changed-here-too')
    await saveLeft(tx, run, [{ ...row, findings: [...row.findings, ...findings] }])
  })
}

/** Mapped rows fit their kinds' schemas (`map-row.ts`). A document's own is whole when its file is there. */
function bodyOf(row: Taken, idOf: (link: EntryLink) => string | undefined): EntryContent {
  const { content } = row
  if (content.kind === 'patient') return { kind: 'identity', body: content.identity as Identity }
  if (content.kind === 'image') throw new Error('an image is no entry')
  const { kind, body } = content.kind === 'entry' ? content.content : { kind: 'document' as const, body: content.about }
  return { kind, body: withLinks(withPractitioner(kind, body, row), row.links, idOf) } as EntryContent
}

/** A document keeps the name of an author whom the practice has not. */
function withPractitioner(kind: EntryKind, body: Readonly<Record<string, unknown>>, row: Taken) {
  const { practitioner, practitionerId, practitionerMember = 'practitionerId' } = row
  if (practitionerId !== undefined) return withMember(body, practitionerMember, () => practitionerId)
  return kind === 'document' && practitioner !== undefined && body.author === undefined ? { ...body, author: practitioner } : body
}

function isTaken(row: LookedAt | Taken): row is Taken {
  return 'content' in row && !row.isDone
}
