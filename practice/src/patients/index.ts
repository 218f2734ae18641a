/**
 * Patients and their records: identity, alerts, acts, observations, letters… each an entry of one kind, each change a version that stays.
 * For practitioners and assistants; what a role or a limit keeps closed opens by breaking the glass, and the owner is told. Nothing is
 * overwritten here, nothing is read or written without its line in the journal, and another's personal note does not exist.
 */
export { BreakGlassNeededError, decideAccess, type RecordAccess, requireRead, requireWrite } from './access.ts'
export { type AccessQuestion, limitedToOthers, limitsOf, loadAccess, openGlass } from './access-store.ts'
export { type AlertState, alertStates } from './alert-states.ts'
export { breakGlassOf } from './break-glass.ts'
export { ccamFindings, findCcam, isCcamCode } from './ccam.ts'
export { type ChartSources, drawChart } from './chart.ts'
export type { Entry, EntryOf, PatientLine } from './contract.ts'
export { type CreatedPatient, createPatient, type NewIdentity } from './create-patient.ts'
export { documentRoutes } from './document-routes.ts'
export { findDocumentType } from './document-types.ts'
export { AREAS, type Area, dentitionOf, isTooth, SURFACES, type Surface, type Tooth } from './fdi.ts'
export {
  BATCH_ENTRIES_MAX,
  IMPORT_SOURCE,
  type ImportBatch,
  type ImportedEntry,
  type ImportedPatient,
  type ImportOptions,
  type ImportSummary,
  importEntries,
} from './import-entries.ts'
export { INS_OIDS, type InsKind, insDoubts, isIns } from './ins.ts'
export { type Joining, joinRecords, separateRecords } from './join-records.ts'
export { ALERT_CATEGORIES, alertThing } from './kinds/alert.ts'
export { APPOINTMENT_STATES } from './kinds/appointment.ts'
export { type Identity, SEXES } from './kinds/identity.ts'
export {
  type BodyOf,
  bodyFacts,
  ENTRY_KINDS,
  type EntryContent,
  type EntryKind,
  isEntryKind,
  KINDS,
  parseBody,
} from './kinds/index.ts'
export { isPast } from './kinds/parts.ts'
export { PROCEDURE_STATUSES } from './kinds/procedure.ts'
export { keptIdsOf } from './links.ts'
export { type ListFor, listByIds } from './list-patients.ts'
export { patientRoutes } from './routes.ts'
export {
  distanceOf,
  type FoundBy,
  type FoundPatient,
  findPatients,
  foldIns,
  foldLetters,
  foldTelephone,
  foldWords,
  forgetPatients,
  indexPatients,
  type PatientWords,
  parseQuery,
  type Query,
  type SearchResult,
  sortNameOf,
  soundOf,
} from './search/index.ts'
export { recordShown } from './shown.ts'
export { stewardAt, stewardUntils } from './steward-at.ts'
export { loadStewardProposals } from './stewards.ts'
export {
  type EntriesAsked,
  type EntriesPage,
  listEntryIds,
  parseStored,
  type Reading,
  readAll,
  readEntries,
  readEntry,
  readIdentity,
  readPatient,
  readVersions,
} from './store.ts'
export { TEETH_SNOMED } from './teeth-snomed.ts'
export {
  RECORD_BREAKS,
  type RecordBreak,
  type RecordBreakKind,
  type RecordVerdict,
  verifyImport,
  verifyRecord,
} from './verify-record.ts'
export { digestVersions, FIRST_PREVIOUS_VERSION_HASH, hashBody, hashVersion, type StoredVersion } from './version-hash.ts'
export {
  type AddedEntry,
  addEntry,
  addUnasked,
  type Correction,
  correctEntry,
  correctUnasked,
  PROGRAM,
  restoreEntry,
  told,
  type WrittenEntry,
  withdrawEntry,
} from './write.ts'
export { type Writing, writingIn } from './writing.ts'
