/**
 * Stock restic and we work by turns on one repository, step by step at random, beside a model of what must be in it: which snapshots, with
 * which tags and hosts, and what each restores to. Thirty steps here; five times a hundred with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { openRepository } from '@couronne/vault'
import { CAMPAIGN, digestOf, PASSWORD, SEED, Workbench } from './workbench.ts'

const STEPS = CAMPAIGN ? 100 : 30
const RUNS = CAMPAIGN ? 5 : 1
const LOOK_EVERY = 5
const FIRST_TIME = Date.parse('2026-01-01T00:00:00Z')
const MINUTE = 60_000
const HOSTS = ['cabinet', 'accueil']
const TAGS = ['matin', 'soir', 'litige']

type Program = 'restic' | 'couronne'

/** A snapshot as it must be. It is known by its time, which tags, copies and rewriting leave alone. */
interface Expected {
  readonly host: string
  tags: Set<string>
  /** Lines of {@link digestOf}. */
  contents: readonly string[]
}

class Model {
  readonly bench: Workbench
  readonly random: SeededRandom
  readonly repository: string
  readonly other: string
  readonly snapshots = new Map<number, Expected>()
  /** In the second repository. */
  readonly copies = new Map<number, Expected>()
  #step = 0
  #files = 0

  constructor(bench: Workbench, random: SeededRandom, [repository, other]: readonly [string, string]) {
    this.bench = bench
    this.random = random
    this.repository = repository
    this.other = other
  }

  /** Takes one step. @returns what it was */
  async step(): Promise<string> {
    this.#step++
    const steps: readonly (readonly [weight: number, step: (by: Program) => Promise<string>])[] = [
      [8, (by) => this.#backUp(by)],
      [1, () => this.#killBackup()],
      [2, (by) => this.#forgetOne(by)],
      [1, (by) => this.#forgetByRule(by)],
      [3, (by) => this.#prune(by)],
      [3, (by) => this.#tag(by)],
      [2, (by) => this.#rewrite(by)],
      [2, (by) => this.#copy(by)],
      [1, (by) => this.#rebuildIndex(by)],
    ]
    const by = this.random.pick(['restic', 'couronne'] as const)
    if (this.snapshots.size < 2) return this.#backUp(by)
    const wheel = steps.flatMap(([weight, step]) => Array.from({ length: weight }, () => step))
    return this.random.pick(wheel)(by)
  }

  /** Both programs see what must be there; a snapshot restores to what it must, by either. */
  async look(): Promise<void> {
    for (const [repository, expected] of [
      [this.repository, this.snapshots],
      [this.other, this.copies],
    ] as const) {
      await this.bench.check(repository)
      await this.bench.couronne(['check', '--read-data'], { at: repository })
      assert.deepEqual(await this.#seenByRestic(repository), listOf(expected))
      assert.deepEqual(await this.#seenByUs(repository), listOf(expected))
    }
    await this.restore(this.random.pick([...this.snapshots.keys()]), this.random.pick(['restic', 'couronne']))
  }

  async restore(time: number, by: Program, repository = this.repository): Promise<void> {
    const { contents } = (repository === this.other ? this.copies : this.snapshots).get(time)!
    const digest = await this.bench.digestOfRestored(await this.#idOf(time, repository), by, { at: repository })
    assert.deepEqual(digest.split('\n'), contents, `the snapshot of ${new Date(time).toISOString()}`)
  }

  #run(by: Program, args: readonly string[], repository = this.repository) {
    return by === 'restic' ? this.bench.restic(args, { at: repository }) : this.bench.couronne(args, { at: repository })
  }

  async #idOf(time: number, repository = this.repository): Promise<string> {
    const found = (await this.bench.snapshots(repository)).find((snapshot) => Date.parse(snapshot.time) === time)
    assert.ok(found, `the snapshot of ${new Date(time).toISOString()} is not there`)
    return found.id
  }

  async #seenByRestic(repository: string): Promise<string[]> {
    const snapshots = await this.bench.snapshots(repository)
    return snapshots.map(({ time, hostname, tags }) => printed(Date.parse(time), hostname, tags ?? []))
  }

  async #seenByUs(place: string): Promise<string[]> {
    await using repository = await openRepository(place, { password: PASSWORD })
    return (await repository.snapshots()).map(({ time, hostname, tags }) => printed(Date.parse(time), hostname, tags))
  }

  async #backUp(by: Program): Promise<string> {
    const changes = await this.#change()
    const time = FIRST_TIME + this.#step * MINUTE
    const host = this.random.pick(HOSTS)
    const tags = TAGS.filter(() => this.random.chance(0.3))
    const when = new Date(time).toISOString().slice(0, 19).replace('T', ' ')
    await this.#run(by, ['backup', '--host', host, '--time', when, ...tags.flatMap((tag) => ['--tag', tag]), 'source'])
    this.snapshots.set(time, { host, tags: new Set(tags), contents: (await digestOf(this.bench.source)).split('\n') })
    return `${by} backs up after ${changes}`
  }

  /** Killed in the middle: nothing may show but packs that nobody needs, and a lock. */
  async #killBackup(): Promise<string> {
    const changes = await this.#change()
    const child = this.bench.start(['backup', '--host', HOSTS[0]!, 'source'], { at: this.repository })
    const closed = once(child, 'close')
    const afterMs = 300 + this.random.below(500)
    await Promise.race([closed, pause(afterMs)])
    child.kill('SIGKILL')
    await closed
    const by = this.random.pick(['restic', 'couronne'] as const)
    await this.#run(by, ['unlock'])
    await this.#takeInUnplanned()
    return `couronne is killed after ${afterMs} ms of a backup after ${changes}; ${by} unlocks`
  }

  /** It was faster than the kill: then its snapshot, of the true time, holds the source. */
  async #takeInUnplanned(): Promise<void> {
    for (const { id, time } of await this.bench.snapshots(this.repository)) {
      if (this.snapshots.has(Date.parse(time))) continue
      const digest = await this.bench.digestOfRestored(id, 'restic', { at: this.repository })
      assert.equal(digest, await digestOf(this.bench.source))
      await this.bench.couronne(['forget', id], { at: this.repository })
    }
  }

  async #forgetOne(by: Program): Promise<string> {
    const time = this.random.pick([...this.snapshots.keys()])
    await this.#run(by, ['forget', await this.#idOf(time)])
    this.snapshots.delete(time)
    return `${by} forgets one`
  }

  async #forgetByRule(by: Program): Promise<string> {
    const last = this.random.between(2, 6)
    const withPrune = this.random.chance(0.5)
    await this.#run(by, [
      'forget',
      '--keep-last',
      String(last),
      '--keep-tag',
      'litige',
      '--group-by',
      'host',
      ...(withPrune ? ['--prune'] : []),
    ])
    for (const host of HOSTS) {
      const times = [...this.snapshots].filter(([, each]) => each.host === host).map(([time]) => time)
      for (const time of times.sort((a, b) => b - a).slice(last)) {
        if (!this.snapshots.get(time)!.tags.has('litige')) this.snapshots.delete(time)
      }
    }
    return `${by} keeps the last ${last} of each host and what is tagged litige${withPrune ? ', and prunes' : ''}`
  }

  async #prune(by: Program): Promise<string> {
    const args = by === 'couronne' && this.random.chance(0.5) ? ['--instant-delete'] : []
    const maxUnused = this.random.pick(['0', '5%', 'unlimited'])
    await this.#run(by, ['prune', '--max-unused', maxUnused, ...args])
    return `${by} prunes to ${maxUnused} unused ${args.join(' ')}`
  }

  async #tag(by: Program): Promise<string> {
    const time = this.random.pick([...this.snapshots.keys()])
    const expected = this.snapshots.get(time)!
    const tag = this.random.pick(TAGS)
    const how = this.random.pick(['add', 'remove', 'set'] as const)
    await this.#run(by, ['tag', `--${how}`, tag, await this.#idOf(time)])
    if (how === 'set') expected.tags = new Set([tag])
    else if (how === 'add') expected.tags.add(tag)
    else expected.tags.delete(tag)
    return `${by} tags: ${how} ${tag}`
  }

  async #rewrite(by: Program): Promise<string> {
    const time = this.random.pick([...this.snapshots.keys()])
    const expected = this.snapshots.get(time)!
    const files = expected.contents.map((line) => line.split(' ')[0]!).filter((path) => /\/f\d+$/.test(path))
    if (files.length === 0) return 'nothing to take out'
    const name = this.random.pick(files).split('/').at(-1)!
    await this.#run(by, ['rewrite', '--forget', '--exclude', name, await this.#idOf(time)])
    expected.contents = expected.contents.filter((line) => !line.split(' ')[0]!.endsWith(`/${name}`))
    return `${by} takes ${name} out of one`
  }

  async #copy(by: Program): Promise<string> {
    const time = this.random.pick([...this.snapshots.keys()])
    if (this.copies.has(time)) return 'nothing to copy'
    await this.#run(by, ['copy', '--from-repo', this.repository, await this.#idOf(time)], this.other)
    const { host, tags, contents } = this.snapshots.get(time)!
    this.copies.set(time, { host, tags: new Set(tags), contents })
    return `${by} copies one`
  }

  async #rebuildIndex(by: Program): Promise<string> {
    await this.#run(by, ['repair', 'index', ...(this.random.chance(0.5) ? ['--read-all-packs'] : [])])
    return `${by} repairs the index`
  }

  /** Changes the source a little. */
  async #change(): Promise<string> {
    const count = this.random.between(1, 6)
    for (let i = 0; i < count; i++) await this.#changeOne()
    return `${count} changes`
  }

  async #changeOne(): Promise<void> {
    const folder = join(this.bench.source, this.random.pick(['a', 'b', 'a/deep']))
    await mkdir(folder, { recursive: true })
    const there = (await readdir(folder)).filter((name) => /^f\d+$/.test(name)).sort()
    const fresh = join(folder, `f${this.#files++}`)
    const kind =
      there.length < 2 ? 'write' : this.random.pick(['write', 'write', 'overwrite', 'remove', 'rename', 'mode', 'time', 'link'])
    const old = join(folder, there.length === 0 ? 'none' : this.random.pick(there))
    const bytes = this.random.bytes(this.random.pick([0, 100, 5_000, 50_000, 900_000]))
    if (kind === 'write') await writeFile(fresh, bytes)
    else if (kind === 'overwrite') await writeFile(old, bytes)
    else if (kind === 'remove') await rm(old)
    else if (kind === 'rename') await rename(old, fresh)
    else if (kind === 'mode') await chmod(old, this.random.pick([0o600, 0o644, 0o755]))
    else if (kind === 'time') await utimes(old, 1_600_000_000, 1_600_000_000 + this.random.below(1000))
    else await symlink(this.random.pick(['nowhere', 'f0']), `${fresh}-link`)
  }
}

function printed(time: number, host: string, tags: readonly string[]): string {
  return `${new Date(time).toISOString()} ${host} ${[...tags].sort().join()}`
}

function listOf(snapshots: ReadonlyMap<number, Expected>): string[] {
  return [...snapshots].sort(([a], [b]) => a - b).map(([time, { host, tags }]) => printed(time, host, [...tags]))
}

describe('stock restic and we, by turns', () => {
  for (let run = 0; run < RUNS; run++) {
    test(`${STEPS} steps at random agree with a model`, async (context) => {
      const seed = `${SEED}${run === 0 ? '' : `-${run}`}`
      const random = new SeededRandom(`by turns ${seed}`)
      const version = random.chance(0.25) ? 1 : 2
      context.diagnostic(`seed ${seed}: format version ${version}`)
      process.env.TZ = 'UTC'
      await using bench = await Workbench.create('turns')
      const model = new Model(bench, random, [await bench.init('repository', { version }), await bench.init('other')])
      const taken: string[] = []
      try {
        for (let step = 1; step <= STEPS; step++) {
          taken.push(`${step}: ${await model.step()}`)
          if (step % LOOK_EVERY === 0) await model.look()
        }
        for (const time of model.snapshots.keys()) for (const by of ['restic', 'couronne'] as const) await model.restore(time, by)
        for (const time of model.copies.keys()) await model.restore(time, 'couronne', model.other)
      } catch (error) {
        throw new Error(`seed ${seed}, after:\n${taken.join('\n')}`, { cause: error })
      }
    })
  }
})
