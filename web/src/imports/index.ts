/**
 * Imports: a practice's past, from another program into the records. What one has, what its columns mean, a try that writes nothing, what a
 * person decides, the import itself, its report, each night. Nothing is dropped, and two patients are never made one here.
 */
export { ImportSourcePage } from './import-source-page.tsx'
export { ImportsPage } from './imports-page.tsx'
export { NewImportPage } from './new-import-page.tsx'
export { ReportPage } from './report-page.tsx'
