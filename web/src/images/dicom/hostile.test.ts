/** Files of the samples, damaged in many ways: each is a picture of the size that it says, or a reason why there is none; in a moment. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NoPictureError, readDicomFile } from './dicom-file.ts'
import { readFacts } from './facts.ts'
import { makePicture } from './picture.ts'
import { loadForTest } from './testing.ts'

const SAMPLES = join(import.meta.dirname, '../../../../samples/dicom')
const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 2_000 : 6
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)
/** Large ones say nothing more, and take their time. */
const FILE_BYTES_MAX = 160_000
const MS_MAX = 10_000
/** CharLS ponders half a minute over some: in the pages its worker is ended, here it would only be waited for. */
const PONDERED: ReadonlySet<string> = new Set(['MR_small_jpeg_ls_lossless.dcm'])

const files = globSync('**/*', { cwd: SAMPLES, withFileTypes: true })
  .filter((each) => each.isFile() && !each.name.endsWith('.md') && !PONDERED.has(each.name))
  .map(({ parentPath, name }) => join(parentPath, name))
  .filter((path) => readFileSync(path).length <= FILE_BYTES_MAX)

for (const path of files)
  test(`${path.slice(SAMPLES.length + 1)}, damaged, is a picture or a reason`, async () => {
    const whole = new Uint8Array(readFileSync(path))
    for (let run = 0; run < RUNS; run++) {
      const bytes = damage(whole, SEED + run)
      const began = performance.now()
      try {
        await look(bytes)
        assert.ok(performance.now() - began < MS_MAX, 'it takes too long')
      } catch (cause) {
        throw new Error(`COURONNE_SEED=${SEED + run}`, { cause })
      }
    }
  })

async function look(bytes: Uint8Array): Promise<void> {
  try {
    const file = await readDicomFile(bytes)
    readFacts(file)
    const picture = await makePicture(file, 0, loadForTest)
    const pixels = picture.rows * picture.columns
    assert.equal(picture.kind === 'grey' ? picture.values.length : picture.rgba.length / 4, pixels)
    if (picture.kind === 'grey') assert.ok(picture.values.every((value) => value < picture.levels.length))
  } catch (error) {
    if (!(error instanceof NoPictureError)) throw error
  }
}

/** A few bytes changed, or some cut out, or the end cut off; the same for the same seed (mulberry32). */
function damage(whole: Uint8Array, seed: number): Uint8Array {
  let state = seed
  const random = (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  // Most of a file is pixels: the header is where it hurts.
  const place = () => (random(2) === 0 ? random(Math.min(whole.length, 3_000)) : random(whole.length))
  const bytes = whole.slice()
  const kind = random(4)
  if (kind === 0) return bytes.subarray(0, place())
  if (kind === 1) {
    const at = place()
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + random(40))])
  }
  for (let changes = 1 + random(4); changes > 0; changes--) bytes[place()] = random(256)
  return bytes
}
