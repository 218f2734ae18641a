/**
 * Every verb that changes a repository, both ways with stock restic 0.14 and 0.18: ours in a repository that theirs has filled, theirs in
 * one that we have filled. Afterwards both read every byte and find no error, list the same snapshots, restore the same files; and both
 * go on from there: a backup, and a prune.
 */
import assert from 'node:assert/strict'
import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { changePassword, openRepository } from '@couronne/vault'
import { Desk, PASSWORD } from '../cli/desk.ts'
import { restic014, restic018, run } from '../peers/peers.ts'

type Version = '0.14' | '0.18'
type Call = (place: string, args: readonly string[], password?: string) => Promise<string>

const PROGRAMS: Readonly<Record<Version, () => string>> = { '0.14': restic014, '0.18': restic018 }
const VERSIONS = ['0.14', '0.18'] as const
const NEW_PASSWORD = 'another password'

interface Verb {
  readonly name: string
  readonly ours: (place: string) => readonly string[]
  /** As each restic calls it; a version that has no such verb is left out. */
  readonly theirs: Readonly<Partial<Record<Version, (place: string) => readonly string[]>>>
  /** Version of the repository; 2 when absent. */
  readonly repository?: 1
  /** What happens to the repository before. */
  readonly damage?: (place: string) => void
  /** Snapshots afterwards; 3 when absent. */
  readonly snapshots?: number
  /** The result is in a repository of its own. */
  readonly isCopy?: true
  /** What opens it afterwards, when it is another. */
  readonly password?: string
}

/** The same words for all. */
function alike(name: string, args: (place: string) => readonly string[], more: Partial<Verb> = {}): Verb {
  return { name, ours: args, theirs: { '0.14': args, '0.18': args }, ...more }
}

let desk: Desk
const templates = new Map<string, string>()

const VERBS: readonly Verb[] = [
  alike('backup', () => ['backup', 'practice', '--tag', 'more'], { snapshots: 4 }),
  alike('tag', () => ['tag', '--add', 'added']),
  alike('forget', () => ['forget', '--keep-last', '1'], { snapshots: 1 }),
  {
    ...alike('forget and prune', () => ['forget', '--keep-last', '1', '--prune'], { snapshots: 1 }),
    ours: () => ['forget', '--keep-last', '1', '--prune', '--instant-delete'],
  },
  alike('forget and prune in two phases', () => ['forget', '--keep-last', '1', '--prune'], { snapshots: 1 }),
  alike('key add', () => ['key', 'add', '--new-password-file', desk.path('next')], { password: NEW_PASSWORD }),
  alike('key passwd', () => ['key', 'passwd', '--new-password-file', desk.path('next')], { password: NEW_PASSWORD }),
  alike('copy', (place) => ['copy', '--from-repo', place], { isCopy: true }),
  alike('migrate', () => ['migrate', 'upgrade_repo_v2'], { repository: 1 }),
  {
    name: 'repair index',
    ours: () => ['repair', 'index'],
    theirs: { '0.14': () => ['rebuild-index'], '0.18': () => ['repair', 'index'] },
    damage: (place) => rmSync(join(place, 'index', readdirSync(join(place, 'index'))[0]!)),
  },
  alike('recover', () => ['recover'], {
    damage: (place) => {
      rmSync(join(place, 'snapshots'), { recursive: true })
      mkdirSync(join(place, 'snapshots'))
    },
    snapshots: 1,
  }),
  {
    name: 'rewrite',
    ours: () => ['rewrite', '--exclude', 'base.sql', '--forget'],
    theirs: { '0.18': () => ['rewrite', '--exclude', 'base.sql', '--forget'] },
  },
]

describe('both ways', { concurrency: 2 }, () => {
  before(async () => {
    desk = new Desk()
    desk.write('next', `${NEW_PASSWORD}\n`)
    desk.newSource()
    for (const version of VERSIONS)
      for (const repository of [2, 1] as const) await fill(`theirs-${version}`, repository, stock(version))
    for (const repository of [2, 1] as const) await fill('ours', repository, ours)
  })
  after(() => desk[Symbol.asyncDispose]())

  for (const version of VERSIONS) {
    for (const verb of VERBS) {
      const args = verb.theirs[version]
      if (args === undefined) continue
      test(`restic ${version}, ${verb.name}: ours in theirs`, () => tryVerb(verb, version, `theirs-${version}`, ours, verb.ours))
      test(`restic ${version}, ${verb.name}: theirs in ours`, () => tryVerb(verb, version, 'ours', stock(version), args))
    }
  }
})

/** A repository with three snapshots, of a source that changes in between. */
async function fill(name: string, version: 1 | 2, call: Call): Promise<void> {
  const place = desk.path(`${name}-${version}`)
  await call(place, ['init', '--repository-version', String(version)])
  {
    // The same password, cheap to try: how long a guess takes is not what is tried here.
    await using repository = await openRepository(place, { password: PASSWORD })
    await changePassword(repository, { current: PASSWORD, next: PASSWORD }, { scrypt: { n: 2, r: 1, p: 1 } })
  }
  for (const day of [1, 2, 3]) {
    await call(place, ['backup', 'practice', '--host', 'alpha', '--tag', `day${day}`])
    appendFileSync(desk.path('practice/base.sql'), `-- ${name} ${version} ${day}\n`)
  }
  templates.set(`${name}-${version}`, place)
}

function environment(password: string) {
  return { RESTIC_PASSWORD: password, RESTIC_FROM_PASSWORD: PASSWORD }
}

const ours: Call = async (place, args, password = PASSWORD) =>
  (await desk.vault(['-r', place, ...args], { env: environment(password) })).stdout

function stock(version: Version): Call {
  return async (place, args, password = PASSWORD) => {
    const env = { ...desk.env, ...environment(password) }
    return (await run(PROGRAMS[version](), ['-r', place, '--no-cache', ...args], { cwd: desk.folder, env })).stdout
  }
}

let places = 0

async function tryVerb(verb: Verb, version: Version, origin: string, call: Call, args: Verb['ours']): Promise<void> {
  const { repository = 2, snapshots = 3, password = PASSWORD } = verb
  const place = desk.path(`place-${places++}`)
  cpSync(templates.get(`${origin}-${repository}`)!, place, { recursive: true })
  verb.damage?.(place)
  if (verb.isCopy) await call(`${place}-copy`, ['init'])
  const result = verb.isCopy ? `${place}-copy` : place
  await call(result, args(place))
  const both = [ours, stock(version)]
  for (const each of both) await each(result, ['check', '--read-data'], password)
  const [mine, yours] = await Promise.all(both.map((each) => listing(each, result, password)))
  assert.deepEqual(mine, yours)
  assert.equal(mine!.length, snapshots)
  const [a, b] = [`${place}-a`, `${place}-b`]
  await ours(result, ['restore', 'latest', '--target', a], password)
  await stock(version)(result, ['restore', 'latest', '--target', b], password)
  await run('diff', ['-r', '--no-dereference', a, b])
  // Both go on from there.
  for (const each of both) await each(result, ['backup', 'practice', '--host', 'beta'], password)
  await stock(version)(result, ['forget', '--keep-last', '1', '--group-by', 'host', '--prune'], password)
  await ours(result, ['forget', '--keep-last', '1', '--group-by', '', '--prune', '--instant-delete'], password)
  for (const each of both) await each(result, ['check', '--read-data'], password)
}

async function listing(call: Call, place: string, password: string): Promise<string[]> {
  const snapshots = JSON.parse(await call(place, ['snapshots', '--json'], password)) as { id: string; tree: string }[]
  return snapshots.map(({ id, tree }) => `${id} ${tree}`).sort()
}
