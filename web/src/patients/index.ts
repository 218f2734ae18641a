/**
 * Patients: finding one, opening a record, adding to it, correcting it; the agenda. Nothing is overwritten, every look is in the journal, and
 * what a role keeps closed is said to be closed, with the way to open it.
 */
export { AgendaPage } from './agenda-page.tsx'
export { DuplicatePage } from './duplicate-page.tsx'
export { DuplicatesPage } from './duplicates-page.tsx'
export { Likeness } from './likeness.tsx'
export { NewPatientPage } from './new-patient-page.tsx'
export { PaperPage } from './paper-page.tsx'
export { PatientFinder } from './patient-finder.tsx'
export { PatientFacts, spokenName, useBorn } from './patient-line.tsx'
export { PatientsPage } from './patients-page.tsx'
export { RecordPage } from './record-page.tsx'
export { missingOf, type RuleWords, rulesQuery, useRules, useSaid } from './rule-words.ts'
export { SearchField } from './search-field.tsx'
