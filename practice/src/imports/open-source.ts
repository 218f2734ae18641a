/** The source that a profile describes, whatever its kind. */
import { openCsvSource } from './csv-source.ts'
import { openFhirSource } from './fhir/fhir-source.ts'
import type { Profile } from './profile.ts'
import type { Source } from './source.ts'
import { openSqliteSource } from './sqlite-source.ts'
import { openWorkbookSource } from './workbook-source.ts'

/**
 * @param folder where its files are
 * @param thisYear decides the century of years of two digits
 * @throws {ImportSourceError} when the profile does not fit what is there
 */
export function openSource(folder: string, profile: Profile, thisYear: number): Promise<Source> {
  const { source } = profile
  switch (source.type) {
    case 'csv':
      return openCsvSource(folder, profile, source, thisYear)
    case 'workbook':
      return openWorkbookSource(folder, profile, source, thisYear)
    case 'sqlite':
      return openSqliteSource(folder, profile, source, thisYear)
    case 'fhir':
      return openFhirSource(folder, source)
  }
}
