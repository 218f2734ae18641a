/**
 * For tests: a practice with two or three mirrors in memory that are plugged in and taken away, and what it must never lose.
 *
 * Each step is a process of its own: it opens the mirrors, does its work, and ends or is killed. What is backed up is a few files out of a
 * handful, so that nearly everything was there before: what counts on what was pruned elsewhere is the point.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError, VaultError } from '#errors'
import { type BlobId, decodeIndexFile, decodeUnpacked, encodeTree, type Snapshot, type SnapshotId, type TreeNode } from '#format'
import { type BlobLocation, initRepository, type Mirror, MirrorRegistry, openRepository, type Repository } from '#repository'
import { forwarding, type MemoryStorage, memoryStorage, type ObjectKind, type Storage } from '#storage'
import { catchUp } from './catch-up.ts'
import { forget, planForget } from './forget.ts'
import { heal } from './heal.ts'
import { attachMirrors, mirrorsThatLack } from './mirror.ts'
import { planPrune, prune } from './prune/index.ts'
import { confirmSnapshot } from './recover-marked.ts'
import { planRepairIndex, repairIndex } from './repair/index.ts'
import { lastOf } from './stock-bench.suite.ts'
import { unlock } from './unlock.ts'

const PASSWORD = 'a test'
/** Nothing is cut here; looking for one takes longer than a step. */
const POLYNOMIAL = 0x3da3358b4dc173n
const DAY_MS = 24 * 3600_000
const FILES = 6
const KNOWN_FILES = ['mirrors.json', 'owed.jsonl'] as const

export const STEPS = [
  ...['backup', 'backup', 'backup', 'stock backup', 'stock backup', 'stock backup begins', 'stock backup ends'],
  ...['forget', 'forget', 'prune', 'instant prune', 'instant prune', 'forget and prune', 'forget and prune', 'a day passes'],
  ...['damage', 'damage', 'sync', 'sync', 'heal', 'unlock', 'stock prune'],
] as const
export type StepName = (typeof STEPS)[number]

export const MISHAPS = ['killed', 'unplugged', 'stock backup meanwhile', 'backup to another mirror meanwhile'] as const

/** One step: what is done, numbers that choose by what there is, and what befalls it at its n-th call of a storage. */
export interface Step {
  readonly name: StepName
  /** The mirrors that are plugged in from now on, by the bits; as before when none is. */
  readonly plugged: number
  readonly which: number
  readonly content: number
  readonly mishap: { readonly at: number; readonly kind: 'none' | (typeof MISHAPS)[number] }
}

interface Place {
  readonly storage: MemoryStorage
  isPlugged: boolean
}

interface StockBackup {
  readonly place: Place
  readonly lock: string
  readonly finish: () => Promise<void>
}

/** What a storage call meets. */
type OnCall = (place: Place) => Promise<void>

export class MirrorModel implements AsyncDisposable {
  readonly #places: readonly Place[]
  readonly #folder: string
  readonly #registry: MirrorRegistry
  /** What each acknowledged snapshot holds, by the files' numbers; those that were forgotten are not among them. */
  readonly #acknowledged = new Map<SnapshotId, readonly number[]>()
  readonly #damaged = new Set<string>()
  #hasFlips = false
  #clockMs = 0
  #seconds = 0
  #stock: StockBackup | undefined
  readonly log: string[] = []

  private constructor(places: readonly Place[], folder: string, registry: MirrorRegistry) {
    this.#places = places
    this.#folder = folder
    this.#registry = registry
  }

  static async create(mirrors: number, folder: string): Promise<MirrorModel> {
    const storages = Array.from({ length: mirrors }, (_, at) => memoryStorage({ location: `memory:${'abc'[at]}` }))
    await using repository = await initRepository(storages, {
      password: PASSWORD,
      scrypt: { n: 2, r: 1, p: 1 },
      chunkerPolynomial: POLYNOMIAL,
    })
    const registry = new MirrorRegistry(repository.id, { folder })
    for (const { location } of storages) registry.add(location)
    return new MirrorModel(
      storages.map((storage) => ({ storage, isPlugged: true })),
      folder,
      registry,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async take(step: Step): Promise<void> {
    const { name, which, content, plugged } = step
    const some = plugged & ((1 << this.#places.length) - 1)
    for (const [at, place] of this.#places.entries()) if (some > 0) place.isPlugged = ((some >> at) & 1) === 1
    const place = this.#places[which % this.#places.length]!
    const there = this.#places.map(({ isPlugged, storage }) => (isPlugged ? storage.location.slice(-1) : '-')).join('')
    const said = await this.#do(step, place, which, content)
    this.log.push(
      `[${there}] ${name} ${place.storage.location}${step.mishap.kind === 'none' ? '' : ` (${step.mishap.kind} at ${step.mishap.at})`}: ${said}`,
    )
  }

  async #do(step: Step, place: Place, which: number, content: number): Promise<string> {
    switch (step.name) {
      case 'a day passes':
        this.#clockMs += DAY_MS
        return 'passed'
      case 'damage':
        return this.#damage(place, content)
      case 'stock backup':
        return place.isPlugged ? this.#attempt(async () => (await this.#beginStock(place, content)).finish()) : 'away'
      case 'stock backup begins':
        if (!place.isPlugged || this.#stock !== undefined) return 'no'
        return this.#attempt(async () => {
          this.#stock = await this.#beginStock(place, content)
        })
      case 'stock backup ends':
        return this.#endStock()
      case 'stock prune':
        return place.isPlugged ? this.#attempt(() => this.#stockPrune(place)) : 'away'
      default:
        return this.#process(step, (session) => this.#work(step.name, session, which, content))
    }
  }

  async #stockPrune({ storage }: Place): Promise<void> {
    await using repository = await openRepository(storage, { password: PASSWORD })
    await using lock = await repository.lock({ purpose: 'prune', exclusive: true })
    await lastOf(prune(repository, await planPrune(repository, { lock, mode: 'instant', maxUnused: { bytes: 0 } })))
  }

  async #endStock(): Promise<string> {
    const stock = this.#stock
    this.#stock = undefined
    if (stock === undefined) return 'none'
    if (!stock.place.isPlugged) return 'unplugged under it'
    return this.#attempt(() => stock.finish())
  }

  async #work(name: StepName, session: Session, which: number, content: number): Promise<void> {
    const { repository } = session
    switch (name) {
      case 'backup': {
        await this.#acknowledge(await backUp(repository, filesOf(content), this.#nextTime()))
        await this.#acknowledgeAll(session)
        return
      }
      case 'forget': {
        const snapshots = await repository.snapshots()
        if (snapshots.length < 2) return
        const { id } = snapshots[which % snapshots.length]!
        this.#acknowledged.delete(id)
        await lastOf(forget(repository, await planForget(repository, { snapshots: [id] })))
        return
      }
      case 'forget and prune':
        await this.#work('forget', session, which, content)
        return this.#prune(session, 'instant')
      case 'prune':
      case 'instant prune':
        return this.#prune(session, name === 'prune' ? 'two-phase' : 'instant')
      case 'sync':
        return this.#catchUpAll(session, ({ isCurrent, debts }) => !isCurrent || debts.size > 0)
      case 'heal':
        for await (const event of heal(repository, { registry: this.#registry, readData: 'all' })) {
          if (event.kind !== 'summary') continue
          for (const { code, object, mirror } of event.summary.left) session.says(`${mirror} ${code} ${object.slice(0, 8)}`)
        }
        return
      default:
        await unlock(repository, { all: true })
    }
  }

  /** Deletes nothing of which a mirror has no other copy, whatever the others have. That is told by sizes, not by bytes. */
  async #prune(session: Session, mode: 'two-phase' | 'instant'): Promise<void> {
    if (this.#hasFlips) return this.#pruneAnyhow(session, mode)
    const before = await Promise.all(this.#places.map(({ storage }) => this.#wholeOn(storage)))
    try {
      await this.#pruneAnyhow(session, mode)
    } finally {
      for (const [at, { storage }] of this.#places.entries()) {
        const still = new Map([...before[at]!].filter(([id]) => this.#acknowledged.has(id)))
        const wrong = await this.#whatIsWrong(storage, still)
        if (wrong !== undefined) assert.fail(`${wrong}, after a prune`)
      }
    }
  }

  async #pruneAnyhow(session: Session, mode: 'two-phase' | 'instant'): Promise<void> {
    const { repository } = session
    // The prune would only wait and refuse.
    if ((await mirrorsThatLack(repository)).length > 0) return this.#catchUpAll(session)
    await using lock = await repository.lock({ purpose: 'prune', exclusive: mode === 'instant' })
    const now = () => Temporal.Now.instant().add({ milliseconds: this.#clockMs })
    const plan = await planPrune(repository, { lock, mode, now, maxUnused: { bytes: 0 } })
    await lastOf(prune(repository, plan))
    await lock[Symbol.asyncDispose]()
    await this.#catchUpAll(session, ({ isCurrent, debts }) => !isCurrent || debts.size > 0)
  }

  /** As the command line does it after a backup. */
  async #acknowledgeAll(session: Session): Promise<void> {
    for (const mirror of session.repository.storage.current) {
      const name = session.names.get(mirror)
      if (name !== undefined) this.#registry.markCurrent(name)
    }
    await this.#catchUpAll(session)
  }

  async #catchUpAll(session: Session, isLate = ({ isCurrent }: Mirror) => !isCurrent): Promise<void> {
    const { repository } = session
    const late = repository.storage.mirrors.filter(isLate)
    const stay = await this.#catchUpEach(session, late)
    if (stay < late.length) await this.#catchUpEach(session, await mirrorsThatLack(repository))
  }

  async #catchUpEach({ repository, names, says }: Session, mirrors: readonly Mirror[]): Promise<number> {
    let stay = 0
    for (const mirror of mirrors) {
      try {
        await mirror.storage.load('config', '')
        const options = { registry: this.#registry, name: names.get(mirror)! }
        for await (const event of catchUp(repository, mirror, options)) {
          if (event.kind === 'finding') says(`${mirror.location} ${event.finding.kind}: ${event.finding.message}`)
        }
      } catch (error) {
        if (!(error instanceof VaultError)) throw error
        stay++
      }
    }
    return stay
  }

  /** A process: opens what is plugged in, works, and meets its mishap. */
  async #process({ mishap, which, content }: Step, work: (session: Session) => Promise<void>): Promise<string> {
    let calls = 0
    let known: Map<string, string | undefined> | undefined
    const onCall: OnCall = async (place) => {
      calls++
      if (known !== undefined) throw gone()
      if (calls === mishap.at) {
        if (mishap.kind === 'killed') {
          // What the process would do after its end, it has not done.
          known = this.#known()
          throw gone()
        }
        const other = this.#places[(which + 1) % this.#places.length]!
        if (mishap.kind === 'unplugged') other.isPlugged = false
        if (mishap.kind === 'backup to another mirror meanwhile') await this.#backUpTo(other, content + 1)
        if (mishap.kind === 'stock backup meanwhile' && other.isPlugged)
          await this.#attempt(async () => (await this.#beginStock(other, content + 1)).finish())
      }
      if (!place.isPlugged) throw gone()
    }
    const said: string[] = []
    const outcome = await this.#attempt(async () => {
      const storages = this.#places.map((place) => watched(place, onCall))
      await using repository = await openRepository(storages, { password: PASSWORD })
      const { names } = await attachMirrors(repository, this.#registry)
      await work({ repository, names, says: (line) => said.push(line) })
    })
    if (known !== undefined) this.#restoreKnown(known)
    // Whoever finds a lock in the way takes it away, sooner or later.
    if (known !== undefined && content % 4 > 0) this.#dropLocks()
    return [known === undefined ? outcome : 'killed', ...said].join('; ')
  }

  /** By another process, for which this mirror is the only one that is plugged in. */
  async #backUpTo(place: Place, content: number): Promise<void> {
    const before = this.#places.map(({ isPlugged }) => isPlugged)
    for (const each of this.#places) each.isPlugged = each === place
    const step: Step = { name: 'backup', plugged: 0, which: 0, content, mishap: { at: 0, kind: 'none' } }
    this.log.push(`(meanwhile ${place.storage.location}: ${await this.#do(step, place, 0, content)})`)
    for (const [at, each] of this.#places.entries()) each.isPlugged = before[at]!
  }

  #dropLocks(): void {
    for (const { storage, isPlugged } of this.#places) {
      const locks = [...storage.objects.keys()].filter((key) => key.startsWith('locks/'))
      if (isPlugged) for (const key of locks) if (key !== this.#stock?.lock) storage.objects.delete(key)
    }
  }

  #known(): Map<string, string | undefined> {
    const read = (name: string) => {
      const path = join(this.#registry.folder, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined
    }
    return new Map(KNOWN_FILES.map((name) => [name, read(name)]))
  }

  #restoreKnown(known: ReadonlyMap<string, string | undefined>): void {
    for (const [name, text] of known) {
      const path = join(this.#registry.folder, name)
      if (text === undefined) rmSync(path, { force: true })
      else writeFileSync(path, text)
    }
  }

  async #attempt(work: () => Promise<unknown>): Promise<string> {
    try {
      await work()
      return 'done'
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      return error.message
    }
  }

  /** Another machine, or stock restic, that knows of this mirror only. */
  async #beginStock(place: Place, content: number): Promise<StockBackup> {
    const onCall: OnCall = async ({ isPlugged }) => {
      if (!isPlugged) throw gone()
    }
    const repository = await openRepository(watched(place, onCall), { password: PASSWORD })
    // A laptop that slept for an hour: its lock is old and it goes on.
    const lock = await repository.lock({ exclusive: false, now: () => Temporal.Now.instant().subtract({ hours: 1 }) })
    await repository.loadIndex()
    const finish = async () => {
      await using _repository = repository
      await using _lock = lock
      await lock.assertHeld()
      await this.#acknowledge(await writeSnapshot(repository, filesOf(content), this.#nextTime()))
    }
    return { place, lock: `locks/${lock.id}`, finish }
  }

  /** Nobody could have known: what counted on a pack that was damaged wherever the snapshot went is not asked for. */
  async #acknowledge({ id, files }: Acknowledged): Promise<void> {
    const holders = this.#places.filter(({ storage }) => storage.objects.has(`snapshots/${id}`))
    const wrong = await Promise.all(holders.map(({ storage }) => this.#whatIsWrong(storage, [[id, files]])))
    if (wrong.every((each) => each !== undefined)) {
      assert.ok(this.#damaged.size > 0, `${wrong[0]}, just acknowledged`)
      this.log.push(`(in vain: ${wrong[0]})`)
    } else this.#acknowledged.set(id, files)
  }

  #nextTime(): string {
    return Temporal.Instant.fromEpochMilliseconds(1_700_000_000_000 + 1000 * this.#seconds++).toString()
  }

  /**
   * Damages an object that others still give: another mirror has it right, or, of a pack, has what is needed of it in others.
   */
  async #damage({ storage }: Place, content: number): Promise<string> {
    const keys = [...storage.objects.keys()].filter((key) => /^(data|index|snapshots)\//.test(key))
    if (keys.length === 0) return 'nothing there'
    const key = keys[content % keys.length]!
    // A mirror that does not know of a snapshot may prune what that one needs.
    const snapshots = [...storage.objects.keys()].filter((each) => each.startsWith('snapshots/'))
    const others = this.#places.filter(
      (place) => place.storage !== storage && snapshots.every((each) => place.storage.objects.has(each)),
    )
    const areRight = await Promise.all(others.map((place) => this.#isRight(place, key)))
    if (!areRight.some(Boolean) && !(await this.#isNeedless(key, others))) return 'spared'
    const bytes = storage.objects.get(key)!
    this.#hasFlips ||= content % 3 > 0
    if (content % 3 === 0) storage.objects.delete(key)
    else
      storage.objects.set(
        key,
        bytes.map((byte, at) => (at === content % bytes.length ? byte ^ 1 : byte)),
      )
    this.#damaged.add(key)
    return `${content % 3 === 0 ? 'lost' : 'flipped'} ${key.slice(0, 14)}`
  }

  /** Flips a bit in each pack of a mirror that holds a file. */
  async rot(at: number, file: number): Promise<void> {
    const { storage } = this.#places[at]!
    for (const { pack, offset } of await this.#packsOf(storage, file)) {
      const bytes = Uint8Array.from(storage.objects.get(`data/${pack}`)!)
      bytes[offset]! ^= 1
      this.#hasFlips = true
      storage.objects.set(`data/${pack}`, bytes)
      this.log.push(`${storage.location}: ${file} rots in ${pack.slice(0, 8)}`)
    }
  }

  /** Takes the n-th of the packs that hold a file, in the order of the index, away from a mirror, or changes its length there. */
  async lose(at: number, file: number, nth: number, how: 'whole' | 'half' | 'end' | 'none, it grows' = 'whole'): Promise<void> {
    const { storage } = this.#places[at]!
    const packs = await this.#packsOf(storage, file)
    const key = `data/${packs[nth]!.pack}`
    const bytes = storage.objects.get(key)!
    if (how === 'whole') storage.objects.delete(key)
    else if (how === 'none, it grows') storage.objects.set(key, Buffer.concat([bytes, new Uint8Array(1)]))
    else storage.objects.set(key, bytes.subarray(0, how === 'half' ? bytes.length / 2 : -1))
    this.log.push(`${storage.location}: loses (${how}) ${key.slice(0, 13)}, which holds ${file}`)
  }

  async #packsOf(storage: Storage, file: number): Promise<BlobLocation[]> {
    await using repository = await openRepository(storage, { password: PASSWORD })
    await repository.loadIndex()
    const id = repository.primitives.sha256Hex(fileBytes(file)) as BlobId
    return [...repository.index.findAll('data', id)]
  }

  /** Which mirrors are not called current. */
  notCurrent(): string[] {
    return this.#registry.list().flatMap(({ behind, address }) => (behind === undefined ? [] : [`${address}: ${behind.code}`]))
  }

  /** Nothing is missing on one mirror, whatever it is called. */
  requireAllOn(at: number): Promise<void> {
    return this.#requireAllOn(this.#places[at]!.storage)
  }

  async #isIndexLost(): Promise<boolean> {
    for (const key of this.#damaged) {
      if (!key.startsWith('index/')) continue
      const right = await Promise.all(this.#places.map((place) => this.#isRight(place, key)))
      if (!right.some(Boolean)) return true
    }
    return false
  }

  async #isRight({ storage }: Place, key: string): Promise<boolean> {
    const bytes = storage.objects.get(key)
    return bytes !== undefined && (await sha256(bytes)) === key.slice(key.indexOf('/') + 1)
  }

  /** Whether the other mirrors give every blob of a pack in other packs: those that they list with the right bytes and an index names. */
  async #isNeedless(key: string, others: readonly Place[]): Promise<boolean> {
    if (!key.startsWith('data/')) return false
    await using repository = await openRepository(
      this.#places.map(({ storage }) => storage),
      { password: PASSWORD },
    )
    const blobs = new Set<string>()
    const given = new Set<string>()
    for (const { storage } of this.#places) {
      for (const [name, bytes] of storage.objects) {
        if (!name.startsWith('index/') || (await sha256(bytes)) !== name.slice(6)) continue
        const { packs } = decodeIndexFile(decodeUnpacked(repository.primitives, repository.key, bytes))
        for (const pack of packs) {
          const isThis = `data/${pack.id}` === key
          for (const { type, id } of isThis ? pack.blobs : []) blobs.add(`${type}/${id}`)
          if (isThis || !others.some((other) => other.storage.objects.has(name))) continue
          for (const other of others) {
            if (!other.storage.objects.has(name) || !(await this.#isRight(other, `data/${pack.id}`))) continue
            for (const { type, id } of pack.blobs) given.add(`${type}/${id}`)
          }
        }
      }
    }
    return blobs.size > 0 && blobs.isSubsetOf(given)
  }

  /** Everything is plugged in, unlocked, synced and healed: nothing that was acknowledged is lost. */
  async requireAll(): Promise<void> {
    await this.#endStock()
    const calm = { mishap: { at: 0, kind: 'none' }, plugged: 7, which: 0, content: 0 } as const
    for (const name of ['unlock', 'sync', 'heal', 'sync'] as const) await this.take({ ...calm, name })
    const behind = this.#registry.list().filter((record) => record.behind !== undefined)
    // Of what was damaged here and pruned there nobody has right bytes any more: such a mirror is not called current.
    const inVain = behind.filter(({ behind: why }) => ![...this.#damaged].some((key) => why!.reason.includes(key)))
    assert.deepEqual(
      inVain.map(({ name, behind: why }) => `${name}: ${why!.reason}`),
      [],
      'a mirror stays behind only for what was damaged',
    )
    assert.ok(behind.length < this.#places.length, 'some mirror is current in the end')
    for (const { storage } of this.#places) {
      if (behind.every(({ address }) => address !== storage.location)) await this.#requireAllOn(storage)
    }
  }

  async #requireAllOn(storage: MemoryStorage): Promise<void> {
    if (await this.#isIndexLost()) {
      // Heal leaves to repair an index that is damaged wherever it still is: what it named must be there.
      await using repository = await openRepository(storage, { password: PASSWORD })
      await lastOf(repairIndex(repository, await planRepairIndex(repository)))
    }
    const wrong = await this.#whatIsWrong(storage, this.#acknowledged)
    if (wrong !== undefined) assert.fail(wrong)
  }

  /** The first of these snapshots that one mirror alone does not give back. */
  async #whatIsWrong(
    storage: MemoryStorage,
    snapshots: Iterable<readonly [SnapshotId, readonly number[]]>,
  ): Promise<string | undefined> {
    await using repository = await openRepository(storage, { password: PASSWORD })
    await repository.loadIndex()
    for (const [id, files] of snapshots) {
      const wrong = await whyNotGiven(repository, id, files)
      if (wrong !== undefined) return `${storage.location}: snapshot ${id.slice(0, 8)} of ${files}: ${wrong}`
    }
    return undefined
  }

  /** The acknowledged snapshots that one mirror alone gives back. */
  async #wholeOn(storage: MemoryStorage): Promise<ReadonlyMap<SnapshotId, readonly number[]>> {
    await using repository = await openRepository(storage, { password: PASSWORD })
    await repository.loadIndex()
    const whole = new Map<SnapshotId, readonly number[]>()
    for (const [id, files] of this.#acknowledged) if (!(await whyNotGiven(repository, id, files))) whole.set(id, files)
    return whole
  }
}

async function whyNotGiven(repository: Repository, id: SnapshotId, files: readonly number[]): Promise<string | undefined> {
  try {
    const nodes = await repository.loadTree((await repository.snapshot(id)).tree)
    const loaded = nodes.map(async ({ content }) => (await repository.loadBlob('data', content![0]!)).toHex())
    assert.deepEqual((await Promise.all(loaded)).sort(), files.map((file) => fileBytes(file).toHex()).sort())
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

interface Acknowledged {
  readonly id: SnapshotId
  readonly files: readonly number[]
}

interface Session {
  readonly repository: Repository
  readonly names: ReadonlyMap<Mirror, string>
  readonly says: (line: string) => void
}

function gone(): StorageError {
  return new StorageError('unreachable', 'not plugged in')
}

function watched(place: Place, onCall: OnCall): Storage {
  const inner = place.storage
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    await onCall(place)
    return work()
  }
  return {
    ...forwarding(inner),
    create: (options) => call(() => inner.create(options)),
    save: (kind, name, bytes, options) => call(() => inner.save(kind, name, bytes, options)),
    replace: (kind, name, bytes, options) => call(() => inner.replace(kind, name, bytes, options)),
    load: (kind, name, options) => call(() => inner.load(kind, name, options)),
    stat: (kind, name, options) => call(() => inner.stat(kind, name, options)),
    remove: (kind, name, options) => call(() => inner.remove(kind, name, options)),
    async *list(kind: ObjectKind, options) {
      await onCall(place)
      yield* inner.list(kind, options)
    },
  }
}

/** Up to three of the files. */
function filesOf(content: number): number[] {
  return [...new Set([content % FILES, Math.floor(content / FILES) % FILES, Math.floor(content / FILES ** 2) % FILES])]
}

function fileBytes(file: number): Uint8Array {
  return Uint8Array.from({ length: 200 + file }, (_, at) => (at * 31 + file * 7 + ((at * file) % 251)) & 255)
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))).toHex()
}

async function backUp(repository: Repository, files: readonly number[], time: string) {
  await using lock = await repository.lock({ exclusive: false })
  repository.dropIndex()
  await repository.loadIndex({ countsOn: 'listed packs' })
  const saved = await writeSnapshot(repository, files, time, () => lock.assertHeld())
  return saved
}

/** As a backup does it: blobs, packs, indexes, and the snapshot last. Files with even numbers get a pack of their own. */
async function writeSnapshot(
  repository: Repository,
  files: readonly number[],
  time: string,
  beforeSnapshot?: () => Promise<void>,
): Promise<{ id: SnapshotId; files: readonly number[] }> {
  const nodes: TreeNode[] = []
  const [first, second] = [repository.writer(), repository.writer()]
  for (const [parity, writer] of [first, second].entries()) {
    for (const file of files.filter((each) => each % 2 === parity)) {
      nodes.push(fileNode(`file${file}`, await writer.save('data', fileBytes(file)), time))
    }
  }
  await first.flush()
  nodes.sort((a, b) => Buffer.compare(a.name, b.name))
  const tree = await second.save('tree', encodeTree(nodes))
  await second.flush()
  await beforeSnapshot?.()
  const snapshot: Snapshot = {
    ...{ time, tree, paths: ['/practice'], hostname: 'practice', username: 'x', uid: 0, gid: 0 },
    ...{ excludes: [], tags: [], programVersion: '', extra: {} },
  }
  const id = await repository.saveSnapshot(snapshot)
  await confirmSnapshot(repository, snapshot)
  return { id, files }
}

function fileNode(name: string, content: BlobId, time: string): TreeNode {
  return {
    name: new TextEncoder().encode(name),
    type: 'file',
    ...{ mode: 0o644, mtime: time, atime: time, ctime: time, uid: 0, gid: 0, user: '', group: '' },
    ...{ inode: 0n, deviceId: 0n, size: 0, links: 0, xattrs: [], device: 0n, error: '', unknownMembers: [] },
    content: [content],
    subtree: undefined,
  }
}
