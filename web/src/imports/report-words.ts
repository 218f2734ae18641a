/** The numbers of a run in words: of rows, of files, of images. Pure. */
import type { ImportRun, Refusal, Remark } from '@couronne/practice/contract'
import type { Messages } from '#messages'
import { countsOf, isOfFiles, isOfImages } from './report-counts.ts'

/** What a report says of what it counts. */
export function reportWords(run: ImportRun, m: Messages) {
  const { imports } = m
  const when = run.isDry ? 'dry' : 'done'
  const columns = { ...imports.columns, added: imports.columns.added[when], changed: imports.columns.changed[when] }
  const ofRows = { ...imports, count: imports.rows, read: imports.sumRead, show: imports.rowsShow, columns }
  const ofImages = {
    ...ofRows,
    ...imports.ofImages,
    count: imports.ofImages.files,
    columns: { ...columns, ...imports.ofImages.columns },
  }
  if (isOfImages(run)) return ofImages
  if (!isOfFiles(run)) return ofRows
  const { sumHolds, show, count } = ofImages
  return { ...ofRows, ...imports.ofFiles, sumHolds, show, count, columns: { ...columns, ...imports.ofFiles.columns } }
}

/** What became of the rows, files or images, a part each: of what is seldom anything, only what is. */
export function sumParts(run: ImportRun, m: Messages): string[] {
  const { taken, changed, same, repeated, used, refused } = countsOf(run.tables)
  const when = run.isDry ? 'dry' : 'done'
  const some = (count: number, words: (count: number) => string) => (count > 0 ? [words(count)] : [])
  if (isOfImages(run)) {
    const { ofImages } = m.imports
    return [ofImages.taken[when](taken), ...some(same, ofImages.same), ...some(used, ofImages.used), ofImages.refused(refused)]
  }
  const words = (isOfFiles(run) ? m.imports.ofFiles : m.imports).sumWords[when]
  return [
    words.taken(taken),
    ...some(changed, words.changed),
    ...some(same, m.imports.sumSame),
    ...some(repeated, m.imports.sumRepeated),
    ...some(used, m.imports.sumUsed),
    words.refused(refused),
  ]
}

/** What is wrong with a row, and what to do about it; a file's patient is looked for in the practice, not in the source. */
export function findingWords(
  run: ImportRun,
  code: Refusal | Remark,
  m: Messages,
): { readonly is: string; readonly next: string } {
  return code === 'patient-unknown' && isOfFiles(run) ? m.imports.ofFiles.patientUnknown : m.imports.findings[code]
}

/** A file, a sheet, a table by its name; files of patients by what their names have in common. */
export function nameOfTable({ table, name }: Pick<ImportRun['tables'][number], 'table' | 'name'>, m: Messages): string {
  const known = m.imports.ofFiles.tables as Readonly<Record<string, string>>
  return /\{\w+/.test(name) ? (known[table] ?? name) : name
}
