/** From a folder with key slots to an open database: what the server and the command line have in common. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, type Engine, hasTables, KEYRING_FILE, openPostgresql, openSqlite, RECORDS_FILE } from '#database'
import { NotFoundError, WrongKeyError } from '#errors'
import { type KeyOffer, type KeySlots, type MasterKey, openMasterKey, SYSTEMD_CREDENTIAL } from '#keys'

export interface FoundKey {
  readonly master: MasterKey
  readonly kind: KeyOffer['kind']
}

type Environment = Readonly<Record<string, string | undefined>>

/** What this machine can open by itself: with a credential that systemd hands over, or a key file. @returns undefined when it cannot */
export async function findKey(slots: KeySlots, env: Environment): Promise<FoundKey | undefined> {
  for (const offer of await offersOfThisMachine(slots, env)) {
    try {
      return { master: await openMasterKey(slots, offer), kind: offer.kind }
    } catch (error) {
      if (!(error instanceof WrongKeyError)) throw error
    }
  }
  return undefined
}

async function offersOfThisMachine(slots: KeySlots, env: Environment): Promise<readonly KeyOffer[]> {
  const offers: KeyOffer[] = []
  const folder = env.CREDENTIALS_DIRECTORY
  const credential = folder === undefined ? undefined : await readIfThere(join(folder, SYSTEMD_CREDENTIAL))
  if (credential !== undefined) offers.push({ kind: 'systemd-credential', bytes: credential })
  for (const slot of slots.slots) {
    if (slot.kind !== 'key-file') continue
    const bytes = await readIfThere(slot.path)
    if (bytes !== undefined) offers.push({ kind: 'key-file', bytes })
  }
  return offers
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A medium that is not plugged in, a file for somebody else: another way in may be there.
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * What is not there would be made anew, empty, in the place of what a backup still has. A file of no bytes is what a failing disk leaves.
 *
 * @throws {NotFoundError} the key slots are there and a file of the embedded database is not
 */
export async function refuseMissingDatabase(folder: string): Promise<void> {
  for (const name of [RECORDS_FILE, KEYRING_FILE]) {
    if ((await sizeIfThere(join(folder, name))) > 0) continue
    throw new NotFoundError(
      `${folder}: has key slots and no ${name}, or an empty one: restore records.db and keyring.db from a backup`,
    )
  }
}

async function sizeIfThere(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/** @throws {NotFoundError} the database opens, and is another practice's, or nobody's: to be known before anything is written to it */
export async function refuseOtherDatabase(db: Db, practiceId: string): Promise<void> {
  const isThere =
    (await hasTables(db)) &&
    (await db.selectFrom('practice').select('id').where('id', '=', practiceId).executeTakeFirst()) !== undefined
  if (!isThere)
    throw new NotFoundError(
      'the database does not hold the practice of these key slots: name its own, or restore it from a backup',
      {
        about: { practice: practiceId },
      },
    )
}

/** @param database a PostgreSQL address; undefined: embedded */
export function connect(folder: string, master: MasterKey, database: string | undefined): { db: Db; engine: Engine } {
  if (database !== undefined) return { db: openPostgresql(database), engine: 'postgresql' }
  const keys = { records: master.derive('records'), keyring: master.derive('keyring') }
  return { db: openSqlite(folder, keys), engine: 'sqlite' }
}
