/**
 * The sample practice: three who practise, an account for each role, and records that the caller invents. For trying the program; everybody in
 * it is invented, its passwords are known to all, and setting up one's own practice removes it.
 */
export {
  fillSamplePractice,
  makeSamplePractice,
  SAMPLE_ACCOUNTS,
  SAMPLE_OWNER,
  type SampleRecord,
  type SampleSource,
} from './make-sample.ts'
