/** The sample practice, filled with invented records: large enough to feel real. */
import { type Installation, makeSamplePractice, type SampleAccount } from '@couronne/practice'
import { inventRecords, SeededRandom } from '@couronne/samples'

const PATIENTS = 3_000

export async function makeSample(installation: Installation, language: 'fr' | 'en'): Promise<readonly SampleAccount[]> {
  const random = new SeededRandom('sample practice')
  return makeSamplePractice(installation, (options) => inventRecords(random, { ...options, patients: PATIENTS }), language)
}
