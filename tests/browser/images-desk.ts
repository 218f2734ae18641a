/** A desk to which a device sends its images. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Desk } from './desk.ts'

const SAMPLES = join(import.meta.dirname, '../../samples/dicom')

/** What is to be offered so that dcmtk sends a file as it is. */
const OFFERS: Readonly<Record<string, string>> = {
  'MR_small_RLE.dcm': '-xr',
  'MR_small_jpeg_ls_lossless.dcm': '-xt',
  'MR_small_jp2klossless.dcm': '-xv',
  'MR_small_bigendian.dcm': '-xb',
  'SC_rgb_jpeg_gdcm.dcm': '-xs',
  'examples_ybr_color.dcm': '-xy',
  'examples_jpeg2k.dcm': '-xv',
  'JPEG2000.dcm': '-xw',
  'JPGExtended.dcm': '-xx',
}

/** Sends files of the samples as a sensor does, and waits for the answer to each. @returns how many were refused */
export async function sendImages(
  desk: Desk,
  files: readonly string[],
  { aeTitle = 'COURONNE' }: { readonly aeTitle?: string } = {},
): Promise<number> {
  const receptionPort = desk.app.receptionPort()
  assert(receptionPort !== undefined, 'nobody listens')
  let refused = 0
  for (const file of files) {
    const offer = OFFERS[file]
    const args = [...(offer === undefined ? [] : [offer]), '-aet', 'PANO1', '-aec', aeTitle, '127.0.0.1', String(receptionPort)]
    // The server is in this process: it must not be waited for by standing still.
    const sender = spawn('storescu', [...args, join(SAMPLES, file)], {
      stdio: 'ignore',
      env: { ...process.env, TCP_NODELAY: '1' },
    })
    const [code] = (await once(sender, 'close')) as [number | null]
    if (code !== 0) refused++
  }
  return refused
}

/** Two radiographs in a record, and a volume that waits in the tray. */
export async function receiveImages(desk: Desk, page: Page, patientId: string): Promise<void> {
  assert.equal(await sendImages(desk, ['dental/p1_IO_36.dcm', 'dental/p5_PX_panoramic.dcm']), 0)
  await page.evaluate(async (id) => {
    const { studies } = (await (await fetch('/api/images/tray')).json()) as { studies: { id: string }[] }
    for (const study of studies) {
      const body = JSON.stringify({ patientId: id, reason: 'Images d’essai du constructeur' })
      const headers = { 'content-type': 'application/json' }
      await fetch(`/api/images/tray/${study.id}/attach`, { method: 'POST', headers, body })
    }
  }, patientId)
  assert.equal(await sendImages(desk, ['dental/p3_CT_CBCT_00.dcm', 'dental/p3_CT_CBCT_01.dcm']), 0)
}

/** A sample as a JPEG (`+oj`) or TIFF (`+ot`) file, drawn by dcmtk. */
export function ordinaryPicture(desk: Desk, format: '+oj' | '+ot', file: string): Buffer {
  const to = join(desk.top, `picture${format}`)
  const { status } = spawnSync('dcmj2pnm', [format, join(SAMPLES, file), to])
  assert.equal(status, 0, file)
  return readFileSync(to)
}

/** What is drawn in a pane: how many shades, and a number that another drawing has not. */
export function drawnIn(page: Page, pane = 0): Promise<{ readonly shades: number; readonly sum: number }> {
  return page
    .locator('.picture-box canvas')
    .nth(pane)
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
      const shades = new Set<number>()
      let sum = 0
      for (let i = 0; i < data.length; i += 4) {
        shades.add(data[i] as number)
        sum = (sum * 31 + (data[i] as number) * 3 + (data[i + 1] as number) * 5 + (data[i + 2] as number)) % 1_000_000_007
      }
      return { shades: shades.size, sum }
    })
}

/** Until a pane shows something else than before. */
export async function redrawn(
  page: Page,
  before: { readonly sum: number },
  pane = 0,
): Promise<{ readonly shades: number; readonly sum: number }> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 50) {
    const now = await drawnIn(page, pane)
    if (now.sum !== before.sum) return now
    await page.waitForTimeout(50)
  }
  assert.fail('the picture does not change')
}

/** Until a pane shows more than black. */
export async function drawn(page: Page, pane = 0): Promise<{ readonly shades: number; readonly sum: number }> {
  await page.locator('.picture-box canvas').nth(pane).waitFor()
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 50) {
    const now = await drawnIn(page, pane)
    if (now.shades > 1) return now
    await page.waitForTimeout(50)
  }
  assert.fail('the picture stays black')
}
