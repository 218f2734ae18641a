/**
 * The verbs: what people do with a repository. Each is a plan that can be looked at, then a stream of events that carries it out.
 *
 * For programs and for the command line. What never happens here: printing, asking, or deciding what a practice wants to keep.
 */
export * from './backup/index.ts'
export { type CatQuery, type CatResult, cat } from './cat.ts'
export { type CatchUpEvent, type CatchUpOptions, type CatchUpProgress, type CatchUpSummary, catchUp } from './catch-up.ts'
export * from './check/index.ts'
export {
  type CopyEvent,
  type CopyOptions,
  type CopyPlan,
  type CopySelection,
  copy,
  planCopy,
} from './copy.ts'
export { type DiffCounts, type DiffEvent, type DiffOptions, type DiffSummary, diff } from './diff.ts'
export * from './dump/index.ts'
export { type FindEvent, type FindOptions, type FindQuery, find } from './find.ts'
export {
  type ForgetEvent,
  type ForgetGroup,
  type ForgetOptions,
  type ForgetPlan,
  forget,
  planForget,
} from './forget.ts'
export {
  type ForgetPolicy,
  GROUP_BY_DEFAULT,
  type GroupBy,
  type KeepDuration,
  type KeptSnapshot,
  parseGroupBy,
  parseKeepCount,
  parseKeepDuration,
  printGroup,
  printPolicy,
} from './forget-policy.ts'
export {
  type CaughtUpMirror,
  type HealEvent,
  type HealOptions,
  type HealSummary,
  heal,
  type MendedObject,
  type RefusedObject,
} from './heal.ts'
export { type HealItem, type HealPlan, planHeal } from './heal-plan.ts'
export {
  type AddedKey,
  addPassword,
  changePassword,
  type ListedKey,
  listAllKeys,
  type PasswordOptions,
  removeKeyFile,
} from './key.ts'
export { LISTS, type ListEntry, type ListKind, type ListOptions, list } from './list.ts'
export { LS_SORTS, type LsEvent, type LsOptions, type LsSort, ls, printMode } from './ls.ts'
export { type MigrateOptions, type MigratePlan, migrate, planMigrate } from './migrate.ts'
export {
  type AddMirrorOptions,
  type AttachedMirrors,
  addMirror,
  attachMirrors,
  listMirrors,
  type MirrorStatus,
  mirrorsThatLack,
  removeMirror,
} from './mirror.ts'
export * from './prune/index.ts'
export { confirmSnapshot, recoverNeeded } from './recover-marked.ts'
export * from './repair/index.ts'
export * from './restore/index.ts'
export {
  extendRetention,
  type HeldObject,
  planRetention,
  type RetentionEvent,
  type RetentionOptions,
  type RetentionPlan,
  type RetentionSummary,
} from './retention.ts'
export {
  planRewrite,
  type RewriteChange,
  type RewriteEvent,
  type RewriteOptions,
  type RewritePlan,
  rewrite,
} from './rewrite.ts'
export type { SalvagedPack } from './salvage.ts'
export { type SnapshotsOptions, snapshots } from './snapshots.ts'
export { STATS_MODES, type Stats, type StatsMode, type StatsOptions, stats } from './stats.ts'
export { planTag, type TagChange, type TagEvent, type TagOptions, type TagPlan, tag } from './tag.ts'
export type { TreeEntry } from './tree-walk.ts'
export { type RemovedLock, type UnlockOptions, unlock } from './unlock.ts'
