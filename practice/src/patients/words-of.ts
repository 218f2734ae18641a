/** What search knows of a patient, drawn from the identity. Pure. */
import type { Identity } from './kinds/identity.ts'
import { type PatientWords, sortNameOf } from './search/index.ts'

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
