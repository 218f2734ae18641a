/** What would become of a file if it were kept now: read to its end, and nothing is written. */
import type { OpenPractice } from '#open-practice'
import type { InstanceFlag } from './contract.ts'
import { type Hashes, Intake } from './intake.ts'
import { type ArrivedImage, findTwin, flagOf, IMAGE_BYTES_MAX, look, studySeen } from './keep-image.ts'
import { type ImagePlace, placeOf } from './place.ts'
import { findStudy, findStudyByUid, type StudyRow } from './store.ts'
import { isClaimable, whoseIs } from './studies-open.ts'

export interface ForeseenImage {
  /** `claimed`: it is here and waits, and is this patient's from now on */
  readonly outcome: 'taken' | 'same' | 'claimed'
  readonly flag: InstanceFlag
  readonly place: ImagePlace
  /** the same for all images of one study, whether it is here or not */
  readonly study: string
  /** the same for the same image */
  readonly image: string
}

/** @throws {ImageTooLargeError}; what reading `bytes` throws */
export async function foreseeImage(practice: OpenPractice, arrived: ArrivedImage): Promise<ForeseenImage> {
  const { db, id: practiceId } = practice
  const intake = await Intake.begin(arrived.bytes, arrived.bytesMax ?? IMAGE_BYTES_MAX)
  const seen = look(intake)
  const hashes = await hashesOf(intake, seen.dataSetOffset)
  const { twin, hasOthers } = await findTwin(practice, seen, hashes)
  const isCut = (seen.header?.bytesNeeded ?? 0) > hashes.sizeBytes
  const foreseen = studySeen(arrived, seen, isCut, hashes)
  const study = `${foreseen.studyUid} ${foreseen.identityDigest}`
  const image = `${hashes.dataSha256} ${seen.transferSyntaxUid}`
  const { patientId } = arrived
  const claimed = async (row: StudyRow): Promise<ImagePlace | undefined> =>
    patientId !== undefined && (await isClaimable(db, practiceId, row, patientId))
      ? { kind: 'record', patientId, entryId: '' }
      : undefined
  const of = twin === undefined ? undefined : await findStudy(db, practiceId, twin.study_id)
  if (twin !== undefined && of !== undefined) {
    const place = await claimed(of)
    const outcome = place === undefined ? 'same' : 'claimed'
    return { outcome, flag: twin.flag, place: place ?? placeOf(of), study, image }
  }
  const flag = flagOf(seen, isCut, hasOthers)
  const there = await findStudyByUid(db, practiceId, foreseen.studyUid, foreseen.identityDigest)
  if (there !== undefined) return { outcome: 'taken', flag, place: (await claimed(there)) ?? placeOf(there), study, image }
  const match = await whoseIs(db, practiceId, foreseen)
  return {
    outcome: 'taken',
    flag,
    place:
      match.kind === 'sure'
        ? { kind: 'record', patientId: match.patientId, entryId: '' }
        : { kind: 'tray', reason: match.reason },
    study,
    image,
  }
}

async function hashesOf(intake: Intake, dataSetOffset: number): Promise<Hashes> {
  if (intake.isWhole) return intake.hashes(dataSetOffset)
  let hashes: Hashes | undefined
  const all = intake.all(dataSetOffset, (ended) => {
    hashes = ended
  })
  for await (const _ of all);
  if (hashes === undefined) throw new Error('a stream ended without its hashes')
  return hashes
}
