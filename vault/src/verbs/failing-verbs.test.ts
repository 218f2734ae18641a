/**
 * Every verb but backup (which has a file of its own) while a storage fails, loses replies, lies, cuts short, stalls or dies at its n-th
 * call: it never says that it succeeded when it did not, what was there stays sound, and the next run comes to its end. One n of each
 * here; every n with COURONNE_CAMPAIGN=1. Storages are in memory; now and then stock restic judges them.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { VaultError, WrongPasswordError } from '#errors'
import { MirrorRegistry, type Repository } from '#repository'
import { type MemoryStorage, memoryStorage, type Storage } from '#storage'
import { catchUp } from './catch-up.ts'
import { type CheckFinding, check } from './check/index.ts'
import { copy, planCopy } from './copy.ts'
import { readObjects, writeObjects } from './damage.suite.ts'
import { forget, planForget } from './forget.ts'
import { heal } from './heal.ts'
import { changePassword } from './key.ts'
import { addMirror } from './mirror.ts'
import { planPrune, prune } from './prune/index.ts'
import { restore } from './restore/index.ts'
import { planRewrite, rewrite } from './rewrite.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'
import { planTag, tag } from './tag.ts'
import { CAMPAIGN, inTrouble, isSilentLoss, SEED, sample, TROUBLES, type Trouble } from './trouble.suite.ts'

const PASSWORD = 'a test'
const NEXT_PASSWORD = 'the next'
const CHEAP_SCRYPT = { n: 2, r: 1, p: 1 }
/** Of so many points, stock restic judges one. */
const JUDGED_EVERY = CAMPAIGN ? 20 : 5

/** From where every point begins. */
interface Beginning {
  readonly bench: StockBench
  /** Two snapshots after one that was forgotten: packs used, partly used, unused. */
  readonly full: ReadonlyMap<string, Uint8Array>
  /** A repository with another key, without snapshots. */
  readonly empty: ReadonlyMap<string, Uint8Array>
  /** What the newest snapshot restores to. */
  readonly files: ReadonlyMap<string, Buffer>
}

interface Verb {
  readonly name: string
  /** The storages that it works on. */
  readonly places: (beginning: Beginning) => MemoryStorage[]
  /** Which of them may get into trouble. */
  readonly sick: readonly number[]
  /** @returns whether it says that all was done. May be called again on the same places. */
  readonly run: (storages: readonly Storage[], beginning: Beginning) => Promise<boolean>
  /** The place whose lists nothing can be compared with: when it hides an object, only the next run, or check, finds out. */
  readonly believes?: number
  /** What must hold whatever happened, silent losses left out. */
  readonly always: (places: readonly MemoryStorage[], beginning: Beginning, cameToItsEnd: boolean) => Promise<void>
  /** What must hold once it has said that all was done. */
  readonly end: (places: readonly MemoryStorage[], beginning: Beginning) => Promise<void>
}

/** As a local disk: what is written is listed at once, so that nobody waits for a lock to settle. */
function aPlace(name: string, objects: ReadonlyMap<string, Uint8Array> = new Map()): MemoryStorage {
  const place = memoryStorage({ location: `memory:${name}`, objects: new Map(objects) })
  return { ...place, listsAtOnce: () => Promise.resolve(true) }
}

const aFull = ({ full }: Beginning, name = 'a') => aPlace(name, full)

/** Opens storages, works, and closes. */
async function on<T>(
  { bench }: Beginning,
  storages: readonly Storage[],
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  await using repository = await bench.open(storages)
  return await work(repository)
}

/** A place alone: check reads everything and finds no error. @returns its snapshots' IDs */
async function requireSound(beginning: Beginning, place: MemoryStorage, password = PASSWORD): Promise<string[]> {
  await using repository = await beginning.bench.open([place], { password })
  assert.deepEqual(await errorsOf(repository), [])
  return (await repository.snapshots()).map(({ id }) => id)
}

async function errorsOf(repository: Repository): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = []
  for await (const event of check(repository, { readData: 'all', withoutLock: true, workers: 1 })) {
    if (event.kind === 'finding' && event.finding.severity === 'error') findings.push(event.finding)
  }
  return findings
}

const snapshotsWithin =
  (...counts: readonly number[]) =>
  async ([place]: readonly MemoryStorage[], beginning: Beginning) => {
    const { length } = await requireSound(beginning, place!)
    assert.ok(counts.includes(length), `${length} snapshots`)
  }

function requireSame(a: MemoryStorage, b: MemoryStorage): void {
  const names = ({ objects }: MemoryStorage) => [...objects.keys()].filter((key) => !/^(locks|keys)/.test(key)).sort()
  assert.deepEqual(names(b), names(a))
  for (const name of names(a)) requireBytes(b, name, a.objects.get(name)!)
}

function requireBytes({ location, objects }: MemoryStorage, key: string, bytes: Uint8Array): void {
  assert.ok(Buffer.compare(objects.get(key) ?? new Uint8Array(), bytes) === 0, `${location}: ${key} is not what it was`)
}

/** A change of snapshots or packs in one place. */
function change(
  name: string,
  run: (repository: Repository) => Promise<boolean>,
  expected: { readonly always: readonly number[]; readonly end: Verb['end'] },
): Verb {
  return {
    name,
    places: (beginning) => [aFull(beginning)],
    sick: [0],
    run: (storages, beginning) => on(beginning, storages, run),
    always: snapshotsWithin(...expected.always),
    end: expected.end,
  }
}

const CHANGES: readonly Verb[] = [
  change(
    'forget',
    async (repository) => {
      const last = await lastOf(
        forget(
          repository,
          await planForget(repository, { policy: { last: 1 }, groupBy: { host: true, paths: false, tags: false } }),
        ),
      )
      assert.ok(last.kind === 'summary')
      return last.notRemoved.length === 0
    },
    { always: [1, 2], end: snapshotsWithin(1) },
  ),
  ...(['two-phase', 'instant'] as const).map((mode) =>
    change(
      `prune (${mode})`,
      async (repository) => {
        let isDone = true
        // The second run deletes what the first has marked.
        for (let phase = 0; phase < 2; phase++) {
          await using lock = await repository.lock({ purpose: 'prune', exclusive: mode === 'instant' })
          const plan = await planPrune(repository, { lock, mode, graceMs: 0, maxUnused: { bytes: 0 } })
          const last = await lastOf(prune(repository, plan))
          assert.ok(last.kind === 'summary')
          isDone &&= last.summary.notDeleted.length === 0
        }
        return isDone
      },
      { always: [2], end: requirePruned },
    ),
  ),
  change(
    'tag',
    async (repository) => {
      await lastOf(tag(repository, await planTag(repository, { add: ['added'] })))
      return true
    },
    {
      // Between the new snapshot and the removal of the old one, both are there.
      always: [2, 3],
      end: async (places, beginning) => {
        await on(beginning, places, async (repository) => {
          for (const { tags } of await repository.snapshots()) assert.ok(tags.includes('added'))
        })
      },
    },
  ),
  change(
    'rewrite with forget',
    async (repository) => {
      const plan = await planRewrite(repository, { newHost: 'another', exclude: ['nothing'], forget: true })
      await lastOf(rewrite(repository, plan))
      return true
    },
    {
      always: [2, 3],
      end: async (places, beginning) => {
        await on(beginning, places, async (repository) => {
          for (const { hostname } of await repository.snapshots()) assert.equal(hostname, 'another')
        })
      },
    },
  ),
]

/** Nothing is there that no snapshot needs. */
async function requirePruned([place]: readonly MemoryStorage[], beginning: Beginning): Promise<void> {
  await on(beginning, [place!], async (repository) => {
    await using lock = await repository.lock({ exclusive: true })
    const { statistics } = await planPrune(repository, { lock, mode: 'instant', maxUnused: { bytes: 0 } })
    assert.deepEqual([statistics.packfiles.repack, statistics.packfiles.remove_total], [0, 0])
  })
}

const KEY: Verb = {
  name: 'key passwd',
  places: (beginning) => [aFull(beginning)],
  sick: [0],
  run: async (storages, { bench }) => {
    // After a death, the new password may be the one that opens; the old one may be gone by then.
    const password = (await canOpen(bench, storages, PASSWORD)) ? PASSWORD : NEXT_PASSWORD
    await using repository = await bench.open(storages, { password })
    await changePassword(repository, { current: PASSWORD, next: NEXT_PASSWORD }, { scrypt: CHEAP_SCRYPT }).catch((error) => {
      if (password === PASSWORD || !(error instanceof WrongPasswordError)) throw error
    })
    return true
  },
  always: async ([place], beginning) => {
    const opens = await Promise.all([PASSWORD, NEXT_PASSWORD].map((password) => canOpen(beginning.bench, [place!], password)))
    assert.ok(opens.includes(true), 'neither password opens')
    await requireSound(beginning, place!, opens[0] ? PASSWORD : NEXT_PASSWORD)
  },
  end: async ([place], beginning) => {
    assert.deepEqual(
      await Promise.all([PASSWORD, NEXT_PASSWORD].map((password) => canOpen(beginning.bench, [place!], password))),
      [false, true],
    )
  },
}

async function canOpen(bench: StockBench, storages: readonly Storage[], password: string): Promise<boolean> {
  try {
    await using _repository = await bench.open(storages, { password })
    return true
  } catch (error) {
    if (error instanceof WrongPasswordError) return false
    throw error
  }
}

const COPY: Verb = {
  name: 'copy',
  places: (beginning) => [aFull(beginning), aPlace('e', beginning.empty)],
  sick: [0, 1],
  run: ([from, to], beginning) =>
    on(beginning, [from!], (source) =>
      on(beginning, [to!], async (destination) => {
        const last = await lastOf(copy(source, destination, await planCopy(source, destination)))
        assert.ok(last.kind === 'summary')
        return last.failed === 0
      }),
    ),
  always: async ([from, to], beginning) => {
    assert.equal((await requireSound(beginning, from!)).length, 2)
    assert.ok((await requireSound(beginning, to!)).length <= 2)
  },
  end: async ([, to], beginning) => assert.equal((await requireSound(beginning, to!)).length, 2),
}

/** One pack cut short, one gone, one index gone, a snapshot of junk. */
function damaged(beginning: Beginning): MemoryStorage {
  const place = aFull(beginning, 'b')
  const [first, second] = [...place.objects.keys()].filter((key) => key.startsWith('data/')).sort()
  const one = (kind: string) => [...place.objects.keys()].find((key) => key.startsWith(`${kind}/`))!
  place.objects.set(first!, place.objects.get(first!)!.subarray(0, 1000))
  place.objects.delete(second!)
  place.objects.set(one('snapshots'), new Uint8Array(300).fill(7))
  place.objects.delete(one('index'))
  return place
}

const HEAL: Verb = {
  name: 'heal',
  places: (beginning) => [aFull(beginning), damaged(beginning)],
  sick: [0, 1],
  run: (storages, beginning) =>
    on(beginning, storages, async (repository) => {
      const last = await lastOf(heal(repository, { readData: 'all', workers: 1 }))
      assert.ok(last.kind === 'summary')
      // A mirror that was left behind was not looked at.
      return last.summary.isSound && repository.storage.mirrors.every(({ isCurrent }) => isCurrent)
    }),
  always: async ([a, b], beginning) => {
    for (const [key, bytes] of beginning.full) if (!/^(locks|keys)/.test(key)) requireBytes(a!, key, bytes)
    for (const [key, bytes] of damaged(beginning).objects) {
      const right = beginning.full.get(key)!
      const wasRight = Buffer.compare(bytes, right) === 0
      const now = b!.objects.get(key)
      if (now === undefined) {
        // A damaged pack whose every blob could be saved has left the index.
        if (key.startsWith('index/')) await requireStillNamed(beginning, key, b!)
        else assert.ok(key.startsWith('data/') && !wasRight, `${key} is gone`)
        continue
      }
      assert.ok(
        Buffer.compare(now, right) === 0 || (!wasRight && Buffer.compare(now, bytes) === 0),
        `${key} is worse than it was`,
      )
    }
  },
  end: async ([a, b]) => requireSame(a!, b!),
}

/** What an index named that is gone from `place`, the others there name. */
async function requireStillNamed(beginning: Beginning, key: string, place: MemoryStorage): Promise<void> {
  const kept = [...beginning.full].filter(([name]) => name === key || /^(config|keys)/.test(name))
  const named = await blobsNamedAt(beginning, aPlace('alone', new Map(kept)))
  assert.ok(named.size > 0)
  assert.deepEqual([...named.difference(await blobsNamedAt(beginning, place))], [], `${key} is gone, and what it named`)
}

function blobsNamedAt(beginning: Beginning, place: MemoryStorage): Promise<Set<string>> {
  return on(beginning, [place], async (repository) => {
    await repository.loadIndex()
    return new Set(Array.from(repository.index.all(), ({ type, id }) => `${type}/${id}`))
  })
}

let registries = 0

const ADD_MIRROR: Verb = {
  name: 'mirror add',
  places: (beginning) => [aFull(beginning), aPlace('b')],
  sick: [0, 1],
  believes: 0,
  run: ([from, to], beginning) =>
    on(beginning, [from!], async (repository) => {
      const folder = beginning.bench.path(`state-${registries++}`)
      try {
        const last = await lastOf(addMirror(repository, new MirrorRegistry(repository.id, { folder }), to!))
        assert.ok(last.kind === 'summary')
        return last.summary.notCopied === 0
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }),
  always: requireMirrorOfSomeTime,
  end: async ([a, b]) => requireSame(a!, b!),
}

const CATCH_UP: Verb = {
  name: 'mirror sync',
  places: (beginning) => {
    const behind = aFull(beginning, 'b')
    for (const key of [...behind.objects.keys()]) if (/^(data|index|snapshots)\//.test(key)) behind.objects.delete(key)
    return [aFull(beginning), behind]
  },
  sick: [0, 1],
  believes: 0,
  run: (storages, beginning) =>
    on(beginning, storages, async (repository) => {
      const mirror = repository.storage.mirrors[1]!
      repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
      const last = await lastOf(catchUp(repository, mirror))
      assert.ok(last.kind === 'summary')
      return last.summary.notCopied === 0
    }),
  always: requireMirrorOfSomeTime,
  end: async ([a, b]) => requireSame(a!, b!),
}

/** The first is as it was; the second, once it is a repository, is a whole one. */
async function requireMirrorOfSomeTime([a, b]: readonly MemoryStorage[], beginning: Beginning): Promise<void> {
  requireSame(aFull(beginning), a!)
  if (b!.objects.has('config/')) assert.ok((await requireSound(beginning, b!)).length <= 2)
}

const TARGET = 'target'

const RESTORE: Verb = {
  name: 'restore',
  places: (beginning) => [aFull(beginning)],
  sick: [0],
  run: (storages, beginning) =>
    on(beginning, storages, async (repository) => {
      const last = await lastOf(restore(repository, 'latest', { target: beginning.bench.path(TARGET), workers: 1 }))
      assert.ok(last.kind === 'summary')
      return last.summary.failed === 0
    }),
  // What ends with an error leaves what it was at, for the next run to complete.
  always: async (_places, { bench, files }, cameToItsEnd) => {
    if (!cameToItsEnd) return
    for (const [name, bytes] of files) {
      const path = join(bench.path(TARGET), 'source', name)
      if (existsSync(path)) assert.ok((await readFile(path)).equals(bytes), `${name} is wrong`)
    }
  },
  end: async (_places, { bench, files }) => {
    for (const name of files.keys()) assert.ok(existsSync(join(bench.path(TARGET), 'source', name)), `${name} is not there`)
    await rm(bench.path(TARGET), { recursive: true })
  },
}

/** What says that a place with a damaged pack is sound has not looked. */
const CHECK: Verb = {
  name: 'check of a damaged place',
  places: (beginning) => {
    const place = aFull(beginning)
    const pack = [...place.objects.keys()].find((key) => key.startsWith('data/'))!
    place.objects.set(
      pack,
      place.objects.get(pack)!.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
    )
    return [place]
  },
  sick: [0],
  run: (storages, beginning) =>
    on(beginning, storages, async (repository) => {
      const last = await lastOf(check(repository, { readData: 'all', workers: 1 }))
      assert.ok(last.kind === 'summary')
      assert.equal(last.summary.isSound, false)
      return true
    }),
  always: async () => {},
  end: async () => {},
}

const VERBS: readonly Verb[] = [...CHANGES, KEY, COPY, HEAL, ADD_MIRROR, CATCH_UP, RESTORE, CHECK]

describe('while a storage is in trouble at its n-th call', { concurrency: 4 }, () => {
  let beginning: Beginning
  before(async () => {
    beginning = await begin()
  })
  after(() => beginning.bench[Symbol.asyncDispose]())

  for (const verb of VERBS) {
    for (const sick of verb.sick) {
      test(`${verb.name}${verb.sick.length > 1 ? `, ${sick === 0 ? 'the first' : 'the second'} place` : ''}`, async (context) => {
        let points = 0
        const failures: Error[] = []
        for (const trouble of TROUBLES) {
          const calls = await countCalls(verb, sick, beginning)
          for (const n of sample(calls, `${verb.name} ${sick} ${trouble.name}`)) {
            const judgedByRestic = ++points % JUDGED_EVERY === 0
            await examine(verb, sick, { ...trouble, at: n }, { beginning, judgedByRestic }).catch((cause) => {
              failures.push(new Error(`${trouble.name} at call ${n} of ${calls}`, { cause }))
            })
          }
        }
        if (failures.length > 0) throw new AggregateError(failures, `seed ${SEED}: ${failures.length} of ${points} points`)
        context.diagnostic(`seed ${SEED}: ${points} points`)
      })
    }
  }
})

async function begin(): Promise<Beginning> {
  const bench = await StockBench.create()
  await bench.fillForPrune()
  await bench.init('empty')
  const files = new Map<string, Buffer>()
  for (const name of ['a1', 'a2', 'a3', 'b3', 'c0', 'c1', 'd0', 'd1']) files.set(name, await readFile(join(bench.source, name)))
  return { bench, files, full: await readObjects(bench.repository), empty: await readObjects(bench.path('empty')) }
}

async function countCalls(verb: Verb, sick: number, beginning: Beginning): Promise<number> {
  const places = verb.places(beginning)
  const counted = inTrouble(places[sick]!, TROUBLES[0]!, Number.POSITIVE_INFINITY)
  assert.ok(await verb.run(places.with(sick, counted.storage as MemoryStorage), beginning))
  await verb.end(places, beginning)
  return counted.calls()
}

async function examine(
  verb: Verb,
  sick: number,
  { at, ...trouble }: Trouble & { readonly at: number },
  { beginning, judgedByRestic }: { readonly beginning: Beginning; readonly judgedByRestic: boolean },
): Promise<void> {
  const places = verb.places(beginning)
  const troubled = inTrouble(places[sick]!, trouble, at)
  const isDone = await verb
    .run(places.with(sick, troubled.storage as MemoryStorage), beginning)
    .catch((error) => assert.ok(error instanceof VaultError, String(error)))
  const hit = troubled.hit()
  if (isSilentLoss(trouble, hit)) {
    if (isDone) await requireNamed(beginning, places[sick]!, `${hit!.kind}/${hit!.name}`)
    return
  }
  const isHidden = trouble.mishap === 'truncates' && hit?.method === 'list'
  for (const place of places) for (const key of [...place.objects.keys()]) if (key.startsWith('locks/')) place.objects.delete(key)
  const cameToItsEnd = isDone !== undefined
  if (!isHidden || verb.believes !== sick) await verb.always(places, beginning, cameToItsEnd)
  if (isDone && !isHidden) await verb.end(places, beginning)
  assert.ok(await verb.run(places, beginning), 'the next run does not come to its end')
  await verb.always(places, beginning, true)
  await verb.end(places, beginning)
  if (judgedByRestic && verb !== CHECK && verb !== KEY) for (const place of places) await judge(beginning, place)
}

/** It took the object, spoiled it and said nothing; so did the verb. Then check names it, unless it is gone or was put right since. */
async function requireNamed({ bench }: Beginning, place: MemoryStorage, key: string): Promise<void> {
  const bytes = place.objects.get(key)
  if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') === key.split('/')[1]) return
  try {
    await using repository = await bench.open([place])
    const named = (await errorsOf(repository)).map(({ kind, object }) => `${kind}/${object}`)
    assert.ok(named.includes(key), `${key} is not among: ${named}`)
  } catch (error) {
    // A spoiled key or configuration opens nothing: that is said as well.
    if (!(error instanceof VaultError)) throw error
  }
}

let judged = 0

async function judge({ bench }: Beginning, { objects }: MemoryStorage): Promise<void> {
  const folder = bench.path(`judged-${judged++}`)
  await writeObjects(folder, objects)
  await bench.check({ repository: folder })
  await bench.restoreAll(folder)
  await rm(folder, { recursive: true })
}
