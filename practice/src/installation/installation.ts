/**
 * What is on this machine: nothing yet, the sample practice, or a practice; sealed or open. One process at a time has it.
 *
 * `FOLDER/practice` holds one's own practice, `FOLDER/sample` the invented one. Each has its key slots, its database and its sealed
 * documents. `key-slots.json` is written last when a practice is made: a folder without it is no practice. A database that others may share says
 * of each practice in it whether it came that far.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Db,
  type Engine,
  hasSqlite,
  haveToOneself,
  instantText,
  type Migration,
  migrate,
  newId,
  translateTrouble,
} from '#database'
import { ConflictError, NotFoundError, PracticeError, StoppingError } from '#errors'
import { syncFolder, writeDurably } from '#files'
import { SealedError } from '#http'
import { recordEvent } from '#journal'
import {
  addKeySlot,
  type KeyOffer,
  type KeySlots,
  loadKeySlots,
  MASTER_KEY_BYTES,
  MasterKey,
  makeRecoveryWords,
  openMasterKey,
  saveKeySlots,
} from '#keys'
import type { OpenPractice } from '#open-practice'
import { createOwner, type NewOwner } from '#people'
import { removeSetting } from '#settings'
import { copyBeforeMigration } from './copy-before-migration.ts'
import { type HeldLock, tryLock } from './lock.ts'
import { connect, findKey, refuseMissingDatabase, refuseOtherDatabase } from './opening.ts'

/** Another process has this folder. */
export class FolderInUseError extends PracticeError {
  readonly code = 'folder-in-use'
}

export interface InstallationOptions {
  /** where everything is kept; made when absent */
  readonly folder: string
  /** where a key file is put that lets this machine open the practice by itself; not in `folder`, so that a copy of one is not both */
  readonly keyFolder: string
  /** a PostgreSQL address for one's own practice; absent: embedded */
  readonly database?: string
  /** an S3 address for one's own practice's sealed documents, whose credentials are in `env`; absent: in its folder */
  readonly documents?: string
  readonly now: () => Temporal.Instant
  readonly env?: Readonly<Record<string, string | undefined>>
  /** for tests of an upgrade; absent: all that this version has */
  readonly migrations?: readonly Migration[]
}

export type InstallationState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'sealed' }
  | { readonly kind: 'open'; readonly practice: OpenPractice; readonly isSample: boolean }

export interface NewPractice {
  readonly name: string
  /** JSON of the practice's facts */
  readonly facts: Readonly<Record<string, unknown>>
  readonly owner: NewOwner
  /** asked for when the program starts; absent: this machine opens the practice by itself, from a key file */
  readonly passphrase?: string | undefined
}

type Place = 'practice' | 'sample'

/** A setting that a practice has until its key slots are written: nobody was told of it before, and nobody can open it. */
const UNFINISHED = 'set-up.unfinished'

export class Installation {
  readonly options: InstallationOptions
  #lock: HeldLock | undefined
  #open: { practice: OpenPractice; place: Place } | undefined
  #isSealed = false
  #setUps: Promise<unknown> = Promise.resolve()

  private constructor(options: InstallationOptions) {
    this.options = options
  }

  /**
   * Takes the folder, and opens what this machine can open by itself.
   *
   * @throws {FolderInUseError} another process has it
   */
  static async start(options: InstallationOptions): Promise<Installation> {
    const installation = new Installation(options)
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    installation.#lock = takeFolder(options.folder)
    try {
      await installation.#openWhatIsThere()
      return installation
    } catch (error) {
      await installation.close()
      throw error
    }
  }

  state(): InstallationState {
    if (this.#open !== undefined) return { kind: 'open', practice: this.#open.practice, isSample: this.#open.place === 'sample' }
    return this.#isSealed ? { kind: 'sealed' } : { kind: 'empty' }
  }

  /** @throws {SealedError} when there is none that is open */
  practice(): OpenPractice {
    if (this.#open === undefined) throw new SealedError('no practice is open here yet')
    return this.#open.practice
  }

  /** @throws {WrongKeyError} when no slot takes what is offered */
  async unseal(offer: KeyOffer): Promise<OpenPractice> {
    if (this.#open !== undefined) return this.#open.practice
    const slots = await loadKeySlots(this.#folderOf('practice'))
    if (slots === undefined) throw new NotFoundError('there is no practice to open')
    const master = await openMasterKey(slots, offer)
    return this.#openWith('practice', slots, master, offer.kind)
  }

  /**
   * Makes one's own practice. Its sample, if one is open, is put away.
   *
   * @returns the words of the recovery kit, which are shown once and kept nowhere
   * @throws {ConflictError} there is one already
   */
  createPractice(wanted: NewPractice): Promise<{ practice: OpenPractice; recoveryWords: string }> {
    return this.#settingUp(() => this.#createPractice(wanted))
  }

  async #createPractice(wanted: NewPractice): Promise<{ practice: OpenPractice; recoveryWords: string }> {
    if ((await loadKeySlots(this.#folderOf('practice'))) !== undefined)
      throw new ConflictError('there is a practice here already')
    const recoveryWords = makeRecoveryWords()
    const offers: (KeyOffer & { label: string; path?: string })[] = [{ kind: 'recovery-kit', words: recoveryWords, label: 'kit' }]
    if (wanted.passphrase !== undefined) offers.push({ kind: 'passphrase', passphrase: wanted.passphrase, label: 'passphrase' })
    else offers.push(await this.makeKeyFile())
    const practice = await this.#create('practice', wanted, offers)
    await this.#removeSample()
    return { practice, recoveryWords }
  }

  /**
   * Makes the sample practice: an owner, and all that `fill` puts into it. Its key lies beside it: nothing in it is secret. One that was not
   * finished is made anew.
   *
   * @returns what `fill` returns
   * @throws {ConflictError} there is a practice here already
   */
  createSample<T>(owner: NewOwner, name: string, fill: (practice: OpenPractice) => Promise<T>): Promise<T> {
    return this.#settingUp(() => this.#createSample(owner, name, fill))
  }

  async #createSample<T>(owner: NewOwner, name: string, fill: (practice: OpenPractice) => Promise<T>): Promise<T> {
    this.refuseWherePracticeIs()
    await rm(this.#folderOf('sample'), { recursive: true, force: true })
    await mkdir(this.#folderOf('sample'), { recursive: true, mode: 0o700 })
    const path = join(this.#folderOf('sample'), 'sample.key')
    const bytes = await writeKeyFile(path)
    let filled: T | undefined
    await this.#create(
      'sample',
      { name, facts: {}, owner },
      [{ kind: 'key-file', bytes, path, label: 'sample' }],
      async (practice) => {
        filled = await fill(practice)
      },
    )
    return filled as T
  }

  /** @throws {ConflictError} there is a practice here already, open or sealed, one's own or the sample */
  refuseWherePracticeIs(): void {
    if (this.#open !== undefined || this.#isSealed) throw new ConflictError('there is a practice here already')
  }

  /** The ways in of the practice that is here. @returns undefined where there is none */
  async keySlots(): Promise<KeySlots | undefined> {
    return loadKeySlots(this.#folderOf(this.#open?.place ?? 'practice'))
  }

  /** Writes a new key file on this machine, for a slot that lets it open the practice by itself. */
  async makeKeyFile(): Promise<KeyOffer & { readonly label: string; readonly path: string }> {
    await mkdir(this.options.keyFolder, { recursive: true, mode: 0o700 })
    const path = join(this.options.keyFolder, `${newId()}.key`)
    return { kind: 'key-file', bytes: await writeKeyFile(path), path, label: 'this machine' }
  }

  /** Waits for a set-up that is under way: the folder is nobody else's before it ends. */
  async close(): Promise<void> {
    const lock = this.#lock
    this.#lock = undefined
    await this.#setUps
    const open = this.#open
    this.#open = undefined
    await open?.practice.db.destroy()
    lock?.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #openWhatIsThere(): Promise<void> {
    for (const place of ['practice', 'sample'] as const) {
      const slots = await loadKeySlots(this.#folderOf(place))
      if (slots === undefined) continue
      if (place === 'practice') await this.#removeSample()
      const found = await findKey(slots, this.options.env ?? process.env)
      if (found === undefined) this.#isSealed = true
      else await this.#openWith(place, slots, found.master, found.kind)
      return
    }
  }

  async #settingUp<T>(work: () => Promise<T>): Promise<T> {
    if (this.#lock === undefined) throw new StoppingError('this installation is closed')
    const made = work()
    this.#setUps = Promise.allSettled([this.#setUps, made])
    return made
  }

  async #create(
    place: Place,
    wanted: Omit<NewPractice, 'passphrase'>,
    offers: readonly (KeyOffer & { label: string; path?: string })[],
    fill: (practice: OpenPractice) => Promise<void> = async () => {},
  ): Promise<OpenPractice> {
    const folder = this.#folderOf(place)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (place === 'practice') await putAsideWhatWasAbandoned(folder, this.options.now())
    const practiceId = newId()
    const master = MasterKey.make()
    const now = this.options.now()
    let slots: KeySlots = { version: 1, practiceId, slots: [] }
    for (const offer of offers) slots = (await addKeySlot(slots, master, offer, { label: offer.label, now })).slots
    const { db, engine } = this.#connect(place, master)
    try {
      await migrate(db, engine, now)
      await refuseSecondPractice(db)
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto('practice')
          .values({
            id: practiceId,
            name: wanted.name,
            facts: JSON.stringify(wanted.facts),
            created_at: instantText(now),
            is_sample: place === 'sample' ? 1 : 0,
          })
          .execute()
        await tx
          .insertInto('setting')
          .values({ practice_id: practiceId, name: UNFINISHED, value: 'true', changed_at: instantText(now), changed_by: '' })
          .execute()
        const owner = await createOwner(tx, practiceId, wanted.owner, now)
        const actor = { accountId: owner, role: 'owner' as const, address: 'console' }
        await recordEvent(tx, practiceId, actor, now, { action: 'practice.created', subject: `practice:${practiceId}` })
      })
      await fill({ id: practiceId, db, engine, master, folder, now: this.options.now })
      await finish({ db, engine, folder }, slots)
    } catch (error) {
      await db.destroy()
      throw error
    }
    await this.#open?.practice.db.destroy()
    return this.#hold(place, practiceId, master, db, engine)
  }

  async #openWith(place: Place, slots: KeySlots, master: MasterKey, by: KeyOffer['kind']): Promise<OpenPractice> {
    const folder = this.#folderOf(place)
    if (this.#isEmbedded(place)) await refuseMissingDatabase(folder)
    const { db, engine } = this.#connect(place, master)
    try {
      const now = this.options.now()
      const { database: address, migrations } = this.options
      await refuseOtherDatabase(db, slots.practiceId)
      await copyBeforeMigration({ db, engine, folder, master, now, address, migrations })
      const ran = await migrate(db, engine, now, migrations)
      await db.transaction().execute(async (tx) => {
        await removeSetting(tx, slots.practiceId, UNFINISHED)
        await recordEvent(tx, slots.practiceId, undefined, now, { action: 'database.unsealed', details: { by } })
        if (ran.length > 0)
          await recordEvent(tx, slots.practiceId, undefined, now, { action: 'database.migrated', details: { ran } })
      })
      return this.#hold(place, slots.practiceId, master, db, engine)
    } catch (error) {
      await db.destroy()
      throw translateTrouble(error)
    }
  }

  #hold(place: Place, id: string, master: MasterKey, db: Db, engine: Engine): OpenPractice {
    const { documents: address, env: environment = process.env, now } = this.options
    const documents = place === 'sample' || address === undefined ? {} : { documents: { address, environment } }
    const practice = { id, db, engine, master, folder: this.#folderOf(place), now, ...documents }
    this.#open = { practice, place }
    this.#isSealed = false
    return practice
  }

  #connect(place: Place, master: MasterKey): { db: Db; engine: Engine } {
    return connect(this.#folderOf(place), master, this.#isEmbedded(place) ? undefined : this.options.database)
  }

  #isEmbedded(place: Place): boolean {
    return place === 'sample' || this.options.database === undefined
  }

  #folderOf(place: Place): string {
    return join(this.options.folder, place)
  }

  /** One that will not go is tried again at the next start: it is no reason to lose the recovery words, nor to open nothing. */
  async #removeSample(): Promise<void> {
    await rm(this.#folderOf('sample'), { recursive: true, force: true }).catch(() => {})
  }
}

function takeFolder(folder: string): HeldLock {
  const lock = tryLock(join(folder, 'in-use.lock'))
  if (lock === undefined) throw new FolderInUseError(`${folder}: Couronne is running here already`)
  return lock
}

/** What a set-up left that was killed before its key slots were written: nobody can open it. Kept, out of the way. */
async function putAsideWhatWasAbandoned(folder: string, now: Temporal.Instant): Promise<void> {
  if (!(await hasSqlite(folder)) || existsSync(join(folder, 'key-slots.json'))) return
  const aside = `${folder}.abandoned-${now.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')}-${newId()}`
  await rename(folder, aside)
  await mkdir(folder, { mode: 0o700 })
  await syncFolder(join(folder, '..'))
}

/**
 * From here on the practice is one, and the only one of its database. The key slots are written inside the transaction, while nobody else may
 * look; should the database break it off, they are written again.
 *
 * @throws {ConflictError} another was sooner
 */
async function finish({ db, engine, folder }: Pick<OpenPractice, 'db' | 'engine' | 'folder'>, slots: KeySlots): Promise<void> {
  let isFinished = false
  const finishing = db.transaction().execute(async (tx) => {
    await haveToOneself(tx, engine)
    await refuseSecondPractice(tx)
    await saveKeySlots(folder, slots)
    isFinished = true
    await removeSetting(tx, slots.practiceId, UNFINISHED)
  })
  await finishing.catch((error: unknown) => {
    // It is whole, and its recovery words are still to be shown: opening it the next time takes the mark away.
    if (!isFinished) throw error
  })
}

/** One whose set-up was killed before its key slots were written stays where it is, closed for good. @throws {ConflictError} */
async function refuseSecondPractice(db: Db): Promise<void> {
  const unfinished = db.selectFrom('setting').select('practice_id').where('name', '=', UNFINISHED)
  const found = await db.selectFrom('practice').select('id').where('id', 'not in', unfinished).limit(1).executeTakeFirst()
  if (found !== undefined)
    throw new ConflictError('this database holds a practice already: bring its key-slots.json here, or name another database')
}

async function writeKeyFile(path: string): Promise<Uint8Array> {
  const bytes = randomBytes(MASTER_KEY_BYTES)
  await writeDurably(path, bytes)
  return bytes
}
