/** An image of a source into the room of images: whose record it came with is theirs, unless it names somebody else; then it waits. */
import type { Tx } from '#database'
import { findPlace, keepImage } from '#images'
import type { OpenPractice } from '#open-practice'
import type { SourceFile } from '#sources'

export interface FiledImage {
  readonly file: SourceFile
  readonly fileName: string
  /** absent: it came with nobody's record */
  readonly patientId: string | undefined
  /** of which run and table */
  readonly source: string
}

/** @param within in a transaction when it is in that patient's record: the entry of its study */
export async function fileImage(
  practice: OpenPractice,
  { file, fileName, patientId, source }: FiledImage,
  within: (tx: Tx, at: { readonly patientId: string; readonly entryId: string }) => Promise<void>,
): Promise<void> {
  const from = { bytes: file.stream(), source, fileName }
  const { studyId } = await keepImage(practice, { ...from, ...(patientId === undefined ? {} : { patientId }) })
  const place = await findPlace(practice.db, practice.id, studyId)
  if (place?.kind !== 'record' || (patientId !== undefined && place.patientId !== patientId)) return
  await practice.db.transaction().execute((tx) => within(tx, place))
}
