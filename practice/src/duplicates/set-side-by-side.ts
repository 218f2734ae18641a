/** Two records beside each other: whoever compares them must be able to open both. */
import { ConflictError } from '#errors'
import {
  type AccessQuestion,
  listByIds,
  loadAccess,
  type Reading,
  type RecordAccess,
  readIdentity,
  readPatient,
  requireRead,
} from '#patients'
import { type Comparison, compareTraits } from './compare.ts'
import type { DuplicateSide } from './contract.ts'
import { traitsOf } from './traits.ts'

export interface SideBySide {
  readonly one: DuplicateSide
  readonly other: DuplicateSide
  readonly likeness: Comparison
}

/**
 * @param today the day in the practice's time zone
 * @throws {ConflictError} the two are one record by now
 * @throws {BreakGlassNeededError} or {NotAllowedError} when one of them is closed to who asks
 */
export async function setSideBySide(question: AccessQuestion, one: string, other: string, today: string): Promise<SideBySide> {
  const [first, second] = await openBoth(question, one, other)
  const sides = [await readSide(question, first, today), await readSide(question, second, today)] as const
  const likeness = compareTraits(traitsOf(sides[0].identity), traitsOf(sides[1].identity))
  return { one: sides[0], other: sides[1], likeness }
}

/** Both records, as far as they may be opened. @throws as {@link setSideBySide} */
export async function openBoth(question: AccessQuestion, one: string, other: string): Promise<[RecordAccess, RecordAccess]> {
  const accesses = [await loadAccess(question, one), await loadAccess(question, other)] as [RecordAccess, RecordAccess]
  for (const access of accesses) requireRead(access, 'administrative')
  if (accesses[0].patientId === accesses[1].patientId) throw new ConflictError('the two records are joined already')
  return accesses
}

/** What is compared of two records that may be opened. */
export async function compareRecords(
  { db, practiceId }: AccessQuestion,
  accesses: readonly [RecordAccess, RecordAccess],
): Promise<Comparison> {
  const [one, other] = [
    await readIdentity({ db, practiceId, access: accesses[0] }),
    await readIdentity({ db, practiceId, access: accesses[1] }),
  ]
  return compareTraits(traitsOf(one.body), traitsOf(other.body))
}

async function readSide({ db, practiceId, actor }: AccessQuestion, access: RecordAccess, today: string): Promise<DuplicateSide> {
  const reading = { db, practiceId, access }
  const { identity, createdAt, counts, stewardship, joined } = await readPatient(reading, today)
  const [patient] = await listByIds({ db, practiceId, accountId: actor.accountId }, [access.patientId])
  const lastVisitOn = await readLastVisit(reading, today)
  return {
    patient: patient as DuplicateSide['patient'],
    identity: identity.body,
    createdAt,
    counts,
    ...(lastVisitOn === undefined ? {} : { lastVisitOn }),
    steward: stewardship,
    isLimited: access.limitedTo !== undefined,
    joined: joined.length,
  }
}

/** Of what is done on a day with the patient there. */
const OF_VISITS = ['appointment', 'procedure', 'observation', 'prescription', 'questionnaire'] as const

async function readLastVisit({ db, practiceId, access }: Reading, today: string): Promise<string | undefined> {
  const { last } = await db
    .selectFrom('record_entry')
    .select((row) => row.fn.max('about_on').as('last'))
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...access.parts])
    .where('kind', 'in', OF_VISITS)
    .where('state', '=', 'current')
    .where('class', 'in', [...access.reads])
    .where((row) => row.or([row('only_for', 'is', null), row('only_for', '=', access.accountId)]))
    .where('about_on', '<=', today)
    .executeTakeFirstOrThrow()
  return last ?? undefined
}
