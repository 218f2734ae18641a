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
import { ImageTooLargeError } from '../intake.ts'
import { keepImage } from '../keep-image.ts'
import { refreshStaleEntries } from '../refresh-entries.ts'
import { type FileReport, FolderCount, type FolderReport } from './report.ts'
import { isDicomdir, type Listed, nameOnDisk, readListed, walkFolder } from './walk.ts'

export interface DicomFolderOptions {
  /** looked at only: what would be taken counts as taken, and nothing is kept */
  readonly isDry: boolean
  /** in a few words, where it comes from; absent: `folder` */
  readonly source?: string
  readonly onFile?: (file: FileReport) => void
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
  const tell = (file: FileReport, sizeBytes = 0) => {
    count.add(file, sizeBytes)
    options.onFile?.(file)
  }
  let state: 'done' | 'stopped' = 'stopped'
  try {
    for (const { path, kind } of found) if (kind !== 'file') tell({ path, fate: kind === 'link' ? 'link' : 'failed' })
    for (const each of unmet(listed, files)) tell(each)
    const names = new Set([...(listed?.files ?? [])].map((name) => name.toLowerCase()))
    const images = files.filter((path) => !isDicomdir(path))
    for (const [i, path] of images.entries()) {
      signal?.throwIfAborted()
      const { sizeBytes, ...became } = await takeFile(practice, folder, path, runId, options)
      const isUnlisted = listed !== undefined && became.fate !== 'not-dicom' && !names.has(path.toLowerCase())
      tell({ ...became, ...(isUnlisted ? { isUnlisted } : {}) }, sizeBytes)
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

async function takeFile(
  practice: OpenPractice,
  folder: string,
  path: string,
  runId: string,
  { isDry, source = 'folder' }: DicomFolderOptions,
): Promise<FileReport & { readonly sizeBytes: number }> {
  try {
    // A file that has become a link since the folder was read is not followed either.
    await using file = await open(join(folder, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const { size: sizeBytes } = await file.stat()
    const head = Buffer.alloc(HEAD_BYTES)
    await file.read(head, 0, HEAD_BYTES, 0)
    if (!isDicomFile(head) && !isBareDataSet(head)) return { path, fate: 'not-dicom', sizeBytes }
    if (isDry) return { path, fate: 'taken', sizeBytes }
    const fileName = path.split('/').at(-1) ?? path
    const kept = await keepImage(practice, { bytes: piecesOf(file), source: `import:${runId} ${source}`, fileName })
    const fate = kept.outcome === 'taken' && kept.flag === 'unreadable' ? 'unreadable' : kept.outcome
    return { path, fate, flag: kept.flag, studyId: kept.studyId, sizeBytes }
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unexpected'
    const isOfOneFile = error instanceof ImageTooLargeError || (!(error instanceof PracticeError) && /^E[A-Z]+$/.test(code))
    if (!isOfOneFile) throw error
    return { path, fate: code === 'ELOOP' ? 'link' : 'failed', code, sizeBytes: 0 }
  }
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
