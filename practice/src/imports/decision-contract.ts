/** What people decide about an import source. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { id, page, sourceParams } from './contract-parts.ts'
import { decisionContentSchema, decisionSchema } from './decision-schema.ts'

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
