/** What one row of a source becomes in a record, before ids are known. */
import type { EntryContent, EntryKind } from '#patients'
import type { Finding } from './findings.ts'

/** The importer adds what the source cannot know: ids, and a file number where it has none. */
export type MappedContent =
  | { readonly kind: 'patient'; readonly identity: Readonly<Record<string, unknown>> }
  | { readonly kind: 'entry'; readonly content: UnlinkedEntry }
  | {
      readonly kind: 'file'
      /** as the source finds it (`Source.findFile`) */
      readonly path: string
      /** of the row itself, that holds the file: there is nothing to be found under `path` then */
      readonly column?: string
      readonly about: Readonly<Record<string, unknown>>
      /** what the source says of its bytes; they are compared */
      readonly expected?: ExpectedFile
    }

/** A file whose bytes are an image as devices write them: whose it is, it says itself as well. */
export interface ImageContent {
  readonly kind: 'image'
  /** as the source finds it */
  readonly path: string
}

/** A kind and its body, before the practitioner's name and the keys of other rows have become ids. */
export interface UnlinkedEntry {
  readonly kind: EntryContent['kind']
  readonly body: Readonly<Record<string, unknown>>
}

/** Hashes in hex, lower case. */
export interface ExpectedFile {
  readonly sizeBytes?: number | undefined
  readonly sha1?: string | undefined
  readonly sha256?: string | undefined
}

/** Another row of the source that an entry names. */
export interface EntryLink {
  /** of the body: `quoteId`, `documentIds`, `conformity.documentId` */
  readonly member: string
  /** the member is a list of ids */
  readonly isList: boolean
  readonly table: string
  readonly key: string
  /** what it must have become; absent: anything in the same record */
  readonly kind?: EntryKind
}

export interface MappedRow {
  readonly key?: string | undefined
  readonly patientKey?: string | undefined
  /** of a patient of the practice, where the source has no patients of its own */
  readonly fileNumber?: string
  /** a practitioner as the source names them */
  readonly practitioner?: string | undefined
  /** of that practitioner: it tells more than the name */
  readonly rpps?: string
  /** where the practitioner's id goes when not to `practitionerId`; nothing is made without them then */
  readonly practitionerMember?: string
  /** it is read with the rows that it completes, and is nothing by itself: a practitioner, the charge of an act */
  readonly isContext?: boolean
  /** absent when a finding refuses the row */
  readonly content?: MappedContent | ImageContent | undefined
  readonly links?: readonly EntryLink[]
  readonly findings: readonly Finding[]
}
