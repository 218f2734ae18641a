/** What of sources the pages know too: profiles, what columns may mean, what is said of rows. Pure. */

export { REFUSALS, REMARKS, type Refusal, type Remark } from './findings.ts'
export {
  type Profile,
  profileSchema,
  SOURCE_TYPES,
  type SourceType,
  type TableProfile,
  tableSchema,
  type WrittenProfile,
} from './profile-schema.ts'
export { ENTITIES, type Entity, TARGET_KINDS, TARGETS, type TargetKind } from './targets.ts'
