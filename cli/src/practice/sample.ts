/** The sample practice, filled with invented records: large enough to feel real. */
import { type MakeSample, makeSamplePractice } from '@couronne/practice'
import { inventRecords, SeededRandom } from '@couronne/samples'

const PATIENTS = 3_000

export const makeSample: MakeSample = async (installation, language, onProgress) => {
  const random = new SeededRandom('sample practice')
  return makeSamplePractice(installation, (options) => inventRecords(random, { ...options, patients: PATIENTS }), language, {
    patients: PATIENTS,
    onProgress,
  })
}
