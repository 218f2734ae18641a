/**
 * kill -9 of a process that uploads, at many moments, on both engines: what it had acknowledged is there, the upload goes on or is finished, and
 * nothing that nobody needs is left. Three hundred kills of each with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Installation, type InstallationOptions } from '#installation'
import type { OpenPractice } from '#open-practice'
import { databaseFor, onBothEngines, TEST_PASSWORD } from '#testing'
import { appendUpload, finishUpload, getUpload, readObject, removeAbandonedUploads } from './index.ts'
import { pseudoRandom } from './pseudo-random.ts'

const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? { sqlite: 300, postgresql: 300 } : { sqlite: 12, postgresql: 4 }
const SIZE_BYTES = 14_000_000
const VICTIM = fileURLToPath(new URL('./upload-victim.ts', import.meta.url))

interface Said {
  readonly id: string
  readonly seed: number
  readonly receivedBytes?: number
  readonly finished?: string
}

onBothEngines('an upload', (engine) => {
  test('survives kill -9 at any moment', { timeout: 3_600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'couronne-crash-'))
    const database = await databaseFor(engine)
    const options = {
      folder: `${folder}/data`,
      keyFolder: `${folder}/keys`,
      now: Temporal.Now.instant,
      env: {},
      ...(database === undefined ? {} : { database }),
    }
    try {
      await makePractice(options)
      const longestMs = await durationOf(options)
      const finished = new Map<string, number>()
      for (let kill = 0; kill < KILLS[engine]; kill++) {
        const said = await killAfter(options, kill + 1, (longestMs * (kill + 0.5)) / KILLS[engine])
        await using installation = await Installation.start(options)
        const practice = installation.practice()
        for (const each of said) {
          if (each.finished === undefined && each !== said.at(-1)) continue
          const id = each.finished ?? (await goOn(practice, each))
          await requireWhole(practice, id, each.seed)
          finished.set(id, each.seed)
        }
      }
      await using installation = await Installation.start({ ...options, now: () => Temporal.Now.instant().add({ hours: 200 }) })
      const practice = installation.practice()
      await removeAbandonedUploads(practice)
      for (const [id, seed] of finished) await requireWhole(practice, id, seed)
      const keys = await practice.db.selectFrom('keyring.document_key').select('object_id').execute()
      const objects = await practice.db.selectFrom('document_object').select('id').execute()
      assert.deepEqual(keys.map((row) => row.object_id).sort(), objects.map((row) => row.id).sort())
      assert.deepEqual(readdirSync(join(practice.folder, 'documents', 'uploads')), [])
      const files = readdirSync(join(practice.folder, 'documents', 'objects'), { recursive: true }) as string[]
      assert.equal(files.filter((name) => name.length > 64).length, objects.length)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** What a client does that has lost its connection: asks how far it came, sends the rest, finishes. */
async function goOn(practice: OpenPractice, last: Said): Promise<string> {
  const found = await getUpload(practice, last.id).catch(() => undefined)
  // The kill may have come between the end of the work and the word of it: then the document is there.
  if (found === undefined) return last.id
  assert.ok(found.receivedBytes >= (last.receivedBytes ?? 0), `${found.receivedBytes} of ${last.receivedBytes} acknowledged`)
  if (found.receivedBytes < SIZE_BYTES)
    await appendUpload(practice, last.id, found.receivedBytes, pseudoRandom(last.seed, found.receivedBytes, SIZE_BYTES))
  return (await finishUpload(practice, last.id)).object.id
}

async function requireWhole(practice: OpenPractice, id: string, seed: number): Promise<void> {
  const { facts, stream } = await readObject(practice, id)
  const [expected, actual] = [createHash('sha256'), createHash('sha256')]
  for await (const chunk of pseudoRandom(seed, 0, SIZE_BYTES)) expected.update(chunk)
  for await (const chunk of stream) actual.update(chunk)
  assert.equal(actual.digest('hex'), facts.sha256)
  assert.equal(facts.sha256, expected.digest('hex'))
}

async function makePractice(options: InstallationOptions): Promise<void> {
  await using installation = await Installation.start(options)
  const owner = { login: 'camille', displayName: 'Camille', password: TEST_PASSWORD, language: 'fr' as const }
  await installation.createPractice({ name: 'Cabinet d’essai', facts: {}, owner })
}

async function durationOf(options: InstallationOptions): Promise<number> {
  const victim = startVictim(options, 0)
  let began = 0
  victim.child.stdout.once('data', () => {
    began = performance.now()
  })
  await victim.ended
  assert.ok(victim.said().at(-1)?.finished, 'the victim does not come to its end by itself')
  return performance.now() - began
}

/** @param ms after the first word */
async function killAfter(options: InstallationOptions, seed: number, ms: number): Promise<readonly Said[]> {
  const victim = startVictim(options, seed)
  await new Promise((resolve) => victim.child.stdout.once('data', resolve))
  await Promise.race([setTimeout(ms), victim.ended])
  victim.child.kill('SIGKILL')
  await victim.ended
  return victim.said()
}

function startVictim({ folder, database }: InstallationOptions, seed: number) {
  const words = ['upload', join(folder, '..'), String(SIZE_BYTES), String(seed), ...(database === undefined ? [] : [database])]
  const args = ['--disable-warning=ExperimentalWarning', VICTIM, ...words]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said)
  return { child, ended, said }
}
