/** Images received by network, from dcmtk's own sender and from one that sends exactly what it is given. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeFileMeta, encodePdu, IMPLEMENTATION_CLASS_UID } from '@couronne/formats'
import type { NewIdentity } from '#patients'
import { aPatient, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { startOrthanc } from '../../../tests/peers/orthanc.ts'
import { run } from '../../../tests/peers/peers.ts'
import { DicomSender, imageOf } from './dicom-sender.ts'
import { dataSetOf, instancesOf, keptFile, receive, SAMPLES, sendableFiles } from './receive-for-tests.ts'
import type { StudyRow } from './store.ts'

const sample = (name: string) => readFileSync(join(SAMPLES, name))
const ANNE: Partial<NewIdentity> = {
  fileNumber: 'P000123',
  birthName: 'Versaire',
  givenNames: ['Anne'],
  sex: 'female',
  bornOn: '1950-01-24',
}

onBothEngines('reception', (engine) => {
  test('every sample is kept byte for byte as it was sent, in each transfer syntax, whatever its class', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice)
    const files = sendableFiles()
    for (const file of files) assert.equal(await sendOne(reception.port, file), 0)
    const kept = new Map<string, Buffer>()
    for (const row of await instancesOf(made)) {
      const file = await keptFile(made.practice, row)
      kept.set(`${row.transfer_syntax_uid} ${row.data_sha256}`, file)
    }
    const sent = new Map(files.map((file) => [file, imageOf(file)]))
    for (const [file, { transferSyntaxUid }] of sent) {
      const found = [...kept].find(
        ([name, each]) => name.startsWith(`${transferSyntaxUid} `) && dataSetOf(each).equals(dataSetOf(file)),
      )
      assert.ok(found !== undefined, `${transferSyntaxUid}`)
    }
    assert.equal(
      kept.size,
      new Set(
        [...sent.values()].map(
          ({ transferSyntaxUid, dataSet }) => `${transferSyntaxUid} ${Buffer.from(dataSet).toString('base64')}`,
        ),
      ).size,
    )
  })

  test('what dcmtk sends is a file that dcmtk reads, with our name as who wrote it and the sender’s title', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice)
    const path = join(SAMPLES, 'dental/p1_IO_36.dcm')
    await storescu(reception.port, path)
    const [row, ...others] = await instancesOf(made)
    assert.ok(row !== undefined && others.length === 0)
    const file = await keptFile(made.practice, row)
    assert.deepEqual(dataSetOf(file), dataSetOf(readFileSync(path)))
    assert.equal(decodeFileMeta(file)?.senderAeTitle, 'PANORAMIC')
    using place = aFolder()
    writeFileSync(join(place.folder, 'kept.dcm'), file)
    const { stdout } = await run('dcmdump', [join(place.folder, 'kept.dcm')])
    assert.ok(String(stdout).includes(IMPLEMENTATION_CLASS_UID), String(stdout).slice(0, 900))
  })

  test('what Orthanc sends is what it was given, as dcmtk reads both, and is kept once however often it sends', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice)
    const receiver = { aeTitle: 'COURONNE', port: reception.port ?? 0 }
    await using orthanc = await startOrthanc()
    using place = aFolder()
    const names = [
      'dental/p1_IO_36.dcm',
      'dental/p3_CT_CBCT_00.dcm',
      'JPEG2000.dcm',
      'MR_small_RLE.dcm',
      'test-SR.dcm',
      'charsets/chrFren.dcm',
    ]
    for (const name of names) await orthanc.keep(sample(name))
    const kept: string[] = []
    for (const _ of ['once', 'again']) {
      await orthanc.sendAll(receiver)
      const rows = await instancesOf(made)
      assert.equal(rows.length, names.length)
      kept.splice(0)
      for (const row of rows) kept.push(await dumpOf(place.folder, await keptFile(made.practice, row)))
    }
    const given: string[] = []
    for (const name of names) given.push(await dumpOf(place.folder, sample(name)))
    assert.deepEqual(kept.toSorted(), given.toSorted())
  })

  test('the same image again is answered with success and kept once; other bytes under its UID are kept beside it, and both are flagged', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice)
    const file = sample('CT_small.dcm')
    assert.equal(await sendOne(reception.port, file), 0)
    assert.equal(await sendOne(reception.port, file), 0)
    assert.deepEqual(
      (await instancesOf(made)).map(({ flag }) => flag),
      ['none'],
    )
    const other = Buffer.from(file)
    other[other.length - 200] = (other[other.length - 200] ?? 0) ^ 1
    assert.equal(await sendOne(reception.port, other), 0)
    const rows = await instancesOf(made)
    assert.deepEqual(
      rows.map(({ flag }) => flag),
      ['same-uid-other-bytes', 'same-uid-other-bytes'],
    )
    assert.deepEqual(dataSetOf(await keptFile(made.practice, rows[0]!)), dataSetOf(file))
    assert.deepEqual(dataSetOf(await keptFile(made.practice, rows[1]!)), dataSetOf(other))
    assert.deepEqual(
      (await studiesOf(made)).map(({ instance_count, flagged }) => [instance_count, flagged]),
      [[2, 2]],
    )
  })

  test('a number of ours, with the name and the birth date that belong to it, attaches by itself; anything less waits for a person', async () => {
    await using made = await makeTestPractice(engine)
    const anne = await aPatient(made, ANNE)
    await aPatient(made, { ...ANNE, fileNumber: 'P000127', birthName: 'Carré', givenNames: ['Flore'], bornOn: '1986-05-24' })
    await aPatient(made, { ...ANNE, fileNumber: 'P000125', birthName: 'Guillaume', givenNames: ['Delphine'], bornOn: '1968-03' })
    await setIssuer(made, 'CABINET-DEMO')
    await using reception = await receive(() => made.practice)
    const names = [
      'dental/p1_IO_36.dcm',
      'defects/defect_identity_mismatch.dcm',
      'dental/p3_CT_CBCT_00.dcm',
      'dental/p2_IO_48.dcm',
      'defects/defect_truncated.dcm',
      'charsets/chrFren.dcm',
    ]
    for (const name of names) assert.equal(await sendOne(reception.port, sample(name)), 0)
    assert.deepEqual(
      (await studiesOf(made)).map(({ state, reason }) => [state, reason]),
      [
        ['attached', null],
        ['tray', 'contradicted'],
        ['tray', 'unconfirmed'],
        ['tray', 'unknown-number'],
        ['tray', 'unreadable'],
        ['tray', 'unknown-number'],
      ],
    )
    const [study] = await studiesOf(made)
    assert.equal(study?.patient_id, anne)
    const entry = await made.practice.db
      .selectFrom('record_version')
      .selectAll()
      .where('kind', '=', 'imagingStudy')
      .executeTakeFirstOrThrow()
    const body = JSON.parse(entry.body ?? '')
    assert.deepEqual([body.teeth, body.modality, body.title, body.takenOn], [['36'], 'IO', 'Rétro-alvéolaire', '2026-03-12'])
    assert.equal(entry.recorded_by, 'program')
    assert.equal(entry.source, 'dicom:SENSOR')
  })

  test('several senders at once, with the same images: each is kept once', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice)
    await Promise.all([1, 2, 3, 4].map(() => storescu(reception.port, '+sd', join(SAMPLES, 'dental'))))
    const rows = await instancesOf(made)
    assert.equal(rows.length, 15)
    assert.equal(
      (await studiesOf(made)).reduce((sum, { instance_count }) => sum + instance_count, 0),
      15,
    )
    for (const row of rows) assert.equal((await keptFile(made.practice, row)).length, row.size_bytes)
  })

  test('two servers on one database keep what both are sent once', async () => {
    await using made = await makeTestPractice(engine)
    await using one = await receive(() => made.practice)
    await using other = await receive(() => ({ ...made.practice }))
    const file = sample('dental/p5_PX_panoramic.dcm')
    assert.deepEqual(await Promise.all([one, other].map(({ port }) => sendOne(port, file))), [0, 0])
    assert.equal((await instancesOf(made)).length, 1)
  })

  test('a sender that stops, lies or says nothing leaves nothing behind, and the next one is served', async () => {
    await using made = await makeTestPractice(engine)
    await using reception = await receive(() => made.practice, {}, { silenceMs: 200, greetingMs: 200, patienceMs: 300 })
    const image = imageOf(sample('CT_small.dcm'))
    for (const misbehave of MISBEHAVIOURS) {
      using sender = await DicomSender.connect(reception.port ?? 0)
      await misbehave(sender, image)
      assert.equal(await sendOne(reception.port, sample('charsets/chrGerm.dcm')), 0)
    }
    assert.equal((await instancesOf(made)).length, 1)
    assert.ok((await reception.status(made.practice)).refused >= MISBEHAVIOURS.length - 1)
  })
})

/** Each ends with the connection gone. */
const MISBEHAVIOURS: readonly ((sender: DicomSender, image: ReturnType<typeof imageOf>) => Promise<void>)[] = [
  async (sender) => void (await sender.next()), // silent from the start
  async (sender) => {
    sender.socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    await sender.next()
  },
  async (sender) => {
    sender.socket.write(Buffer.from([1, 0, 0xff, 0xff, 0xff, 0xff])) // four gibibytes of greeting
    await sender.next()
  },
  async (sender) => {
    sender.send({ kind: 'release-request' }) // before any association
    await sender.next()
  },
  async (sender, image) => {
    await sender.associate([image])
    begin(sender, image)
    sender.socket.end() // in the middle of an image
    await sender.next()
  },
  async (sender, image) => {
    await sender.associate([image])
    begin(sender, image)
    sender.send({ kind: 'abort', source: 0, reason: 0 })
    await sender.next()
  },
  async (sender, image) => {
    await sender.associate([image])
    begin(sender, image)
    const whole = encodePdu({
      kind: 'data',
      pdvs: [{ contextId: 1, isCommand: false, isLast: true, fragment: image.dataSet.subarray(0, 5000) }],
    })
    sender.socket.write(whole.subarray(0, 2000)) // in the middle of a PDU
    await sender.next()
  },
  async (sender, image) => {
    await sender.associate([image])
    begin(sender, image)
    for (let byte = 0; byte < 100 && !sender.socket.destroyed; byte++) {
      sender.socket.write(Buffer.from([4]).subarray(0, byte === 0 ? 1 : 0))
      sender.socket.write(Buffer.from([0]))
      await new Promise((resolve) => setTimeout(resolve, 20)) // never silent, never done
    }
  },
  async (sender, image) => {
    await sender.associate([image])
    sender.data(77, image.dataSet) // a context that nobody proposed
    await sender.next()
  },
]

function begin(sender: DicomSender, image: ReturnType<typeof imageOf>): void {
  const { sopClassUid, sopInstanceUid } = image
  sender.command(1, { field: 1, messageId: 1, hasDataSet: true, sopClassUid, sopInstanceUid })
  sender.data(1, image.dataSet.subarray(0, 20_000), false)
}

test('C-ECHO is answered; another title than ours is refused, and a sender who is not listed', async () => {
  await using made = await makeTestPractice()
  await using reception = await receive(() => made.practice, { senders: ['SENSOR'] })
  const echo = (called: string, calling: string) =>
    run('echoscu', ['-aec', called, '-aet', calling, '127.0.0.1', `${reception.port}`])
  await echo('COURONNE', 'SENSOR')
  await assert.rejects(echo('OTHER', 'SENSOR'), /Called AE Title Not Recognized/)
  const other = await reception.status(made.practice)
  assert.deepEqual([other.lastRefused?.code, other.lastRefused?.calledAeTitle], ['other-title', 'OTHER'])
  await assert.rejects(echo('COURONNE', 'STRANGER'), /Calling AE Title Not Recognized/)
  const { refused, lastRefused } = await reception.status(made.practice)
  assert.deepEqual([refused, lastRefused?.callingAeTitle, lastRefused?.code], [2, 'STRANGER', 'unknown-sender'])
})

test('a sealed practice refuses at the door', async () => {
  await using reception = await receive(() => undefined)
  using sender = await DicomSender.connect(reception.port ?? 0)
  const answer = await sender.associate([])
  assert.deepEqual(answer, { kind: 'associate-reject', result: 2, source: 3, reason: 1 })
})

test('an image that is larger than allowed is refused as out of resources, nothing of it is kept, and the association goes on', async () => {
  await using made = await makeTestPractice()
  await using reception = await receive(() => made.practice, {}, { imageBytesMax: 100_000 })
  const [small, large] = [imageOf(sample('CT_small.dcm')), imageOf(sample('dental/p1_IO_36.dcm'))]
  using sender = await DicomSender.connect(reception.port ?? 0)
  await sender.associate([small, large])
  assert.equal(await sender.store(large, 3), 0xa700)
  assert.equal(await sender.store(small, 1), 0)
  await sender.release()
  assert.equal((await instancesOf(made)).length, 1)
})

test('images of more than the memory’s share go to disk piece by piece, and are the same bytes', async () => {
  await using made = await makeTestPractice()
  await using reception = await receive(() => made.practice)
  const small = sample('CT_small.dcm')
  const large = Buffer.concat([small, Buffer.alloc(20 * 1024 * 1024, 7)]) // trailing padding, as some devices write
  assert.equal(await sendOne(reception.port, large), 0)
  assert.equal(await sendOne(reception.port, large), 0)
  const [row, ...others] = await instancesOf(made)
  assert.ok(row !== undefined && others.length === 0)
  assert.deepEqual(dataSetOf(await keptFile(made.practice, row)), dataSetOf(large))
})

test('over TLS', async () => {
  await using made = await makeTestPractice()
  using place = aFolder()
  const [keyFile, certFile] = [join(place.folder, 'key.pem'), join(place.folder, 'cert.pem')]
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ])
  await using reception = await receive(() => made.practice, { tls: { keyFile, certFile } })
  await storescu(reception.port, '+tla', '+cf', certFile, join(SAMPLES, 'CT_small.dcm'))
  assert.equal((await instancesOf(made)).length, 1)
  await assert.rejects(storescu(reception.port, join(SAMPLES, 'MR_small.dcm')))
})

async function sendOne(port: number | undefined, file: Uint8Array): Promise<number | undefined> {
  const image = imageOf(file)
  using sender = await DicomSender.connect(port ?? 0)
  assert.equal((await sender.associate([image]))?.kind, 'associate-accept')
  const status = await sender.store(image)
  await sender.release()
  return status
}

function storescu(port: number | undefined, ...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, TCP_NODELAY: '1' }
  const options = args.slice(0, -1)
  return run('storescu', [...options, '-aet', 'PANORAMIC', '-aec', 'COURONNE', '127.0.0.1', `${port}`, args.at(-1) ?? ''], {
    env,
  })
}

function studiesOf({ practice }: TestPractice): Promise<StudyRow[]> {
  return practice.db.selectFrom('image_study').selectAll().orderBy('id').execute()
}

async function setIssuer({ practice, owner }: TestPractice, issuer: string): Promise<void> {
  const { saveReceptionSettings, loadReceptionSettings } = await import('./reception/settings.ts')
  const settings = await loadReceptionSettings(practice.db, practice.id)
  await practice.db.transaction().execute((tx) => saveReceptionSettings(tx, practice, owner, { ...settings, issuer }))
}

/** What dcmtk reads of its data set, pixels included. Lengths, and the padding behind the end, each program writes as it likes. */
async function dumpOf(folder: string, file: Buffer): Promise<string> {
  const path = join(folder, 'dumped.dcm')
  writeFileSync(path, file)
  const { stdout } = await run('dcmdump', ['-q', '+L', path])
  const text = String(stdout)
  return text
    .slice(text.indexOf('# Dicom-Data-Set'))
    .split('\n')
    .filter((line) => /^ *\([0-9a-f]{4},[0-9a-f]{4}\)/.test(line) && !/^ *\((fffe,.{4}\) na|fffc,fffc\)|.{4},0000\))/.test(line))
    .map((line) => line.replace(/ +# .*$/, '').replace(/\(Sequence with .*\)/, '(Sequence)'))
    .join('\n')
}

function aFolder(): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-images-'))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
