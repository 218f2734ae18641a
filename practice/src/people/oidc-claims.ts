/**
 * What an OpenID Connect provider says of somebody, and whether it is enough: pure.
 *
 * Pro Santé Connect (Agence du Numérique en Santé): scope `openid scope_all`, `acr_values=eidas1`; the ID token's `acr` is `eidas1` or higher;
 * the user info has `SubjectNameID` (the national identifier: `8` and the RPPS number), `otherIds` (identifier and its origin, `RPPS`…), and
 * `SubjectRefPro.exercices[].codeProfession` (table TRE-G15: 40 is chirurgien-dentiste).
 *
 * @see industriels.esante.gouv.fr, Pro Santé Connect, documentation technique; decision 0023
 */
import { z } from 'zod'
import { rppsOfNationalId } from './rpps.ts'

export const PRO_SANTE_CONNECT_ACR = 'eidas1'
const DENTAL_SURGEON = '40'
const EIDAS_LEVELS: readonly unknown[] = ['eidas1', 'eidas2', 'eidas3']

/** Whether the `acr` of a Pro Santé Connect ID token says that a health professional's card, or its telephone, was used. */
export function isStrongEnough(acr: unknown): boolean {
  return EIDAS_LEVELS.includes(acr)
}

const userInfoSchema = z.object({
  SubjectNameID: z.string().min(1).max(100),
  SubjectRefPro: z.object({ exercices: z.array(z.object({ codeProfession: z.string() })).max(100) }),
  otherIds: z
    .array(z.object({ identifiant: z.string(), origine: z.string() }))
    .max(100)
    .optional(),
})

export type Professional =
  | { readonly kind: 'dental-surgeon'; readonly rpps: string }
  | { readonly kind: 'refused'; readonly why: 'claims' | 'profession' | 'rpps' }

/** A dental surgeon with the RPPS number that Pro Santé Connect vouches for, or why not. */
export function professionalOf(userInfo: unknown): Professional {
  const parsed = userInfoSchema.safeParse(userInfo)
  if (!parsed.success) return { kind: 'refused', why: 'claims' }
  const { SubjectNameID, SubjectRefPro, otherIds = [] } = parsed.data
  if (!SubjectRefPro.exercices.some((practice) => practice.codeProfession === DENTAL_SURGEON))
    return { kind: 'refused', why: 'profession' }
  const rpps = rppsOfNationalId(SubjectNameID)
  if (rpps === undefined) return { kind: 'refused', why: 'rpps' }
  const others = otherIds.filter((each) => each.origine === 'RPPS').map((each) => rppsOfNationalId(each.identifiant))
  if (others.some((other) => other !== rpps)) return { kind: 'refused', why: 'rpps' }
  return { kind: 'dental-surgeon', rpps }
}
