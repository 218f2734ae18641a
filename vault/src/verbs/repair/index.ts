/** repair: index, packs and snapshots of a damaged repository; recover: folders that no snapshot reaches. */
export { planRecover, type RecoverEvent, type RecoverPlan, recover } from './recover.ts'
export {
  type PackToRead,
  planRepairIndex,
  type RepairIndexEvent,
  type RepairIndexOptions,
  type RepairIndexPlan,
  type RepairIndexSummary,
  repairIndex,
} from './repair-index.ts'
export {
  type PackToRepair,
  planRepairPacks,
  type RepairPacksEvent,
  type RepairPacksOptions,
  type RepairPacksPlan,
  repairPacks,
} from './repair-packs.ts'
export {
  planRepairSnapshots,
  type RepairSnapshotsEvent,
  type RepairSnapshotsOptions,
  type RepairSnapshotsPlan,
  repairSnapshots,
  type SnapshotLosses,
  type SnapshotRepair,
} from './repair-snapshots.ts'
