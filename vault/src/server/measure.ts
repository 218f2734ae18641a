import { join } from 'node:path'
import { UsageError } from '#errors'
import { RepositoryFolder } from './folder.ts'
import { isAccountName } from './layout.ts'
import type { RepositoryUsage } from './usage.ts'

/**
 * What an account's repository holds now: bytes, those of locks left out as in the quota, and objects by kind; zeros when there is none
 * yet. Reads sizes only, and may be called while the server runs.
 *
 * @param folder the data folder of the server
 * @throws {UsageError} when `account` cannot be the name of one
 */
export async function measureRepository(folder: string, account: string): Promise<RepositoryUsage> {
  if (!isAccountName(account)) throw new UsageError(`${JSON.stringify(account.slice(0, 80))} cannot be the name of an account`)
  return new RepositoryFolder(join(folder, account)).measure()
}
