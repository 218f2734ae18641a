/**
 * Studies into which images are coming: found or made once, then remembered. A study that is new is matched with a patient in the transaction that
 * makes it, so that no acknowledged image waits without a place.
 */
import { type Db, instantText, newId, type Tx } from '#database'
import { findObjectKey, makeObjectKey } from '#documents'
import { DamagedError } from '#errors'
import { recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import { addUnasked, told } from '#patients'
import type { TrayReason } from './contract.ts'
import { entryBodyOf, type StudyFacts, studyFactsSchema, withFacts } from './facts.ts'
import { matchNamed, matchOf } from './find-patient.ts'
import type { Match, NamedPatient } from './named-patient.ts'
import { findStudy, findStudyByUid, findWaitingEntry, insertStudy, type StudyRow } from './store.ts'

/** What is known of a study from the image that comes first. */
export interface StudySeen {
  /** empty where the header does not read */
  readonly studyUid: string
  readonly identityDigest: string
  readonly named: NamedPatient
  readonly facts: StudyFacts
  readonly takenOn: string | undefined
  /** `dicom:AETITLE` or `import:…` */
  readonly source: string
  /** where it must wait for a person whatever the header says */
  readonly trayReason?: TrayReason
  /** with whose record it came */
  readonly patientId?: string | undefined
}

export interface OpenStudy {
  readonly id: string
  readonly key: Uint8Array
  facts: StudyFacts
  /** series' ids by their UID */
  readonly series: Map<string, string>
}

const OPEN_MAX = 500
const open = new WeakMap<OpenPractice, Map<string, Promise<OpenStudy>>>()

/** The study of an image. Two that ask at once wait for one answer. */
export function openStudy(practice: OpenPractice, seen: StudySeen): Promise<OpenStudy> {
  const studies = open.get(practice) ?? new Map<string, Promise<OpenStudy>>()
  open.set(practice, studies)
  const name = `${seen.studyUid} ${seen.identityDigest}`
  const found = studies.get(name)
  if (found !== undefined) {
    studies.delete(name)
    studies.set(name, found) // the last one used goes last
    return found
  }
  const [oldest] = studies.keys()
  if (studies.size >= OPEN_MAX && oldest !== undefined) studies.delete(oldest)
  const made = load(practice, seen)
  studies.set(name, made)
  made.catch(() => studies.delete(name))
  return made
}

/** What another image says beside, merged with what stands in the row. @returns undefined: nothing new */
export async function mergeFacts(
  tx: Tx,
  practiceId: string,
  study: OpenStudy,
  more: StudyFacts,
): Promise<StudyFacts | undefined> {
  if (withFacts(study.facts, more) === study.facts) return undefined
  const row = await findStudy(tx, practiceId, study.id)
  const before = row === undefined ? study.facts : studyFactsSchema.parse(JSON.parse(row.facts))
  const facts = withFacts(before, more)
  return facts === before ? undefined : facts
}

async function load(practice: OpenPractice, seen: StudySeen): Promise<OpenStudy> {
  const { db, id: practiceId } = practice
  const row =
    (await findStudyByUid(db, practiceId, seen.studyUid, seen.identityDigest)) ??
    (await db.transaction().execute((tx) => make(tx, practice, seen)))
  return { id: row.id, key: await keyOf(practice, row), facts: studyFactsSchema.parse(JSON.parse(row.facts)), series: new Map() }
}

async function make(tx: Tx, practice: OpenPractice, seen: StudySeen): Promise<StudyRow> {
  const { id: practiceId } = practice
  const now = practice.now()
  const match = await whoseIs(tx, practiceId, seen)
  const row: StudyRow = {
    id: newId(),
    practice_id: practiceId,
    study_uid: seen.studyUid,
    identity_digest: seen.identityDigest,
    state: match.kind === 'sure' ? 'attached' : 'tray',
    reason: match.kind === 'sure' ? null : match.reason,
    patient_id: match.kind === 'sure' ? match.patientId : null,
    entry_id: null,
    named: JSON.stringify(seen.named),
    facts: JSON.stringify(seen.facts),
    taken_on: seen.takenOn ?? null,
    source: seen.source,
    instance_count: 0,
    size_bytes: 0,
    flagged: 0,
    is_stale: 0,
    aside_reason: null,
    received_at: instantText(now),
    changed_at: instantText(now),
  }
  if (!(await insertStudy(tx, row))) return (await findStudyByUid(tx, practiceId, seen.studyUid, seen.identityDigest)) as StudyRow // another server was quicker
  await makeObjectKey(tx, practice, row.id)
  await recordEvent(tx, practiceId, undefined, now, {
    action: 'study.received',
    subject: `study:${row.id}`,
    details: { source: seen.source, state: row.state },
  })
  if (match.kind !== 'sure') return row
  return { ...row, entry_id: await attachUnasked(tx, practice, row, match.patientId) }
}

/** Whose a study is that is not here yet. */
export async function whoseIs(
  db: Db | Tx,
  practiceId: string,
  seen: Pick<StudySeen, 'named' | 'trayReason' | 'patientId'>,
): Promise<Match> {
  const { named, trayReason, patientId } = seen
  if (trayReason !== undefined) return { kind: 'unsure', reason: trayReason, patientIds: [] }
  return patientId === undefined ? matchNamed(db, practiceId, named) : matchOf(db, practiceId, named, patientId)
}

/** What people have decided is not decided again. */
const OPEN_REASONS: readonly string[] = [
  'no-number',
  'unknown-number',
  'foreign-number',
  'unconfirmed',
  'several',
] satisfies TrayReason[]

/** Whether a study that waits, since nobody knew whose it is, is this patient's, with whose record its images have come once more. */
export async function isClaimable(db: Db | Tx, practiceId: string, row: StudyRow, patientId: string): Promise<boolean> {
  if (row.state !== 'tray' || !OPEN_REASONS.includes(row.reason ?? '')) return false
  return (await matchOf(db, practiceId, JSON.parse(row.named) as NamedPatient, patientId)).kind === 'sure'
}

/** Takes it out of the tray into that patient's record, where {@link isClaimable} says so. */
export async function claimStudy(practice: OpenPractice, studyId: string, patientId: string): Promise<void> {
  const { db, id: practiceId } = practice
  if ((await findStudy(db, practiceId, studyId))?.state !== 'tray') return
  await db.transaction().execute(async (tx) => {
    const row = await findStudy(tx, practiceId, studyId)
    if (row === undefined || !(await isClaimable(tx, practiceId, row, patientId))) return
    const claimed = await tx
      .updateTable('image_study')
      .set({ state: 'attached', reason: null, patient_id: patientId })
      .where('practice_id', '=', practiceId)
      .where('id', '=', studyId)
      .where('state', '=', 'tray')
      .executeTakeFirst()
    if (claimed.numUpdatedRows === 1n) await attachUnasked(tx, practice, row, patientId)
  })
}

/**
 * Number, name and birth date agree, or it came with the record: nobody needs to be asked. What the record says of the study already stays its
 * entry.
 *
 * @returns the entry's id
 */
async function attachUnasked(tx: Tx, practice: OpenPractice, row: StudyRow, patientId: string): Promise<string> {
  const now = practice.now()
  const facts = studyFactsSchema.parse(JSON.parse(row.facts))
  const body = entryBodyOf({ studyId: row.id, studyUid: row.study_uid, takenOn: row.taken_on ?? undefined, facts })
  const writing = { tx, practiceId: practice.id, now }
  const written =
    (await findWaitingEntry(tx, practice.id, patientId, row.study_uid)) ??
    (await addUnasked(writing, { patientId, kind: 'imagingStudy', body, source: row.source }))
  await tx
    .updateTable('image_study')
    .set({ entry_id: written.id })
    .where('practice_id', '=', practice.id)
    .where('id', '=', row.id)
    .execute()
  await recordEvent(tx, practice.id, undefined, now, {
    action: 'study.attached',
    patientId,
    ...told('imagingStudy', written),
  })
  return written.id
}

/** A study without images may lack its key: the two database files are not committed as one. One with images never does, unless it was destroyed. */
async function keyOf(practice: OpenPractice, row: StudyRow): Promise<Uint8Array> {
  const key = await findObjectKey(practice, row.id)
  if (key !== undefined) return key
  return practice.db.transaction().execute(async (tx) => {
    const now = await findStudy(tx, practice.id, row.id)
    if (now === undefined || now.instance_count > 0)
      throw new DamagedError('a study has lost its key', { about: { study: row.id } })
    return makeObjectKey(tx, practice, row.id)
  })
}
