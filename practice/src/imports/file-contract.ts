/** Files that are sent for an import source. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { id, page, sourceParams } from './contract-parts.ts'

const fileParams = z.object({ fileId: id })

export const IMPORT_FILES_AT_ONCE = 1_000

export const importFileSchema = z
  .object({
    id,
    /** with `/` between folders, from the source's own top */
    path: z.string(),
    sizeBytes: z.int(),
    /** on disk: the next piece begins here; the whole size: it is all there */
    receivedBytes: z.int(),
  })
  .meta({ id: 'ImportFile' })

export const beginImportFiles = endpoint({
  method: 'POST',
  path: '/api/imports/sources/:sourceId/files',
  summary:
    'Says which files will be sent. One that is here already, whole or in part, with the same name, size and time, is answered as it is; otherwise what was here under its name goes.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
  body: z.strictObject({
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(1_000),
          sizeBytes: z.int().min(0),
          /** when it was changed last, in milliseconds since 1970; absent: one that is here whole is sent anew */
          modifiedMs: z.int().min(0).optional(),
        }),
      )
      .min(1)
      .max(IMPORT_FILES_AT_ONCE),
  }),
  reply: z.object({ files: z.array(importFileSchema) }),
  status: 201,
})

export const listImportFiles = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId/files',
  summary: 'The files of a source, by name.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  query: z.object(page),
  reply: z.object({ files: z.array(importFileSchema), next: z.string().optional() }),
})

export const appendImportFile = endpoint({
  method: 'PATCH',
  path: '/api/imports/files/:fileId',
  summary:
    'Brings bytes, as pieces of a document come: at least 1 MiB, or all that is left. 409 says in about.receivedBytes where to go on.',
  permission: 'imports',
  journal: 'import.sending',
  params: fileParams,
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
  reply: importFileSchema,
})

export const removeImportFile = endpoint({
  method: 'DELETE',
  path: '/api/imports/files/:fileId',
  summary: 'Takes a file that was sent away.',
  permission: 'imports',
  journal: 'import.changed',
  params: fileParams,
})

export const removeImportFiles = endpoint({
  method: 'DELETE',
  path: '/api/imports/sources/:sourceId/files',
  summary: 'Takes all files of a source away.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
})
