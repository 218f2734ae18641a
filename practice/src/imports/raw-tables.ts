/** One table of a source by itself, for a look at its first rows. */
import { ImportSourceError } from '#errors'
import { openTable } from './csv-source.ts'
import type { Profile } from './profile.ts'
import type { RawTable } from './tables.ts'
import { openSheetTable } from './workbook-source.ts'

/** Of a text file: its beginning tells its encoding well enough for a look. */
const BYTES_TO_TELL_BY = 4 * 1024 ** 2

/** @throws {ImportSourceError} there is no such table, or the format says by itself what everything is */
export async function lookIntoTable<T>(
  folder: string,
  source: Profile['source'],
  from: string,
  look: (table: RawTable) => Promise<T>,
): Promise<T> {
  switch (source.type) {
    case 'csv':
      return look(await openTable(folder, from, source, BYTES_TO_TELL_BY))
    case 'workbook':
      return look(await openSheetTable(folder, source.file, from))
    default:
      throw new ImportSourceError(`a source of the type ${source.type} has no columns to be mapped`)
  }
}
