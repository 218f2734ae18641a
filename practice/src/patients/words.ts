/** The words by which a patient is found, kept beside the patient. */
import type { Tx } from '#database'

/** What a patient can be found by. */
export interface PatientWords {
  readonly id: string
  readonly sortName: string
  readonly birthName: string
  readonly usedName?: string | undefined
  readonly givenNames: readonly string[]
  readonly usedGivenName?: string | undefined
  readonly bornOn?: string | undefined
  readonly telephones: readonly string[]
  readonly fileNumber: string
  readonly ins?: string | undefined
}

/** Writes a patient's words anew, in the transaction of what changed them. */
export async function indexPatient(tx: Tx, practiceId: string, patient: PatientWords): Promise<void> {
  await tx.deleteFrom('patient_word').where('practice_id', '=', practiceId).where('patient_id', '=', patient.id).execute()
}
