/** Reading the journal: pages, who has looked at a patient, whether it is whole, taking it away, how long it is kept. */
import { z } from 'zod'
import { endpoint, JOURNAL_ACTIONS } from '#endpoint'

export const journalEntrySchema = z
  .object({
    seq: z.int(),
    at: z.iso.datetime(),
    action: z.enum(JOURNAL_ACTIONS),
    /** absent: the program itself */
    account: z.object({ id: z.string(), name: z.string(), role: z.string() }).optional(),
    address: z.string().optional(),
    patientId: z.string().optional(),
    subject: z.string().optional(),
    reason: z.string().optional(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'JournalEntry' })

const filters = {
  accountId: z.string().max(100).optional(),
  action: z.enum(JOURNAL_ACTIONS).optional(),
  /** inclusive, UTC */
  from: z.iso.datetime().optional(),
  /** exclusive, UTC */
  to: z.iso.datetime().optional(),
}
const page = { cursor: z.string().max(2_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }
const entriesSchema = z.object({ entries: z.array(journalEntrySchema), next: z.string().optional() })

export const listJournal = endpoint({
  method: 'GET',
  path: '/api/journal',
  summary: 'The journal without patients, newest first: sign-ins, accounts, settings, keys.',
  permission: 'journal.read',
  journal: 'journal.read',
  query: z.object({ ...filters, ...page }),
  reply: entriesSchema,
})

export const listPatientJournal = endpoint({
  method: 'GET',
  path: '/api/journal/patients',
  summary: 'The journal with patients, newest first: who has looked at what.',
  permission: 'journal.patients',
  journal: 'journal.read',
  query: z.object({ ...filters, patientId: z.string().max(100).optional(), ...page }),
  reply: entriesSchema,
})

export const journalVerdictSchema = z
  .object({
    isWhole: z.boolean(),
    entries: z.int(),
    head: z.object({ seq: z.int(), hash: z.string() }),
    breaks: z.array(
      z.object({ kind: z.enum(['changed', 'unlinked', 'gap', 'head', 'anchor', 'emptied', 'shown']), seq: z.int() }),
    ),
    /** heads kept outside of the database with which it was compared */
    anchors: z.int(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'JournalVerdict' })

export const verifyJournalEndpoint = endpoint({
  method: 'POST',
  path: '/api/journal/verify',
  summary: 'Walks the whole chain and says whether it is whole, or where it breaks.',
  permission: 'journal.read',
  journal: 'journal.verified',
  reply: journalVerdictSchema,
})

export const exportJournal = endpoint({
  method: 'GET',
  path: '/api/journal/export',
  summary: 'The journal as JSON lines, or as CEF in syslog lines (RFC 5424), oldest first.',
  permission: 'journal.export',
  journal: 'journal.exported',
  query: z.object({ format: z.enum(['jsonl', 'cef']).default('jsonl'), from: filters.from, to: filters.to }),
  wire: { gives: ['application/jsonl', 'text/plain'] },
})

export const JOURNAL_YEARS_MAX = 20
/** How long traces of use are kept. CNIL, délibération 2021-122: longer than a year needs a reason. */
export const journalRetentionSchema = z
  .object({ years: z.int().min(1).max(JOURNAL_YEARS_MAX), reason: z.string().trim().min(1).max(500).optional() })
  .meta({ id: 'JournalRetention' })
export type JournalRetention = z.output<typeof journalRetentionSchema>

export const getJournalRetention = endpoint({
  method: 'GET',
  path: '/api/journal/retention',
  summary:
    'How long traces of use are kept before they are emptied. Without a reason: nobody has chosen, the proposed time holds.',
  permission: 'journal.read',
  reply: journalRetentionSchema,
})

export const changeJournalRetention = endpoint({
  method: 'PUT',
  path: '/api/journal/retention',
  summary: 'Chooses how long traces of use are kept, with the reason.',
  permission: 'practice.write',
  journal: 'setting.changed',
  body: journalRetentionSchema.required(),
  reply: journalRetentionSchema,
})
