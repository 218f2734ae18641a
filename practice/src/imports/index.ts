/**
 * Imports: a practice's past, from what its program, its folders and its devices give. For those who set a practice up, and for each night while
 * two programs run side by side. No row is dropped: what becomes nothing is kept as it stood, with the reason; a second run changes nothing that
 * did not change in the source; nobody's correction here is undone; two patients are never made one without a person.
 */

export { listRunsAtConsole, printRunAtConsole } from './console-reports.ts'
export { importJob } from './import-job.ts'
export { Places } from './places.ts'
export type { ImportReport } from './report.ts'
export { makeImportRoutes } from './routes.ts'
export type { LookedAt } from './rows/table-run.ts'
export { type ImportRunOptions, importFolder } from './run-import.ts'
export { startImportWork } from './work.ts'
