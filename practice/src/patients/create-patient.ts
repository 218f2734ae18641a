/** Opening a record. */
import { sql } from 'kysely'
import type { z } from 'zod'
import { instantText, newId, type Tx } from '#database'
import { NotAllowedError } from '#errors'
import { may } from '#rights'
import type { StewardChoice } from './contract.ts'
import { identitySchema, type newIdentitySchema } from './kinds/identity.ts'
import { bodyFacts } from './kinds/index.ts'
import { markToCompare } from './mark-to-compare.ts'
import { identityColumns, translatingTaken } from './project-identity.ts'
import { indexPatient } from './search/index.ts'
import { writeFirstSteward } from './stewards.ts'
import { wordsOf } from './words-of.ts'
import { insertFirst, told } from './write.ts'
import type { Writing } from './writing.ts'

export type NewIdentity = z.output<typeof newIdentitySchema>

export interface CreatedPatient {
  readonly id: string
  readonly fileNumber: string
}

const NUMBER_SETTING = 'patients.last-file-number'
/** Beyond this a number is taken for a telephone or a date, not for the count that one goes on from. */
const COUNTED_NUMBER = /^\d{1,8}$/

/**
 * Makes a patient with their identity; without a file number the next free one is given.
 *
 * @param steward whose patient; absent: as the practice's form and the caller's contract say
 * @throws {ConflictError} when the file number is another patient's
 */
export async function createPatient(writing: Writing, asked: NewIdentity, steward?: StewardChoice): Promise<CreatedPatient> {
  if (!may(writing.actor.role, 'patients.write')) throw new NotAllowedError('the role does not open records')
  const fileNumber = asked.fileNumber ?? (await nextFileNumber(writing))
  const identity = identitySchema.parse({ ...asked, fileNumber })
  const id = newId()
  const entryId = newId()
  const words = wordsOf(id, identity)
  const at = instantText(writing.now)
  await translatingTaken(() =>
    writing.tx
      .insertInto('patient')
      .values({
        id,
        practice_id: writing.practiceId,
        identity_id: entryId,
        created_at: at,
        changed_at: at,
        ...identityColumns(identity, words.sortName),
      })
      .execute(),
  )
  const facts = bodyFacts('identity', identity)
  const written = await insertFirst(writing, { id: entryId, patientId: id, kind: 'identity', body: identity, facts })
  await indexPatient(writing.tx, writing.practiceId, words)
  await markToCompare(writing.tx, writing.practiceId, writing.now, [id])
  await writing.record({ action: 'patient.created', patientId: id, ...told('identity', written) })
  await writeFirstSteward(writing, id, steward)
  return { id, fileNumber }
}

/**
 * One more than the last that was given; where somebody has used that, one more than the highest. Counting on locks the row: whoever opens a
 * record at the same moment waits, and gets the number after.
 */
async function nextFileNumber({ tx, practiceId, actor, now }: Writing): Promise<string> {
  const changed = { changed_at: instantText(now), changed_by: actor.accountId }
  const { value } = await tx
    .insertInto('setting')
    .values({ practice_id: practiceId, name: NUMBER_SETTING, value: '1', ...changed })
    .onConflict((conflict) =>
      conflict
        .columns(['practice_id', 'name'])
        .doUpdateSet({ value: sql<string>`cast(cast(setting.value as integer) + 1 as text)`, ...changed }),
    )
    .returning('value')
    .executeTakeFirstOrThrow()
  if (!(await isTaken(tx, practiceId, value))) return value
  const beyond = String((await highestNumber(tx, practiceId)) + 1)
  await tx
    .updateTable('setting')
    .set({ value: beyond })
    .where('practice_id', '=', practiceId)
    .where('name', '=', NUMBER_SETTING)
    .execute()
  return beyond
}

async function isTaken(tx: Tx, practiceId: string, fileNumber: string): Promise<boolean> {
  const found = await tx
    .selectFrom('patient')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('file_number', '=', fileNumber)
    .executeTakeFirst()
  return found !== undefined
}

/** Reads every number: only where the count met one that was given otherwise, after an import. */
async function highestNumber(tx: Tx, practiceId: string): Promise<number> {
  const rows = await tx.selectFrom('patient').select('file_number').where('practice_id', '=', practiceId).execute()
  return rows.reduce(
    (highest, row) => (COUNTED_NUMBER.test(row.file_number) ? Math.max(highest, Number(row.file_number)) : highest),
    0,
  )
}
