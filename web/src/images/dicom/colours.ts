/** Colours of any sort that DICOM stores (PS3.3 C.7.6.3.1.2) as red, green, blue and opaque. */
import type { DataSet } from 'dicom-parser'
import type { Samples } from './samples.ts'
import type { Shape } from './shape.ts'

/** @param shape how the samples lie, which a codec may have changed */
export function toColours(samples: Samples, shape: Shape, data: DataSet): Uint8ClampedArray {
  const pixels = shape.rows * shape.columns
  const rgba = new Uint8ClampedArray(pixels * 4).fill(255)
  if (shape.photometric === 'PALETTE COLOR') {
    paint(rgba, samples, data)
    return rgba
  }
  const down = Math.max(0, shape.bitsStored - 8)
  const [step, next] = shape.isPlanar ? [1, pixels] : [3, 1]
  const isYbr = shape.photometric.startsWith('YBR_FULL')
  for (let i = 0; i < pixels; i++) {
    const at = i * step
    const a = (samples[at] as number) >> down
    const b = (samples[at + next] as number) >> down
    const c = (samples[at + 2 * next] as number) >> down
    rgba[i * 4] = isYbr ? a + 1.402 * (c - 128) : a
    rgba[i * 4 + 1] = isYbr ? a - 0.344136 * (b - 128) - 0.714136 * (c - 128) : b
    rgba[i * 4 + 2] = isYbr ? a + 1.772 * (b - 128) : c
  }
  return rgba
}

const RED = 'x00281101'
const TABLES = ['x00281201', 'x00281202', 'x00281203'] as const

function paint(rgba: Uint8ClampedArray, samples: Samples, data: DataSet): void {
  const length = data.uint16(RED, 0) || 65_536
  const first = data.int16(RED, 1) ?? 0
  const bits = data.uint16(RED, 2) ?? 16
  const tables = TABLES.map((tag) => tableOf(data, tag, { length, bits }))
  for (let i = 0; i < samples.length; i++) {
    const entry = Math.max(0, Math.min(length - 1, (samples[i] as number) - first))
    for (let channel = 0; channel < 3; channel++) rgba[i * 4 + channel] = tables[channel]?.[entry] ?? 0
  }
}

/** Tables of 16 bits whose entries fill only the lower eight are written by some programs. */
function tableOf(data: DataSet, tag: string, { length, bits }: { readonly length: number; readonly bits: number }): Uint8Array {
  const element = data.elements[tag]
  if (element === undefined) return new Uint8Array(length)
  if (element.length < length * 2) {
    const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + length)
    return Uint8Array.from(bytes)
  }
  const entries = Array.from({ length }, (_, i) => data.uint16(tag, i) ?? 0)
  const isLow = bits === 8 || entries.every((entry) => entry < 256)
  return Uint8Array.from(entries, (entry) => (isLow ? entry : entry >> 8))
}
