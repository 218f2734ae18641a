/** What is in an import source, and what its columns would become. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { ENTITIES, profileSchema, tableSchema } from '#sources/contract'
import { findingSchema, sourceParams, writtenProfileSchema } from './contract-parts.ts'
import { importSourceSchema } from './source-contract.ts'

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
  /** for whoever says by hand what it holds: what its columns would then be, by what they are called */
  proposed: z.record(
    z.enum(ENTITIES),
    z.object({ key: z.string().optional(), patient: z.string().optional(), fields: z.record(z.string(), z.string()) }),
  ),
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
    /** names of files that belong to nothing known, or of a folder of files per patient; at most a hundred */
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
