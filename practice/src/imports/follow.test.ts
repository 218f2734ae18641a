/** Sources that are followed each night, and files that were sent and forgotten. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startJobs } from '#jobs'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { saveDecision } from './decision-store.ts'
import { followSources } from './follow.ts'
import { importJob } from './import-job.ts'
import { Places } from './places.ts'
import { appendFile, beginFiles } from './sent/staged-files.ts'
import { changeSource, getSource, insertSource } from './source-store.ts'
import { removeForgottenFiles } from './work.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/legacy-export')
const yaml = readFileSync(join(import.meta.dirname, '../sources/profiles/csv.yaml'), 'utf8')
const top = mkdtempSync(join(tmpdir(), 'couronne-follow-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** The practice's clock says 9:00 in Paris at first. */
async function follow({ practice, owner }: TestPractice, followedAt: string): Promise<string> {
  return practice.db.transaction().execute(async (tx) => {
    const id = await insertSource(tx, practice, owner, {
      title: 'Chaque nuit',
      place: { kind: 'folder', path: '' },
      yaml: () => yaml,
    })
    await changeSource(tx, practice, id, { followedAt, followedOn: '2026-03-01' })
    return id
  })
}

async function endJobs({ practice }: TestPractice): Promise<void> {
  await practice.db.updateTable('job').set({ state: 'done', active_key: null, ended_at: '2026-03-02' }).execute()
}

onBothEngines('a source that is followed', (engine) => {
  test('is imported once a night at its time, and a night that was missed is made up for once', async () => {
    await using made = await makeTestPractice(engine)
    await follow(made, '09:30')
    const { practice } = made
    assert.equal(await followSources(practice), 0, 'its time has not come')
    made.pass({ minutes: 40 })
    const both = await Promise.all([followSources(practice), followSources(practice)])
    assert.deepEqual(both.toSorted(), [0, 1], 'two servers begin one')
    await endJobs(made)
    assert.equal(await followSources(practice), 0)
    made.pass({ hours: 24 })
    assert.equal(await followSources(practice), 1)
    await endJobs(made)
    made.pass({ hours: 24 * 4 - 1 })
    assert.equal(await followSources(practice), 1, 'the machine was off for three nights')
    await endJobs(made)
    assert.equal(await followSources(practice), 0)
    const told = await practice.db.selectFrom('journal_entry').select('account_id').where('action', '=', 'job.started').execute()
    assert.deepEqual(
      told.map(({ account_id }) => account_id),
      [null, null, null],
    )
  })

  test('is imported each night again after a night under a clock that was a year ahead', async () => {
    await using made = await makeTestPractice(engine)
    await follow(made, '02:00')
    const { practice } = made
    made.pass({ hours: 24 * 365 })
    assert.equal(await followSources(practice), 1)
    await endJobs(made)
    made.pass({ hours: -24 * 365 })
    assert.equal(await followSources(practice), 1, 'the clock is right again')
    await endJobs(made)
    assert.equal(await followSources(practice), 0)
    made.pass({ hours: 24 })
    assert.equal(await followSources(practice), 1)
  })

  test('tells the owner what waits for them, and not what they know already', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    const folder = join(top, engine)
    cpSync(VECTORS, folder, { recursive: true })
    const places = new Places(folder)
    const sourceId = await follow(made, '02:00')
    await using _jobs = startJobs({ practice: () => practice, works: [importJob(places)], onError: console.error, everyMs: 20 })
    const night = async () => {
      made.pass({ hours: 24 })
      assert.equal(await followSources(practice), 1)
      for (;;) {
        const left = await practice.db.selectFrom('job').select('id').where('ended_at', 'is', null).execute()
        if (left.length === 0) break
        await setTimeout(20)
      }
      const notices = await practice.db.selectFrom('notice').select(['account_id', 'kind']).orderBy('at').orderBy('id').execute()
      assert.ok(notices.every(({ account_id }) => account_id === owner.accountId))
      return notices.map(({ kind }) => kind)
    }
    assert.deepEqual(await night(), ['import-needs-you'])
    assert.deepEqual(await night(), ['import-needs-you'], 'nothing is new')
    const decision = { kind: 'test-patient', key: '127', isLetIn: false } as const
    await practice.db.transaction().execute((tx) => saveDecision(tx, practice, owner, sourceId, decision))
    assert.deepEqual(await night(), ['import-needs-you'], 'what was decided is no news')
    const acts = readFileSync(join(folder, 'actes.csv'), 'latin1')
    writeFileSync(join(folder, 'actes.csv'), Buffer.from(`${acts}9;998;13/03/2026;HBJD001;;x;28,92;MARTIN\r\n`, 'latin1'))
    assert.deepEqual(await night(), ['import-needs-you', 'import-needs-you'])
    rmSync(join(folder, 'actes.csv'))
    assert.deepEqual(await night(), ['import-needs-you', 'import-needs-you', 'import-failed'])
  })
})

test('files that nobody has touched for thirty days go, unless their source is followed', async () => {
  await using made = await makeTestPractice()
  const { practice, owner } = made
  const send = async (followedAt: string | null) => {
    const { id, files } = await practice.db.transaction().execute(async (tx) => {
      const made = await insertSource(tx, practice, owner, { title: 'x', place: { kind: 'files' }, yaml: () => yaml })
      await changeSource(tx, practice, made, { followedAt })
      return { id: made, ...(await beginFiles(tx, practice, made, [{ path: 'a.csv', sizeBytes: 3 }])) }
    })
    await appendFile(
      practice,
      files[0]?.id ?? '',
      0,
      (async function* () {
        yield Buffer.from('a;b')
      })(),
    )
    return id
  }
  const forgotten = await send(null)
  await send('02:00')
  made.pass({ hours: 24 * 29 })
  assert.deepEqual(await removeForgottenFiles(practice), [])
  made.pass({ hours: 48 })
  assert.deepEqual(await removeForgottenFiles(practice), [forgotten])
  assert.ok((await getSource(practice.db, practice.id, forgotten)).filesRemovedAt)
  const left = await practice.db.selectFrom('import_file').select('source_id').execute()
  assert.equal(left.length, 1)
})
