/**
 * What was seen and thought: notes, the state of teeth, periodontal probing. A personal note (note personnelle, CSP R.4127-45) is its
 * author's alone: it is not part of what the patient is handed, and nobody else sees that it is there.
 */
import { z } from 'zod'
import { paragraphs } from '#text'
import { kind } from './kind.ts'
import { daySchema, idSchema, noteSchema, surfacesSchema, toothSchema } from './parts.ts'

export const TOOTH_STATES = [
  'sound',
  'caries',
  'filling',
  'sealant',
  'inlay',
  'veneer',
  'crown',
  'bridge-abutment',
  'bridge-pontic',
  'root-filled',
  'root-remnant',
  'implant',
  'missing',
  'unerupted',
  'impacted',
  'extraction-indicated',
  'fracture',
  'wear',
  'mobility',
  'periapical-lesion',
  'watch',
  'other',
] as const
export type ToothState = (typeof TOOTH_STATES)[number]

/** Six places around a tooth: mesio-, mid- and disto-vestibular, then the same on the tongue's side. */
export const PROBING_SITES = ['MV', 'V', 'DV', 'ML', 'L', 'DL'] as const

const mm = z.number().min(-20).max(20).multipleOf(0.5)
const about = { on: daySchema, practitionerId: idSchema.optional() }

export const observationSchema = z.discriminatedUnion('category', [
  z.strictObject({ category: z.literal('note'), ...about, text: noteSchema, teeth: z.array(toothSchema).max(52).default([]) }),
  z.strictObject({ category: z.literal('personal-note'), ...about, text: noteSchema }),
  z.strictObject({
    category: z.literal('tooth-chart'),
    ...about,
    findings: z
      .array(
        z.strictObject({
          fdi: toothSchema,
          state: z.enum(TOOTH_STATES),
          surfaces: surfacesSchema,
          note: paragraphs(500).optional(),
        }),
      )
      .min(1)
      .max(500),
    text: noteSchema.optional(),
  }),
  z.strictObject({
    category: z.literal('periodontal-chart'),
    ...about,
    teeth: z
      .array(
        z.strictObject({
          fdi: toothSchema,
          /** Miller, 0 to 3 */
          mobility: z.int().min(0).max(3).optional(),
          /** Hamp, 0 to 3 */
          furcation: z.int().min(0).max(3).optional(),
          sites: z
            .array(
              z.strictObject({
                site: z.enum(PROBING_SITES),
                depthMm: mm.min(0).optional(),
                /** below the enamel's edge; negative: above it */
                recessionMm: mm.optional(),
                isBleeding: z.boolean().optional(),
                hasPlaque: z.boolean().optional(),
                isSuppurating: z.boolean().optional(),
              }),
            )
            .max(PROBING_SITES.length)
            .default([]),
        }),
      )
      .min(1)
      .max(52),
    text: noteSchema.optional(),
  }),
])

export const observationKind = kind({
  schema: observationSchema,
  class: 'care',
  about: (body) => ({ on: body.on, practitionerId: body.practitionerId, code: body.category }),
  isPersonal: (body) => body.category === 'personal-note',
  fixed: ['category'],
})
