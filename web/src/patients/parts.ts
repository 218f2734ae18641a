/** Parts of the record's pages that other rooms build theirs from. A door of its own: the pages themselves would come along with the other. */

export { originInWords } from './origin.ts'
export { PatientFinder } from './patient-finder.tsx'
export { PatientFacts, spokenName, useBorn } from './patient-line.tsx'
export { patientQuery, refreshRecord } from './queries.ts'
export { useRecord } from './record-context.ts'
export { MouthPicker } from './teeth-input.tsx'
export { useWords } from './words.ts'
