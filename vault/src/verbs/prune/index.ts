/** prune: gives back the room of what no snapshot needs: planned first, then carried out, beside running backups or alone. */
export type { PlanProgress } from '../needs.ts'
export type { PackAccount, PackKind, UnindexedPack } from './accounts.ts'
export {
  MAX_UNUSED_DEFAULT,
  type MaxUnused,
  type PackAction,
  type PackDecision,
  parseMaxUnused,
  type RepackRules,
} from './decide.ts'
export { GRACE_MS_DEFAULT, type Holder, type MarkFile } from './marks.ts'
export { type PruneOptions, type PrunePlan, planPrune } from './plan.ts'
export type { MarkPlan, PruneMode } from './plan-marks.ts'
export { type PruneEvent, type PruneRunOptions, type PruneSummary, prune } from './prune.ts'
export type { PruneStatistics } from './statistics.ts'
