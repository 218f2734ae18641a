/** `--no-lock` and `--retry-lock` as the verbs of the vault take them. */
import { WrongUse } from '../wrong-use.ts'
import { parseDurationMs } from './durations.ts'
import type { GlobalOptions } from './options.ts'

export function lockRetry({ retryLock }: GlobalOptions): { readonly lockRetryMs?: number } {
  return retryLock === undefined ? {} : { lockRetryMs: parseDurationMs(retryLock) }
}

/** For verbs that only read. */
export function reading(options: GlobalOptions, signal: AbortSignal) {
  return { withoutLock: !options.lock, ...lockRetry(options), signal }
}

/** Deleting without a lock would pull the ground from under others. */
export function requireLock({ lock, dryRun }: GlobalOptions & { readonly dryRun?: boolean }): void {
  if (lock || dryRun) return
  throw new WrongUse({
    fr: '--no-lock ne va ici qu’avec --dry-run : ce qui efface verrouille',
    en: '--no-lock goes with --dry-run only here: what deletes takes a lock',
  })
}
