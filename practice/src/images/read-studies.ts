/** Studies as they are shown: in a record with what it says of them, in the tray with what the header says. */
import type { z } from 'zod'
import type { Db, Tx } from '#database'
import { NotFoundError } from '#errors'
import { type EntryOf, type Reading, readAll, readEntry } from '#patients'
import type { ImageStudy, instanceSchema, listStudies, seriesSchema, TrayStudy, trayStudySchema } from './contract.ts'
import { instanceFactsSchema, seriesFactsSchema, studyFactsSchema } from './facts.ts'
import type { NamedPatient } from './named-patient.ts'
import {
  findStudy,
  type InstanceRow,
  listInstances,
  listSeries,
  listStudiesOf,
  type SeriesRow,
  type StudyRow,
  summarizeStudies,
} from './store.ts'

type Series = z.output<typeof seriesSchema>
type Instance = z.output<typeof instanceSchema>
type PictureDocument = z.output<(typeof listStudies)['reply']>['documents'][number]
type Summary = { readonly seriesCount: number; readonly coverInstanceId: string | undefined }

/** The studies of a record that this account may see, newest day first. */
export async function readStudies(reading: Reading): Promise<ImageStudy[]> {
  const entries = await readAll(reading, 'imagingStudy')
  if (entries.length === 0) return []
  const rows = await listStudiesOf(reading.db, reading.practiceId, reading.access.parts)
  const byEntry = new Map(rows.map((row) => [row.entry_id, row]))
  const summaries = await summarizeStudies(
    reading.db,
    reading.practiceId,
    rows.map(({ id }) => id),
  )
  return entries.flatMap((entry) => {
    const row = byEntry.get(entry.id)
    return row !== undefined && entry.body !== null ? [studyOf(entry, row, summaries.get(row.id))] : []
  })
}

/**
 * One study of a record, for whoever may see its entry.
 *
 * @throws {NotFoundError} none, another record's, or its entry was withdrawn
 */
export async function readStudy(reading: Reading, studyId: string): Promise<{ row: StudyRow; study: ImageStudy }> {
  const row = await findStudy(reading.db, reading.practiceId, studyId)
  if (row?.patient_id == null || row.entry_id === null || !reading.access.parts.includes(row.patient_id)) throw missing()
  const entry = (await readEntry(reading, row.entry_id)) as EntryOf<'imagingStudy'>
  if (entry.kind !== 'imagingStudy' || entry.body === null || entry.state !== 'current') throw missing()
  const summaries = await summarizeStudies(reading.db, reading.practiceId, [row.id])
  return { row, study: studyOf(entry, row, summaries.get(row.id)) }
}

export function missing(): NotFoundError {
  return new NotFoundError('there is no such study here')
}

/** Pictures that are ordinary documents: by what their bytes are, or by what they are called. */
export async function readPictures(reading: Reading): Promise<PictureDocument[]> {
  const documents = await readAll(reading, 'document')
  return documents.flatMap(({ id, body }) => {
    if (body === null || !isPicture(body)) return []
    const { title, madeOn, mediaType, type, teeth } = body
    return [{ entryId: id, title, madeOn, mediaType, typeCode: type.code, teeth }]
  })
}

const PICTURE_TYPES = new Set(['18748-4', '52040-3', 'IMG-KOS'])

function isPicture({ mediaType, type }: NonNullable<EntryOf<'document'>['body']>): boolean {
  return mediaType?.startsWith('image/') === true || mediaType === 'application/dicom' || PICTURE_TYPES.has(type.code)
}

function studyOf(entry: EntryOf<'imagingStudy'>, row: StudyRow, summary: Summary | undefined): ImageStudy {
  const body = entry.body as NonNullable<typeof entry.body>
  return { ...membersOf(row, summary), entryId: entry.id, entryVersion: entry.version, entry: body }
}

export function trayStudyOf(row: StudyRow, summary: Summary | undefined): TrayStudy {
  const { fileName } = studyFactsSchema.parse(JSON.parse(row.facts))
  return {
    ...membersOf(row, summary),
    state: row.state === 'aside' ? 'aside' : 'tray',
    reason: (row.reason ?? 'returned') as z.output<typeof trayStudySchema>['reason'],
    named: JSON.parse(row.named) as NamedPatient,
    asideReason: row.aside_reason ?? undefined,
    fileName,
  }
}

function membersOf(row: StudyRow, summary: Summary | undefined) {
  const { modalities, takenAt, description, seriesDescription, teeth, bodyPart } = studyFactsSchema.parse(JSON.parse(row.facts))
  return {
    id: row.id,
    studyInstanceUid: row.study_uid,
    modalities,
    takenOn: row.taken_on ?? undefined,
    takenAt,
    description: description ?? seriesDescription,
    teeth,
    bodyPart,
    seriesCount: summary?.seriesCount ?? 0,
    instanceCount: row.instance_count,
    sizeBytes: row.size_bytes,
    source: row.source,
    receivedAt: row.received_at,
    flagged: row.flagged,
    coverInstanceId: summary?.coverInstanceId,
  }
}

/** Series with their instances, each in its order. */
export async function readSeries(db: Db | Tx, practiceId: string, studyId: string): Promise<Series[]> {
  const series = await listSeries(db, practiceId, studyId)
  const instances = Map.groupBy(await listInstances(db, practiceId, studyId), ({ series_id }) => series_id)
  return series.map((row) => seriesOf(row, instances.get(row.id) ?? []))
}

function seriesOf(row: SeriesRow, instances: readonly InstanceRow[]): Series {
  return {
    id: row.id,
    seriesInstanceUid: row.series_uid,
    number: row.number ?? undefined,
    modality: row.modality,
    ...seriesFactsSchema.parse(JSON.parse(row.facts)),
    instances: instances.map(instanceOf),
  }
}

function instanceOf(row: InstanceRow): Instance {
  const { windowCenter, windowWidth, ...facts } = instanceFactsSchema.parse(JSON.parse(row.facts))
  const window =
    windowCenter === undefined || windowWidth === undefined ? undefined : { center: windowCenter, width: windowWidth }
  return {
    id: row.id,
    sopInstanceUid: row.sop_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    number: row.number ?? undefined,
    frames: row.frames,
    ...facts,
    window,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    receivedAt: row.received_at,
    flag: row.flag,
  }
}
