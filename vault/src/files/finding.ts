/**
 * Something on the way that could not be done for one entry, while the rest went on: the list of them is what makes a backup or a
 * restore "incomplete". Paths are the caller's own files: findings go to the caller, never into a log by themselves.
 */
import { codeOf } from './native.ts'

export interface Finding {
  /** Where, absolute, raw bytes. */
  readonly path: Uint8Array
  /** What was tried: `lstat`, `readdir`, `readlink`, `xattr`, `type`, `chown`… */
  readonly operation: string
  /** The system's code (`EACCES`, `ENOENT`…) or one of ours in the same shape. */
  readonly code: string
  /** One sentence for people. */
  readonly message: string
}

/** A finding made of what a failed call threw. */
export function findingOf(path: Uint8Array, operation: string, error: unknown): Finding {
  return { path, operation, code: codeOf(error), message: error instanceof Error ? error.message : String(error) }
}
