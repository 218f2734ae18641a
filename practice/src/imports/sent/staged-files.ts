/**
 * Files that were sent for a source, while they wait: each sealed as a document is, under a key of the source's own. When they are removed the key
 * goes first; what is left then is noise. A kill at any moment leaves something that the next call goes on with, or that the sweep takes away.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { instantText, newId, type Tx } from '#database'
import {
  DOCUMENT_KEY_BYTES,
  readUploadFile,
  receiveSegments,
  removeUploadFile,
  SegmentLayout,
  UploadFile,
  type UploadFileOptions,
} from '#documents'
import { ConflictError, DiskFullError, InvalidInputError, NotFoundError } from '#errors'
import { seal, unseal } from '#keys'
import type { OpenPractice } from '#open-practice'
import { toRelativePath } from '#sources'
import {
  countFiles,
  deleteFile,
  deleteFiles,
  findFile,
  findFileByPath,
  insertFile,
  listAllFiles,
  type StagedFile,
  saveReceived,
} from './staged-store.ts'

/** Of one source; more come in an archive. */
export const FILES_MAX = 200_000
const NAME_BYTES_MAX = 255
/** What the database and everything else keep for themselves. */
const RESERVED_BYTES = 64 * 1024 ** 2

export interface FileToSend {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs?: number
}

/**
 * Says which files will come.
 *
 * @throws {InvalidInputError} a name that leads elsewhere, or too many; {@link DiskFullError} no room for all of them
 */
export async function beginFiles(
  tx: Tx,
  practice: OpenPractice,
  sourceId: string,
  files: readonly FileToSend[],
): Promise<{ readonly files: StagedFile[]; readonly replaced: StagedFile[] }> {
  const paths = files.map(({ path }, i) => requirePath(path, i))
  await requireRoom(
    practice,
    files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  )
  await ensureKey(tx, practice, sourceId)
  const begun: StagedFile[] = []
  const replaced: StagedFile[] = []
  for (const [i, file] of files.entries()) {
    const path = paths[i]!
    const was = await findFileByPath(tx, practice.id, sourceId, path)
    if (was !== undefined && isTheSame(was, file)) {
      begun.push(was)
      continue
    }
    if (was !== undefined) {
      await deleteFile(tx, practice.id, was.id)
      replaced.push(was)
    }
    const made: StagedFile = {
      id: newId(),
      sourceId,
      path,
      sizeBytes: file.sizeBytes,
      receivedBytes: 0,
      ...(file.modifiedMs === undefined ? {} : { modifiedMs: file.modifiedMs }),
    }
    await insertFile(tx, practice, made)
    begun.push(made)
  }
  if ((await countFiles(tx, practice.id, sourceId)).all > FILES_MAX)
    throw new InvalidInputError(`a source has at most ${FILES_MAX} files: put them into an archive`, [
      { path: 'files', problem: 'too_big', message: 'too many files' },
    ])
  return { files: begun, replaced }
}

/** One whose sender does not say when it was changed goes on while it is under way, and is new when it was whole. */
function isTheSame(was: StagedFile, { sizeBytes, modifiedMs }: FileToSend): boolean {
  const isWhole = was.receivedBytes === was.sizeBytes
  return was.sizeBytes === sizeBytes && was.modifiedMs === modifiedMs && (modifiedMs !== undefined || !isWhole)
}

function requirePath(path: string, i: number): string {
  const found = toRelativePath(path.toWellFormed().normalize('NFC'))
  const isWritable = found?.split('/').every((name) => Buffer.byteLength(name) <= NAME_BYTES_MAX)
  if (found !== undefined && isWritable && !/\p{Cc}/u.test(found)) return found
  const message = 'a name below the source’s own top is expected'
  throw new InvalidInputError(message, [{ path: `files.${i}.path`, problem: 'path', message }])
}

async function requireRoom(practice: OpenPractice, sizeBytes: number): Promise<void> {
  await mkdir(filesFolder(practice), { recursive: true, mode: 0o700 })
  const { bavail, bsize } = await statfs(filesFolder(practice))
  if (sizeBytes + RESERVED_BYTES > bavail * bsize)
    throw new DiskFullError(`there is no room for ${sizeBytes} bytes more`, {
      about: { wantedBytes: sizeBytes, freeBytes: bavail * bsize },
    })
}

/** Files that a call is at work on. One process at a time has a practice's folder. */
const held = new Set<string>()

/**
 * @throws {ConflictError} another offset is expected (`about.receivedBytes`), or another call is at work on it
 * @throws {InvalidInputError} {@link DiskFullError} {@link NotFoundError}
 */
export async function appendFile(
  practice: OpenPractice,
  fileId: string,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<StagedFile> {
  if (held.has(fileId)) throw new ConflictError('another request is at work on this file', { about: { file: fileId } })
  held.add(fileId)
  try {
    const file = await getFile(practice, fileId)
    if (offset !== file.receivedBytes)
      throw new ConflictError(`the next byte is ${file.receivedBytes}, not ${offset}`, {
        about: { receivedBytes: file.receivedBytes },
      })
    const options = await optionsOf(practice, file)
    if (offset === 0) {
      await removeUploadFile(options.path) // nothing of it was acknowledged
      await UploadFile.make(options)
    }
    const receivedBytes = await receiveSegments(options, offset, bytes, (received) => saveReceived(practice, fileId, received))
    return { ...file, receivedBytes }
  } finally {
    held.delete(fileId)
  }
}

/** @throws {NotFoundError} */
export async function getFile(practice: OpenPractice, fileId: string): Promise<StagedFile> {
  const file = await findFile(practice.db, practice.id, fileId)
  if (file === undefined) throw new NotFoundError('there is no such file', { about: { file: fileId } })
  return file
}

/** The bytes of one that is whole. */
export async function* readFile(practice: OpenPractice, file: StagedFile): AsyncGenerator<Uint8Array> {
  if (file.sizeBytes > 0) yield* readUploadFile(await optionsOf(practice, file))
}

/** What rows no longer name; may be called again. */
export async function dropBytes(practice: OpenPractice, files: readonly Pick<StagedFile, 'id'>[]): Promise<void> {
  for (const { id } of files) if (!held.has(id)) await removeUploadFile(pathOf(practice, id)).catch(() => {})
}

/** All files of a source, with their key. @returns those whose bytes are to be dropped when the transaction is through */
export async function removeAllFiles(tx: Tx, practice: OpenPractice, sourceId: string): Promise<StagedFile[]> {
  const files = await listAllFiles(tx, practice.id, sourceId)
  await deleteFiles(tx, practice.id, sourceId)
  await tx
    .updateTable('import_setting')
    .set({ files_key: null, files_removed_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', sourceId)
    .execute()
  return files
}

/** Takes away what kills have left: files that no row names. */
export async function sweepFiles(practice: OpenPractice): Promise<void> {
  const names = await readdir(filesFolder(practice)).catch(() => [])
  for (const name of names) {
    const id = /^([0-9a-f-]{36})\.sealed(\.new)?$/.exec(name)?.[1]
    if (id !== undefined && (await findFile(practice.db, practice.id, id)) === undefined) await dropBytes(practice, [{ id }])
  }
}

async function ensureKey(tx: Tx, practice: OpenPractice, sourceId: string): Promise<void> {
  const key = seal(practice.master.derive('secrets'), randomBytes(DOCUMENT_KEY_BYTES), keyContext(practice.id, sourceId))
  await tx
    .updateTable('import_setting')
    .set({ files_key: Buffer.from(key), files_removed_at: null })
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', sourceId)
    .where('files_key', 'is', null)
    .execute()
}

async function optionsOf(practice: OpenPractice, { id, sourceId, sizeBytes }: StagedFile): Promise<UploadFileOptions> {
  const found = await practice.db
    .selectFrom('import_setting')
    .select('files_key')
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', sourceId)
    .executeTakeFirst()
  if (found?.files_key == null) throw new NotFoundError('the files of this source were removed', { about: { source: sourceId } })
  return {
    path: pathOf(practice, id),
    key: unseal(practice.master.derive('secrets'), found.files_key, keyContext(practice.id, sourceId)),
    associatedData: `couronne import file ${practice.id} ${id}`,
    layout: new SegmentLayout(sizeBytes),
  }
}

function keyContext(practiceId: string, sourceId: string): string {
  return `couronne import files ${practiceId} ${sourceId}`
}

function filesFolder({ folder }: OpenPractice): string {
  return join(folder, 'imports', 'files')
}

function pathOf(practice: OpenPractice, id: string): string {
  return join(filesFolder(practice), `${id}.sealed`)
}
