/** The routes of import sources: making one, what it is called, where its data are, the files that are sent for it. */
import { instantText } from '#database'
import type { SignedInEndpoint } from '#endpoint'
import { ConflictError } from '#errors'
import { type Call, parseCursor, printCursor, type Route, receivedPiece, route } from '#http'
import { findActive } from '#jobs'
import type { OpenPractice } from '#open-practice'
import { listProfiles, loadProfile, parseProfile, renameProfile, writtenProfile } from '#sources'
import {
  appendImportFile,
  beginImportFiles,
  changeImportSource,
  createImportSource,
  getImportSource,
  type ImportSource,
  listImportFiles,
  listImportFolders,
  listImportProfiles,
  listImportSources,
  removeImportFile,
  removeImportFiles,
  removeImportSource,
} from './contract.ts'
import { activeKeyOf, nightBefore } from './follow.ts'
import type { Places } from './places.ts'
import { listRuns } from './run-store.ts'
import { appendFile, beginFiles, dropBytes, getFile, removeAllFiles } from './sent/staged-files.ts'
import { countFiles, deleteFile, listFiles, type StagedFile } from './sent/staged-store.ts'
import { changeSource, getSource, insertSource, listSources, type StoredSource } from './source-store.ts'

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'record'>

export function makeSourceRoutes(places: Places): readonly Route[] {
  return [
    route(listImportProfiles, async (call) => {
      const loaded = await Promise.all((await listProfiles()).map(loadProfile))
      await recordLook(call, 'import-profile:shipped')
      return {
        profiles: loaded.map(({ profile: { name, title, source } }) => ({ name, title: plainTitle(title), type: source.type })),
      }
    }),
    route(listImportSources, async (call) => {
      const { practice } = call
      const sources = await listSources(practice.db, practice.id)
      await recordLook(call, 'import-source:all', { sources: sources.length })
      return {
        sources: await Promise.all(sources.map((source) => printSource(practice, source))),
        mayUseFolders: places.mayUseFolders,
      }
    }),
    route(createImportSource, async ({ practice, actor, body, record }) => {
      const { title, place, profileName } = body
      if (place.kind === 'folder') await places.folderOf(place.path)
      const shipped = profileName === undefined ? undefined : await loadProfile(profileName)
      const yaml = (name: string) => (shipped === undefined ? '' : renameProfile(shipped.yaml, name))
      const id = await practice.db.transaction().execute(async (tx) => {
        const made = await insertSource(tx, practice, actor, { title, place, yaml })
        await record(tx, { subject: subjectOf(made), details: { place: place.kind, profile: profileName } })
        return made
      })
      return printSource(practice, await getSource(practice.db, practice.id, id))
    }),
    route(getImportSource, async (call) => {
      const { practice, params } = call
      const source = await getSource(practice.db, practice.id, params.sourceId)
      await recordLook(call, subjectOf(source.id))
      return printSource(practice, source)
    }),
    route(changeImportSource, async ({ practice, params, body, record }) => {
      const source = await getSource(practice.db, practice.id, params.sourceId)
      const { title, followedAt, password } = body
      const followedOn = typeof followedAt === 'string' ? await nightBefore(practice, followedAt) : null
      await practice.db.transaction().execute(async (tx) => {
        await changeSource(tx, practice, source.id, {
          ...(title === undefined ? {} : { title }),
          ...(followedAt === undefined ? {} : { followedAt, followedOn }),
          ...(password === undefined ? {} : { password }),
        })
        await record(tx, { subject: subjectOf(source.id), details: { fields: Object.keys(body) } })
      })
      return printSource(practice, await getSource(practice.db, practice.id, source.id))
    }),
    route(removeImportSource, async ({ practice, params, record }) => {
      const { id } = await idleSource(practice, params.sourceId)
      const files = await practice.db.transaction().execute(async (tx) => {
        const removed = await removeAllFiles(tx, practice, id)
        await changeSource(tx, practice, id, { removedAt: instantText(practice.now()) })
        await record(tx, { subject: subjectOf(id), details: { isRemoved: true, files: removed.length } })
        return removed
      })
      await dropBytes(practice, files)
      await places.workbench.close(id)
      return undefined
    }),
    route(listImportFolders, async (call) => {
      const found = await places.listFolders(call.query.below)
      await recordLook(call, 'import-folder:below', { folders: found.folders.length })
      return found
    }),
    ...fileRoutes(places),
  ]
}

function fileRoutes(places: Places): readonly Route[] {
  return [
    route(beginImportFiles, async ({ practice, params, body, record }) => {
      const { id, place } = await getSource(practice.db, practice.id, params.sourceId)
      if (place.kind !== 'files') throw new ConflictError('this source takes no files: its data are elsewhere')
      const begun = await practice.db.transaction().execute(async (tx) => {
        const result = await beginFiles(tx, practice, id, body.files.map(definedOnly))
        await record(tx, { subject: subjectOf(id), details: { files: result.files.length } })
        return result
      })
      await dropBytes(practice, begun.replaced)
      return { files: begun.files.map(printFile) }
    }),
    route(listImportFiles, async (call) => {
      const { practice, params, query } = call
      const { id } = await getSource(practice.db, practice.id, params.sourceId)
      const after = query.cursor === undefined ? undefined : String(parseCursor(query.cursor, 1)[0])
      const files = await listFiles(practice.db, practice.id, id, {
        limit: query.limit,
        ...(after === undefined ? {} : { after }),
      })
      await recordLook(call, subjectOf(id), { files: files.length })
      const last = files.length === query.limit ? files.at(-1) : undefined
      return { files: files.map(printFile), ...(last === undefined ? {} : { next: printCursor([last.path]) }) }
    }),
    route(appendImportFile, async ({ practice, params, request, reply, record }) => {
      // Where the rest of a large body is not wanted, the connection ends with the answer.
      reply.header('connection', 'close')
      const { offset, bytes } = receivedPiece(request)
      const file = await appendFile(practice, params.fileId, offset, bytes)
      await practice.db
        .transaction()
        .execute((tx) => record(tx, { subject: subjectOf(file.sourceId), details: { receivedBytes: file.receivedBytes } }))
      reply.removeHeader('connection')
      return printFile(file)
    }),
    route(removeImportFile, async ({ practice, params, record }) => {
      const file = await getFile(practice, params.fileId)
      await idleSource(practice, file.sourceId)
      await practice.db.transaction().execute(async (tx) => {
        await deleteFile(tx, practice.id, file.id)
        await record(tx, { subject: subjectOf(file.sourceId), details: { removedFiles: 1 } })
      })
      await dropBytes(practice, [file])
      await places.workbench.close(file.sourceId)
      return undefined
    }),
    route(removeImportFiles, async ({ practice, params, record }) => {
      const { id } = await idleSource(practice, params.sourceId)
      const files = await practice.db.transaction().execute(async (tx) => {
        const removed = await removeAllFiles(tx, practice, id)
        await record(tx, { subject: subjectOf(id), details: { removedFiles: removed.length } })
        return removed
      })
      await dropBytes(practice, files)
      await places.workbench.close(id)
      return undefined
    }),
  ]
}

export function subjectOf(sourceId: string): string {
  return `import-source:${sourceId}`
}

/** A look, which reads and writes nothing else. */
export async function recordLook(
  { practice, record }: AnyCall,
  subject: string,
  details: Readonly<Record<string, number | string>> = {},
) {
  await practice.db.transaction().execute((tx) => record(tx, { subject, details }))
}

/** @throws {ConflictError} a job is at work on it, and would lose its files */
async function idleSource(practice: OpenPractice, sourceId: string): Promise<StoredSource> {
  const source = await getSource(practice.db, practice.id, sourceId)
  const job = await findActive(practice.db, practice.id, activeKeyOf(sourceId))
  if (job !== undefined) throw new ConflictError('a job is at work on this source', { about: { job } })
  return source
}

export async function printSource(practice: OpenPractice, source: StoredSource): Promise<ImportSource> {
  const { db, id: practiceId } = practice
  const { id, name, title, place, yaml, hasPassword, followedAt, createdAt, filesRemovedAt } = source
  const count = await countFiles(db, practiceId, id)
  const [run] = await listRuns(db, practiceId, id, { limit: 1 })
  const jobId = await findActive(db, practiceId, activeKeyOf(id))
  return {
    id,
    name,
    title,
    place,
    files: {
      whole: count.whole,
      underWay: count.all - count.whole,
      bytes: count.bytes,
      ...(filesRemovedAt === undefined ? {} : { removedAt: filesRemovedAt }),
    },
    ...(yaml === '' ? {} : { profile: writtenProfile(parseProfile(yaml)) }),
    hasPassword,
    ...(followedAt === undefined ? {} : { followedAt }),
    ...(run === undefined ? {} : { lastRun: { id: run.id, state: run.state, isDry: run.isDry, startedAt: run.startedAt } }),
    ...(jobId === undefined ? {} : { jobId }),
    createdAt,
  }
}

function printFile({ id, path, sizeBytes, receivedBytes }: StagedFile) {
  return { id, path, sizeBytes, receivedBytes }
}

function definedOnly({ path, sizeBytes, modifiedMs }: { path: string; sizeBytes: number; modifiedMs?: number | undefined }) {
  return { path, sizeBytes, ...(modifiedMs === undefined ? {} : { modifiedMs }) }
}

function plainTitle({ fr, en }: { fr: string; en?: string | undefined }) {
  return { fr, ...(en === undefined ? {} : { en }) }
}
