/**
 * The installation: what is on this machine, its first set-up, and opening it.
 */

export { type BesideOptions, type OpenedBeside, openPracticeBeside } from './beside.ts'
export { type PracticeFacts, practiceFactsSchema } from './contract.ts'
export { removeOldCopies } from './copy-before-migration.ts'
export {
  FolderInUseError,
  Installation,
  type InstallationOptions,
  type InstallationState,
  type NewPractice,
} from './installation.ts'
export { type InstallationRoutesOptions, installationRoutes, type MakeSample, type SampleAccount } from './routes.ts'
export type { SampleProgress } from './sample-making.ts'
export { addWayIn, removeWayIn, waysIn } from './ways-in.ts'
