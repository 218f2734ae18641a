/** Somebody with an account who works at the practice's own machine, by commands. */
import { NotAllowedError, NotFoundError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { may, type Permission } from '#rights'
import { findAccountByLogin, foldLogin } from './accounts.ts'

/**
 * Whoever has what opens the practice may name any account that is active: the journal says that it was the console.
 *
 * @param login absent: the only owner
 * @throws {NotFoundError} nobody active has this login; {@link NotAllowedError} the role may not do what is wanted
 */
export async function consoleActor(
  practice: OpenPractice,
  login: string | undefined,
  wanted: readonly Permission[],
): Promise<Actor> {
  const account =
    login === undefined ? await onlyOwner(practice) : await findAccountByLogin(practice.db, practice, foldLogin(login))
  if (account?.state !== 'active') throw new NotFoundError('no active account has this login')
  const missing = wanted.filter((permission) => !may(account.role, permission))
  if (missing.length > 0) throw new NotAllowedError(`the role ${account.role} may not do this: ${missing.join(', ')}`)
  return { accountId: account.id, role: account.role, address: 'console' }
}

async function onlyOwner(practice: OpenPractice) {
  const owners = await practice.db
    .selectFrom('account')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('role', '=', 'owner')
    .where('state', '=', 'active')
    .limit(2)
    .execute()
  if (owners.length !== 1) throw new NotFoundError('there are several owners: say whose name stands behind it (--as LOGIN)')
  return owners[0]
}
