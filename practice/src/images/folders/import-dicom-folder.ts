/**
 * Takes the images of a folder or medium, whatever lies about in it, and accounts for every file. A second run finds what is there and takes the
 * rest: it may be killed at any moment, and run each night.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { isDicomFile } from '@couronne/formats'
import { instantText, newId } from '#database'
import { ImportSourceError, PracticeError } from '#errors'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import type { InstanceFlag } from '../contract.ts'
import { foreseeImage } from '../foresee-image.ts'
import { ImageTooLargeError } from '../intake.ts'
import { type ArrivedImage, keepImage } from '../keep-image.ts'
import { findPlace, type ImagePlace } from '../place.ts'
import { refreshStaleEntries } from '../refresh-entries.ts'
import { type FileFate, type FileReport, FolderCount, type FolderReport } from './report.ts'
import { isDicomdir, type Listed, nameOnDisk, readListed, walkFolder } from './walk.ts'

export interface DicomFolderOptions {
  /** looked at only: what would be taken counts as taken, where it would be is said, and nothing is kept */
  readonly isDry: boolean
  /** in a few words, where it comes from; absent: `folder` */
  readonly source?: string
  readonly onFile?: (file: FileReport) => void | Promise<void>
  readonly onProgress?: (files: number, total: number) => void
  readonly signal?: AbortSignal
}

const HEAD_BYTES = 132
const READ_BYTES = 1024 * 1024

/**
 * @param actor who answers for it: the journal names them
 * @throws {ImportSourceError} when there is no such folder
 * @throws {DiskFullError} and whatever concerns more than one file: what was taken stays
 */
export async function importDicomFolder(
  practice: OpenPractice,
  actor: Actor,
  folder: string,
  options: DicomFolderOptions,
): Promise<FolderReport> {
  const { isDry, signal, onProgress } = options
  const found = await Array.fromAsync(walkFolder(folder)).catch((cause: unknown) => {
    throw new ImportSourceError('the folder cannot be read', { cause })
  })
  const files = found.filter(({ kind }) => kind === 'file').map(({ path }) => path)
  const listed = await readListed(folder, files.filter(isDicomdir))
  const runId = await beginRun(practice, actor, isDry)
  const count = new FolderCount()
  const tell = async (file: FileReport, sizeBytes = 0) => {
    count.add(file, sizeBytes)
    await options.onFile?.(file)
  }
  const taking: Taking = { isDry, source: `import:${runId} ${options.source ?? 'folder'}`, places: new Map(), seen: new Set() }
  let state: 'done' | 'stopped' = 'stopped'
  try {
    for (const { path, kind } of found) if (kind !== 'file') await tell({ path, fate: kind === 'link' ? 'link' : 'failed' })
    for (const each of unmet(listed, files)) await tell(each)
    for (const path of files.filter(isDicomdir)) await tell({ path, fate: 'list' })
    const names = new Set([...(listed?.files ?? [])].map((name) => name.toLowerCase()))
    const images = files.filter((path) => !isDicomdir(path))
    for (const [i, path] of images.entries()) {
      signal?.throwIfAborted()
      const { sizeBytes, ...became } = await takeFile(practice, folder, path, taking)
      const isUnlisted = listed !== undefined && became.fate !== 'not-dicom' && !names.has(path.toLowerCase())
      await tell({ ...became, ...(isUnlisted ? { isUnlisted } : {}) }, sizeBytes)
      onProgress?.(i + 1, images.length)
    }
    state = 'done'
  } finally {
    await endRun(practice, actor, runId, state, count.report(runId, isDry))
  }
  if (!isDry) await refreshStaleEntries(practice)
  return count.report(runId, isDry)
}

/** What a DICOMDIR names and the folder has not, or must not have. */
function unmet(listed: Listed | undefined, files: readonly string[]): FileReport[] {
  const onDisk = new Map(files.map((path) => [path.toLowerCase(), path]))
  const missing = [...(listed?.files ?? [])].filter((name) => nameOnDisk(name, onDisk) === undefined)
  return [
    ...missing.map((path) => ({ path, fate: 'missing' as const })),
    ...(listed?.outside ?? []).map((path) => ({ path, fate: 'outside' as const })),
  ]
}

interface Taking {
  readonly isDry: boolean
  readonly source: string
  /** of studies by their id */
  readonly places: Map<string, ImagePlace>
  /** images that a dry run has met */
  readonly seen: Set<string>
}

type TakenFile = FileReport & { readonly sizeBytes: number }

async function takeFile(practice: OpenPractice, folder: string, path: string, taking: Taking): Promise<TakenFile> {
  try {
    // A file that has become a link since the folder was read is not followed either.
    await using file = await open(join(folder, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const { size: sizeBytes } = await file.stat()
    const head = Buffer.alloc(HEAD_BYTES)
    await file.read(head, 0, HEAD_BYTES, 0)
    if (!isDicomFile(head) && !isBareDataSet(head)) return { path, fate: 'not-dicom', sizeBytes }
    const arrived = { bytes: piecesOf(file), source: taking.source, fileName: path.split('/').at(-1) ?? path }
    const became = await (taking.isDry ? foresee : keep)(practice, arrived, taking)
    return { path, ...became, sizeBytes }
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unexpected'
    const isOfOneFile = error instanceof ImageTooLargeError || (!(error instanceof PracticeError) && /^E[A-Z]+$/.test(code))
    if (!isOfOneFile) throw error
    return { path, fate: code === 'ELOOP' ? 'link' : 'failed', code, sizeBytes: 0 }
  }
}

type Became = Omit<FileReport, 'path'>

async function keep(practice: OpenPractice, arrived: ArrivedImage, { places }: Taking): Promise<Became> {
  const { outcome, flag, studyId } = await keepImage(practice, arrived)
  const place = places.get(studyId) ?? (await findPlace(practice.db, practice.id, studyId))
  if (place !== undefined) places.set(studyId, place)
  return { fate: fateOf(outcome, flag), flag, studyId, ...(place === undefined ? {} : { place }) }
}

async function foresee(practice: OpenPractice, arrived: ArrivedImage, { seen }: Taking): Promise<Became> {
  const { outcome, flag, place, study, image } = await foreseeImage(practice, arrived)
  const isAgain = seen.has(image)
  seen.add(image)
  return { fate: fateOf(isAgain || outcome !== 'taken' ? 'same' : 'taken', flag), flag, studyId: study, place }
}

function fateOf(outcome: 'taken' | 'same', flag: InstanceFlag): FileFate {
  return outcome === 'taken' && flag === 'unreadable' ? 'unreadable' : outcome
}

/** Old devices write the data set alone: it begins with group 0008, or with the meta group without what stands before. Kept, and nobody reads it. */
function isBareDataSet(head: Uint8Array): boolean {
  const [group, element, length] = [head[0], head[2], head[4]]
  return (
    (group === 8 || group === 2) &&
    head[1] === 0 &&
    head[3] === 0 &&
    (element ?? 255) <= 0x20 &&
    length !== undefined &&
    length !== 0
  )
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

async function beginRun({ db, id, now }: OpenPractice, { accountId }: Actor, isDry: boolean): Promise<string> {
  const runId = newId()
  await db
    .insertInto('image_import')
    .values({
      id: runId,
      practice_id: id,
      account_id: accountId,
      is_dry: isDry ? 1 : 0,
      state: 'running',
      report: '{}',
      started_at: instantText(now()),
      ended_at: null,
    })
    .execute()
  return runId
}

/** Counts go to the journal; names of files, which may be people's, to the report alone. */
async function endRun(
  { db, id, now }: OpenPractice,
  actor: Actor,
  runId: string,
  state: 'done' | 'stopped',
  report: FolderReport,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('image_import')
      .set({ state, report: JSON.stringify(report), ended_at: instantText(now()) })
      .where('practice_id', '=', id)
      .where('id', '=', runId)
      .execute()
    const { isDry, counts, studies } = report
    await recordEvent(tx, id, actor, now(), {
      action: 'images.imported',
      subject: `image-import:${runId}`,
      details: { isDry, state, studies, ...counts },
    })
  })
}
