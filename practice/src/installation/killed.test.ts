/**
 * kill -9 while a practice is set up, on both engines: at any moment, and on either side of the last step. A hundred kills of each with
 * COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Engine } from '#database'
import { verifyJournal } from '#journal'
import { databaseFor, onBothEngines } from '#testing'
import { Installation, type InstallationState } from './installation.ts'
import { killChild, timeChild } from './tests/kill-child.ts'

const ROUNDS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 4
/** The last kills come after the end. */
const PAST_THE_END = 1.2
/** More than any set-up takes: who is to kill itself has done so. */
const LONG_MS = 60_000

onBothEngines('a set-up', (engine) => {
  test('killed at any moment, it leaves nothing, or a whole practice that opens', { timeout: 3_600_000 }, async (context) => {
    const outcomes = new Map<string, number>()
    const wholeMs = await timeSetUp(engine)
    for (let round = 0; round < ROUNDS; round++) {
      using place = await aPlace(engine)
      const isMade = await killChild(settingUp(place), (wholeMs * PAST_THE_END * round) / (ROUNDS - 1))
      const kind = await requireOneWhole(place)
      if (isMade) assert.equal(kind, 'open', 'what was acknowledged is there')
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    }
    context.diagnostic([...outcomes].map(([kind, count]) => `${kind}: ${count}`).join(', '))
  })

  test('killed between the database and the key slots, it may begin anew, as often as it likes', async () => {
    using place = await aPlace(engine)
    for (let time = 0; time < 2; time++) assert.equal(await killChild(settingUp(place, 'before'), LONG_MS), false)
    assert.equal(await requireOneWhole(place), 'empty')
    await requireRefusedElsewhere(place)
  })

  test('killed when its key slots are there, it is a practice that opens, beside which no other is made', async () => {
    using place = await aPlace(engine)
    assert.equal(await killChild(settingUp(place, 'after'), LONG_MS), false)
    assert.equal(await requireOneWhole(place), 'open')
    await requireRefusedElsewhere(place)
  })
})

interface Place extends Disposable {
  readonly top: string
  readonly database: string | undefined
}

async function aPlace(engine: Engine): Promise<Place> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-killed-set-up-'))
  const database = await databaseFor(engine)
  return { top, database, [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }) }
}

/** How long a set-up takes on this machine, at this moment. */
async function timeSetUp(engine: Engine): Promise<number> {
  using place = await aPlace(engine)
  return timeChild(settingUp(place))
}

/** @returns what the start found; where that was nothing, a practice is set up now */
async function requireOneWhole(place: Place): Promise<InstallationState['kind']> {
  await using installation = await start(place)
  const { kind } = installation.state()
  if (kind === 'empty') await setUp(installation)
  const { db, id } = installation.practice()
  assert.deepEqual((await verifyJournal(db, id)).breaks, [])
  assert.equal((await db.selectFrom('account').select('id').where('practice_id', '=', id).execute()).length, 1)
  return kind
}

/** Another machine, with a folder of its own, does not take over the database of a practice that is in use. */
async function requireRefusedElsewhere({ database }: Place): Promise<void> {
  if (database === undefined) return // an embedded one belongs to its folder
  using elsewhere = { ...(await aPlace('sqlite')), database }
  await using installation = await start(elsewhere)
  await assert.rejects(setUp(installation), { code: 'conflict' })
}

function setUp(installation: Installation) {
  return installation.createPractice({
    name: 'Cabinet d’essai',
    facts: {},
    owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
  })
}

/** @param moment of the key slots, at which it kills itself */
function settingUp({ top, database }: Place, moment: 'before' | 'after' | '' = '') {
  const args = [join(top, 'data'), join(top, 'keys'), moment, ...(database === undefined ? [] : [database])]
  return { script: 'set-up-until-killed.ts', args, done: 'made' }
}

function start({ top, database }: Place): Promise<Installation> {
  return Installation.start({
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    now: () => Temporal.Now.instant(),
    env: {},
    ...(database === undefined ? {} : { database }),
  })
}
