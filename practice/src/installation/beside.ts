/** Opening a practice beside the server that may have it: for reading, and for what the database itself keeps apart. Nothing is migrated. */
import { join } from 'node:path'
import { pendingMigrations, translateTrouble } from '#database'
import { ConflictError, NotFoundError, WrongKeyError } from '#errors'
import { type KeyOffer, loadKeySlots, openMasterKey } from '#keys'
import type { OpenPractice } from '#open-practice'
import { connect, findKey, refuseMissingDatabase, refuseOtherDatabase } from './opening.ts'

export interface BesideOptions {
  /** what holds `practice` and `sample` */
  readonly folder: string
  /** a PostgreSQL address; absent: embedded */
  readonly database?: string
  /** asked when this machine cannot open the practice by itself */
  readonly offer: () => Promise<KeyOffer | undefined>
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface OpenedBeside extends AsyncDisposable {
  readonly practice: OpenPractice
}

/** @throws {NotFoundError} no practice there; {@link WrongKeyError}; {@link ConflictError} the database waits for a migration */
export async function openPracticeBeside(options: BesideOptions): Promise<OpenedBeside> {
  for (const place of ['practice', 'sample']) {
    const folder = join(options.folder, place)
    const slots = await loadKeySlots(folder)
    if (slots === undefined) continue
    const offered = async () => {
      const offer = await options.offer()
      if (offer === undefined)
        throw new WrongKeyError('this machine cannot open the practice by itself: give its passphrase or key file')
      return openMasterKey(slots, offer)
    }
    const master = (await findKey(slots, options.env ?? process.env))?.master ?? (await offered())
    const database = place === 'sample' ? undefined : options.database
    if (database === undefined) await refuseMissingDatabase(folder)
    const { db, engine } = connect(folder, master, database)
    try {
      await refuseOtherDatabase(db, slots.practiceId)
      if ((await pendingMigrations(db)).length > 0)
        throw new ConflictError('the database waits for a migration: start the server once')
      const practice = { id: slots.practiceId, db, engine, master, folder, now: () => Temporal.Now.instant() }
      return { practice, [Symbol.asyncDispose]: () => db.destroy() }
    } catch (error) {
      await db.destroy()
      throw translateTrouble(error)
    }
  }
  throw new NotFoundError(`${options.folder}: no practice is set up here`)
}
