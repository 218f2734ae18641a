/** Where a study is, or would be: in whose record, or waiting for a person, and why. */
import type { Db, Tx } from '#database'
import type { TrayReason } from './contract.ts'
import { findStudy, type StudyRow } from './store.ts'

export type ImagePlace =
  | { readonly kind: 'record'; readonly patientId: string; readonly entryId: string }
  | { readonly kind: 'tray'; readonly reason: TrayReason }
  /** somebody has said that it belongs in no record */
  | { readonly kind: 'aside' }

export function placeOf({ state, reason, patient_id: patientId, entry_id: entryId }: StudyRow): ImagePlace {
  if (patientId !== null) return { kind: 'record', patientId, entryId: entryId ?? '' }
  return state === 'aside' ? { kind: 'aside' } : { kind: 'tray', reason: (reason ?? 'unreadable') as TrayReason }
}

/** @returns undefined when there is no such study */
export async function findPlace(db: Db | Tx, practiceId: string, studyId: string): Promise<ImagePlace | undefined> {
  const row = await findStudy(db, practiceId, studyId)
  return row && placeOf(row)
}
