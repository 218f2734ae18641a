/** The one place where what went wrong becomes an exit code. The codes are restic's, so that its scripts keep working. */
import { VaultError } from '@couronne/vault'

export const EXIT = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  /** done, but some source files could not be read */
  incomplete: 3,
  noRepository: 10,
  locked: 11,
  wrongPassword: 12,
  interrupted: 130,
} as const

const OF_CODE: Readonly<Record<string, number>> = {
  'no-repository': EXIT.noRepository,
  locked: EXIT.locked,
  'wrong-password': EXIT.wrongPassword,
  usage: EXIT.wrongUse,
  address: EXIT.wrongUse,
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof VaultError) return OF_CODE[error.code] ?? EXIT.failed
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted
  return EXIT.failed
}
