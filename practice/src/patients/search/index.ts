/** Finding a patient: what people type, what is kept to find them by, and the search itself. */
export { distanceOf } from './distance.ts'
export { type FoundBy, type FoundPatient, findPatients, type SearchResult } from './find-patients.ts'
export { foldIns, foldLetters, foldTelephone, foldWords } from './fold.ts'
export { parseQuery, type Query } from './query.ts'
export { soundOf } from './sound.ts'
export { forgetPatients, indexPatient, indexPatients, type PatientWords, sortNameOf } from './words.ts'
