/** The tray: studies whose patient is not sure, and what people decide about them. The files stay as they are, whatever is decided. */
import type { Db, Tx } from '#database'
import { ConflictError, InvalidInputError } from '#errors'
import {
  addEntry,
  findPatients,
  listByIds,
  loadAccess,
  type PatientLine,
  parseQuery,
  requireWrite,
  told,
  type Writing,
  withdrawEntry,
} from '#patients'
import type { PROPOSAL_GROUNDS, TrayStudy } from './contract.ts'
import { entryBodyOf, studyFactsSchema } from './facts.ts'
import { knownPatient } from './find-patient.ts'
import { agreesInName, contradictions, type KnownPatient, type NamedPatient } from './named-patient.ts'
import { missing, trayStudyOf } from './read-studies.ts'
import { findStudy, findWaitingEntry, listPatientsNumbered, type StudyRow, summarizeStudies } from './store.ts'

type TrayState = 'tray' | 'aside'

/** Newest first. @param after the id of the last one of the page before */
export async function readTray(
  db: Db | Tx,
  practiceId: string,
  { state, after, limit }: { readonly state: TrayState; readonly after: string | undefined; readonly limit: number },
): Promise<{ studies: TrayStudy[]; next?: string }> {
  let query = db
    .selectFrom('image_study')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('state', '=', state)
    .where('instance_count', '>', 0)
    .orderBy('id', 'desc')
  if (after !== undefined) query = query.where('id', '<', after)
  const rows = await query.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const summaries = await summarizeStudies(
    db,
    practiceId,
    shown.map(({ id }) => id),
  )
  const studies = shown.map((row) => trayStudyOf(row, summaries.get(row.id)))
  const last = shown.at(-1)
  return rows.length > limit && last !== undefined ? { studies, next: last.id } : { studies }
}

export async function countTray(db: Db | Tx, practiceId: string): Promise<Record<TrayState, number>> {
  const rows = await db
    .selectFrom('image_study')
    .select((row) => ['state', row.fn.countAll<number | string>().as('count')])
    .where('practice_id', '=', practiceId)
    .where('instance_count', '>', 0)
    .groupBy('state')
    .execute()
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]))
  return { tray: counts.get('tray') ?? 0, aside: counts.get('aside') ?? 0 }
}

/** @throws {NotFoundError} none, or it is in a record */
export async function getTrayRow(db: Db | Tx, practiceId: string, studyId: string): Promise<StudyRow> {
  const row = await findStudy(db, practiceId, studyId)
  if (row === undefined || row.state === 'attached') throw missing()
  return row
}

export interface Proposal {
  readonly patient: PatientLine
  readonly grounds: (typeof PROPOSAL_GROUNDS)[number][]
  readonly contradictions: ('name' | 'birth-date' | 'sex')[]
}

const PROPOSED_MAX = 8

/** Patients whom it may be of, those with whom most agrees first. */
export async function proposePatients(
  db: Db | Tx,
  practiceId: string,
  accountId: string,
  named: NamedPatient,
): Promise<Proposal[]> {
  const numbered = await listPatientsNumbered(db, practiceId, { number: named.number, ins: named.ins })
  const ids = new Set(numbered.map(({ id }) => id))
  const { familyName, givenNames, bornOn } = named
  for (const words of [[familyName, givenNames], [familyName, bornOn], [bornOn]]) {
    const question = words.filter((word) => word !== undefined).join(' ')
    if (question === '' || ids.size >= PROPOSED_MAX || (words.length > 1 && words[0] === undefined)) continue
    const found = await findPatients(db, practiceId, parseQuery(question), { limit: PROPOSED_MAX })
    for (const { patientId } of found.patients) ids.add(patientId)
  }
  if (ids.size === 0) return []
  const lines = await listByIds({ db, practiceId, accountId }, [...ids])
  const shown = lines.map(({ id }) => id)
  const rows = await db.selectFrom('patient').selectAll().where('practice_id', '=', practiceId).where('id', 'in', shown).execute()
  const known = new Map(rows.map((row) => [row.id, knownPatient(row, true)]))
  return lines
    .flatMap((patient) => {
      const each = known.get(patient.id)
      return each === undefined ? [] : [{ patient, grounds: groundsOf(named, each), contradictions: contradictions(named, each) }]
    })
    .filter(({ grounds }) => grounds.length > 0)
    .toSorted((a, b) => weigh(b) - weigh(a))
    .slice(0, PROPOSED_MAX)
}

function groundsOf(named: NamedPatient, known: KnownPatient): Proposal['grounds'] {
  const isName = named.familyName !== undefined && agreesInName(named, known)
  const isBirthDate = named.bornOn !== undefined && known.bornOn === named.bornOn
  return [
    ...(named.ins !== undefined && known.ins === named.ins ? (['ins'] as const) : []),
    ...(named.number !== undefined && known.fileNumber === named.number ? (['number'] as const) : []),
    ...(isName && isBirthDate ? (['name-and-birth-date'] as const) : []),
    ...(isName && !isBirthDate ? (['name'] as const) : []),
    ...(!isName && isBirthDate ? (['birth-date'] as const) : []),
  ]
}

const WEIGHTS = { ins: 16, 'name-and-birth-date': 8, number: 4, name: 2, 'birth-date': 1 } as const

function weigh({ grounds, contradictions }: Proposal): number {
  return grounds.reduce((sum, ground) => sum + WEIGHTS[ground], 0) - contradictions.length
}

/**
 * Puts a study of the tray, or one that was set aside, into a record.
 *
 * @throws {InvalidInputError} what the header says contradicts the patient, and no reason is given
 * @throws as {@link addEntry}
 */
export async function attachStudy(
  writing: Writing,
  studyId: string,
  { patientId, reason }: { readonly patientId: string; readonly reason?: string | undefined },
): Promise<string> {
  const row = await getTrayRow(writing.tx, writing.practiceId, studyId)
  await requireReason(writing, row, patientId, reason)
  return place(writing, row, patientId, reason)
}

/**
 * Takes a study out of a record that is not its own: into another, or back to the tray.
 *
 * @returns the new entry's id; undefined: it is in the tray
 * @throws {ConflictError} somebody has changed its entry since
 */
export async function moveStudy(
  writing: Writing,
  row: StudyRow,
  move: { readonly toPatientId: string | null; readonly expectedVersion: number; readonly reason: string },
): Promise<string | undefined> {
  const { toPatientId, expectedVersion, reason } = move
  const { patient_id: patientId, entry_id: entryId } = row
  if (patientId === null || entryId === null) throw missing()
  if (toPatientId === patientId)
    throw new InvalidInputError('it is in this record already', [
      { path: 'toPatientId', problem: 'same', message: 'choose another record' },
    ])
  await withdrawEntry(writing, { patientId, entryId, expectedVersion, reason })
  if (toPatientId !== null) return place(writing, row, toPatientId, reason)
  await setState(writing, row, { state: 'tray', reason: 'returned', patient_id: null, entry_id: null })
  return undefined
}

/** @throws {ConflictError} it is not in the tray */
export async function setAside(writing: Writing, studyId: string, reason: string): Promise<void> {
  const row = await getTrayRow(writing.tx, writing.practiceId, studyId)
  if (row.state !== 'tray') throw new ConflictError('the study was set aside already')
  await setState(writing, row, { state: 'aside', aside_reason: reason })
}

/** @throws {ConflictError} nobody has set it aside */
export async function bringBack(writing: Writing, studyId: string): Promise<void> {
  const row = await getTrayRow(writing.tx, writing.practiceId, studyId)
  if (row.state !== 'aside') throw new ConflictError('the study is in the tray')
  await setState(writing, row, { state: 'tray', aside_reason: null })
}

async function place(writing: Writing, row: StudyRow, patientId: string, reason: string | undefined): Promise<string> {
  const facts = studyFactsSchema.parse(JSON.parse(row.facts))
  const body = entryBodyOf({ studyId: row.id, studyUid: row.study_uid, takenOn: row.taken_on ?? undefined, facts })
  const reasoned: Writing = {
    ...writing,
    record: (event) => writing.record({ ...event, ...(reason === undefined ? {} : { reason }) }),
  }
  const { id } =
    (await takeWaitingEntry(reasoned, patientId, row)) ??
    (await addEntry(reasoned, { patientId, kind: 'imagingStudy', body, source: row.source }))
  await setState(writing, row, { state: 'attached', patient_id: patientId, entry_id: id, aside_reason: null })
  return id
}

/** What the record says of the study already stays its entry. */
async function takeWaitingEntry(writing: Writing, patientId: string, { study_uid }: StudyRow) {
  const found = await findWaitingEntry(writing.tx, writing.practiceId, patientId, study_uid)
  if (found === undefined) return undefined
  requireWrite(await loadAccess({ ...writing, db: writing.tx }, patientId), 'documents')
  await writing.record({ action: 'record.changed', patientId, ...told('imagingStudy', found) })
  return found
}

/** Two people at once: one wins. */
async function setState({ tx, practiceId }: Writing, row: StudyRow, set: Partial<StudyRow>): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('image_study')
    .set(set)
    .where('practice_id', '=', practiceId)
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .where(row.entry_id === null ? (each) => each('entry_id', 'is', null) : (each) => each('entry_id', '=', row.entry_id))
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new ConflictError('somebody else has decided about this study')
}

async function requireReason({ tx, practiceId }: Writing, row: StudyRow, patientId: string, reason: string | undefined) {
  if (reason !== undefined) return
  const patient = await tx
    .selectFrom('patient')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', patientId)
    .executeTakeFirst()
  if (patient === undefined) return // told by whoever asks for access
  const named = JSON.parse(row.named) as NamedPatient
  if (contradictions(named, knownPatient(patient, false)).length === 0) return
  throw new InvalidInputError('what the device wrote contradicts this patient', [
    { path: 'reason', problem: 'needed', message: 'say why it is theirs all the same' },
  ])
}
