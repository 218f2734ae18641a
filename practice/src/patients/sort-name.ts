/** A patient as lists and search know them, drawn from the identity. Pure. */
import type { Identity } from './kinds/identity.ts'
import type { PatientWords } from './words.ts'
import { foldWords } from './words-folded.ts'

/** By which lists are ordered: the used name, then the used given name, small letters without accents. */
export function sortNameOf(identity: Pick<Identity, 'birthName' | 'usedName' | 'givenNames' | 'usedGivenName'>): string {
  const given = identity.usedGivenName ?? identity.givenNames[0] ?? ''
  return [...foldWords(identity.usedName ?? identity.birthName), ',', ...foldWords(given)].join(' ').replace(' ,', ',')
}

export function wordsOf(patientId: string, identity: Identity): PatientWords {
  return {
    id: patientId,
    sortName: sortNameOf(identity),
    birthName: identity.birthName,
    usedName: identity.usedName,
    givenNames: identity.givenNames,
    usedGivenName: identity.usedGivenName,
    bornOn: identity.bornOn,
    telephones: identity.telephones.map((telephone) => telephone.number),
    fileNumber: identity.fileNumber,
    ins: identity.ins?.number,
  }
}
