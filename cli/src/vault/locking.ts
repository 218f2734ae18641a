/** `--no-lock` and `--retry-lock` as the verbs of the vault take them. */
import { parseDurationMs } from './durations.ts'
import type { GlobalOptions } from './options.ts'

export function lockRetry({ retryLock }: GlobalOptions): { readonly lockRetryMs?: number } {
  return retryLock === undefined ? {} : { lockRetryMs: parseDurationMs(retryLock) }
}

/** For verbs that only read. */
export function reading(options: GlobalOptions, signal: AbortSignal) {
  return { withoutLock: !options.lock, ...lockRetry(options), signal }
}
