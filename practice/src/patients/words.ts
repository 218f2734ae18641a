/** The words by which a patient is found, kept beside the patient. */
import type { Tx } from '#database'
import { foldWords } from './words-folded.ts'

/** What is known of a patient that people look for. */
export interface PatientWords {
  readonly id: string
  /** {@link sortNameOf} */
  readonly sortName: string
  readonly birthName: string
  readonly usedName?: string | undefined
  readonly givenNames: readonly string[]
  readonly usedGivenName?: string | undefined
  /** `YYYY-MM-DD`, or a month or a year where no more is known */
  readonly bornOn?: string | undefined
  readonly telephones: readonly string[]
  readonly fileNumber: string
  readonly ins?: string | undefined
}

/** Where a patient stands in lists: the name that they use, then the given name, folded. */
export function sortNameOf(names: Pick<PatientWords, 'birthName' | 'usedName' | 'givenNames' | 'usedGivenName'>): string {
  return [...foldWords(names.usedName ?? names.birthName), ...foldWords(names.usedGivenName ?? names.givenNames[0] ?? '')].join(
    ' ',
  )
}

/** Makes these the words of a patient, whatever they were before. */
export async function indexPatient(tx: Tx, practiceId: string, patient: PatientWords): Promise<void> {
  await indexPatients(tx, practiceId, [patient])
}

/** As {@link indexPatient}, for many at once. */
export async function indexPatients(tx: Tx, practiceId: string, patients: Iterable<PatientWords>): Promise<void> {
  for (const { id } of patients)
    await tx.deleteFrom('patient_word').where('practice_id', '=', practiceId).where('patient_id', '=', id).execute()
}
