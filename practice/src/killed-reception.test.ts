/**
 * kill -9 of a server while several devices send images: what was answered with success is there byte for byte after the restart, what was not
 * is there whole or not at all, and sending all of it again doubles nothing. The seed is printed, and `COURONNE_SEED` repeats the moments.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { verifyJournal } from '#journal'
import { Desk, databaseFor, type KillableOptions, KillableServer, onBothEngines, serverOptions } from '#testing'
import { startApp } from './app.ts'
import { DicomSender, imageOf, type SentImage } from './images/dicom-sender.ts'
import { dataSetOf, instancesOf, keptFile, SAMPLES } from './images/receive-for-tests.ts'

const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? 50 : 3
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const SENDERS = 4
const IMAGES_EACH = 40
const KILL_MS_MAX = 700
const RECEPTION = { host: '127.0.0.1', port: 0, aeTitle: 'COURONNE' }

const top = mkdtempSync(join(tmpdir(), 'couronne-killed-reception-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** An image, and what the server said of it before it was killed. */
interface Sent {
  readonly image: SentImage
  isAcknowledged: boolean
}

onBothEngines('a reception under kill -9', (engine) => {
  test('what was acknowledged is there, and sending all of it again doubles nothing', { timeout: 3_600_000 }, async (context) => {
    context.diagnostic(`COURONNE_SEED=${SEED}`)
    const random = new SeededRandom(`reception ${SEED}`)
    const database = await databaseFor(engine)
    const { folder, keyFolder } = serverOptions(join(top, engine))
    const options = { folder, keyFolder, reception: RECEPTION, ...(database === undefined ? {} : { database }) }
    const start = () => startApp({ ...serverOptions(join(top, engine)), ...options })
    {
      await using app = await start()
      await Desk.setUp(app)
    }
    const sent: Sent[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      sent.push(...(await sendUntilKilled(options, kill, random)))
      await using app = await start()
      await requireAcknowledged(app, sent)
    }
    const acknowledged = sent.filter(({ isAcknowledged }) => isAcknowledged).length
    context.diagnostic(`${acknowledged} images acknowledged of ${sent.length}`)
    assert.ok(acknowledged > 0 && acknowledged < sent.length, 'no kill came while images were being sent')
    await using app = await start()
    const isAll = await sendAll(app.receptionPort() ?? 0, sent)
    assert.ok(isAll)
    await requireAcknowledged(app, sent)
    const rows = await instancesOf({ practice: app.installation.practice() })
    assert.equal(rows.length, sent.length)
    assert.deepEqual(
      rows.filter(({ flag }) => flag !== 'none'),
      [],
    )
    const { db, id } = app.installation.practice()
    const studies = await db.selectFrom('image_study').select(['instance_count', 'size_bytes']).execute()
    assert.deepEqual(
      studies.map((study) => [study.instance_count, study.size_bytes]),
      [[rows.length, rows.reduce((sum, row) => sum + row.size_bytes, 0)]],
    )
    assert.deepEqual((await verifyJournal(db, id)).breaks, [])
  })
})

async function sendUntilKilled(options: KillableOptions, kill: number, random: SeededRandom): Promise<readonly Sent[]> {
  await using server = await KillableServer.start(options)
  const lists = Array.from({ length: SENDERS }, (_, sender) => aSeries(kill * SENDERS + sender))
  const sending = lists.map((list) => sendAll(server.receptionPort ?? 0, list))
  await Promise.race([Promise.all(sending), setTimeout(random.below(KILL_MS_MAX))])
  server.kill()
  await Promise.all(sending)
  return lists.flat()
}

/** @returns false when the connection broke */
async function sendAll(port: number, list: readonly Sent[]): Promise<boolean> {
  const sender = await DicomSender.connect(port).catch(() => undefined)
  if (sender === undefined || list[0] === undefined) return false
  using _ = sender
  if ((await sender.associate([list[0].image])) === undefined) return false
  for (const each of list) {
    const status = await sender.store(each.image)
    if (status === undefined) return false
    assert.equal(status, 0)
    each.isAcknowledged = true
  }
  await sender.release()
  return true
}

const SAMPLE = readFileSync(join(SAMPLES, 'CT_small.dcm'))

/** The sample under other numbers: each image is one of its own, all of one study. */
function aSeries(serial: number): Sent[] {
  const { sopInstanceUid } = imageOf(SAMPLE)
  return Array.from({ length: IMAGES_EACH }, (_, i) => {
    const number = String(10_000_000 + serial * IMAGES_EACH + i)
    const file = Buffer.from(SAMPLE.toString('latin1').replaceAll(sopInstanceUid, sopInstanceUid.slice(0, -8) + number), 'latin1')
    return { image: imageOf(file), isAcknowledged: false }
  })
}

/** Of what is kept, each image is as it was sent; of what was acknowledged, each is kept. */
async function requireAcknowledged(app: Awaited<ReturnType<typeof startApp>>, sent: readonly Sent[]): Promise<void> {
  const practice = app.installation.practice()
  const rows = new Map((await instancesOf({ practice })).map((row) => [row.sop_uid, row]))
  for (const { image, isAcknowledged } of sent) {
    const row = rows.get(image.sopInstanceUid)
    if (row === undefined) assert.ok(!isAcknowledged, 'an image was acknowledged, and is not there')
    else assert.ok(dataSetOf(await keptFile(practice, row)).equals(image.dataSet))
  }
}
