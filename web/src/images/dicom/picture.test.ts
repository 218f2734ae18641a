/** Each file of the samples as a picture; what another program makes of it is the measure. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type NoPictureError, readDicomFile } from './dicom-file.ts'
import { readFacts } from './facts.ts'
import { type ColourPicture, type GreyPicture, makePicture, type Picture } from './picture.ts'
import { loadForTest } from './testing.ts'

const SAMPLES = join(import.meta.dirname, '../../../../samples/dicom')
const top = mkdtempSync(join(tmpdir(), 'couronne-pictures-'))
after(() => rmSync(top, { recursive: true }))

const bytesOf = (name: string) => new Uint8Array(readFileSync(name.startsWith('/') ? name : join(SAMPLES, name)))

async function picture(name: string, frame = 0): Promise<Picture> {
  return makePicture(await readDicomFile(bytesOf(name)), frame, loadForTest)
}
async function grey(name: string): Promise<GreyPicture> {
  const made = await picture(name)
  assert(made.kind === 'grey', name)
  return made
}
async function colour(name: string, frame = 0): Promise<ColourPicture> {
  const made = await picture(name, frame)
  assert(made.kind === 'colour', name)
  return made
}
const measures = ({ values, levels }: GreyPicture) => Float32Array.from(values, (value) => levels[value] as number)

/** The same file as one of dcmtk's programs unpacks it. */
function unpacked(program: string, name: string): string {
  const to = join(top, name)
  const { status, stderr } = spawnSync(program, [join(SAMPLES, name), to], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return to
}

/** What dcmtk draws, as red, green and blue. */
function drawn(name: string, ...args: string[]): { readonly columns: number; readonly rows: number; readonly rgb: Uint8Array } {
  const to = join(top, `${name}.ppm`)
  const { status, stderr } = spawnSync('dcmj2pnm', ['+op', ...args, join(SAMPLES, name), to], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const bytes = readFileSync(to)
  const [head = '', columns, rows] = /^P6\n(?:#.*\n)*(\d+) (\d+)\n255\n/.exec(bytes.toString('latin1').slice(0, 300)) ?? []
  return { columns: Number(columns), rows: Number(rows), rgb: new Uint8Array(bytes.subarray(head.length)) }
}

function mostDifferent({ rgba }: ColourPicture, rgb: Uint8Array): number {
  let most = 0
  for (let i = 0; i < rgb.length; i++)
    most = Math.max(most, Math.abs((rgb[i] as number) - (rgba[Math.floor(i / 3) * 4 + (i % 3)] as number)))
  return most
}

test('one picture in seven syntaxes is the same to the last value', async () => {
  const plain = measures(await grey('MR_small.dcm'))
  for (const name of ['RLE', 'bigendian', 'implicit', 'jp2klossless', 'jpeg_ls_lossless'])
    assert.deepEqual(measures(await grey(`MR_small_${name}.dcm`)), plain, name)
})

test('JPEG with twelve bits differs from what dcmtk unpacks by a rounding at most', async () => {
  for (const name of ['JPGExtended.dcm', 'JPEG-lossy.dcm']) {
    const ours = measures(await grey(name))
    const theirs = measures(await grey(unpacked('dcmdjpeg', name)))
    let most = 0
    for (let i = 0; i < ours.length; i++) most = Math.max(most, Math.abs((ours[i] as number) - (theirs[i] as number)))
    assert.ok(most <= 1, `${name}: ${most}`)
  }
})

test('colours are those that dcmtk draws: stored, by a palette, from JPEG', async () => {
  for (const [name, tolerance] of [
    ['examples_rgb_color.dcm', 0],
    ['examples_palette.dcm', 0],
    ['SC_rgb_small_odd.dcm', 0],
    ['SC_rgb_jpeg_gdcm.dcm', 0],
    ['ExplVR_BigEnd.dcm', 0],
    ['examples_ybr_color.dcm', 4],
  ] as const) {
    const ours = await colour(name)
    const theirs = drawn(name)
    assert.deepEqual([ours.columns, ours.rows], [theirs.columns, theirs.rows], name)
    assert.ok(mostDifferent(ours, theirs.rgb) <= tolerance, `${name}: ${mostDifferent(ours, theirs.rgb)}`)
  }
})

test('JPEG 2000 in colour has its size and its shades', async () => {
  const compressed = await colour('examples_jpeg2k.dcm')
  assert.deepEqual([compressed.columns, compressed.rows], [640, 480])
  const shades = new Set(compressed.rgba)
  assert.ok(shades.size > 100, `${shades.size} shades`)
})

test('frames of a film are one after the other, and differ', async () => {
  const [first, second, last] = [
    await colour('examples_ybr_color.dcm', 0),
    await colour('examples_ybr_color.dcm', 1),
    await colour('examples_ybr_color.dcm', 29),
  ]
  assert.notDeepEqual(first.rgba, second.rgba)
  assert.notDeepEqual(second.rgba, last.rgba)
  assert.ok(mostDifferent(last, drawn('examples_ybr_color.dcm', '+F', '30').rgb) <= 4)
})

test('measured values are the stored ones by slope and intercept', async () => {
  const ct = await grey('CT_small.dcm')
  assert.deepEqual([ct.levels[0], ct.levels.at(-1)], [-896, 1167])
  const negative = await grey('media/77654033/CR1/6154')
  assert.equal(negative.isNegative, true)
})

test('a file that was cut short shows what is there, and says that it is not all', async () => {
  for (const name of ['MR_truncated.dcm', 'defects/defect_truncated.dcm']) assert.equal((await grey(name)).isCutShort, true, name)
  const whole = measures(await grey('MR_small.dcm'))
  const cut = measures(await grey('MR_truncated.dcm'))
  assert.deepEqual(cut.subarray(0, 4000), whole.subarray(0, 4000))
  assert.equal((await grey('MR_small.dcm')).isCutShort, false)
})

test('deflated, one bit a pixel, thirty-two bits a pixel, an overlay', async () => {
  assert.deepEqual([(await grey('image_dfl.dcm')).columns, (await grey('image_dfl.dcm')).rows], [512, 512])
  assert.equal((await grey('liver_1frame.dcm')).levels.length, 2)
  const liver = await grey('liver_1frame.dcm')
  assert.ok(liver.values.some((value) => value === 1))
  assert.equal((await grey('badVR.dcm')).columns, 10)
  const [overlay] = (await grey('examples_overlay.dcm')).overlays
  assert.ok(overlay?.mask.some((each) => each === 1))
})

test('what holds no picture says which sort of none', async () => {
  const reasonOf = (name: string) =>
    picture(name).then(
      () => 'a picture',
      (error: NoPictureError) => error.reason,
    )
  for (const name of ['test-SR.dcm', 'waveform_ecg.dcm', 'media/DICOMDIR']) assert.equal(await reasonOf(name), 'no-pixels', name)
  assert.equal(await reasonOf('no_meta.dcm'), 'not-dicom')
  assert.equal(await reasonOf(join(import.meta.dirname, 'picture.ts')), 'not-dicom')
})

test('lengths are measured at the detector unless somebody has corrected them', async () => {
  const facts = async (name: string) => readFacts(await readDicomFile(bytesOf(name)))
  assert.deepEqual((await facts('dental/p1_IO_36.dcm')).spacing, { at: 'detector', rowMm: 0.02, columnMm: 0.02 })
  assert.deepEqual((await facts('dental/p3_CT_CBCT_00.dcm')).spacing, { at: 'patient', rowMm: 0.2, columnMm: 0.2 })
  assert.equal((await facts('examples_rgb_color.dcm')).spacing, undefined)
})

test('names are read in the repertoire that the header names', async () => {
  const named = async (name: string) => readFacts(await readDicomFile(bytesOf(`charsets/${name}.dcm`))).named
  assert.deepEqual(await named('chrFren'), { number: 'SCSFREN', familyName: 'Buc', givenNames: 'Jérôme' })
  assert.deepEqual(await named('chrFrenMulti'), { number: 'SCSFREN', familyName: 'Buc', givenNames: 'Jérôme' })
  assert.equal((await named('chrGerm')).familyName, 'Äneas')
  assert.equal((await named('chrGreek')).familyName, 'Διονυσιος')
  assert.equal((await named('chrRuss')).familyName, 'Люкceмбypг')
})

test('a compression that nothing here knows, and a codec that chokes, are told apart', async () => {
  const bytes = bytesOf('MR_small_RLE.dcm')
  const text = Buffer.from(bytes).toString('latin1')
  const renamed = Buffer.from(text.replace('1.2.840.10008.1.2.5\0', '1.2.840.10008.1.2.9\0'), 'latin1')
  const reason = async (each: Uint8Array) =>
    makePicture(await readDicomFile(each), 0, loadForTest).catch((error: NoPictureError) => error.reason)
  assert.equal(await reason(new Uint8Array(renamed)), 'unknown-compression')
  const jls = bytesOf('MR_small_jpeg_ls_lossless.dcm')
  jls.fill(0, 1560, 1600)
  assert.equal(await reason(jls), 'damaged')
})
