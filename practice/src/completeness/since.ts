/** Since which day care is judged as today's: the practice chooses it, and until then it is a year before the practice was set up here. */
import { z } from 'zod'
import type { Db, Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'
import { loadSetting, saveSetting } from '#settings'

const SETTING = 'completeness.since'
const sinceSchema = z.object({ since: z.iso.date() })

/** @returns `YYYY-MM-DD` */
export async function loadSince(db: Db, practiceId: string): Promise<string> {
  const chosen = await loadSetting(db, practiceId, SETTING, sinceSchema)
  if (chosen !== undefined) return chosen.since
  const { created_at } = await db
    .selectFrom('practice')
    .select('created_at')
    .where('id', '=', practiceId)
    .executeTakeFirstOrThrow()
  return Temporal.PlainDate.from(created_at.slice(0, 10)).subtract({ years: 1 }).toString()
}

/** From the next look at each record on. */
export async function saveSince(tx: Tx, practice: OpenPractice, actor: Actor, since: string): Promise<void> {
  await saveSetting(tx, practice, actor, SETTING, { since })
}
