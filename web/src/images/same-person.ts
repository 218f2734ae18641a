/** Whether a header names the patient whose record it lies in. What it does not say contradicts nothing. */
import type { NamedInHeader } from './dicom/facts.ts'

export interface KnownPatient {
  readonly birthName: string
  readonly usedName?: string | undefined
  readonly givenNames: readonly string[]
  readonly usedGivenName?: string | undefined
  readonly bornOn?: string | undefined
}

/** What the header says otherwise. Devices cut names, leave out accents, write one of two names, or both in one field. */
export function contradictions(named: NamedInHeader, patient: KnownPatient): readonly ('name' | 'birth-date')[] {
  return [
    ...(isOtherName(named, patient) ? (['name'] as const) : []),
    ...(isOtherBirthDate(named.bornOn, patient.bornOn) ? (['birth-date'] as const) : []),
  ]
}

function isOtherName({ familyName, givenNames }: NamedInHeader, patient: KnownPatient): boolean {
  const family = partsOf(familyName)
  const given = partsOf(givenNames)
  if (family.length === 0) return false
  const known = new Set([patient.birthName, patient.usedName, patient.usedGivenName, ...patient.givenNames].flatMap(partsOf))
  const knows = (part: string) => [...known].some((each) => each === part || (part.length > 3 && each.startsWith(part)))
  return !family.some(knows) || (given.length > 0 && ![...given, ...family.slice(1)].some(knows))
}

function isOtherBirthDate(named: string | undefined, known: string | undefined): boolean {
  return named !== undefined && known !== undefined && !named.startsWith(known)
}

function partsOf(name: string | undefined): readonly string[] {
  if (name === undefined) return []
  const folded = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return folded
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
}
