/** Headers of real files, of every transfer syntax and character set in the samples, whole, cut and with any byte changed. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { constants, inflateRawSync } from 'node:zlib'
import { readDicomdir } from './dicomdir.ts'
import { type DicomHeader, readDicomHeader } from './header.ts'
import { decodeFileMeta, encodeFileMeta, IMPLEMENTATION_CLASS_UID, isDicomFile } from './part10.ts'

const SAMPLES = join(import.meta.dirname, '../../../samples/dicom')
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)
const IS_CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const FLIPS_A_FILE = 150
/** What stands before the pixels of these files; a campaign flips each byte of it. */
const HEADER_BYTES = 16 * 1024
const INPUT_MS_MAX = 20_000

const sample = (name: string): Uint8Array => new Uint8Array(readFileSync(join(SAMPLES, name)))
const read = (bytes: Uint8Array) => readDicomHeader(bytes, { inflate })

function inflate(bytes: Uint8Array): Uint8Array {
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 4 * 1024 * 1024 })
}

test('an intra-oral radiograph says whose it is, of which tooth, by which device', () => {
  const header = read(sample('dental/p1_IO_36.dcm')) as DicomHeader
  assert.deepEqual(header.patient, {
    identifier: { value: 'P000123', issuer: 'CABINET-DEMO', issuerOid: '1.2.250.1.999999.1' },
    others: [{ value: '250017505610063', issuer: 'ASIP-SANTE-INS-NIR-TEST', issuerOid: '1.2.250.1.213.1.4.10' }],
    familyName: 'VERSAIRE',
    givenNames: 'Anne',
    bornOn: '1950-01-24',
    sex: 'F',
  })
  assert.deepEqual(header.structures, [{ value: '866006002', scheme: 'SCT' }])
  assert.deepEqual(header.device, { manufacturer: 'SYNTHETIC', model: 'PHANTOM', serialNumber: 'SN-0001' })
  assert.deepEqual(header.dose, { tubeVoltageKv: 65, exposureTimeMs: 160 })
  assert.deepEqual(
    [header.modality, header.rows, header.columns, header.takenOn, header.takenAt],
    ['IO', 1000, 740, '2026-03-12', '10:15:00'],
  )
})

test('names are read in their character sets', () => {
  const names = ['chrFren', 'chrFrenMulti', 'chrGerm', 'chrGreek', 'chrH31', 'chrRuss'].map((name) => {
    const { familyName, givenNames } = read(sample(`charsets/${name}.dcm`))?.patient ?? {}
    return [familyName, givenNames].filter(Boolean).join(', ')
  })
  assert.deepEqual(names, ['Buc, Jérôme', 'Buc, Jérôme', 'Äneas, Rüdiger', 'Διονυσιος', 'Yamada, Tarou', 'Люкceмбypг'])
})

test('a file that was cut says how long it should be', () => {
  const [whole, cut] = [sample('dental/p2_IO_48.dcm'), sample('defects/defect_truncated.dcm')]
  assert.ok((read(whole)?.bytesNeeded ?? 0) <= whole.length)
  assert.ok((read(cut)?.bytesNeeded ?? 0) > cut.length)
})

test('the first kilobytes are enough, and a file without its meta group does not read', () => {
  const file = sample('CT_small.dcm')
  assert.equal(read(file.subarray(0, 8 * 1024))?.studyInstanceUid, read(file)?.studyInstanceUid)
  assert.equal(read(sample('no_meta.dcm')), undefined)
  assert.equal(read(new Uint8Array()), undefined)
})

test('what we write before a data set is read again, and is as long as it says', () => {
  const meta = {
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '2.25.123',
    senderAeTitle: 'PANO',
  }
  const bytes = encodeFileMeta(meta)
  assert.deepEqual(decodeFileMeta(bytes), { ...meta, dataSetOffset: bytes.length })
  assert.ok(isDicomFile(bytes) && new TextDecoder('latin1').decode(bytes).includes(IMPLEMENTATION_CLASS_UID))
})

test('a DICOMDIR names its files', () => {
  const files = readDicomdir(sample('media/DICOMDIR'))
  assert.equal(files?.length, 31) // of a larger medium, of which 15 files came along
  assert.deepEqual(files?.[0], ['77654033', 'CR1', '6154'])
})

test('any byte of any sample may change: a header comes out or none, soon, with plain bounded words', (context) => {
  context.diagnostic(`COURONNE_SEED=${SEED}`)
  const random = generator(SEED)
  for (const path of globSync('**/*', { cwd: SAMPLES, withFileTypes: true }).filter((each) => each.isFile())) {
    const bytes = new Uint8Array(readFileSync(join(path.parentPath, path.name))).slice(0, HEADER_BYTES)
    const flips = IS_CAMPAIGN ? bytes.length : Math.min(FLIPS_A_FILE, bytes.length)
    for (let i = 0; i < flips; i++) {
      const at = IS_CAMPAIGN ? i : random(bytes.length)
      const before = bytes[at] ?? 0
      bytes[at] = before ^ (1 + random(255))
      const began = performance.now()
      requirePlain(read(bytes), `${path.name} ${at} ${bytes[at]}`)
      readDicomdir(bytes)
      assert.ok(performance.now() - began < INPUT_MS_MAX, `${path.name} at ${at}: it takes too long`)
      bytes[at] = before
    }
  }
})

function requirePlain(header: DicomHeader | undefined, where: string): void {
  const texts = JSON.stringify(header ?? {}, (_, value: unknown) => {
    if (typeof value === 'string') {
      assert.ok(value.length <= 300 && value.isWellFormed() && !/\p{Cc}/u.test(value), `${where}: ${value}`)
    }
    return value
  })
  assert.ok(texts.length < 40_000, where)
}

function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
