import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyJournal } from '#journal'
import { Installation } from './installation.ts'

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
      const isMade = await setUpAndKill(top, (wholeMs * PAST_THE_END * round) / (ROUNDS - 1))
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
  const { child, said } = await startChild(top)
  const startedMs = performance.now()
  while (!said().includes('made')) await once(child.stdout, 'data')
  const tookMs = performance.now() - startedMs
  child.kill('SIGKILL')
  await once(child, 'close')
  rmSync(top, { recursive: true, force: true })
  return tookMs
}

/** @returns whether the process had said that the practice is made */
async function setUpAndKill(top: string, afterMs: number): Promise<boolean> {
  const { child, said } = await startChild(top)
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await once(child, 'close')
  return said().includes('made')
}

async function startChild(top: string) {
  const script = join(import.meta.dirname, 'set-up-until-killed.ts')
  const args = ['--disable-warning=ExperimentalWarning', script, join(top, 'data'), join(top, 'keys')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  await once(child.stdout, 'data')
  return { child, said: () => text }
}

function start(top: string): Promise<Installation> {
  return Installation.start({
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    now: () => Temporal.Now.instant(),
    env: {},
  })
}
