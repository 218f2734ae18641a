/** What a database's own errors mean for us, on both engines. */
import { DamagedError, DiskFullError, PracticeError } from '#errors'

/** The database does not answer. What was asked for was not done, or not acknowledged; try again. */
export class DatabaseUnreachableError extends PracticeError {
  readonly code = 'database-unreachable'
}

/** PostgreSQL: disk full (53100), connection failures (class 08), shutting down (57P01-57P03), too many connections (53300). */
const UNREACHABLE = /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/

/** @returns an error of ours for a database's trouble; anything else as it is. Messages of databases may quote what they hold: they stay behind. */
export function translateTrouble(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string' || error instanceof PracticeError) return error
  if (code === 'SQLITE_FULL' || code === '53100' || code === 'ENOSPC' || code === 'EDQUOT')
    return new DiskFullError('the disk of the database is full: nothing was changed', { cause: error })
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'XX001' || code === 'XX002')
    return new DamagedError('the database is damaged: restore it from a backup', { cause: error })
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_BUSY') || code === 'SQLITE_CANTOPEN' || UNREACHABLE.test(code))
    return new DatabaseUnreachableError('the database does not answer', { cause: error })
  return error
}
