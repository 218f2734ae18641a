/** The source that a profile describes, whatever its kind. */
import { ImportSourceError } from '#errors'
import { openCalendarSource } from './cards/calendar-source.ts'
import { openCardSource } from './cards/vcard-source.ts'
import { openCsvSource } from './csv/csv-source.ts'
import { openDicomSource } from './dicom/dicom-source.ts'
import { openFhirSource } from './fhir/fhir-source.ts'
import { openFilesSource } from './files/files-source.ts'
import type { Profile } from './profile.ts'
import type { Source } from './source.ts'
import { type AskPassword, openSqlSource } from './sql/sql-source.ts'
import { openSqliteSource } from './sql/sqlite-source.ts'
import { openWorkbookSource } from './workbooks/workbook-source.ts'
import { openXdmSource } from './xdm/xdm-source.ts'

/**
 * @param folder where its files are
 * @param thisYear decides the century of years of two digits
 * @param askPassword of another program's database; absent: none is read, since a profile from elsewhere must not choose whom this machine calls
 * @throws {ImportSourceError} when the profile does not fit what is there
 */
export async function openSource(folder: string, profile: Profile, thisYear: number, askPassword?: AskPassword): Promise<Source> {
  const { source } = profile
  switch (source.type) {
    case 'csv':
      return openCsvSource(folder, profile, source, thisYear)
    case 'workbook':
      return openWorkbookSource(folder, profile, source, thisYear)
    case 'sqlite':
      return openSqliteSource(folder, profile, source, thisYear)
    case 'sql':
      if (askPassword === undefined) throw new ImportSourceError('a database is not read here: couronne import reads it')
      return openSqlSource(folder, profile, source, thisYear, askPassword)
    case 'files':
      return openFilesSource(folder, profile, thisYear)
    case 'fhir':
      return openFhirSource(folder, source)
    case 'xdm':
      return openXdmSource(folder, thisYear)
    case 'dicom':
      return openDicomSource(folder)
    case 'vcard':
      return openCardSource(folder, source)
    case 'icalendar':
      return openCalendarSource(folder, thisYear)
  }
}
