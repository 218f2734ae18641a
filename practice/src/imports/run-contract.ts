/** Runs of an import source, and their reports. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { REFUSALS, REMARKS } from '#sources/contract'
import { findingSchema, id, instant, page, sourceParams } from './contract-parts.ts'

const runParams = z.object({ runId: id })

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
