/** A quote (devis): what is proposed at what price, and what became of it. */
import { z } from 'zod'
import { line, paragraphs } from '#text'
import { kind, linksTo } from './kind.ts'
import { areasSchema, centsSchema, daySchema, idSchema, isInOrder, noteSchema, outOfOrder, teethSchema } from './parts.ts'
import { procedureCodeSchema } from './procedure.ts'

export const QUOTE_STATES = ['draft', 'handed', 'signed', 'refused', 'expired'] as const
/** The three of the convention of dentists: 100 % Santé, capped fees, free fees. */
export const QUOTE_BASKETS = ['full-cover', 'moderated', 'free'] as const
const countrySchema = z.string().regex(/^[A-Z]{2}$/)

export const quoteSchema = z
  .strictObject({
    state: z.enum(QUOTE_STATES),
    number: line(50).optional(),
    madeOn: daySchema,
    handedOn: daySchema.optional(),
    signedOn: daySchema.optional(),
    validUntil: daySchema.optional(),
    practitionerId: idSchema.optional(),
    lines: z
      .array(
        z
          .strictObject({
            label: line(500),
            code: procedureCodeSchema.optional(),
            teeth: teethSchema,
            areas: areasSchema,
            feeCents: centsSchema,
            /** of the fee, what the made-to-measure device is sold for. CSP L1111-3-2 II wants it apart from the care */
            deviceCents: centsSchema.optional(),
            /** the tariff on which the assurance maladie reckons (base de remboursement); an act that has none is 0 */
            baseCents: centsSchema.optional(),
            /** by the assurance maladie, as far as known; nothing reimbursed is 0 */
            reimbursedCents: centsSchema.optional(),
            basket: z.enum(QUOTE_BASKETS).optional(),
            materials: line(300).optional(),
            /** where the prosthesis is made: ISO 3166, two letters */
            madeIn: countrySchema.optional(),
            /** whether its maker has a part of it made elsewhere, and where */
            subcontracting: z.enum(['none', 'part']).optional(),
            subcontractedIn: countrySchema.optional(),
          })
          .refine(({ feeCents, deviceCents = 0 }) => deviceCents <= feeCents, {
            error: 'what the device is sold for is a part of the fee',
            path: ['deviceCents'],
          })
          .refine(({ subcontracting, subcontractedIn }) => subcontracting === 'part' || subcontractedIn === undefined, {
            error: 'where a part is made is said of what has a part made elsewhere',
            path: ['subcontractedIn'],
          }),
      )
      .max(200),
    /** what of the 100 % Santé basket would do instead, or that there is nothing: what the patient is told before signing */
    alternative: paragraphs(1_000).optional(),
    documentId: idSchema.optional(),
    note: noteSchema.optional(),
  })
  .refine(({ state, signedOn }) => state !== 'signed' || signedOn !== undefined, {
    error: 'a signed quote has the day on which it was signed',
    path: ['signedOn'],
  })
  .refine(({ madeOn, validUntil }) => isInOrder(madeOn, validUntil), outOfOrder('validUntil'))
export type Quote = z.output<typeof quoteSchema>

/** The sum of its lines, in cents. */
export function quoteTotalCents(body: Quote): number {
  return body.lines.reduce((sum, { feeCents }) => sum + feeCents, 0)
}

/**
 * What a line leaves to pay before any complementary insurance, in cents. Unknown where nobody has said what the assurance maladie
 * reimburses, or where that is above the fee: the patient decides by this number, and a part that is not said is not taken for nothing.
 * Of an act that is not reimbursed somebody says so, with 0, as the devis conventionnel does.
 */
export function lineRestCents({ feeCents, reimbursedCents }: Quote['lines'][number]): number | undefined {
  return reimbursedCents === undefined || reimbursedCents > feeCents ? undefined : feeCents - reimbursedCents
}

/** What all of its lines leave to pay, in cents; unknown as soon as that of one is, and of a quote without lines. */
export function quoteRestCents({ lines }: Quote): number | undefined {
  const rests = lines.map(lineRestCents).filter((rest) => rest !== undefined)
  return rests.length === 0 || rests.length < lines.length ? undefined : rests.reduce((sum, rest) => sum + rest)
}

export const quoteKind = kind({
  schema: quoteSchema,
  class: 'administrative',
  about: (body) => ({ on: body.madeOn, practitionerId: body.practitionerId, code: body.state }),
  links: (body) => linksTo('document', body.documentId),
})
