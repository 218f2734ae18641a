/** Locks that the system gives back when the process dies, on every system: an exclusive transaction in an empty database. */
import { closeSync, openSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3-multiple-ciphers'

const WAIT_MS = 30

/** Holds the lock until it is disposed of. */
export interface HeldLock extends Disposable {
  /** may be called twice */
  readonly release: () => void
}

/** @returns undefined when somebody else has it, here or in another process */
export function tryLock(path: string): HeldLock | undefined {
  makePrivate(path)
  const lock = new Sqlite(path, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (String((error as { code?: string }).code).startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
  const release = () => void lock.close()
  return { release, [Symbol.dispose]: release }
}

/** Waits for its turn. @returns undefined when others have had it for all of `waitMsMax` */
export async function lockSoon(path: string, waitMsMax: number): Promise<HeldLock | undefined> {
  for (let waited = 0; ; waited += WAIT_MS) {
    const held = tryLock(path)
    if (held !== undefined || waited >= waitMsMax) return held
    await setTimeout(WAIT_MS)
  }
}

/** For this user alone: whoever may read it could hold it. One that is there is not opened: closing it would give this process's own lock back. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
