/**
 * Transactions that the database itself broke off, because two of them waited for each other, one had read what the other has changed since, or
 * one had looked in vain for what the other has added since, are tried again: nothing of them is there. Whatever runs in a transaction may therefore run more than once; what it does outside of the
 * database it does after.
 */
import { setTimeout } from 'node:timers/promises'
import { Kysely, type TransactionBuilder } from 'kysely'

const TRIES_MAX = 5
const PAUSE_MS = 20

/** PostgreSQL: serialization failure, deadlock, a key that is there already. SQLite: another process has written since this transaction began to read. */
const BROKEN_OFF: ReadonlySet<unknown> = new Set(['40001', '40P01', '23505', 'SQLITE_BUSY_SNAPSHOT'])

export class RetryingKysely<T> extends Kysely<T> {
  override transaction(): TransactionBuilder<T> {
    const builder = super.transaction()
    const once = builder.execute.bind(builder)
    builder.execute = (work) => retrying(() => once(work))
    return builder
  }
}

async function retrying<R>(run: () => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries === TRIES_MAX || !BROKEN_OFF.has((error as { code?: unknown } | null)?.code)) throw error
      await setTimeout(PAUSE_MS * tries)
    }
  }
}
