/**
 * Image files of which any byte is turned over, from a folder and by a sender: each is kept as it came, told, or refused, and the next one is
 * served. Sampled; with `COURONNE_CAMPAIGN=1` thousands of times. The seed is printed, and `COURONNE_SEED` repeats it.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encodeCommandSet, encodePdu } from '@couronne/formats'
import { verifyJournal } from '#journal'
import { makeTestPractice } from '#testing'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { DicomSender, imageOf } from './dicom-sender.ts'
import { importDicomFolder } from './index.ts'
import { instancesOf, receive, SAMPLES, sampleFiles } from './receive-for-tests.ts'

const IS_CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const FOLDER_RUNS = IS_CAMPAIGN ? 50 : 1
const SENDER_RUNS = IS_CAMPAIGN ? 3_000 : 40
const folder = mkdtempSync(join(tmpdir(), 'couronne-hostile-images-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('every sample with bytes turned over, in one folder with a DICOMDIR turned over: each file is told', async (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  await using made = await makeTestPractice()
  const samples = sampleFiles().map((path) => readFileSync(path))
  for (let run = 0; run < FOLDER_RUNS; run++) {
    const random = generator(FUZZ_SEED + run)
    for (const [i, sound] of samples.entries()) {
      const changed = Buffer.from(sound)
      // Most of what a reader stumbles over stands at the beginning.
      const within = random(2) === 0 ? Math.min(changed.length, 1_000) : changed.length
      const at = random(within)
      changed[at] = changed[at]! ^ (1 + random(255))
      writeFileSync(join(folder, `${i}.dcm`), changed)
    }
    writeFileSync(join(folder, 'DICOMDIR'), damage(readFileSync(join(SAMPLES, 'media/DICOMDIR')), random))
    const { counts } = await importDicomFolder(made.practice, made.owner, folder, { isDry: false })
    const told = counts.taken + counts.same + counts.unreadable + counts['not-dicom'] + counts.failed + counts.link
    assert.equal(told, samples.length, `COURONNE_SEED=${FUZZ_SEED + run}`)
  }
  assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
})

test('a sender whose units are turned over, repeated, out of order or cut leaves nothing half-kept, and the next one is served', async (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  await using made = await makeTestPractice()
  await using reception = await receive(() => made.practice, {}, { silenceMs: 100, greetingMs: 100, patienceMs: 150 })
  const image = imageOf(readFileSync(join(SAMPLES, 'CT_small.dcm')))
  const { sopClassUid, sopInstanceUid } = image
  const command = encodeCommandSet({ field: 1, messageId: 1, hasDataSet: true, sopClassUid, sopInstanceUid })
  const unit = (fragment: Uint8Array, isCommand: boolean, isLast: boolean) =>
    encodePdu({ kind: 'data', pdvs: [{ contextId: 1, isCommand, isLast, fragment }] })
  for (let run = 0; run < SENDER_RUNS; run++) {
    const random = generator(FUZZ_SEED + run)
    const half = Math.floor(image.dataSet.length / 2)
    const units = [
      unit(command, true, true),
      unit(image.dataSet.subarray(0, half), false, false),
      unit(image.dataSet.subarray(half), false, true),
    ]
    const sent = units.map((bytes) => (random(3) === 0 ? damage(bytes, random) : bytes))
    if (random(3) === 0) sent.reverse()
    if (random(3) === 0) sent.splice(random(sent.length), 1)
    if (random(4) === 0) sent.push(sent[0] ?? new Uint8Array())
    using sender = await DicomSender.connect(reception.port ?? 0)
    await sender.associate([image])
    for (const bytes of sent) sender.socket.write(bytes)
    await sender.next().catch(() => undefined)
  }
  using last = await DicomSender.connect(reception.port ?? 0)
  assert.equal((await last.associate([image]))?.kind, 'associate-accept')
  assert.equal(await last.store(image), 0)
  const kept = await instancesOf(made)
  assert.ok(kept.length >= 1 && kept.every(({ sealed_name }) => sealed_name !== ''))
  assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
})
