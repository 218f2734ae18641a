import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyJournal } from '#journal'
import { Installation } from './installation.ts'
import { killChild, timeChild } from './tests/kill-child.ts'

const ROUNDS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 5
/** The last kills come after the end. */
const PAST_THE_END = 1.2

test('a set-up that is killed at any moment leaves nothing, or a whole practice that opens', {
  timeout: 3_600_000,
}, async (context) => {
  const outcomes = new Map<string, number>()
  const wholeMs = await timeSetUp()
  for (let round = 0; round < ROUNDS; round++) {
    const top = mkdtempSync(join(tmpdir(), 'couronne-killed-set-up-'))
    try {
      const isMade = await killChild(settingUp(top), (wholeMs * PAST_THE_END * round) / (ROUNDS - 1))
      await using installation = await start(top)
      const { kind } = installation.state()
      if (isMade) assert.equal(kind, 'open', 'what was acknowledged is there')
      if (kind === 'empty') {
        await installation.createPractice({
          name: 'Cabinet d’essai',
          facts: {},
          owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
        })
      }
      const { db, id } = installation.practice()
      assert.deepEqual((await verifyJournal(db, id)).breaks, [])
      assert.equal((await db.selectFrom('account').select('id').execute()).length, 1)
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    } finally {
      rmSync(top, { recursive: true, force: true })
    }
  }
  context.diagnostic([...outcomes].map(([kind, count]) => `${kind}: ${count}`).join(', '))
})

/** How long a set-up takes on this machine, at this moment. */
async function timeSetUp(): Promise<number> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-timed-set-up-'))
  const tookMs = await timeChild(settingUp(top))
  rmSync(top, { recursive: true, force: true })
  return tookMs
}

function settingUp(top: string) {
  return { script: 'set-up-until-killed.ts', args: [join(top, 'data'), join(top, 'keys')], done: 'made' }
}

function start(top: string): Promise<Installation> {
  return Installation.start({
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    now: () => Temporal.Now.instant(),
    env: {},
  })
}
