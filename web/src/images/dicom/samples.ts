/** Pixels as they are stored without compression (PS3.5 §8): read into arrays of numbers, with only the bits that count. */
import type { Shape } from './shape.ts'

export type Samples = Uint8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array

export interface NativeOptions {
  /** from 0 */
  readonly frame: number
  readonly isBigEndian: boolean
  readonly isFloat: boolean
}

/** @returns zeros where the bytes end too early, which `isCutShort` says */
export function readNative(
  bytes: Uint8Array,
  shape: Shape,
  { frame, isBigEndian, isFloat }: NativeOptions,
): { readonly samples: Samples; readonly isCutShort: boolean } {
  const count = shape.rows * shape.columns * shape.samples
  if (shape.bitsAllocated === 1) return readBits(bytes, frame * count, count)
  const sampleBytes = Math.max(1, Math.ceil(shape.bitsAllocated / 8))
  const start = frame * count * sampleBytes
  const here = Math.max(0, Math.min(count, Math.floor((bytes.length - start) / sampleBytes)))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isLittle = !isBigEndian
  const samples = emptySamples(shape, count, isFloat)
  for (let i = 0; i < here; i++) {
    const at = start + i * sampleBytes
    if (isFloat) samples[i] = sampleBytes === 8 ? view.getFloat64(at, isLittle) : view.getFloat32(at, isLittle)
    else if (sampleBytes === 1) samples[i] = bytes[at] as number
    else if (sampleBytes === 2) samples[i] = view.getUint16(at, isLittle)
    else samples[i] = view.getUint32(at, isLittle)
  }
  if (!isFloat) keepStoredBits(samples, shape, here)
  return { samples, isCutShort: here < count }
}

function emptySamples({ bitsAllocated, isSigned }: Shape, count: number, isFloat: boolean): Samples {
  if (isFloat) return bitsAllocated > 32 ? new Float64Array(count) : new Float32Array(count)
  if (bitsAllocated <= 8) return isSigned ? new Int16Array(count) : new Uint8Array(count)
  if (bitsAllocated <= 16) return isSigned ? new Int16Array(count) : new Uint16Array(count)
  return isSigned ? new Int32Array(count) : new Uint32Array(count)
}

/** Above the stored bits old devices keep drawings, or nothing. */
function keepStoredBits(samples: Samples, { bitsAllocated, bitsStored, highBit, isSigned }: Shape, count: number): void {
  if (bitsStored === bitsAllocated && !(isSigned && bitsAllocated <= 8)) return
  const drop = Math.max(0, highBit + 1 - bitsStored)
  const shift = 32 - bitsStored
  for (let i = 0; i < count; i++) {
    const value = (samples[i] as number) >>> drop
    samples[i] = isSigned ? (value << shift) >> shift : (value << shift) >>> shift
  }
}

/** One bit a pixel, the least significant first. */
function readBits(bytes: Uint8Array, start: number, count: number): { readonly samples: Samples; readonly isCutShort: boolean } {
  const samples = new Uint8Array(count)
  for (let i = 0; i < count; i++) samples[i] = ((bytes[(start + i) >> 3] ?? 0) >> ((start + i) & 7)) & 1
  return { samples, isCutShort: (start + count) / 8 > bytes.length }
}
