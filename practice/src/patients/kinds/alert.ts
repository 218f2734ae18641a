/**
 * What one must know before touching the patient. Three states for each category: something is present, somebody asked and it is absent,
 * or nobody has recorded anything: then there is no entry (`alert-states.ts`).
 */
import { z } from 'zod'
import { line } from '#text'
import { kind } from './kind.ts'
import { codedSchema, daySchema, isInOrder, noteSchema, outOfOrder, partialDaySchema } from './parts.ts'

export const ALERT_CATEGORIES = [
  'allergy',
  'anticoagulant',
  'medication',
  'condition',
  'pregnancy',
  'device',
  'infection',
  'other',
] as const
export type AlertCategory = (typeof ALERT_CATEGORIES)[number]

const shape = {
  category: z.enum(ALERT_CATEGORIES),
  code: codedSchema.optional(),
  /** who said so */
  toldBy: z.enum(['patient', 'representative', 'doctor', 'document', 'other']).optional(),
  recordedOn: daySchema.optional(),
  /** when somebody last asked again, and it still held */
  checkedOn: daySchema.optional(),
  note: noteSchema.optional(),
}

export const alertSchema = z.discriminatedUnion('state', [
  z
    .strictObject({
      state: z.literal('present'),
      ...shape,
      /** what it is: `pénicilline`, `apixaban 5 mg` */
      label: line(300),
      severity: z.enum(['mild', 'moderate', 'severe']).optional(),
      reaction: line(300).optional(),
      from: partialDaySchema.optional(),
      to: partialDaySchema.optional(),
    })
    .refine(({ from, to }) => isInOrder(from, to), outOfOrder('to')),
  z.strictObject({
    state: z.literal('absent'),
    ...shape,
    /** what is absent; without it and without a code nothing of the category is there: `no known allergy` */
    label: line(300).optional(),
  }),
])

/** What an alert is about, in words: a code brings its own. Undefined: everything of the category. */
export function alertThing({ label, code }: z.output<typeof alertSchema>): string | undefined {
  return label ?? code?.label
}

export const alertKind = kind({
  schema: alertSchema,
  class: 'administrative',
  about: (body) => ({ on: body.recordedOn ?? (body.state === 'present' ? body.from : undefined), code: body.category }),
})
