/** Notices: what a person should see on their home page. Ids only: who may see more finds it where the ids lead. */
import { z } from 'zod'
import { type Db, instantText, newId, type Tx } from '#database'
import { NotFoundError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import type { NOTICE_KINDS, noticeSchema } from './contract.ts'

export type NoticeKind = (typeof NOTICE_KINDS)[number]
type Notice = z.output<typeof noticeSchema>

const SHOWN_DAYS = 90
const SHOWN_MAX = 500
const aboutSchema = z.record(z.string(), z.string())

/** For each of these accounts, so that one who has seen it does not hide it from another. */
export async function notify(
  tx: Tx,
  practice: OpenPractice,
  accountIds: readonly string[],
  kind: NoticeKind,
  about: Readonly<Record<string, string>>,
): Promise<void> {
  if (accountIds.length === 0) return
  const at = instantText(practice.now())
  await tx
    .insertInto('notice')
    .values(
      accountIds.map((accountId) => ({
        id: newId(),
        practice_id: practice.id,
        account_id: accountId,
        kind,
        about: JSON.stringify(about),
        at,
      })),
    )
    .execute()
}

/** Newest first. */
export async function listNoticesOf(
  db: Db,
  practice: OpenPractice,
  accountId: string,
  which: 'unseen' | 'all',
): Promise<readonly Notice[]> {
  const query = db
    .selectFrom('notice')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(SHOWN_MAX)
  const since = instantText(practice.now().subtract({ hours: 24 * SHOWN_DAYS }))
  const rows = await (which === 'unseen' ? query.where('seen_at', 'is', null) : query.where('at', '>=', since)).execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as NoticeKind,
    about: aboutSchema.parse(JSON.parse(row.about)),
    at: row.at,
    ...(row.seen_at === null ? {} : { seenAt: row.seen_at }),
  }))
}

export async function countUnseenNotices(db: Db, practice: OpenPractice, accountId: string): Promise<number> {
  const { count } = await db
    .selectFrom('notice')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('seen_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** @throws {NotFoundError} there is none for this account, or it was seen before */
export async function markSeen(tx: Tx, practice: OpenPractice, actor: Actor, noticeId: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('notice')
    .set({ seen_at: instantText(practice.now()), seen_by: actor.accountId })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', actor.accountId)
    .where('id', '=', noticeId)
    .where('seen_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new NotFoundError('no such unseen notice')
}
