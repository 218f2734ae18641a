/**
 * Imports by HTTP: a source is made, gets its files, is looked at, mapped, tried, decided about, run, and followed each night.
 *
 * What these answer holds rows as another program wrote them, patients' names among them: only whoever may import reads it, and each look is in
 * the journal. Work that takes long is a job (`jobs/contract.ts`).
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { line } from '#text'
import { decisionContentSchema, decisionSchema } from './decision-schema.ts'
import { REFUSALS, REMARKS } from './findings.ts'
import { profileSchema, tableSchema, type WrittenProfile } from './profile-schema.ts'

export * from './decision-schema.ts'
export * from './duplicates-contract.ts'
export { REFUSALS, REMARKS, type Refusal, type Remark } from './findings.ts'
export { type Profile, SOURCE_TYPES, type SourceType, type TableProfile, type WrittenProfile } from './profile-schema.ts'
export { ENTITIES, type Entity, TARGET_KINDS, TARGETS, type TargetKind } from './targets.ts'

const id = z.uuid()
const instant = z.iso.datetime()
const sourceParams = z.object({ sourceId: id })
const fileParams = z.object({ fileId: id })
const runParams = z.object({ runId: id })
const page = { cursor: z.string().max(2_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }
/** Sent as it was written: its form is what {@link profileSchema} takes. */
const writtenProfileSchema = z.looseObject({ couronne: z.literal('import-profile') }) as unknown as z.ZodType<WrittenProfile>

// Profiles that come with the program

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

// Sources

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

// Files that are sent

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

// What is in it, and what it would become

export const seenColumnSchema = z.object({
  name: z.string(),
  /** of the first rows, each once, cut at a hundred characters */
  examples: z.array(z.string()),
  /** of those rows, how many have something there */
  filled: z.int(),
  /** how its days are written, where they are days; `rival`: as possible */
  dayFormat: z.object({ format: z.string(), rival: z.string().optional() }).optional(),
})

export const seenTableSchema = z.object({
  /** as a profile's `from` names it */
  name: z.string(),
  columns: z.array(seenColumnSchema),
  /** how many of its first rows were looked at */
  rowsSeen: z.int(),
  /** there are more */
  isMore: z.boolean(),
  encoding: z.string().optional(),
  delimiter: z.string().optional(),
})

export const importContentsSchema = z
  .object({
    /** absent: nothing that the program knows */
    type: z.string().optional(),
    /** of a profile: where it would be read */
    source: profileSchema.shape.source.optional(),
    /** tables of files; none where the format itself says what everything is */
    tables: z.array(seenTableSchema),
    /** a first draft, from what columns are called; absent where none looks like one of patients */
    proposed: writtenProfileSchema.optional(),
    /** names of files that belong to nothing known, at most a hundred */
    others: z.array(z.string()),
  })
  .meta({ id: 'ImportContents' })
export type ImportContents = z.output<typeof importContentsSchema>

export const getImportContents = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId/contents',
  summary: 'What is in a source: its format, its tables, their columns with examples, and a proposal for what they mean.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  reply: importContentsSchema,
})

const findingSchema = z.object({
  code: z.enum([...REFUSALS, ...REMARKS]),
  column: z.string().optional(),
  /** of an image: in whose record it is, or would be */
  patientId: z.string().optional(),
})

export const previewedRowSchema = z.object({
  line: z.int(),
  key: z.string().optional(),
  /** `added` stands for all that would be in the record */
  fate: z.enum(['added', 'refused']),
  /** by target, as it would be read; a target that is empty is not here */
  read: z.record(z.string(), z.string()),
  /** by column, as it stands in the source: of the columns that the mapping names */
  written: z.record(z.string(), z.string()),
  findings: z.array(findingSchema),
})

export const previewImport = endpoint({
  method: 'POST',
  path: '/api/imports/sources/:sourceId/preview',
  summary:
    'The first rows of one table as a mapping would read them. Reads no more than some hundreds of rows, so that a page may ask at each change.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  body: z.strictObject({
    /** of the profile: where it is read */
    source: profileSchema.shape.source,
    table: tableSchema,
    rows: z.int().min(1).max(100).default(20),
  }),
  reply: z.object({
    rows: z.array(previewedRowSchema),
    /** how many rows, of those looked at, each finding is said of */
    findings: z.record(z.string(), z.int()),
    rowsSeen: z.int(),
    isMore: z.boolean(),
  }),
  isSecret: true,
})

export const saveImportProfile = endpoint({
  method: 'PUT',
  path: '/api/imports/sources/:sourceId/profile',
  summary: 'Says what the columns mean. A problem names the place: `profile.tables.0.fields.bornOn`.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
  body: z.strictObject({ profile: profileSchema }),
  reply: importSourceSchema,
})

export const saveImportProfileText = endpoint({
  method: 'PUT',
  path: '/api/imports/sources/:sourceId/profile/yaml',
  summary: 'The same, as a YAML file. What is no YAML is said with its line and column: `yaml:3:7`.',
  permission: 'imports',
  journal: 'import.changed',
  params: sourceParams,
  body: z.strictObject({ yaml: z.string().max(256 * 1024) }),
  reply: importSourceSchema,
})

export const getImportProfileText = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId/profile/yaml',
  summary: 'The profile as a YAML file, to keep or to give to another practice. It holds no password.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  wire: { gives: ['application/yaml'] },
})

// Runs and their reports

const noteSchema = z.object({ code: z.string(), about: z.record(z.string(), z.union([z.string(), z.number()])) })

export const tableReportSchema = z.object({
  name: z.string(),
  /** as decisions name it */
  table: z.string(),
  /** what most of its rows become */
  entity: z.string(),
  /** added + changed + same + repeated + used + refused */
  rows: z.int(),
  added: z.int(),
  changed: z.int(),
  same: z.int(),
  repeated: z.int(),
  /** read with the rows that they complete, and nothing by themselves */
  used: z.int().default(0),
  refused: z.int(),
  /** of patients who would be new: how many may be in the practice already, and how many look like one further up in the source */
  duplicates: z.object({ practice: z.int(), source: z.int() }),
  findings: z.partialRecord(z.enum([...REFUSALS, ...REMARKS]), z.int()),
  /** names that the practice does not know among its practitioners, with how many rows have them */
  unknownPractitioners: z.record(z.string(), z.int()),
  /** words that mean nothing known: a decision may say what each stands for */
  unknownWords: z.array(z.object({ target: z.string(), word: z.string(), rows: z.int() })),
  notes: z.array(noteSchema),
})

export const importRunSchema = z
  .object({
    id,
    sourceId: id,
    isDry: z.boolean(),
    state: z.enum(['running', 'done', 'stopped']),
    /** whose name each version has */
    accountId: z.string(),
    startedAt: instant,
    endedAt: instant.optional(),
    tables: z.array(tableReportSchema),
  })
  .meta({ id: 'ImportRun' })
export type ImportRun = z.output<typeof importRunSchema>

export const startImportRun = endpoint({
  method: 'POST',
  path: '/api/imports/sources/:sourceId/runs',
  summary: 'Begins an import, or a dry run that writes nothing but its report. 409: one is under way.',
  permission: 'imports',
  journal: 'job.started',
  params: sourceParams,
  body: z.strictObject({
    isDry: z.boolean(),
    /** tables that have no row, and that is right: names as the error `import-source` has them in about.tables, a line each */
    mayBeEmpty: z.array(z.string().max(20_000)).max(100).default([]),
  }),
  /** followed as `/api/jobs/:jobId` */
  reply: z.object({ jobId: id }),
  status: 202,
})

export const listImportRuns = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId/runs',
  summary: 'The runs of a source, newest first.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  query: z.object(page),
  reply: z.object({ runs: z.array(importRunSchema), next: z.string().optional() }),
})

export const getImportRun = endpoint({
  method: 'GET',
  path: '/api/imports/runs/:runId',
  summary: 'The report of one run.',
  permission: 'imports',
  journal: 'import.read',
  params: runParams,
  reply: importRunSchema,
})

export const leftRowSchema = z.object({
  table: z.string(),
  line: z.int(),
  key: z.string().optional(),
  /** what decisions about this very row name */
  digest: z.string().optional(),
  /** as it stands in the source: of refused rows */
  raw: z.string().optional(),
  isRefused: z.boolean(),
  findings: z.array(findingSchema),
})

export const listLeftRows = endpoint({
  method: 'GET',
  path: '/api/imports/runs/:runId/rows',
  summary:
    'Rows of which there is something to say: the refused ones as they stand in the source, or those that were taken with a remark.',
  permission: 'imports',
  journal: 'import.read',
  params: runParams,
  query: z.object({
    which: z.enum(['refused', 'remarked']).default('refused'),
    table: z.string().max(60).optional(),
    code: z.enum([...REFUSALS, ...REMARKS]).optional(),
    ...page,
  }),
  reply: z.object({ rows: z.array(leftRowSchema), next: z.string().optional() }),
})

export const getImportReportCsv = endpoint({
  method: 'GET',
  path: '/api/imports/runs/:runId/report.csv',
  summary: 'The refused rows with their reasons, and possible duplicates, for a spreadsheet: semicolons, UTF-8 with its mark.',
  permission: 'imports',
  journal: 'import.read',
  params: runParams,
  wire: { gives: ['text/csv'] },
})

export const getImportReportJson = endpoint({
  method: 'GET',
  path: '/api/imports/runs/:runId/report.json',
  summary: 'The report, every row of which there is something to say, and possible duplicates, as one document.',
  permission: 'imports',
  journal: 'import.read',
  params: runParams,
  wire: { gives: ['application/json'] },
})

// Decisions

export const listImportDecisions = endpoint({
  method: 'GET',
  path: '/api/imports/sources/:sourceId/decisions',
  summary: 'What was decided about a source, newest first; each run applies it.',
  permission: 'imports',
  journal: 'import.read',
  params: sourceParams,
  query: z.object(page),
  reply: z.object({ decisions: z.array(decisionSchema), next: z.string().optional() }),
})

export const decideImport = endpoint({
  method: 'POST',
  path: '/api/imports/sources/:sourceId/decisions',
  summary:
    'Decides something about a source, for the next run and those after it. One about the same thing takes the place of the one before.',
  permission: 'imports',
  journal: 'import.decided',
  params: sourceParams,
  body: z.strictObject({ decision: decisionContentSchema }),
  reply: decisionSchema,
  status: 201,
})

export const withdrawImportDecision = endpoint({
  method: 'DELETE',
  path: '/api/imports/sources/:sourceId/decisions/:decisionId',
  summary: 'Takes a decision back: the next run asks again.',
  permission: 'imports',
  journal: 'import.decided',
  params: z.object({ sourceId: id, decisionId: id }),
})
