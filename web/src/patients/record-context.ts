/** The record that is open, and what one may do in it; for the parts of its page. */
import type { EntryKind, NewEntry, Patient } from '@couronne/practice/contract'
import { createContext, use } from 'react'
import type { Values } from './field-specs.ts'

export interface OpenRecord {
  readonly patient: Patient
  readonly mayRead: (kind: EntryKind) => boolean
  readonly mayWrite: (kind: EntryKind) => boolean
  readonly openEntry: (entryId: string) => void
  /** @param preset answers that are known already */
  readonly addEntry: (kind: NewEntry['kind'], preset?: Values) => void
  readonly breakGlass: () => void
}

export const RecordContext = createContext<OpenRecord | undefined>(undefined)

export function useRecord(): OpenRecord {
  const record = use(RecordContext)
  if (record === undefined) throw new Error('outside of a record')
  return record
}
