/** The numbers of a run in words. Pure. */
import type { ImportRun } from '@couronne/practice/contract'
import type { Messages } from '#messages'
import { countsOf, isOfImages } from './report-counts.ts'

/** What became of the rows or images, a part each: of what is seldom anything, only what is. */
export function sumParts(run: ImportRun, m: Messages): string[] {
  const { taken, changed, same, repeated, used, refused } = countsOf(run.tables)
  const when = run.isDry ? 'dry' : 'done'
  const some = (count: number, words: (count: number) => string) => (count > 0 ? [words(count)] : [])
  if (isOfImages(run)) {
    const { ofImages } = m.imports
    return [ofImages.taken[when](taken), ...some(same, ofImages.same), ...some(used, ofImages.used), ofImages.refused(refused)]
  }
  const words = m.imports.sumWords[when]
  return [
    words.taken(taken),
    ...some(changed, words.changed),
    ...some(same, m.imports.sumSame),
    ...some(repeated, m.imports.sumRepeated),
    ...some(used, m.imports.sumUsed),
    words.refused(refused),
  ]
}
