/** Whom a header names, and whether that is somebody of this practice. Pure. */
import { createHash } from 'node:crypto'
import type { DicomHeader, NamedIdentifier } from '@couronne/formats'
import type { z } from 'zod'
import { foldWords, INS_OIDS } from '#patients'
import type { namedPatientSchema, TrayReason } from './contract.ts'

export type NamedPatient = z.output<typeof namedPatientSchema>

const SEXES = { F: 'female', M: 'male', O: 'other' } as const
const INS_SYSTEMS: ReadonlySet<string> = new Set(Object.values(INS_OIDS))

/** As it is shown, and compared. */
export function namedPatientOf({ patient }: Pick<DicomHeader, 'patient'>): NamedPatient {
  const { identifier, others, sex, familyName, givenNames, bornOn } = patient
  const ins = [identifier, ...others].find((each) => each !== undefined && isIns(each))
  const isNumber = identifier !== undefined && !isIns(identifier)
  return {
    ...(isNumber ? { number: identifier.value } : {}),
    ...(isNumber && identifier.issuer !== undefined ? { issuer: identifier.issuer } : {}),
    ...(familyName === undefined ? {} : { familyName }),
    ...(givenNames === undefined ? {} : { givenNames }),
    ...(bornOn === undefined ? {} : { bornOn }),
    ...(sex === undefined ? {} : { sex: SEXES[sex] }),
    ...(ins === undefined ? {} : { ins: ins.value.replaceAll(/[\s.-]/g, '').toUpperCase() }),
  }
}

/**
 * The same for the same person as a device names them: what tells two patients apart who were given one study's UID.
 *
 * @param patientId with whose record it came: it tells where the header names nobody
 */
export function identityDigest(named: NamedPatient, patientId?: string): string {
  const { number, issuer, familyName, givenNames, bornOn, ins } = named
  const said = [number, issuer, familyName, givenNames, bornOn, ins].map((trait) => trait ?? null)
  const traits = patientId !== undefined && said.every((trait) => trait === null) ? [...said, patientId] : said
  return createHash('sha256').update(JSON.stringify(traits)).digest('hex').slice(0, 32)
}

/** What of a patient of ours is compared. */
export interface KnownPatient {
  readonly id: string
  readonly fileNumber: string
  readonly birthName: string
  readonly usedName?: string | undefined
  readonly givenNames: readonly string[]
  readonly usedGivenName?: string | undefined
  readonly sex: string
  readonly bornOn?: string | undefined
  /** a qualified one alone: another proves nothing */
  readonly ins?: string | undefined
}

export type Match =
  | { readonly kind: 'sure'; readonly patientId: string }
  | { readonly kind: 'unsure'; readonly reason: TrayReason; readonly patientIds: readonly string[] }

/**
 * Whose it is. Sure only when a number that is ours, or a qualified INS, names one patient, and name and birth date both agree.
 *
 * @param candidates those who have the number or the INS
 * @param ourIssuer as our devices write it, where they do
 */
export function matchPatient(named: NamedPatient, candidates: readonly KnownPatient[], ourIssuer: string | undefined): Match {
  const isOurs = isOurNumber(named, ourIssuer)
  const found = candidates.filter(
    (each) => (isOurs && each.fileNumber === named.number) || (named.ins !== undefined && each.ins === named.ins),
  )
  const unsure = (reason: TrayReason): Match => ({ kind: 'unsure', reason, patientIds: found.map(({ id }) => id) })
  const [one, ...more] = found
  if (one === undefined) {
    if (named.number === undefined && named.ins === undefined) return unsure('no-number')
    return unsure(isOurs || named.number === undefined ? 'unknown-number' : 'foreign-number')
  }
  if (more.length > 0) return unsure('several')
  if (contradictions(named, one).length > 0) return unsure('contradicted')
  if (named.familyName === undefined || named.bornOn === undefined || one.bornOn?.length !== 10) return unsure('unconfirmed')
  return { kind: 'sure', patientId: one.id }
}

/** Whether a number may be one that this practice gave: devices mostly say nothing of who gave it. */
export function isOurNumber({ number, issuer }: NamedPatient, ourIssuer: string | undefined): boolean {
  return number !== undefined && (issuer === undefined || (ourIssuer !== undefined && issuer === ourIssuer))
}

/** In what a header says otherwise; what either side does not know contradicts nothing. */
export function contradictions(named: NamedPatient, known: KnownPatient): ('name' | 'birth-date' | 'sex')[] {
  const { bornOn, sex } = named
  const isOtherDay = bornOn !== undefined && known.bornOn !== undefined && !bornOn.startsWith(known.bornOn)
  const isOtherSex = (sex === 'female' || sex === 'male') && known.sex !== 'unknown' && known.sex !== sex
  return [
    ...(agreesInName(named, known) ? [] : ['name' as const]),
    ...(isOtherDay ? ['birth-date' as const] : []),
    ...(isOtherSex ? ['sex' as const] : []),
  ]
}

/** One of the family names, and one of the given names where the header has any; accents, hyphens and case aside. */
export function agreesInName({ familyName, givenNames }: NamedPatient, known: KnownPatient): boolean {
  if (familyName === undefined) return true
  const families = [known.birthName, known.usedName].filter((name) => name !== undefined)
  const written = foldWords(familyName).join('')
  const both = families.map((name) => foldWords(name).join(''))
  const isFamily = both.includes(written) || both.join('') === written || both.toReversed().join('') === written
  if (!isFamily) return false
  if (givenNames === undefined) return true
  const givens = [...known.givenNames, ...(known.usedGivenName === undefined ? [] : [known.usedGivenName])]
  const asked = foldWords(givenNames)
  const words = new Set(givens.flatMap((name) => [...foldWords(name), foldWords(name).join('')]))
  return words.has(asked[0] ?? '') || words.has(asked.join(''))
}

function isIns({ issuerOid }: NamedIdentifier): boolean {
  return issuerOid !== undefined && INS_SYSTEMS.has(issuerOid)
}
