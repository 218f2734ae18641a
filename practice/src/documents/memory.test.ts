import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeTestPractice } from '#testing'
import { run } from '../../../tests/peers/peers.ts'
import { requireBoundedMemory } from './tests/served-document.ts'

const LARGE_BYTES = 300 * 1024 * 1024
/** What the collector has not come round to yet. */
const SLACK_KIB = 96 * 1024

test('an upload and a download of 300 MB take no more memory than a letter', async () => {
  const letter = await residentKib(20_000)
  const large = await residentKib(LARGE_BYTES)
  assert.ok(large < letter + SLACK_KIB, `${large} KiB with 300 MB, ${letter} KiB with a letter`)
})

test('a document as large as a volume goes over HTTP, both ways, in bounded memory', { timeout: 3_600_000 }, () =>
  requireBoundedMemory(),
)

async function residentKib(sizeBytes: number): Promise<number> {
  await using made = await makeTestPractice()
  await made.installation.close() // the other process takes it
  const folder = join(made.practice.folder, '..', '..')
  const flags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=64']
  const victim = fileURLToPath(new URL('./upload-victim.ts', import.meta.url))
  const { stdout } = await run(process.execPath, [...flags, victim, 'measure', folder, String(sizeBytes), '1'])
  const { isSame, residentKib } = JSON.parse(stdout) as { isSame: boolean; residentKib: number }
  assert.ok(isSame)
  return residentKib
}
