/** A record of the sample practice, as plain values in the form of the practice's contract; whoever loads it gives ids. */
import type { BodyOf, EntryKind } from '@couronne/practice/contract'

export interface SampleEntry<K extends EntryKind = EntryKind> {
  readonly kind: K
  readonly body: BodyInput<K>
  /** of a relative who is a patient too: their file number, of a record that came before */
  readonly relatedFile?: string
}

type BodyInput<K extends EntryKind> = Partial<BodyOf<K>> & Readonly<Record<string, unknown>>

export interface SampleRecord {
  readonly identity: BodyInput<'identity'> & { readonly fileNumber: string; readonly bornOn: string }
  readonly entries: readonly SampleEntry[]
  readonly documents: readonly SampleFile[]
}

/** A file of the record. */
export interface SampleFile {
  readonly fileName: string
  readonly bytes: Uint8Array
  readonly title: string
  /** LOINC */
  readonly typeCode: string
  readonly madeOn: string
}
