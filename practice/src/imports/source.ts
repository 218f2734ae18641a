/** Where rows come from. Each kind of source gives the same: tables of rows, files that rows name, and what was found out about both. */
import type { DayFormat } from '@couronne/formats'
import type { Finding } from './findings.ts'
import type { TableProfile } from './profile.ts'
import type { Row } from './row-reader.ts'

export interface SourceRow {
  readonly row: Row
  /** as it stands in the source: what is kept when nothing can be made of it */
  readonly raw: string
  /** a line of a file, from 1; a row of a sheet or of a query's answer */
  readonly line: number
  /** what is wrong with it before it was mapped */
  readonly findings: readonly Finding[]
}

export interface SourceTable {
  readonly profile: TableProfile
  /** in words for the report: a file's name, a sheet, a table */
  readonly name: string
  readonly columns: readonly string[]
  readonly rowCount: number
  /** of the columns that the profile reads as days */
  readonly dayFormats: ReadonlyMap<string, DayFormat>
  /** what somebody should look at before the import */
  readonly notes: readonly SourceNote[]
  /** again from the beginning each time */
  rows(signal?: AbortSignal): AsyncIterable<SourceRow>
}

export interface SourceNote {
  readonly code: 'encoding' | 'two-encodings' | 'day-format' | 'day-format-unsure' | 'columns-unused' | 'double-encoded'
  readonly about: Readonly<Record<string, string | number>>
}

export interface Source extends AsyncDisposable {
  /** patients first */
  readonly tables: readonly SourceTable[]
  /** A file that a row names, below the source's own top; undefined: there is none. */
  findFile(path: string): Promise<string | undefined>
}
