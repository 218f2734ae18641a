/** restore: a snapshot, or a folder of it, back into files. */
export {
  RESTORE_ACTIONS,
  type RestoreAction,
  type RestoreEvent,
  type RestoreFinding,
  type RestoreProgress,
  type RestoreSummary,
} from './events.ts'
export type { RestoreOptions } from './options.ts'
export { restore } from './restore.ts'
