import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ImportSourceError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import type { JobWork, RunningJob } from './job-kind.ts'
import { startJobs } from './start-jobs.ts'
import { askForEnd, findJob, forgetOldJobs, insertJob, renewLease, type StoredJob, takeNext } from './store.ts'

const WAIT_MS_MAX = 10_000

function begin({ practice, owner }: TestPractice, activeKey = 'one'): Promise<string> {
  const job = { kind: 'import', about: { isDry: true }, activeKey, startedBy: owner.accountId } as const
  return practice.db.transaction().execute((tx) => insertJob(tx, practice, job))
}

/** A server that runs what a test says. */
function serve(practice: OpenPractice, run: JobWork['run'], more: Partial<JobWork> = {}, errors: unknown[] = []) {
  const works: readonly JobWork[] = [{ kind: 'import', permission: 'imports', run, ...more }]
  return startJobs({ practice: () => practice, works, onError: (error) => errors.push(error), everyMs: 10 })
}

async function until(practice: OpenPractice, id: string, is: (job: StoredJob) => boolean): Promise<StoredJob> {
  for (const end = performance.now() + WAIT_MS_MAX; performance.now() < end; await setTimeout(10)) {
    const job = await findJob(practice.db, practice.id, id)
    if (job !== undefined && is(job)) return job
  }
  throw new Error(`not within ${WAIT_MS_MAX} ms: ${JSON.stringify(await findJob(practice.db, practice.id, id))}`)
}

const hasEnded = ({ endedAt }: StoredJob) => endedAt !== undefined

onBothEngines('a job', (engine) => {
  test('runs, tells how far it is, and ends in the journal', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    const id = await begin(made)
    const seen: RunningJob[] = []
    await using _server = serve(practice, async (job) => {
      seen.push(job)
      job.tell(3, 4)
      await job.note({ runId: 'r' })
      await until(practice, job.id, ({ done }) => done === 3)
      job.tell(4)
    })
    const { state, done, total, about, attempts, error } = await until(practice, id, hasEnded)
    assert.deepEqual(
      { state, done, total, about, attempts, error },
      { state: 'done', done: 4, total: 4, about: { isDry: true, runId: 'r' }, attempts: 1, error: undefined },
    )
    assert.deepEqual([seen.length, seen[0]?.startedBy], [1, owner.accountId])
    const told = await practice.db
      .selectFrom('journal_entry')
      .select(['subject', 'details'])
      .where('action', '=', 'job.ended')
      .execute()
    assert.deepEqual(told, [{ subject: `job:${id}`, details: '{"kind":"import","state":"done"}' }])
  })

  test('no two of one key at once; afterwards another may begin', async () => {
    await using made = await makeTestPractice(engine)
    const id = await begin(made)
    await assert.rejects(begin(made), { code: 'conflict', about: { job: id } })
    await begin(made, 'other')
    await using _server = serve(made.practice, async () => {})
    await until(made.practice, id, hasEnded)
    await begin(made)
  })

  test('that fails says why, by a code; a fault of ours is in the log', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const errors: unknown[] = []
    const ends: unknown[] = []
    const run = async ({ id }: RunningJob) => {
      if (id === wrong) throw new ImportSourceError('there is no such file', { about: { files: 0 } })
      throw new Error('Anne Exemple')
    }
    const wrong = await begin(made)
    const broken = await begin(made, 'other')
    const ended: JobWork['ended'] = async (_tx, _job, end) => void ends.push(end)
    await using _server = serve(practice, run, { ended }, errors)
    assert.deepEqual((await until(practice, wrong, hasEnded)).error, {
      code: 'import-source',
      message: 'there is no such file',
      about: { files: 0 },
    })
    const { state, error } = await until(practice, broken, hasEnded)
    assert.deepEqual([state, error?.code], ['failed', 'internal'])
    assert.ok(!JSON.stringify(error).includes('Exemple'))
    assert.deepEqual(errors.map(String), ['Error: Anne Exemple'])
    assert.deepEqual(ends.length, 2)
  })

  test('is stopped when somebody asks, whether it runs or waits', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const waiting = await begin(made)
    await practice.db.transaction().execute((tx) => askForEnd(tx, practice, waiting))
    assert.equal((await findJob(practice.db, practice.id, waiting))?.state, 'cancelled')
    const id = await begin(made)
    await using _server = serve(practice, ({ signal }) => setTimeout(WAIT_MS_MAX, undefined, { signal }))
    await until(practice, id, ({ state }) => state === 'running')
    await practice.db.transaction().execute((tx) => askForEnd(tx, practice, id))
    assert.equal((await until(practice, id, hasEnded)).state, 'cancelled')
    const again = practice.db.transaction().execute((tx) => askForEnd(tx, practice, id))
    await assert.rejects(again, { code: 'conflict' })
  })

  test('is left for the next start when the server stops, and goes on with what it had noted', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const id = await begin(made)
    const server = serve(practice, async ({ note, signal }) => {
      await note({ runId: 'r' })
      await setTimeout(WAIT_MS_MAX, undefined, { signal })
    })
    await until(practice, id, ({ about }) => about.runId === 'r')
    await server[Symbol.asyncDispose]()
    const left = await findJob(practice.db, practice.id, id)
    assert.deepEqual([left?.state, left?.attempts], ['waiting', 0])
    const seen: unknown[] = []
    await using _next = serve(practice, async ({ about }) => void seen.push(about.runId))
    await until(practice, id, hasEnded)
    assert.deepEqual(seen, ['r'])
  })

  test('is run once by two servers at once', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => begin(made, `job ${i}`)))
    const runs: string[] = []
    const run = async ({ id }: RunningJob) => {
      runs.push(id)
      await setTimeout(5)
    }
    await using _one = serve(practice, run)
    await using _other = serve(practice, run)
    for (const id of ids) await until(practice, id, hasEnded)
    assert.deepEqual(runs.toSorted(), ids.toSorted())
  })

  test('is taken over when its lease has ended, and who held it before ends nothing', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const id = await begin(made)
    assert.equal((await takeNext(practice, 'dead', ['import']))?.id, id)
    assert.equal(await takeNext(practice, 'next', ['import']), undefined, 'its lease lasts')
    made.pass({ seconds: 61 })
    assert.equal((await takeNext(practice, 'next', ['import']))?.attempts, 2)
    assert.equal(await renewLease(practice, { id, holder: 'dead', done: 1 }), undefined)
    assert.equal(await renewLease(practice, { id, holder: 'next', done: 1 }), false)
  })

  test('is run once by one server whose clock jumps ahead while it runs', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const id = await begin(made)
    let begun = 0
    await using _server = serve(practice, async () => {
      begun++
      for (let jumps = 0; jumps < 10; jumps++) {
        made.pass({ minutes: 5 })
        await setTimeout(30)
      }
    })
    const { state, attempts } = await until(practice, id, hasEnded)
    assert.deepEqual([state, begun, attempts], ['done', 1, 1])
  })

  test('that was taken under a clock that was a year ahead is taken over when the clock is right again', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    made.pass({ hours: 24 * 365 })
    const id = await begin(made)
    assert.equal((await takeNext(practice, 'killed', ['import']))?.id, id)
    made.pass({ hours: -24 * 365 })
    assert.equal((await takeNext(practice, 'next', ['import']))?.id, id)
    assert.equal(await takeNext(practice, 'another', ['import']), undefined)
  })

  test('that has lost its lease is told so, and its end is not written', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const id = await begin(made)
    const reasons: unknown[] = []
    await using _server = serve(practice, async ({ signal }) => {
      await practice.db.updateTable('job').set({ holder: 'another', lease_ends_at: '9' }).execute()
      await setTimeout(WAIT_MS_MAX, undefined, { signal }).catch((error: unknown) => reasons.push(error))
    })
    while (reasons.length === 0) await setTimeout(10)
    assert.equal((await findJob(practice.db, practice.id, id))?.state, 'running')
  })

  test('is given up when it was begun twenty times without an end', async () => {
    await using made = await makeTestPractice(engine)
    const id = await begin(made)
    await made.practice.db.updateTable('job').set({ attempts: 20 }).execute()
    let runs = 0
    await using _server = serve(made.practice, async () => void runs++)
    assert.deepEqual([(await until(made.practice, id, hasEnded)).error?.code, runs], ['job-given-up', 0])
  })
})

test('jobs that ended long ago are forgotten', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const id = await begin(made)
  await practice.db.transaction().execute((tx) => askForEnd(tx, practice, id))
  made.pass({ hours: 24 * 399 })
  await practice.db.transaction().execute((tx) => forgetOldJobs(tx, practice))
  assert.ok(await findJob(practice.db, practice.id, id))
  made.pass({ hours: 48 })
  await begin(made)
  await practice.db.transaction().execute((tx) => forgetOldJobs(tx, practice))
  assert.equal(await findJob(practice.db, practice.id, id), undefined)
  assert.equal((await practice.db.selectFrom('job').select('id').execute()).length, 1, 'what has not ended stays')
})
