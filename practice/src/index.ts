/**
 * Couronne for one practice: people, patient records, documents, journal, and the HTTP interface to them.
 */
export {
  keepTrend,
  loadCounts,
  lookAtRecord,
  lookAtRule,
  NOT_CHECKED,
  RECORDS,
  RULES,
  type Rule,
  refreshAll,
} from '#completeness'
export { compareDue, type DuplicatePair, lookAtDuplicates } from '#duplicates'
export { PracticeError } from '#errors'
export {
  type DicomFolderOptions,
  FILE_FATES,
  type FileFate,
  type FileReport,
  type FolderReport,
  importDicomFolder,
  type ReceptionFlags,
} from '#images'
export { type ImportReport, importFolder, type LookedAt, listRunsAtConsole, printRunAtConsole } from '#imports'
export {
  addWayIn,
  Installation,
  type InstallationState,
  type MakeSample,
  type OpenedBeside,
  openPracticeBeside,
  removeWayIn,
  type SampleAccount,
  waysIn,
} from '#installation'
export { type JournalVerdict, keptHeads, recordEvent, verifyJournal } from '#journal'
export { type KeyOffer, makeRecoveryWords } from '#keys'
export type { Actor as ImportActor, OpenPractice as ImportPractice } from '#open-practice'
export { findPatients, importEntries, indexPatients, type PatientWords, parseQuery, sortNameOf } from '#patients'
export { consoleActor, listLogins, makeResetLink } from '#people'
export { fillSamplePractice, makeSamplePractice, SAMPLE_OWNER } from '#sample'
export { draftProfile, type Refusal, type Remark, type SourceNote } from '#sources'
export { type App, type AppOptions, startApp } from './app.ts'
