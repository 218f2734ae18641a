/**
 * kill -9 while records are judged, again and again: what is kept of each record is whole, the next run goes on, and in the end it is what one
 * run would have left. The seed is printed; `COURONNE_SEED` repeats the moments.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { Installation } from '#installation'
import type { OpenPractice } from '#open-practice'
import { importEntries, parseBody } from '#patients'
import { databaseFor, onBothEngines, serverOptions, TEST_PASSWORD } from '#testing'
import { refreshAll } from './refresh.ts'

const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? 60 : 3
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const PATIENTS = 1_200
const SCRIPT = join(import.meta.dirname, 'refresh-until-killed.ts')

const top = mkdtempSync(join(tmpdir(), 'couronne-killed-completeness-'))
after(() => rmSync(top, { recursive: true, force: true }))

onBothEngines('judging under kill -9', (engine) => {
  test('leaves each record whole, and comes to its end', { timeout: 3_600_000 }, async (context) => {
    context.diagnostic(`COURONNE_SEED=${SEED}`)
    const random = new SeededRandom(`completeness ${SEED}`)
    const options = serverOptions(join(top, engine))
    const database = await databaseFor(engine)
    const installation = await Installation.start({
      ...options,
      ...(database === undefined ? {} : { database }),
      now: () => Temporal.Now.instant(),
      env: {},
    })
    await using _closed = { [Symbol.asyncDispose]: () => installation.close() }
    const owner = { login: 'camille', displayName: 'Dr Camille Exemple', password: TEST_PASSWORD, language: 'fr' } as const
    const { practice } = await installation.createPractice({ name: 'Cabinet d’essai', facts: {}, owner })
    await fill(practice)
    let kills = 0
    while (kills < KILLS) {
      const args = [
        '--disable-warning=ExperimentalWarning',
        SCRIPT,
        options.folder,
        ...(database === undefined ? [] : [database]),
      ]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit') as Promise<[number | null]>
      await Promise.race([once(child.stdout, 'data'), ended])
      await setTimeout(random.below(120))
      if (child.kill('SIGKILL')) kills++
      await ended
      await requireWhole(practice)
    }
    context.diagnostic(`${kills} kills`)
    const { judged } = await refreshAll(practice)
    assert.ok(judged < PATIENTS, 'nothing of what was judged before the kills was kept')
    await requireWhole(practice)
    const interrupted = await findingsOf(practice)
    await practice.db.deleteFrom('completeness_record').execute()
    await practice.db.deleteFrom('completeness_finding').execute()
    await practice.db.deleteFrom('completeness_facts').execute()
    await refreshAll(practice)
    assert.deepEqual(await findingsOf(practice), interrupted)
  })
})

/** Every record that was judged has the findings that its tally counts. */
async function requireWhole({ db }: OpenPractice): Promise<void> {
  const records = await db.selectFrom('completeness_record').select(['patient_id', 'tally']).execute()
  const rows = await db
    .selectFrom('completeness_finding')
    .select((row) => ['patient_id', row.fn.countAll<number | string>().as('count')])
    .groupBy('patient_id')
    .execute()
  const counts = new Map(rows.map((row) => [row.patient_id, Number(row.count)]))
  for (const { patient_id, tally } of records) {
    const open = (JSON.parse(tally) as number[][])
      .filter(([place]) => place !== 0)
      .reduce((sum, [, , missing = 0, waived = 0]) => sum + missing + waived, 0)
    assert.equal(counts.get(patient_id) ?? 0, open, patient_id)
  }
  assert.deepEqual(
    [...counts.keys()].filter((id) => records.every(({ patient_id }) => patient_id !== id)),
    [],
  )
}

async function findingsOf({ db }: OpenPractice) {
  return db.selectFrom('completeness_finding').selectAll().orderBy('patient_id').orderBy('rule').orderBy('subject').execute()
}

async function fill(practice: OpenPractice): Promise<void> {
  const { id } = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()
  const performedOn = Temporal.Now.plainDateISO().subtract({ days: 30 }).toString()
  const patients = Array.from({ length: PATIENTS }, (_, i) => ({
    id: `patient-${i}`,
    identity: parseBody('identity', { fileNumber: `F${i}`, birthName: `Nom ${i}`, sex: 'female' }),
  }))
  const entries = patients.map((patient) => ({
    patientId: patient.id,
    kind: 'procedure' as const,
    body: parseBody('procedure', {
      code: { system: 'ccam', code: 'HBGD036', label: 'Avulsion' },
      status: 'done',
      performedOn,
      teeth: [{ fdi: '46' }],
    }),
  }))
  await importEntries(practice, { accountId: id, role: 'owner', address: 'test' }, [{ source: 'test', patients, entries }])
}
