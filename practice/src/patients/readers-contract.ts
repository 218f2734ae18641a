/** Who has looked at a patient: by visits of the record, and in lists. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { questionSchema } from '#text'
import { ENTRY_KINDS } from './kinds/index.ts'
import { idSchema } from './kinds/parts.ts'
import { LISTS } from './lists.ts'

const instant = z.iso.datetime()

/** Parts of a record as a visit names them; `limit`: who alone may open it; `completeness`: what it lacks. */
export const VISITED_PARTS = [...ENTRY_KINDS, 'limit', 'completeness'] as const
export type VisitedPart = (typeof VISITED_PARTS)[number]

/** absent: the program itself */
const whoSchema = z.object({ id: z.string(), name: z.string().optional(), role: z.string() }).optional()

export const visitSchema = z
  .object({
    account: whoSchema,
    startsAt: instant,
    endsAt: instant,
    read: z.array(z.enum(VISITED_PARTS)),
    /** different documents that were opened */
    documents: z.int(),
    changed: z.array(z.enum(VISITED_PARTS)),
    /** taken out as sheets of paper */
    printed: z.array(z.enum(VISITED_PARTS)),
    /** the whole record was taken out */
    isExported: z.boolean(),
    isGlassBroken: z.boolean(),
    /** why the glass was broken */
    reason: z.string().optional(),
    /** lines of the journal that it stands for */
    traces: z.int(),
  })
  .meta({ id: 'Visit' })
export type ReportedVisit = z.output<typeof visitSchema>

export const listReaders = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/readers',
  summary:
    'Who has opened the record, one line a person and visit, last one first; and who has seen the patient in lists. The journal has every look.',
  permission: 'journal.patients',
  journal: 'journal.read',
  params: z.object({ patientId: idSchema }),
  reply: z.object({
    visits: z.array(visitSchema),
    /** false: there were more, earlier ones, which the journal has */
    isAll: z.boolean(),
    /** shown with others, without the record being opened; last one first */
    listed: z.array(z.object({ account: whoSchema, list: z.enum(LISTS), times: z.int(), firstAt: instant, lastAt: instant })),
  }),
})
export type Readers = z.output<typeof listReaders.reply>

export const findJournalPatient = endpoint({
  method: 'GET',
  path: '/api/journal/patient',
  summary:
    'Whose file number, or whose record’s link this is, for whoever asks who has looked at them: initials and year of birth, to notice a slip.',
  permission: 'journal.patients',
  journal: 'journal.read',
  query: z.object({ file: questionSchema }),
  reply: z.object({ patientId: idSchema, fileNumber: z.string(), initials: z.string(), bornYear: z.string().optional() }),
})
export type JournalPatient = z.output<typeof findJournalPatient.reply>
