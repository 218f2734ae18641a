/** What backup writes is what stock restic writes: the same trees, and a repository that both use by turns. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, suite, test } from 'node:test'
import { type BackupSummary, backup, initRepository, openRepository } from '@couronne/vault'
import { restic014, restic018, run } from '../peers/peers.ts'
import { makeTrickyFolder, setRawLink } from './tricky-folder.ts'

const PASSWORD = 'correct horse'
const CHEAP_SCRYPT = { n: 1024, r: 8, p: 1 }
const folder = mkdtempSync(join(tmpdir(), 'couronne-interop-'))
/** Targets are relative to this: folders above them, which other programs change meanwhile, are then no part of the trees. */
const cwd = join(folder, 'sources')
const SOURCE = 'cabinet'
const source = join(cwd, SOURCE)

interface Peer {
  readonly name: string
  readonly program: () => string
}

const PEERS: readonly Peer[] = [
  { name: 'restic 0.14', program: restic014 },
  { name: 'restic 0.18', program: restic018 },
]

before(() => makeTrickyFolder(source))
// A link to bytes that are no UTF-8 loses them in restic before 0.16.
beforeEach(() => setRawLink(source, false))
after(() => rmSync(folder, { recursive: true }))

async function backUp(place: string, targets: readonly string[] = [SOURCE]): Promise<BackupSummary> {
  await using repository = await openRepository(place, { password: PASSWORD })
  let summary: BackupSummary | undefined
  for await (const event of backup(repository, targets, { cwd })) if (event.kind === 'summary') summary = event.summary
  assert.ok(summary)
  return summary
}

async function create(name: string, version: 1 | 2 = 2): Promise<string> {
  const place = join(folder, name)
  await using _created = await initRepository(place, { password: PASSWORD, scrypt: CHEAP_SCRYPT, version })
  return place
}

/** Runs stock restic and gives what it prints. */
async function stock(program: string, place: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(program, ['-r', place, '--no-cache', ...args], {
    cwd,
    env: { RESTIC_PASSWORD: PASSWORD },
  })
  return stdout
}

function lastJson(output: string): Record<string, unknown> {
  return JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, unknown>
}

for (const { name, program } of PEERS) {
  suite(`beside ${name}`, () => {
    test('the same folder has the same tree ID, so that the other stores nothing new', async () => {
      const place = await create(`same ${name}`)
      const ours = await backUp(place)
      assert.deepEqual(ours.unreadable, [])
      const theirs = lastJson(await stock(program(), place, 'backup', '--json', SOURCE))
      assert.equal(theirs.files_unmodified, ours.counts.total_files_processed)
      assert.equal(theirs.data_added, 0)
      const trees = new Set(
        (JSON.parse(await stock(program(), place, 'snapshots', '--json')) as { tree: string }[]).map(({ tree }) => tree),
      )
      assert.deepEqual([...trees], [ours.tree])
    })

    test('what it wrote is our parent, and we store nothing new', async () => {
      const place = await create(`parent ${name}`)
      await stock(program(), place, 'backup', SOURCE)
      const ours = await backUp(place)
      assert.ok(ours.parent)
      assert.equal(ours.counts.files_unmodified, ours.counts.total_files_processed)
      assert.equal(ours.counts.data_added, 0)
    })

    test('it finds no fault when it reads everything that we wrote, and restores it', async () => {
      const place = await create(`check ${name}`)
      await backUp(place)
      await stock(program(), place, 'check', '--read-data')
      const target = join(folder, `restored ${name}`)
      await stock(program(), place, 'restore', 'latest', '--target', target)
      await run('diff', ['-r', '--no-dereference', '-x', 'fifo', '-x', 'null', source, join(target, SOURCE)])
    })

    test('after a change only what changed is added, by either', async () => {
      const place = await create(`change ${name}`)
      await backUp(place)
      writeFileSync(join(source, `neuf ${name}.txt`), `neuf ${name}`)
      appendFileSync(join(source, 'grand.bin'), 'une fin')
      const theirs = lastJson(await stock(program(), place, 'backup', '--json', SOURCE))
      const ours = await backUp(place)
      assert.equal(theirs.files_new, 1)
      assert.equal(theirs.files_changed, 1)
      assert.equal(ours.counts.data_added, 0)
      await stock(program(), place, 'check', '--read-data')
    })
  })
}

test('a repository of version 1 is written and read too', async () => {
  const place = await create('version 1', 1)
  const ours = await backUp(place)
  await stock(restic018(), place, 'check', '--read-data')
  const theirs = lastJson(await stock(restic018(), place, 'backup', '--json', SOURCE))
  assert.equal(theirs.data_added, 0)
  assert.equal(ours.counts.total_files_processed, theirs.total_files_processed)
})

test('a relative target and several targets appear where restic puts them', async () => {
  const place = await create('targets')
  const targets = ['cabinet/Dossiers patients', 'cabinet/petit.txt', './cabinet/vide']
  const ours = await backUp(place, targets)
  await stock(restic018(), place, 'backup', ...targets)
  const trees = new Set(
    (JSON.parse(await stock(restic018(), place, 'snapshots', '--json')) as { tree: string }[]).map(({ tree }) => tree),
  )
  assert.deepEqual([...trees], [ours.tree])
})

test('a link to a name that is no UTF-8 keeps its bytes, as in restic since 0.16', async () => {
  const place = await create('raw link')
  setRawLink(source, true)
  await backUp(place)
  const theirs = lastJson(await stock(restic018(), place, 'backup', '--json', SOURCE))
  assert.equal(theirs.data_added, 0)
})
