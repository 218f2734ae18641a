/**
 * Filing documents and opening them. An upload is begun with all that the record will say of the document, brings its bytes in as many
 * pieces as the network needs, and is finished: then the document is an entry like any other.
 *
 * A piece is the rest of the file, or a part of it of at least {@link PIECE_BYTES_MIN} bytes; the answer says from which byte to go on,
 * which may be a little before the piece's end. Whoever lost the connection asks how far the upload came, and goes on from there.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { documentSchema } from './kinds/document.ts'
import { idSchema } from './kinds/parts.ts'

/** Fewer may not hold a whole segment, and then nothing would be kept. */
export const PIECE_BYTES_MIN = 1024 * 1024
/** What a browser well sends at once: little is lost with a connection, and a page can show how it goes on. */
export const PIECE_BYTES_ADVISED = 32 * 1024 * 1024
export const UPLOAD_BYTES_MAX = 64 * 1024 ** 3

const id = idSchema
const uploadParams = z.object({ uploadId: id })
const documentParams = z.object({ patientId: id, entryId: id })

/** What is known before the bytes are. */
export const newDocumentSchema = documentSchema.omit({ objectId: true, fileName: true, mediaType: true })

export const uploadSchema = z
  .object({
    id,
    patientId: id,
    sizeBytes: z.int(),
    /** on disk: the next piece begins here */
    receivedBytes: z.int(),
    startedAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' })

export const beginUploadEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/uploads',
  summary: 'Begins to file a document. Nothing is asked for twice: what the record will say of it comes first.',
  permission: 'documents.write',
  journal: 'document.uploading',
  params: z.object({ patientId: id }),
  body: z.strictObject({
    /** as the file is called where it comes from; any text */
    fileName: z.string().max(1_000),
    sizeBytes: z.int().min(0).max(UPLOAD_BYTES_MAX),
    document: newDocumentSchema,
  }),
  reply: uploadSchema,
  status: 201,
})

export const appendUploadEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/uploads/:uploadId',
  summary: 'Brings bytes. 409 says in about.receivedBytes where to go on.',
  permission: 'documents.write',
  journal: 'document.uploading',
  params: uploadParams,
  wire: {
    takes: 'application/octet-stream',
    headers: {
      'Upload-Offset': {
        description: 'at which byte of the file this piece begins: `receivedBytes` of the answer before',
        pattern: '^[0-9]{1,15}$',
        isNeeded: true,
      },
    },
  },
  reply: uploadSchema,
})

export const getUploadEndpoint = endpoint({
  method: 'GET',
  path: '/api/uploads/:uploadId',
  summary: 'How far one’s own upload came.',
  permission: 'documents.write',
  journal: 'document.uploading',
  params: uploadParams,
  reply: uploadSchema,
})

export const abandonUploadEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/uploads/:uploadId',
  summary: 'Gives one’s own upload up.',
  permission: 'documents.write',
  journal: 'document.uploading',
  params: uploadParams,
})

export const finishUploadEndpoint = endpoint({
  method: 'POST',
  path: '/api/uploads/:uploadId/finish',
  summary: 'All bytes are there: makes the document an entry of the record.',
  permission: 'documents.write',
  journal: 'document.added',
  params: uploadParams,
  reply: z.object({
    entryId: id,
    version: z.int(),
    mediaType: z.string(),
    /** false: the name promises something else than the bytes are; the document is kept all the same */
    agreesWithName: z.boolean(),
    /** false: the same bytes were in this record already; this entry shows those */
    isNew: z.boolean(),
  }),
  status: 201,
})

export const getDocumentContent = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/documents/:entryId/content',
  summary: 'The document’s bytes, whole or one range of them. Shown by a browser where that is safe, else saved.',
  permission: 'documents.read',
  journal: 'document.read',
  params: documentParams,
  query: z.object({ download: z.enum(['true', 'false']).default('false') }),
  wire: {
    headers: {
      Range: { description: 'one range of bytes', pattern: '^bytes=' },
      'If-Range': { description: 'the `ETag` that the range is of', pattern: '^"' },
    },
    gives: ['*/*'],
    givesHeaders: {
      ETag: 'SHA-256 of the original bytes, hex, in quotes',
      'Content-Disposition': 'under which name to keep it',
      'Accept-Ranges': '`bytes`',
    },
    answers: {
      206: 'The range that was asked for, with `Content-Range`.',
      416: 'No such range: `Content-Range` says how many bytes there are.',
    },
  },
})

export const getDocumentPreview = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/documents/:entryId/preview',
  summary: 'A small picture of the document, in WebP; 404 where there is none, or not yet.',
  permission: 'documents.read',
  journal: 'document.read',
  params: documentParams,
  wire: { gives: ['image/webp'] },
})
