/**
 * A REST destination for other practices: each account has one repository and a quota, and stock restic works against it.
 *
 * For whoever lends disk space to a colleague and need not be trusted with a key. What never happens here: an object is overwritten,
 * accepted with bytes that do not hash to its name, acknowledged before it is on the disk, or deleted by a writer (locks excepted).
 * Nothing is ever decrypted: no key comes here.
 */
export {
  type AccountSummary,
  addAccount,
  listAccounts,
  type NewAccount,
  type Role,
  removeAccount,
  setOwnerMayDelete,
  setPassword,
  setQuota,
} from './accounts.ts'
export { JOURNAL_EVENTS, type JournalEntry, type JournalEvent, readJournal } from './journal.ts'
export { accountsFileOf, isAccountName, KINDS, type Kind } from './layout.ts'
export { measureRepository } from './measure.ts'
export { DEFAULT_LIMITS, type LogLine, type ServeLimits, type ServeOptions, type TlsMaterial } from './options.ts'
export { newPassword } from './password.ts'
export { type RunningServer, serveRepositories } from './serve.ts'
export type { RepositoryUsage } from './usage.ts'
