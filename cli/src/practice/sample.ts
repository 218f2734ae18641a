/** The sample practice, filled with invented records: large enough to feel real. */
import { type MakeSample, makeSamplePractice } from '@couronne/practice'
import { inventRecords, SeededRandom } from '@couronne/samples'

const PATIENTS = 3_000

export const makeSample: MakeSample = async (installation, language, options) => {
  const random = new SeededRandom('sample practice')
  return makeSamplePractice(installation, (source) => inventRecords(random, { ...source, patients: PATIENTS }), language, {
    ...options,
    patients: PATIENTS,
  })
}
