/** Import sources: making one, where its data are, the profiles that come with the program. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { line } from '#text'
import { id, instant, sourceParams, writtenProfileSchema } from './contract-parts.ts'

export const listImportProfiles = endpoint({
  method: 'GET',
  path: '/api/imports/profiles',
  summary: 'Profiles that come with the program.',
  permission: 'imports',
  journal: 'import.read',
  reply: z.object({
    profiles: z.array(
      z.object({ name: z.string(), title: z.object({ fr: z.string(), en: z.string().optional() }), type: z.string() }),
    ),
  }),
})

/** Where the data are. */
export const placeSchema = z.discriminatedUnion('kind', [
  /** files that are sent here, and sealed until they are read */
  z.strictObject({ kind: z.literal('files') }),
  /** a folder of the server, below the one that its operator allows; with `/` between names, the empty text for that one itself */
  z.strictObject({ kind: z.literal('folder'), path: z.string().max(1_000) }),
  /** a server of databases, which the profile names */
  z.strictObject({ kind: z.literal('database') }),
])
export type Place = z.output<typeof placeSchema>

/** The practice's own clock. */
const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

export const importSourceSchema = z
  .object({
    id,
    /** what the command line calls it, and its profile */
    name: z.string(),
    title: z.string(),
    place: placeSchema,
    /** of files that were sent: those that are here whole, and what they take */
    files: z.object({ whole: z.int(), underWay: z.int(), bytes: z.int(), removedAt: instant.optional() }),
    /** absent: nobody has said yet what its columns mean */
    profile: writtenProfileSchema.optional(),
    /** a password is kept for its database; it is never given back */
    hasPassword: z.boolean(),
    /** each night, at the practice's own clock; absent: when somebody asks */
    followedAt: z.string().optional(),
    lastRun: z.object({ id, state: z.enum(['running', 'done', 'stopped']), isDry: z.boolean(), startedAt: instant }).optional(),
    /** a job that is at work on it */
    jobId: z.string().optional(),
    createdAt: instant,
  })
  .meta({ id: 'ImportSource' })
export type ImportSource = z.output<typeof importSourceSchema>

export const listImportSources = endpoint({
  method: 'GET',
  path: '/api/imports/sources',
  summary: 'The practice’s import sources, by title; and whether folders of the server may be named.',
  permission: 'imports',
  journal: 'import.read',
  reply: z.object({ sources: z.array(importSourceSchema), mayUseFolders: z.boolean() }),
})

export const createImportSource = endpoint({
  method: 'POST',
  path: '/api/imports/sources',
  summary: 'Makes an import source.',
  permission: 'imports',
  journal: 'import.changed',
  body: z.strictObject({
    title: line(200),
    place: placeSchema,
    /** one that comes with the program, to begin with */
    profileName: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .optional(),
  }),
  reply: importSourceSchema,
  status: 201,
})

export const getImportSource = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId',
  summary: 'One import source.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  reply: importSourceSchema,
})

export const changeImportSource = endpoint({
  method: 'PATCH',
  path: '/api/imports/sources/:sourceId',
  summary: 'Changes what is said; null takes it away.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
  body: z.strictObject({
    title: line(200).optional(),
    followedAt: timeSchema.nullable().optional(),
    password: z.string().min(1).max(500).nullable().optional(),
  }),
  reply: importSourceSchema,
  isSecret: true,
})

export const removeImportSource = endpoint({
  method: 'DELETE',
  path: '/api/imports/sources/:sourceId',
  summary:
    'Takes a source off the list, with its files and its password. What came of its rows stays, and so do its reports and decisions.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
})

export const listImportFolders = endpoint({
  method: 'GET',
  path: '/api/imports/folders',
  summary: 'Folders of the server that may be named, below one of them; 404 where the server’s operator allows none.',
  permission: 'imports',
  journal: 'import.read',
  query: z.object({ below: z.string().max(1_000).default('') }),
  reply: z.object({ folders: z.array(z.object({ path: z.string(), name: z.string() })), files: z.int() }),
})
