/** Studies and the tray over HTTP: what people see of them, decide about them, and what the journal then says. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { keepImage } from '#images'
import { verifyRecord } from '#patients'
import { Desk, databaseFor, onBothEngines, serverOptions } from '#testing'
import { type App, startApp } from './app.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../samples/dicom', name))

onBothEngines('images over HTTP', (engine) => {
  let top: string
  let app: App
  let desk: Desk

  before(async () => {
    top = mkdtempSync(join(tmpdir(), 'couronne-images-'))
    const database = await databaseFor(engine)
    app = await startApp({ ...serverOptions(top), ...(database === undefined ? {} : { database }) })
    desk = await Desk.setUp(app)
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    rmSync(top, { recursive: true, force: true })
  })

  const keep = (name: string, over?: Buffer) =>
    keepImage(app.installation.practice(), { bytes: once(over ?? sample(name)), source: 'dicom:SENSOR' })
  const journal = (action: string) =>
    app.installation.practice().db.selectFrom('journal_entry').selectAll().where('action', '=', action).orderBy('seq').execute()

  test('a study goes from the tray to a patient, to the right one after a slip, and back; each step is a version with its reason', async () => {
    const [anne, flore] = [await desk.addPatient('A1'), await desk.addPatient('A2')]
    const { studyId } = await keep('dental/p1_IO_36.dcm')
    const tray = (await desk.ask('GET', '/api/images/tray')).json
    const listed = tray.studies.find(({ id }: { id: string }) => id === studyId)
    assert.deepEqual(
      [listed.reason, listed.named.familyName, listed.named.ins],
      ['foreign-number', 'VERSAIRE', '250017505610063'],
    )
    const attach = (patientId: string, body = {}) =>
      desk.ask('POST', `/api/images/tray/${studyId}/attach`, { patientId, ...body })
    assert.equal((await attach(anne)).json.fields[0].path, 'reason') // the header says another name
    const reason = 'Nom de jeune fille sur l’appareil'
    assert.equal((await attach(anne, { reason })).status, 200)
    assert.equal((await desk.ask('GET', `/api/images/tray/${studyId}`)).status, 404)
    const studies = (await desk.ask('GET', `/api/patients/${anne}/studies`)).json.studies
    assert.deepEqual([studies[0].id, studies[0].entry.teeth, studies[0].instanceCount], [studyId, ['36'], 1])
    const move = (patientId: string, toPatientId: string | null) =>
      desk.ask('POST', `/api/patients/${patientId}/studies/${studyId}/move`, { toPatientId, expectedVersion: 1, reason })
    assert.equal((await move(anne, flore)).status, 200)
    assert.equal((await move(anne, flore)).status, 404)
    assert.deepEqual((await desk.ask('GET', `/api/patients/${anne}/studies`)).json.studies, [])
    assert.equal((await desk.ask('GET', `/api/patients/${flore}/studies`)).json.studies.length, 1)
    assert.deepEqual((await move(flore, null)).json, {})
    const back = (await desk.ask('GET', `/api/images/tray/${studyId}`)).json
    assert.equal(back.study.reason, 'returned')
    const practice = app.installation.practice()
    for (const patientId of [anne, flore]) assert.deepEqual((await verifyRecord(practice.db, practice.id, patientId)).breaks, [])
    assert.equal((await journal('study.moved')).length, 2)
    assert.ok((await journal('study.attached')).some((entry) => entry.reason === reason && entry.patient_id === anne))
  })

  test('a study that is set aside waits there, and comes back', async () => {
    const { studyId } = await keep('MR_small.dcm')
    const reason = 'Image d’essai du technicien'
    assert.equal((await desk.ask('POST', `/api/images/tray/${studyId}/set-aside`, { reason })).status, 204)
    assert.equal((await desk.ask('POST', `/api/images/tray/${studyId}/set-aside`, { reason })).status, 409)
    const aside = (await desk.ask('GET', '/api/images/tray?state=aside')).json
    assert.deepEqual(
      aside.studies.map(({ asideReason }: { asideReason: string }) => asideReason),
      [reason],
    )
    assert.equal((await desk.ask('POST', `/api/images/tray/${studyId}/bring-back`)).status, 204)
  })

  test('the tray proposes those with whom most agrees, and the journal says whom it showed', async () => {
    const identity = { fileNumber: 'B1', birthName: 'Dupuy', givenNames: ['Athanase'], sex: 'male', bornOn: '1959-02-24' }
    const { id } = (await desk.ask('POST', '/api/patients', { identity })).json
    await desk.ask('POST', '/api/patients', { identity: { ...identity, fileNumber: 'B2', bornOn: '1980-01-01' } })
    const { studyId } = await keep('dental/p2_IO_48.dcm')
    const { proposals } = (await desk.ask('GET', `/api/images/tray/${studyId}`)).json
    assert.deepEqual(
      [proposals[0].patient.id, proposals[0].grounds, proposals[0].contradictions],
      [id, ['name-and-birth-date'], []],
    )
    assert.deepEqual(proposals[1].contradictions, ['birth-date'])
    const shown = await journal('patients.searched')
    assert.ok(shown.at(-1)?.details.includes(id))
  })

  test('the bytes come out as they are, whole and in ranges; the journal says once that the study was opened', async () => {
    const patientId = await desk.addPatient('C1')
    const file = sample('dental/p5_PX_panoramic.dcm')
    const { studyId, instanceId } = await keep('', file)
    await desk.ask('POST', `/api/images/tray/${studyId}/attach`, { patientId, reason: 'Identité relevée au fauteuil' })
    const { series } = (await desk.ask('GET', `/api/patients/${patientId}/studies/${studyId}`)).json
    const [instance] = series[0].instances
    assert.deepEqual([instance.rows, instance.columns, instance.frames, instance.sizeBytes], [700, 1400, 1, file.length])
    const path = `/api/patients/${patientId}/studies/${studyId}/instances/${instanceId}`
    const whole = await desk.ask('GET', `${path}/content`)
    assert.deepEqual(whole.bytes, file)
    assert.equal(whole.headers.get('content-type'), 'application/dicom')
    assert.equal(whole.headers.get('content-security-policy'), "sandbox; default-src 'none'")
    for (const [from, to] of [
      [0, 9],
      [1_000_000, 1_100_000],
      [file.length - 1, file.length - 1],
    ] as const) {
      const part = await desk.ask('GET', `${path}/content`, undefined, { range: `bytes=${from}-${to}` })
      assert.equal(part.status, 206)
      assert.deepEqual(part.bytes, file.subarray(from, to + 1))
    }
    assert.equal((await desk.ask('GET', `${path}/content`, undefined, { range: 'bytes=99999999-' })).status, 416)
    assert.equal((await journal('study.read')).filter(({ patient_id }) => patient_id === patientId).length, 1)
    const other = await desk.addPatient('C2')
    assert.equal((await desk.ask('GET', `/api/patients/${other}/studies/${studyId}/instances/${instanceId}/content`)).status, 404)
  })

  test('a preview is a small picture; what cannot be drawn is a grey field that says so', async () => {
    const panoramic = await keep('dental/p3_CT_CBCT_05.dcm')
    const drawn = await desk.ask(
      'GET',
      `/api/images/tray/${panoramic.studyId}/instances/${panoramic.instanceId}/preview?size=100`,
    )
    assert.equal(drawn.headers.get('couronne-preview'), 'drawn')
    const { width, height, format } = await sharp(drawn.bytes).metadata()
    assert.deepEqual([width, height, format], [100, 100, 'png'])
    const ecg = await keep('waveform_ecg.dcm')
    const none = await desk.ask('GET', `/api/images/tray/${ecg.studyId}/instances/${ecg.instanceId}/preview`)
    assert.equal(none.headers.get('couronne-preview'), 'none')
    assert.equal((await sharp(none.bytes).metadata()).format, 'png')
  })

  test('reception is switched on and off by its settings, and its status tells of no patient', async () => {
    const settings = (await desk.ask('GET', '/api/images/reception')).json
    assert.equal(settings.isOn, false)
    const port = await freePort()
    const wanted = {
      ...settings,
      isOn: true,
      port,
      senders: [{ aeTitle: 'SENSOR', label: 'Capteur du fauteuil 1' }],
      acceptsUnknown: false,
    }
    assert.equal((await desk.ask('PUT', '/api/images/reception', wanted)).status, 200)
    const status = (await desk.ask('GET', '/api/images/reception/status')).json
    assert.deepEqual([status.isListening, status.port, status.host], [true, port, '127.0.0.1'])
    assert.ok(status.instances > 0 && !JSON.stringify(status).includes('VERSAIRE'))
    await desk.ask('PUT', '/api/images/reception', { ...wanted, isOn: false })
    assert.equal((await desk.ask('GET', '/api/images/reception/status')).json.isListening, false)
    assert.equal((await desk.ask('PUT', '/api/images/reception', { ...wanted, aeTitle: 'A\\B' })).status, 400)
  })
})

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
