/** What a practice has set for itself, as JSON by name; each room has its own names and schemas. */
import type { z } from 'zod'
import { type Db, instantText, type Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'

/** @returns undefined where nobody has set it */
export async function loadSetting<T extends z.ZodType>(
  db: Db,
  practiceId: string,
  name: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  const found = await db
    .selectFrom('setting')
    .select('value')
    .where('practice_id', '=', practiceId)
    .where('name', '=', name)
    .executeTakeFirst()
  return found === undefined ? undefined : schema.parse(JSON.parse(found.value))
}

export async function saveSetting(tx: Tx, practice: OpenPractice, actor: Actor, name: string, value: unknown): Promise<void> {
  const row = { value: JSON.stringify(value), changed_at: instantText(practice.now()), changed_by: actor.accountId }
  await tx
    .insertInto('setting')
    .values({ practice_id: practice.id, name, ...row })
    .onConflict((conflict) => conflict.columns(['practice_id', 'name']).doUpdateSet(row))
    .execute()
}

export async function removeSetting(tx: Tx, practiceId: string, name: string): Promise<void> {
  await tx.deleteFrom('setting').where('practice_id', '=', practiceId).where('name', '=', name).execute()
}
