/**
 * Couronne for one practice: people, patient records, documents, journal, and the HTTP interface to them.
 */

export { PracticeError } from '#errors'
export { Installation, type InstallationState, openPracticeBeside, type SampleAccount } from '#installation'
export { type JournalVerdict, keptHeads, verifyJournal } from '#journal'
export type { KeyOffer } from '#keys'
export { type App, type AppOptions, startApp } from './app.ts'
