/**
 * Sources: what other programs, folders and devices give, as tables of rows, entries and images, each kind read in the same way. A profile (YAML)
 * says what columns mean. Nothing here knows the practice's database: the room of imports makes records of it.
 */

export { BLOB_BYTES_MAX, takeBlob } from './blob-columns.ts'
export { openFhirSource } from './fhir/fhir-source.ts'
export { parseFilePattern } from './files/file-pattern.ts'
export { type Finding, IGNORED, isAboutTheRow, isRefusal, type Refusal, type Remark } from './findings.ts'
export { mapRow, toRelativePath } from './map-row.ts'
export type { EntryLink, ExpectedFile, ImageContent, MappedContent, MappedRow } from './mapped-row.ts'
export { openSource } from './open-source.ts'
export {
  type ColumnRule,
  checkProfileText,
  type Profile,
  parseProfile,
  printProfile,
  renameProfile,
  type TableProfile,
  writtenProfile,
} from './profile.ts'
export { draftProfile, listProfiles, loadProfile } from './profiles.ts'
export { lookIntoTable, type TablePlace } from './raw-tables.ts'
export { type MapContext, type Row, RowReader } from './row-reader.ts'
export { type SeenContents, seeContents, seeDatabase } from './see-contents.ts'
export { type FirstRows, readFirstRows } from './see-table.ts'
export type { ColumnRow, ImageTable, Source, SourceNote, SourceRow, SourceTable } from './source.ts'
export { type SourceFile, SourceFileLostError } from './source-file.ts'
export type { AskPassword } from './sql/sql-source.ts'
export { TARGETS, type Target, type TargetKind } from './targets.ts'
export { withMember } from './with-member.ts'
export { openXdmSource } from './xdm/xdm-source.ts'
export { ZipNames } from './zip-names.ts'
export { zipTree } from './zip-tree.ts'
