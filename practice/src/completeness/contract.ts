/**
 * What records lack. A finding is met, missing, waived (by whom, why, until when) or still in time; a rule that is not among a record's findings
 * does not apply to it. Whoever sees care sees findings; counts without patients are for everybody of the practice.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { ENTRY_KINDS, patientLineSchema } from '#patients/contract'
import { line } from '#text'
import { SEVERITIES, SURENESSES } from './rule.ts'

export { SEVERITIES, type Severity, SURENESSES, type Sureness } from './rule.ts'

const id = z.string().regex(/^[A-Za-z0-9-]{1,50}$/)
const ruleId = z.string().regex(/^[a-z-]{1,60}$/)
const subject = z.string().regex(/^[A-Za-z0-9-]{0,50}$/)
const instant = z.iso.datetime()
const patientParams = z.object({ patientId: id })
/** Why: read by whoever examines the record; ten characters at least keep `x` out. */
const reasonSchema = line(500).min(10)

export const FINDING_STATES = ['missing', 'waived', 'due-later', 'met'] as const
export type FindingState = (typeof FINDING_STATES)[number]

export const waiverSchema = z
  .object({
    state: z.enum(['waived', 'withdrawn']),
    /** absent: destroyed with its record */
    reason: z.string().optional(),
    /** the last day on which it holds */
    untilOn: z.string().optional(),
    at: instant,
    by: z.object({ id, name: z.string().optional() }),
  })
  .meta({ id: 'CompletenessWaiver' })

export const findingSchema = z
  .object({
    rule: ruleId,
    /** the entry that it is about; a day of care; empty: the record */
    subject,
    severity: z.enum(SEVERITIES),
    state: z.enum(FINDING_STATES),
    /** of care before the day since which the practice wants it judged */
    isPast: z.boolean(),
    on: z.string().optional(),
    practitionerId: id.optional(),
    /** what it is about; empty: the record */
    entryIds: z.array(id),
    /** entries that meet it */
    evidenceIds: z.array(id),
    /** which of the rule's expectations are not met */
    missing: z.array(z.int()),
    /** the newest; of a finding that is not waived: it was withdrawn, ended, or was about another finding */
    waiver: waiverSchema.optional(),
  })
  .meta({ id: 'CompletenessFinding' })
export type CompletenessFinding = z.output<typeof findingSchema>

export const getRecordCompleteness = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/completeness',
  summary:
    'What this record lacks, judged now: gravest first. Without `past`, of care since the day that the practice has chosen.',
  permission: 'care.read',
  journal: 'record.read',
  params: patientParams,
  query: z.object({
    /** care before the chosen day too */
    past: z.enum(['true', 'false']).default('false'),
    /** what is met too, with the entries that meet it */
    met: z.enum(['true', 'false']).default('true'),
  }),
  reply: z.object({
    since: z.string(),
    findings: z.array(findingSchema),
    /** how much of care before the chosen day is missing, shown or not */
    pastMissing: z.int(),
    /** rules that speak of nothing in this record */
    notApplicable: z.array(ruleId),
  }),
})

export const waiveFinding = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/completeness/waivers',
  summary:
    'Says why something may be missing. It stays in the list as waived, until a day or until its facts make it another finding.',
  permission: 'care.write',
  journal: 'finding.waived',
  params: patientParams,
  body: z.strictObject({ rule: ruleId, subject, reason: reasonSchema, untilOn: z.iso.date().optional() }),
})

export const withdrawFindingWaiver = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/completeness/waivers/withdraw',
  summary: 'Takes a waiver back: the finding is open again. That it was waived stays.',
  permission: 'care.write',
  journal: 'waiver.withdrawn',
  params: patientParams,
  body: z.strictObject({ rule: ruleId, subject, reason: reasonSchema }),
})

export const listFindings = endpoint({
  method: 'GET',
  path: '/api/completeness/findings',
  summary:
    'What records lack, of all patients: gravest first, then newest. As last judged, which is within a minute of a change. Records limited to others are left out.',
  permission: 'care.read',
  journal: 'patients.searched',
  query: z.object({
    rule: ruleId.optional(),
    severity: z.enum(SEVERITIES).optional(),
    practitionerId: id.optional(),
    state: z.enum(['missing', 'waived']).default('missing'),
    cursor: z.string().max(2_000).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  reply: z.object({
    lines: z.array(
      z.object({
        patient: patientLineSchema,
        rule: ruleId,
        subject,
        severity: z.enum(SEVERITIES),
        on: z.string().optional(),
        practitionerId: id.optional(),
        missing: z.array(z.int()),
      }),
    ),
    next: z.string().optional(),
  }),
})

const countsMembers = { met: z.int(), missing: z.int(), waived: z.int() }

export const getCompletenessCounts = endpoint({
  method: 'GET',
  path: '/api/completeness',
  summary: 'Where the practice stands: records and, rule by rule, how much is met, missing and waived. No patient appears.',
  permission: 'practice.read',
  reply: z.object({
    /** absent: nothing has been judged yet */
    on: z.string().optional(),
    since: z.string(),
    /** met: nothing is missing; missing: something is; waived: only what is waived */
    records: z.object(countsMembers),
    rules: z.array(z.object({ rule: ruleId, ...countsMembers })),
  }),
})

export const getCompletenessTrend = endpoint({
  method: 'GET',
  path: '/api/completeness/trend',
  summary: 'Where the practice stood each day, oldest first: records, or one rule.',
  permission: 'practice.read',
  query: z.object({ rule: ruleId.optional(), days: z.coerce.number().int().min(1).max(1_000).default(90) }),
  reply: z.object({ days: z.array(z.object({ on: z.string(), ...countsMembers })) }),
})

const wordsSchema = z.object({ fr: z.string(), en: z.string() })

export const completenessRuleSchema = z
  .object({
    id: ruleId,
    version: z.int(),
    /** care before that day is not bound by it */
    since: z.string().optional(),
    severity: z.enum(SEVERITIES),
    sources: z.array(z.object({ cited: z.string(), address: z.string(), sureness: z.enum(SURENESSES) })),
    title: wordsSchema,
    /** what is missing, by expectation */
    missing: z.array(wordsSchema),
    advice: wordsSchema,
    /** how we read the text where it leaves something open */
    reading: wordsSchema.optional(),
    /** how many days the practice has */
    graceDays: z.int().optional(),
    remedy: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('add'), entryKind: z.enum(ENTRY_KINDS) }),
      z.object({ kind: z.literal('complete') }),
      z.object({ kind: z.literal('identity') }),
      z.object({ kind: z.literal('file') }),
    ]),
  })
  .meta({ id: 'CompletenessRule' })
export type CompletenessRule = z.output<typeof completenessRuleSchema>

export const listCompletenessRules = endpoint({
  method: 'GET',
  path: '/api/completeness/rules',
  summary: 'The rules with their sources and how sure we are of them, and what no rule checks.',
  permission: 'practice.read',
  reply: z.object({ rules: z.array(completenessRuleSchema), notChecked: z.array(wordsSchema), since: z.string() }),
})

export const changeCompletenessSince = endpoint({
  method: 'PUT',
  path: '/api/completeness/since',
  summary: 'Chooses since which day care is judged as today’s; what was before stays in the records’ lists as past.',
  permission: 'practice.write',
  journal: 'setting.changed',
  body: z.strictObject({ since: z.iso.date().regex(/^(19|20)/) }),
  reply: z.object({ since: z.string() }),
})
