/** `couronne images import` and `couronne serve --dicom-port`: a disc is taken over, a device sends, every file is accounted for. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../peers/peers.ts'
import { freePort } from '../peers/serving.ts'
import { Desk, jsonLines } from './desk.ts'
import { makePracticeOn, serving } from './practices.ts'

const SAMPLES = join(import.meta.dirname, '../../samples/dicom')

test('a disc is looked at, taken over, and known when it comes again', async () => {
  await using desk = new Desk()
  const { env } = await makePracticeOn(desk)
  const dry = await importing(desk, env, 'media', '--dry-run')
  const took = await importing(desk, env, 'media')
  assert.deepEqual([dry.taken, took.taken, took.same], [14, 14, 0])
  const again = await importing(desk, env, 'media')
  assert.deepEqual([again.taken, again.same], [0, 14])
  assert.match((await desk.couronne(['journal', 'verify'], { env })).stdout, /^The journal is whole/)
})

test('a device that sends to the port that was given is answered when its image is kept', async () => {
  await using desk = new Desk()
  const { env } = await makePracticeOn(desk)
  const port = await freePort()
  await using _server = await serving(desk, { env, flags: ['--dicom-port', String(port), '--dicom-aet', 'CABINET'] })
  const send = (aet: string) =>
    run('storescu', ['-aec', aet, '127.0.0.1', String(port), join(SAMPLES, 'dental/p5_PX_panoramic.dcm')])
  await send('CABINET')
  await assert.rejects(send('ANOTHER'), /Called AE Title Not Recognized/)
  const { taken, same } = await importing(desk, env, 'dental')
  assert.deepEqual([taken, same], [14, 1])
})

test('anything else is wrong use', async () => {
  await using desk = new Desk()
  for (const words of [[], ['import'], ['export', 'folder'], ['import', 'one', 'other']])
    assert.equal((await desk.couronne(['images', ...words], { allow: [2] })).status, 2)
  assert.equal((await desk.couronne(['serve', '--dicom-aet', 'CABINET'], { allow: [2] })).status, 2)
})

/** @returns how many files became what */
async function importing(desk: Desk, env: Readonly<Record<string, string>>, folder: string, ...flags: string[]) {
  const { stdout } = await desk.couronne(['images', 'import', join(SAMPLES, folder), '--json', ...flags], { env, allow: [0, 3] })
  const [report] = jsonLines(stdout).slice(-1)
  return report?.counts as Readonly<Record<string, number>>
}
