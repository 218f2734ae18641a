/** check: whether everything that is in a repository can be restored, on each of its mirrors. */
export { type CheckEvent, type CheckOptions, type CheckProgress, type CheckSummary, check } from './check.ts'
export { CHECK_ADVICE, type CheckCode, type CheckFinding } from './finding.ts'
export type { OwedRemovals } from './inventory.ts'
export type { ReadData } from './read-data.ts'
