/** From a folder with key slots to an open database: what the server and the command line have in common. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, type Engine, hasSqlite, openPostgresql, openSqlite } from '#database'
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

/** @throws {NotFoundError} the key slots are there and the embedded database is not */
export async function refuseMissingDatabase(folder: string): Promise<void> {
  if (await hasSqlite(folder)) return
  throw new NotFoundError(`${folder}: has key slots and no database: restore records.db and keyring.db from a backup`)
}

/** @param database a PostgreSQL address; undefined: embedded */
export function connect(folder: string, master: MasterKey, database: string | undefined): { db: Db; engine: Engine } {
  if (database !== undefined) return { db: openPostgresql(database), engine: 'postgresql' }
  const keys = { records: master.derive('records'), keyring: master.derive('keyring') }
  return { db: openSqlite(folder, keys), engine: 'sqlite' }
}
