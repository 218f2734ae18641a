/** A folder of DICOM files, or a medium with its DICOMDIR. Each file says by itself whose it is: there is nothing to map, and no patient is made. */
import { stat } from 'node:fs/promises'
import { ImportSourceError } from '#errors'
import { countFiles } from '#images'
import type { ImageTable, Source } from '../source.ts'

const TABLE = 'images'

/** @throws {ImportSourceError} when there is no such folder */
export async function openDicomSource(folder: string): Promise<Source> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) throw new ImportSourceError('the folder of images is not there')
  const rowCount = await countFiles(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the folder of images cannot be read: ${error.code}`)
  })
  const table: ImageTable = {
    kind: 'images',
    name: TABLE,
    profile: { name: TABLE, entity: 'image', mayBeEmpty: false },
    rowCount,
    notes: [],
    folder,
  }
  return { tables: [table], findFile: async () => undefined, [Symbol.asyncDispose]: async () => {} }
}
