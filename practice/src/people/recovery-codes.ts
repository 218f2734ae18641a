/** Recovery codes: ten, 80 random bits each, shown once; each stands once for a second factor that is not at hand. */
import { randomInt } from 'node:crypto'
import { type Db, instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import { hashSecret } from './secrets.ts'

const COUNT = 10
/** Crockford's base 32: no I, L, O, U to be misread. 16 letters of 5 bits. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16
const GROUP = 4

/** Makes new codes; the former ones count no more. @returns them, to be shown once */
export async function replaceRecoveryCodes(tx: Tx, practice: OpenPractice, accountId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: COUNT }, makeCode)
  await removeRecoveryCodes(tx, practice, accountId)
  await tx
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ account_id: accountId, practice_id: practice.id, hash: hashSecret(readCode(code)) })))
    .execute()
  return codes
}

export async function removeRecoveryCodes(tx: Tx, practice: OpenPractice, accountId: string): Promise<void> {
  await tx.deleteFrom('recovery_code').where('practice_id', '=', practice.id).where('account_id', '=', accountId).execute()
}

/** @returns whether it was one that counts; it counts no more */
export async function useRecoveryCode(tx: Tx, practice: OpenPractice, accountId: string, typed: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_code')
    .set({ used_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('hash', '=', hashSecret(readCode(typed)))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function countRecoveryCodes(db: Db, practice: OpenPractice, accountId: string): Promise<number> {
  const { count } = await db
    .selectFrom('recovery_code')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

function makeCode(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return letters.replaceAll(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}

/** What was typed, as it was printed: capitals, signs between the groups, and the letters that look alike are forgiven. */
function readCode(typed: string): string {
  return typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
}
