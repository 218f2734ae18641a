/**
 * Keeps one file, whatever it is: sealed, stored, and in the index, in this order, all on disk when this returns. The bytes are those that came.
 * The same file again is kept once; another file under the same UID is kept beside it, and both are flagged.
 */
import { constants, inflateRawSync } from 'node:zlib'
import { type DicomHeader, decodeFileMeta, readDicomHeader } from '@couronne/formats'
import { instantText, newId } from '#database'
import {
  findObjectKey,
  isSealedWhole,
  openSealed,
  type SealedFile,
  type Sealing,
  settleSealed,
  storeSealed,
  storeSealedStream,
} from '#documents'
import { ConflictError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { commitQueueOf } from './commit-queue.ts'
import type { InstanceFlag } from './contract.ts'
import { type StudyFacts, studyFactsOf, teethOf } from './facts.ts'
import { type Hashes, Intake } from './intake.ts'
import { identityDigest, namedPatientOf } from './named-patient.ts'
import { countInstance, ensureSeries, flagTwins, type InstanceRow, insertInstance, listTwins, replaceSealed } from './store.ts'
import { claimStudy, mergeFacts, type OpenStudy, openStudy, type StudySeen } from './studies-open.ts'

/** 8 GiB: a cone beam volume in one file has one. */
export const IMAGE_BYTES_MAX = 8 * 1024 ** 3

export interface ArrivedImage {
  /** a DICOM file, or what pretends to be one */
  readonly bytes: AsyncIterable<Uint8Array>
  /** where it comes from: `dicom:AETITLE`, `import:…` */
  readonly source: string
  /** how the file is called where it comes from */
  readonly fileName?: string
  /** with whose record it comes: theirs, unless it names somebody else */
  readonly patientId?: string
  readonly bytesMax?: number
}

export interface KeptImage {
  readonly outcome: 'taken' | 'same'
  readonly studyId: string
  readonly instanceId: string
  readonly flag: InstanceFlag
  readonly sizeBytes: number
}

/**
 * @throws {ImageTooLargeError} or {DiskFullError}: nothing of it is kept
 * @throws what reading `bytes` throws
 */
export async function keepImage(practice: OpenPractice, arrived: ArrivedImage): Promise<KeptImage> {
  const intake = await Intake.begin(arrived.bytes, arrived.bytesMax ?? IMAGE_BYTES_MAX)
  const seen = look(intake)
  const kept = await (intake.isWhole ? keepWhole(practice, arrived, intake, seen) : keepLarge(practice, arrived, intake, seen))
  if (arrived.patientId !== undefined) await claimStudy(practice, kept.studyId, arrived.patientId)
  return kept
}

export interface Seen {
  readonly header: DicomHeader | undefined
  readonly dataSetOffset: number
  readonly transferSyntaxUid: string
}

const HEADER_BYTES = 1024 * 1024
const INFLATED_BYTES_MAX = 4 * 1024 * 1024

/** What the first part of a file says. */
export function look({ first }: Pick<Intake, 'first'>): Seen {
  const meta = decodeFileMeta(first)
  if (meta === undefined) return { header: undefined, dataSetOffset: 0, transferSyntaxUid: '' }
  const { dataSetOffset, transferSyntaxUid } = meta
  const header = readDicomHeader(first.subarray(0, HEADER_BYTES), { inflate })
  return { header, dataSetOffset, transferSyntaxUid }
}

/** What ends early, as the first part of a stream does, is inflated as far as it goes. */
function inflate(bytes: Uint8Array): Uint8Array {
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INFLATED_BYTES_MAX })
}

async function keepWhole(practice: OpenPractice, arrived: ArrivedImage, intake: Intake, seen: Seen): Promise<KeptImage> {
  const hashes = intake.hashes(seen.dataSetOffset)
  const { twin, hasOthers } = await findTwin(practice, seen, hashes)
  if (twin !== undefined) {
    if (await isSealedWhole(practice, sealedOf(twin))) return sameAs(twin)
    return putBack(practice, twin, hashes, (sealing) => storeSealed(practice, intake.first, sealing))
  }
  const isCut = (seen.header?.bytesNeeded ?? 0) > hashes.sizeBytes
  const study = await openStudy(practice, studySeen(arrived, seen, isCut, hashes))
  const instanceId = newId()
  const sealed = await storeSealed(practice, intake.first, sealingOf(practice, study, instanceId))
  const flag = flagOf(seen, isCut, hasOthers)
  return index(practice, { study, seen, hashes, sealed, instanceId, flag })
}

async function keepLarge(practice: OpenPractice, arrived: ArrivedImage, intake: Intake, seen: Seen): Promise<KeptImage> {
  const study = await openStudy(practice, studySeen(arrived, seen, false, undefined))
  const instanceId = newId()
  let hashes: Hashes | undefined
  const all = intake.all(seen.dataSetOffset, (ended) => {
    hashes = ended
  })
  const sealing = sealingOf(practice, study, instanceId)
  const sealed = await storeSealedStream(practice, all, sealing)
  if (hashes === undefined) throw new Error('a stream ended without its hashes')
  const ended = hashes
  const { twin, hasOthers } = await findTwin(practice, seen, ended)
  if (twin === undefined) {
    const isCut = (seen.header?.bytesNeeded ?? 0) > ended.sizeBytes
    return index(practice, { study, seen, hashes: ended, sealed, instanceId, flag: flagOf(seen, isCut, hasOthers) })
  }
  try {
    if (await isSealedWhole(practice, sealedOf(twin))) return sameAs(twin)
    // Which file it is was known at its end only: it is sealed once more, as what it is.
    const file = { sealedName: sealed.sealedName, plainBytes: ended.sizeBytes }
    return await putBack(practice, twin, ended, async (its) =>
      storeSealedStream(practice, await openSealed(practice, file, sealing), its),
    )
  } finally {
    await settleSealed(practice, sealed, false).catch(() => {})
  }
}

/** A file whose sealed file was lost or damaged has come again: it lies where its row says from now on. */
async function putBack(
  practice: OpenPractice,
  twin: InstanceRow,
  hashes: Hashes,
  seal: (sealing: Sealing) => Promise<SealedFile>,
): Promise<KeptImage> {
  const key = await findObjectKey(practice, twin.study_id)
  if (key === undefined) throw new ConflictError('the study is gone')
  const sealed = await seal({ key, context: imageContext(practice.id, twin.id) })
  let isOurs = false
  try {
    await commitQueueOf(practice).write(async (tx) => {
      isOurs = await replaceSealed(tx, practice.id, twin, {
        sealed_name: sealed.sealedName,
        sealed_bytes: sealed.sealedBytes,
        sha256: hashes.sha256,
        size_bytes: hashes.sizeBytes,
      })
    })
  } catch (error) {
    await settleSealed(practice, sealed, false).catch(() => {})
    throw error
  }
  await settleSealed(practice, sealed, isOurs)
  if (!isOurs) return sameAs(twin) // it came twice at once, and the other has put it back
  await settleSealed(practice, sealedOf(twin), false).catch(() => {})
  return { ...sameAs(twin), outcome: 'taken', sizeBytes: hashes.sizeBytes }
}

export async function findTwin(practice: OpenPractice, seen: Seen, { dataSha256 }: Hashes) {
  const twins = await listTwins(practice.db, practice.id, seen.header?.sopInstanceUid ?? '', dataSha256)
  const twin = twins.find((each) => each.data_sha256 === dataSha256 && each.transfer_syntax_uid === seen.transferSyntaxUid)
  return { twin, hasOthers: twins.some((each) => each !== twin) }
}

export function studySeen(
  arrived: Omit<ArrivedImage, 'bytes'>,
  { header }: Seen,
  isCut: boolean,
  hashes: Hashes | undefined,
): StudySeen {
  const named = header === undefined ? {} : namedPatientOf(header)
  const facts: StudyFacts = header === undefined ? NOTHING_SAID : studyFactsOf(header)
  const { source, fileName, patientId } = arrived
  if (header === undefined || isCut)
    return {
      studyUid: header?.studyInstanceUid ?? '',
      identityDigest: `unreadable ${hashes?.dataSha256 ?? newId()}`,
      named,
      facts: { ...facts, ...(fileName === undefined ? {} : { fileName }) },
      takenOn: header?.takenOn,
      source,
      trayReason: 'unreadable',
    }
  return {
    studyUid: header.studyInstanceUid,
    identityDigest: identityDigest(named, patientId),
    named,
    facts,
    takenOn: header.takenOn,
    source,
    patientId,
  }
}

const NOTHING_SAID: StudyFacts = { modalities: [], teeth: [], device: {}, dose: {} }

export function flagOf({ header }: Seen, isCut: boolean, hasOthers: boolean): InstanceFlag {
  if (header === undefined || isCut) return 'unreadable'
  return hasOthers ? 'same-uid-other-bytes' : 'none'
}

interface Indexed {
  readonly study: OpenStudy
  readonly seen: Seen
  readonly hashes: Hashes
  readonly sealed: SealedFile
  readonly instanceId: string
  readonly flag: InstanceFlag
}

async function index(practice: OpenPractice, indexed: Indexed): Promise<KeptImage> {
  const { study, hashes, sealed, instanceId, flag } = indexed
  let isNew = true
  let remember = () => {} // only once it is written
  try {
    await commitQueueOf(practice).write(async (tx) => {
      const row = await rowOf(tx, practice, indexed)
      isNew = await insertInstance(tx, row)
      if (!isNew) return
      if (flag === 'same-uid-other-bytes') await flagTwins(tx, practice.id, row)
      const { header } = indexed.seen
      const facts = header === undefined ? undefined : await mergeFacts(tx, practice.id, study, studyFactsOf(header))
      if (!(await countInstance(tx, practice.id, study.id, row, facts))) throw new ConflictError('the study is gone')
      remember = () => {
        study.series.set(header?.seriesInstanceUid ?? '', row.series_id)
        if (facts !== undefined) study.facts = facts
      }
    })
    remember()
  } catch (error) {
    await settleSealed(practice, sealed, false).catch(() => {})
    throw error
  }
  await settleSealed(practice, sealed, isNew)
  if (isNew) return { outcome: 'taken', studyId: study.id, instanceId, flag, sizeBytes: hashes.sizeBytes }
  const { twin } = await findTwin(practice, indexed.seen, hashes) // the same came twice at once
  if (twin === undefined) throw new ConflictError('the same image was being taken away at this moment')
  return sameAs(twin)
}

async function rowOf(tx: Parameters<typeof ensureSeries>[0], practice: OpenPractice, indexed: Indexed): Promise<InstanceRow> {
  const { study, seen, hashes, sealed, instanceId, flag } = indexed
  const { header } = seen
  return {
    id: instanceId,
    practice_id: practice.id,
    study_id: study.id,
    series_id: await seriesOf(tx, practice, study, header),
    sop_uid: header?.sopInstanceUid ?? '',
    sop_class_uid: header?.sopClassUid ?? '',
    transfer_syntax_uid: seen.transferSyntaxUid,
    number: header?.instanceNumber ?? null,
    frames: header?.frames ?? 0,
    facts: JSON.stringify(header === undefined ? { teeth: [] } : instanceFactsOf(header)),
    sha256: hashes.sha256,
    data_sha256: hashes.dataSha256,
    size_bytes: hashes.sizeBytes,
    sealed_name: sealed.sealedName,
    sealed_bytes: sealed.sealedBytes,
    flag,
    received_at: instantText(practice.now()),
  }
}

async function seriesOf(
  tx: Parameters<typeof ensureSeries>[0],
  practice: OpenPractice,
  study: OpenStudy,
  header: DicomHeader | undefined,
): Promise<string> {
  const uid = header?.seriesInstanceUid ?? ''
  const known = study.series.get(uid)
  if (known !== undefined) return known
  const { seriesDescription: description, bodyPart, laterality } = header ?? {}
  return ensureSeries(tx, {
    id: newId(),
    practice_id: practice.id,
    study_id: study.id,
    series_uid: uid,
    number: header?.seriesNumber ?? null,
    modality: header?.modality ?? 'OT',
    facts: JSON.stringify({ description, bodyPart, laterality }),
  })
}

function instanceFactsOf(header: DicomHeader): object {
  const { rows, columns, bitsAllocated, photometricInterpretation, windowCenter, windowWidth, laterality } = header
  const { pixelSpacing, imagerPixelSpacing } = header
  return {
    ...{ rows, columns, bitsAllocated, photometricInterpretation, windowCenter, windowWidth, laterality },
    ...{ pixelSpacing, imagerPixelSpacing, teeth: teethOf(header.structures) },
  }
}

/** What the sealed file of an instance is: in its associated data. */
export function imageContext(practiceId: string, instanceId: string): string {
  return `couronne image ${practiceId} ${instanceId}`
}

function sealingOf(practice: OpenPractice, { key }: OpenStudy, instanceId: string): Sealing {
  return { key, context: imageContext(practice.id, instanceId) }
}

function sealedOf(row: InstanceRow): SealedFile {
  return { sealedName: row.sealed_name, sealedBytes: row.sealed_bytes }
}

function sameAs(row: InstanceRow): KeptImage {
  return { outcome: 'same', studyId: row.study_id, instanceId: row.id, flag: row.flag, sizeBytes: row.size_bytes }
}
