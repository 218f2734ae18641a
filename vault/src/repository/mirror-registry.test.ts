import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MirrorRegistry } from './mirror-registry.ts'
import { stateFolder } from './state-folder.ts'

const ID = 'ab'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'couronne-registry-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = () => new MirrorRegistry(ID, { folder: join(folder, `${count++}`) })
const behind = { code: 'away', reason: 'it was unplugged', since: Temporal.Instant.from('2026-01-02T03:04:05Z') }

test('the state folder: the one that was chosen, else the system’s', () => {
  assert.equal(stateFolder({ COURONNE_STATE_DIR: '/var/state', HOME: '/home/a' }, 'linux'), '/var/state')
  assert.equal(stateFolder({ XDG_STATE_HOME: '/x', HOME: '/home/a' }, 'linux'), '/x/couronne')
  assert.equal(stateFolder({ XDG_STATE_HOME: 'relative', HOME: '/home/a' }, 'linux'), '/home/a/.local/state/couronne')
  assert.equal(stateFolder({ HOME: '/Users/a' }, 'darwin'), '/Users/a/Library/Application Support/couronne')
  assert.equal(stateFolder({ LOCALAPPDATA: '/local' }, 'win32'), '/local/couronne')
})

test('a mirror is added once an address, under a name of its own', () => {
  const registry = fresh()
  assert.deepEqual(registry.list(), [])
  const first = registry.add('/mnt/disk/practice')
  assert.equal(first.name, 'practice')
  assert.equal(registry.add('/mnt/disk/practice').name, 'practice')
  assert.equal(registry.add('rest:https://host/practice/').name, 'practice-2')
  assert.equal(registry.add('sftp:me@host:/x', { name: 'colleague' }).name, 'colleague')
  assert.throws(() => registry.add('/elsewhere', { name: 'colleague' }), { code: 'usage' })
  assert.deepEqual(
    registry.list().map(({ name }) => name),
    ['practice', 'practice-2', 'colleague'],
  )
  assert.deepEqual(new MirrorRegistry(ID, { folder: join(registry.folder, '..') }).list(), registry.list())
})

test('behind since the first reason, until it is current again', () => {
  const registry = fresh()
  registry.add('/a')
  registry.markBehind('a', behind)
  registry.markBehind('a', { code: 'away', reason: 'full', since: Temporal.Now.instant() })
  assert.deepEqual(registry.find('a')!.behind, behind)
  registry.markCurrent('a')
  const { behind: gone, acknowledgedAt } = registry.find('/a')!
  assert.equal(gone, undefined)
  assert.ok(acknowledgedAt !== undefined)
})

test('damaged until it is whole again, though it is gone on with', () => {
  const registry = fresh()
  registry.add('/a')
  registry.markBehind('a', behind)
  registry.markDamaged('a', 'it lacks a pack')
  const damaged = { code: 'damaged', reason: 'it lacks a pack', since: behind.since }
  registry.resume('a')
  registry.markCurrent('a')
  assert.deepEqual(registry.find('a')!.behind, damaged)
  registry.markWhole('a')
  assert.equal(registry.find('a')!.behind, undefined)
})

test('owed removals: noted, settled, forgotten with their mirror', () => {
  const registry = fresh()
  for (const name of ['a', 'b']) registry.add(`/${name}`)
  const [one, two] = ['11'.repeat(32), '22'.repeat(32)]
  registry.noteOwed({ mirror: 'a', kind: 'data', object: one })
  registry.noteOwed({ mirror: 'a', kind: 'index', object: two })
  registry.noteOwed({ mirror: 'b', kind: 'data', object: one })
  assert.deepEqual([...registry.owed('a')], [`data/${one}`, `index/${two}`])
  registry.settle('a', new Set([`data/${one}`]))
  assert.deepEqual([...registry.owed('a')], [`index/${two}`])
  registry.remove('a')
  assert.deepEqual([...registry.owed('a')], [])
  assert.deepEqual([...registry.owed('b')], [`data/${one}`])
  assert.deepEqual(
    registry.list().map(({ name }) => name),
    ['b'],
  )
})

test('half a line that a crash left spoils neither what came before nor what comes after', () => {
  const registry = fresh()
  registry.add('/a')
  const [one, two] = ['11'.repeat(32), '22'.repeat(32)]
  registry.noteOwed({ mirror: 'a', kind: 'data', object: one })
  appendFileSync(join(registry.folder, 'owed.jsonl'), '{"mirror":"a","kind":"da')
  registry.noteOwed({ mirror: 'a', kind: 'data', object: two })
  assert.deepEqual([...registry.owed('a')], [`data/${one}`, `data/${two}`])
})

test('junk in the journal names nothing to remove', () => {
  const registry = fresh()
  registry.add('/a')
  const lines = ['null', '[]', '{"mirror":"a","kind":"data","object":"../../etc"}', '{"mirror":"a","kind":"floor","object":"x"}']
  writeFileSync(join(registry.folder, 'owed.jsonl'), lines.join('\n'))
  assert.deepEqual([...registry.owed('a')], [])
})

test('a damaged list is said, not guessed', () => {
  for (const junk of [
    '',
    '{',
    '[]',
    '{"mirrors":{}}',
    '{"mirrors":[{"name":1}]}',
    '{"mirrors":[{"name":"a","address":"/a","addedAt":"soon"}]}',
  ]) {
    const registry = fresh()
    registry.add('/a')
    writeFileSync(join(registry.folder, 'mirrors.json'), junk)
    assert.throws(() => registry.list(), { code: 'format' }, junk)
    assert.throws(() => registry.markCurrent('a'), { code: 'format' })
  }
})

test('the list holds no secret, and only its owner may read it', () => {
  const registry = fresh()
  registry.add('/a')
  const files = readdirSync(registry.folder).sort()
  assert.deepEqual(files, ['lock', 'mirrors.json'])
  assert.ok(!/password|secret/i.test(readFileSync(join(registry.folder, 'mirrors.json'), 'utf8')))
})

test('several processes at once: nothing that one wrote is lost', async () => {
  const registry = fresh()
  registry.add('/a')
  const script = `
    const { MirrorRegistry } = await import(${JSON.stringify(new URL('./mirror-registry.ts', import.meta.url).href)})
    const registry = new MirrorRegistry('${ID}', { folder: ${JSON.stringify(join(registry.folder, '..'))} })
    const mine = process.argv[1]
    for (let i = 0; i < 20; i++) {
      registry.noteOwed({ mirror: 'a', kind: 'data', object: (mine + i.toString(16).padStart(2, '0')).padEnd(64, '0') })
      if (i % 5 === 4) registry.add('/mirror-' + mine + i)
    }`
  const children = ['aa', 'bb', 'cc'].map((name) =>
    spawn(process.execPath, ['--input-type=module', '-e', script, name], { stdio: ['ignore', 'ignore', 'inherit'] }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
  assert.deepEqual(codes, [0, 0, 0])
  assert.equal(registry.owed('a').size, 60)
  assert.equal(registry.list().length, 1 + 3 * 4)
})

test('a process that is killed while it holds the lock holds nobody up', async () => {
  const registry = fresh()
  registry.add('/a')
  const script = `
    const { DatabaseSync } = await import('node:sqlite')
    const lock = new DatabaseSync(${JSON.stringify(join(registry.folder, 'lock'))})
    lock.exec('BEGIN EXCLUSIVE')
    process.stdout.write('held')
    setInterval(() => lock, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  registry.markBehind('a', behind)
  assert.equal(registry.find('a')!.behind!.reason, behind.reason)
})
