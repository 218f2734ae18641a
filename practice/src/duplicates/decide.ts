/** What a person decides of two records: two people, later, or one person, whose records are joined. */
import { ConflictError } from '#errors'
import { type Joining, joinRecords, type RecordAccess, requireWrite, separateRecords, type Writing } from '#patients'
import { decidePairs, type PairDecision } from './pairs-store.ts'
import { compareRecords, openBoth } from './set-side-by-side.ts'

/** @throws {ConflictError} the two are one record by now; as {@link openBoth} */
export async function decide(writing: Writing, one: string, other: string, decision: PairDecision): Promise<void> {
  const { question, accesses } = await openForWriting(writing, one, other)
  const likeness = await compareRecords(question, accesses)
  const [ones, others] = [accesses[0].parts, accesses[1].parts]
  await decidePairs(writing, { ones, others }, decision, likeness)
  const { state, reason } = decision
  const told = { action: 'duplicate.decided', ...(reason === undefined ? {} : { reason }) } as const
  for (const [patientId, another] of [
    [ones[0] as string, others[0] as string],
    [others[0] as string, ones[0] as string],
  ] as const)
    await writing.record({ ...told, patientId, details: { state, other: another } })
}

/**
 * Joins one record to another, and takes their pair off the list.
 *
 * @returns the link's id
 * @throws {ConflictError} two qualified INS are two people: one of the two has to be put right first; as `joinRecords`
 */
export async function joinDuplicates(writing: Writing, joining: Joining): Promise<string> {
  const { keptId, joinedId } = joining
  const { question, accesses } = await openForWriting(writing, keptId, joinedId)
  const likeness = await compareRecords(question, accesses)
  if (likeness.against.includes('ins-qualified-differ'))
    throw new ConflictError('both have a qualified INS, and not the same one: they are two people, or one of the INS is wrong')
  const linkId = await joinRecords(writing, joining)
  await decidePairs(
    writing,
    { ones: accesses[0].parts, others: accesses[1].parts },
    { state: 'joined', reason: joining.reason },
    likeness,
  )
  return linkId
}

/** Parts two records again; that they are two people's stays, and is not asked again until more is known. */
export async function separateDuplicates(
  writing: Writing,
  separation: { readonly patientId: string; readonly linkId: string; readonly reason: string },
): Promise<void> {
  const { keptId, joinedId } = await separateRecords(writing, separation)
  const { question, accesses } = await openForWriting(writing, keptId, joinedId)
  const likeness = await compareRecords(question, accesses)
  const [ones, others] = [accesses[0].parts, accesses[1].parts]
  await decidePairs(writing, { ones, others }, { state: 'different', reason: separation.reason }, likeness)
}

async function openForWriting({ tx, practiceId, actor, now }: Writing, one: string, other: string) {
  const question = { db: tx, practiceId, actor, now }
  const accesses: [RecordAccess, RecordAccess] = await openBoth(question, one, other)
  for (const access of accesses) requireWrite(access, 'administrative')
  return { question, accesses }
}
