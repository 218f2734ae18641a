/**
 * Imports by HTTP: a source is made, gets its files, is looked at, mapped, tried, decided about, run, and followed each night.
 *
 * What these answer holds rows as another program wrote them, patients' names among them: only whoever may import reads it, and each look is in
 * the journal. Work that takes long is a job (`jobs/contract.ts`).
 */

export {
  ENTITIES,
  type Entity,
  type Profile,
  REFUSALS,
  REMARKS,
  type Refusal,
  type Remark,
  SOURCE_TYPES,
  type SourceType,
  TARGET_KINDS,
  TARGETS,
  type TableProfile,
  type TargetKind,
  type WrittenProfile,
} from '#sources/contract'
export * from './decision-contract.ts'
export * from './decision-schema.ts'
export * from './duplicates-contract.ts'
export * from './file-contract.ts'
export * from './mapping-contract.ts'
export * from './run-contract.ts'
export * from './source-contract.ts'
