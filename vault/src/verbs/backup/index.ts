/** backup: a source into a snapshot, on all mirrors in one read pass. */
export { type BackupOptions, type BackupSource, backup, DATA_LEVEL_DEFAULT } from './backup.ts'
export type { BackupEvent, BackupProgress, BackupSummary, MirrorOutcome, SourceFinding } from './events.ts'
export { INCOMPLETE_FILE, INCOMPLETE_TAG } from './incomplete.ts'
export type { StreamSource } from './stream-source.ts'
