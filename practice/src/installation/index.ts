/**
 * The installation: what is on this machine, its first set-up, and opening it.
 */
export {
  FolderInUseError,
  Installation,
  type InstallationOptions,
  type InstallationState,
  type NewPractice,
} from './installation.ts'
