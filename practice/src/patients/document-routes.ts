/** The routes of documents: who may, the journal, then the bytes. Bytes are read and written outside of transactions. */
import { z } from 'zod'
import {
  abandonUpload,
  appendUpload,
  beginUpload,
  contentHeaders,
  type FinishedUpload,
  finishUpload,
  getDocument,
  getUpload,
  parseRange,
  printFileName,
  rangeHeaders,
  readObject,
  readPreview,
  type UploadFacts,
} from '#documents'
import type { SignedInEndpoint } from '#endpoint'
import { NotFoundError } from '#errors'
import { type Call, type Route, receivedPiece, route, sendStream } from '#http'
import { requireWrite } from './access.ts'
import { loadAccess } from './access-store.ts'
import type { EntryOf } from './contract.ts'
import {
  abandonUploadEndpoint,
  appendUploadEndpoint,
  beginUploadEndpoint,
  finishUploadEndpoint,
  getDocumentContent,
  getDocumentPreview,
  getUploadEndpoint,
  newDocumentSchema,
} from './document-contract.ts'
import { type BodyOf, bodyFacts } from './kinds/index.ts'
import { checkReferences } from './references.ts'
import { readEntry } from './store.ts'
import { addEntry } from './write.ts'

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'actor' | 'record'>
type NewDocument = z.output<typeof newDocumentSchema>

const detailsSchema = z.object({ document: newDocumentSchema })
/** Stands for the object in checks that are made before there is one. */
const NO_OBJECT = 'none-yet'

export const documentRoutes: readonly Route[] = [
  route(beginUploadEndpoint, async (call) => {
    const { practice, actor, params, body } = call
    const { fileName, sizeBytes, document } = body
    await practice.db.transaction().execute((tx) => requireFiling(call, tx, params.patientId, document))
    const wanted = { patientId: params.patientId, accountId: actor.accountId, fileName, sizeBytes, details: { document } }
    const begun = await beginUpload(practice, wanted, async (tx, upload) => {
      await requireFiling(call, tx, params.patientId, document)
      await call.record(tx, { ...told(upload), details: { sizeBytes } })
    })
    return answerOf(begun)
  }),

  route(appendUploadEndpoint, async (call) => {
    const { practice, params, request, reply } = call
    // Where the rest of a large body is not wanted, the connection ends with the answer.
    reply.header('connection', 'close')
    const upload = await ownUpload(call, params.uploadId)
    const { offset, bytes } = receivedPiece(request)
    const { receivedBytes } = await appendUpload(practice, upload.id, offset, bytes)
    await recordUpload(call, upload, { receivedBytes })
    reply.removeHeader('connection')
    return answerOf({ ...upload, receivedBytes })
  }),

  route(getUploadEndpoint, async (call) => {
    const upload = await ownUpload(call, call.params.uploadId)
    await recordUpload(call, upload, { receivedBytes: upload.receivedBytes })
    return answerOf(upload)
  }),

  route(abandonUploadEndpoint, async (call) => {
    const upload = await ownUpload(call, call.params.uploadId)
    await abandonUpload(call.practice, upload.id, (tx) => call.record(tx, { ...told(upload), details: { isAbandoned: true } }))
    return undefined
  }),

  route(finishUploadEndpoint, async (call) => {
    const upload = await ownUpload(call, call.params.uploadId)
    let written: { readonly id: string; readonly version: number } | undefined
    const finished = await finishUpload(call.practice, upload.id, async (tx, made) => {
      const { practice, actor } = call
      const object = `object:${made.object.id}`
      const record: Parameters<typeof addEntry>[0]['record'] = (event) =>
        call.record(tx, { ...event, action: 'document.added', details: { ...event.details, object } })
      const writing = { tx, practiceId: practice.id, actor, now: practice.now(), record }
      written = await addEntry(writing, { patientId: upload.patientId, kind: 'document', body: bodyOf(made) })
    })
    if (written === undefined) throw new Error('a finished upload wrote no entry')
    const { agreesWithName, isNew, object } = finished
    return { entryId: written.id, version: written.version, mediaType: object.mediaType, agreesWithName, isNew }
  }),

  route(getDocumentContent, async (call) => {
    const { practice, request, reply, query } = call
    const { objectId, fileName } = await readDocument(call, { isDownload: query.download === 'true' })
    const facts = await getDocument(practice, objectId)
    const etag = `"${facts.sha256}"`
    const ifRange = request.headers['if-range'] as string | undefined // Node joins what comes twice
    const asked = parseRange(request.headers.range, facts.sizeBytes, ifRange, etag)
    const { status, headers } = rangeHeaders(asked, facts.sizeBytes)
    // Opened first: the answer about a document that does not open is no document, and is not called one.
    const opened =
      asked.kind === 'unsatisfiable' ? undefined : await readObject(practice, objectId, asked.kind === 'part' ? asked : undefined)
    reply
      .code(status)
      .headers({ ...contentHeaders(facts.mediaType, { fileName, isDownload: query.download === 'true' }), ...headers, etag })
    if (opened === undefined) return void (await reply.send())
    return sendStream(reply, opened.stream)
  }),

  route(getDocumentPreview, async (call) => {
    const { objectId } = await readDocument(call, { isPreview: true })
    const { stream, sizeBytes } = await readPreview(call.practice, objectId)
    call.reply.headers(contentHeaders('image/webp', { fileName: 'preview.webp', isDownload: false }))
    call.reply.header('content-length', sizeBytes)
    return sendStream(call.reply, stream)
  }),
]

/** Whether this account may add such a document to this record, and what it names is there. */
async function requireFiling(call: AnyCall, tx: Parameters<AnyCall['record']>[0], patientId: string, document: NewDocument) {
  const { practice, actor } = call
  const now = practice.now()
  const facts = bodyFacts('document', { ...document, objectId: NO_OBJECT, fileName: NO_OBJECT })
  const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now }, patientId)
  requireWrite(access, facts.class)
  await checkReferences({ tx, practiceId: practice.id }, access.parts, facts)
}

/** Another account's upload is not there. The record may have been closed to this account since. */
async function ownUpload(call: AnyCall, uploadId: string): Promise<UploadFacts> {
  const upload = await getUpload(call.practice, uploadId)
  if (upload.accountId !== call.actor.accountId) throw new NotFoundError('there is no such upload, or it is finished')
  const { document } = detailsSchema.parse(upload.details)
  await call.practice.db.transaction().execute((tx) => requireFiling(call, tx, upload.patientId, document))
  return upload
}

function bodyOf({ upload, object }: FinishedUpload): BodyOf<'document'> {
  const { document } = detailsSchema.parse(upload.details)
  return { ...document, objectId: object.id, fileName: printFileName(upload.fileName), mediaType: object.mediaType }
}

/** The entry, in the transaction that writes to the journal who opens it. Its bytes are asked for afterwards. */
function readDocument(
  { practice, actor, record, params }: AnyCall & { readonly params: { readonly patientId: string; readonly entryId: string } },
  details: Readonly<Record<string, boolean>>,
): Promise<BodyOf<'document'>> {
  const { patientId, entryId } = params
  return practice.db.transaction().execute(async (tx) => {
    const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
    const entry = await readEntry({ db: tx, practiceId: practice.id, access }, entryId)
    const { body } = entry as EntryOf<'document'>
    if (entry.kind !== 'document' || body === null) throw new NotFoundError('there is no such document')
    const glass = access.glassEndsAt === undefined ? {} : { throughBrokenGlass: true }
    await record(tx, { patientId: access.patientId, subject: `document:${entryId}`, details: { ...details, ...glass } })
    return body
  })
}

function recordUpload(call: AnyCall, upload: UploadFacts, details: Readonly<Record<string, number>>): Promise<void> {
  return call.practice.db.transaction().execute((tx) => call.record(tx, { ...told(upload), details }))
}

function told(upload: UploadFacts) {
  return { patientId: upload.patientId, subject: `upload:${upload.id}` }
}

function answerOf({ id, patientId, sizeBytes, receivedBytes, startedAt }: UploadFacts) {
  return { id, patientId, sizeBytes, receivedBytes, startedAt }
}
