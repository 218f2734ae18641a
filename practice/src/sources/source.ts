/** Where rows come from. Each kind of source gives the same: tables of rows, files that rows name, and what was found out about both. */
import type { DayFormat } from '@couronne/formats'
import type { Finding } from './findings.ts'
import type { MappedRow } from './mapped-row.ts'
import type { TableProfile } from './profile.ts'
import type { Row } from './row-reader.ts'
import type { SourceFile } from './source-file.ts'

interface RowFacts {
  /** as it stands in the source: what is kept when nothing can be made of it */
  readonly raw: string
  /** what is kept of it when all of it was taken over: without the bytes that have become a document; absent: `raw` */
  readonly rawTaken?: string
  /** by which a later run sees whether it says something else; absent: `raw` */
  readonly compared?: string
  /** a line of a file, from 1; a row of a sheet or of a query's answer */
  readonly line: number
  /** what is wrong with it before it was mapped */
  readonly findings: readonly Finding[]
}

/** A row of columns, which a profile maps. */
export interface ColumnRow extends RowFacts {
  readonly row: Row
  /** by column: files that stand in the row itself; in `row` their hash */
  readonly files?: ReadonlyMap<string, SourceFile>
}

/** What says by itself what it is: a resource, a card, a document with its description. */
export interface EntryRow extends RowFacts {
  readonly map: (context: EntryContext) => MappedRow
}
export type SourceRow = ColumnRow | EntryRow

/** What a mapping knows beside the row. */
export interface EntryContext {
  /** IANA, of the practice: appointments stand at the clock on its wall */
  readonly zone: string
}

interface TableFacts {
  /** in words for the report: a file's name, a sheet, a table, a type of resource */
  readonly name: string
  readonly rowCount: number
  /** what somebody should look at before the import */
  readonly notes: readonly SourceNote[]
}

export interface ColumnTable extends TableFacts {
  readonly kind: 'columns'
  readonly profile: TableProfile
  readonly columns: readonly string[]
  /** of the columns that the profile reads as days */
  readonly dayFormats: ReadonlyMap<string, DayFormat>
  /** the source has no patients: its rows name the practice's own; absent: it has them */
  readonly patientsBy?: 'file-number' | 'names'
  /** again from the beginning each time */
  rows(signal?: AbortSignal): AsyncIterable<ColumnRow>
}

export interface EntryTable extends TableFacts {
  readonly kind: 'entries'
  /** `entity`: what most of its rows become; `patient` where all are patients */
  readonly profile: Pick<TableProfile, 'name' | 'mayBeEmpty'> & { readonly entity: string }
  /** again from the beginning each time */
  rows(signal?: AbortSignal): AsyncIterable<EntryRow>
}
/** Images, which the room of images takes file by file: whose each is, it says itself. */
export interface ImageTable extends TableFacts {
  readonly kind: 'images'
  readonly profile: Pick<TableProfile, 'name' | 'mayBeEmpty'> & { readonly entity: 'image' }
  readonly folder: string
}

export type SourceTable = ColumnTable | EntryTable

export interface SourceNote {
  readonly code:
    | 'encoding'
    | 'two-encodings'
    | 'day-format'
    | 'day-format-unsure'
    | 'columns-unused'
    | 'double-encoded'
    /** what an archive says of itself */
    | 'archive'
    /** it says that it holds as many patients as it does not */
    | 'archive-count'
    | 'archive-missing'
    /** by size or hash */
    | 'archive-differs'
  readonly about: Readonly<Record<string, string | number>>
}

export interface Source extends AsyncDisposable {
  /** patients first */
  readonly tables: readonly (SourceTable | ImageTable)[]
  /** A file that a row names, below the source's own top; undefined: there is none. */
  findFile(path: string): Promise<SourceFile | undefined>
}

/** A source all of whose tables have columns. */
export interface ColumnSource extends Source {
  readonly tables: readonly ColumnTable[]
}

/** A source that says by itself what everything is. */
export interface EntrySource extends Source {
  readonly tables: readonly EntryTable[]
}
