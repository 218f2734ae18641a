/**
 * One frame of a DICOM file as a picture: shades with the scale that windows speak of, or colours. What a file lacks at its end stays black,
 * and is said.
 */
import type { DataSet } from 'dicom-parser'
import { announcedBy, codecOf, type LoadWasm, type Unpacked, unpack } from './codecs.ts'
import { toColours } from './colours.ts'
import { BIG_ENDIAN, type DicomFile, NoPictureError } from './dicom-file.ts'
import { type NamedWindow, readFacts, readRescale, readWindows, type Window } from './facts.ts'
import { splitFrames } from './frames.ts'
import { type Overlay, readOverlays } from './overlays.ts'
import { unpackRle } from './rle.ts'
import { readNative, type Samples } from './samples.ts'
import type { Shape } from './shape.ts'

/** Shades. A pixel of `values` is a place in `levels`, which says what was measured there. */
export interface GreyPicture {
  readonly kind: 'grey'
  readonly rows: number
  readonly columns: number
  readonly values: Uint16Array
  readonly levels: Float32Array
  /** small values are white */
  readonly isNegative: boolean
  readonly windows: readonly NamedWindow[]
  /** the one that shows all but the extremes, and the one that shows all */
  readonly fitting: { readonly usual: Window; readonly whole: Window }
  readonly voi: VoiFunction
  readonly overlays: readonly Overlay[]
  readonly isCutShort: boolean
}

export interface ColourPicture {
  readonly kind: 'colour'
  readonly rows: number
  readonly columns: number
  readonly rgba: Uint8ClampedArray
  readonly overlays: readonly Overlay[]
  readonly isCutShort: boolean
}

export type Picture = GreyPicture | ColourPicture
export type VoiFunction = 'linear' | 'linear-exact' | 'sigmoid'

/** 16,384 pixels a side is what canvases take; 100 million in all what a tablet has room for. */
const SIDE_MAX = 16_384
const PIXELS_MAX = 100_000_000
const LEVELS_MAX = 65_536
/** Of the pixels, at each end of the scale. */
const EXTREMES = 0.005

/** @param frame from 0. @throws {NoPictureError} */
export async function makePicture(file: DicomFile, frame: number, loadWasm: LoadWasm): Promise<Picture> {
  try {
    return await make(file, frame, loadWasm)
  } catch (cause) {
    throw cause instanceof NoPictureError ? cause : new NoPictureError('damaged', 'it does not decode', { cause })
  }
}

async function make(file: DicomFile, frame: number, loadWasm: LoadWasm): Promise<Picture> {
  const shape = shapeOf(file)
  const { frames } = readFacts(file)
  const { samples, isRgb, isCutShort, isPlanar } = await samplesOf(file, shape, { frame, frames }, loadWasm)
  const { rows, columns, photometric } = shape
  const common = { rows, columns, isCutShort, overlays: readOverlays(file.data, frame) }
  if (shape.samples > 1 || photometric === 'PALETTE COLOR') {
    const rgba = toColours(samples, { ...shape, isPlanar, photometric: isRgb ? 'RGB' : photometric }, file.data)
    return { kind: 'colour', rgba, ...common }
  }
  const scaled = scale(samples, measured(file.data, frame), file.data)
  const isInverse = file.data.string('x20500020') === 'INVERSE'
  return {
    kind: 'grey',
    ...common,
    ...scaled,
    isNegative: (photometric === 'MONOCHROME1') !== isInverse,
    windows: readWindows(file.data, frame),
    voi: voiOf(file.data),
  }
}

function shapeOf({ data, pixels }: DicomFile): Shape {
  if (pixels === undefined) throw new NoPictureError('no-pixels', 'it holds no picture')
  const rows = data.uint16('x00280010') ?? 0
  const columns = data.uint16('x00280011') ?? 0
  const bitsAllocated = data.uint16('x00280100') ?? 0
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated
  if (rows === 0 || columns === 0) throw new NoPictureError('no-pixels', 'it has no size')
  if (rows > SIDE_MAX || columns > SIDE_MAX || rows * columns > PIXELS_MAX)
    throw new NoPictureError('too-large', `${columns} by ${rows} pixels`)
  return {
    rows,
    columns,
    samples: data.uint16('x00280002') === 3 ? 3 : 1,
    bitsAllocated,
    bitsStored: Math.min(bitsStored || bitsAllocated, bitsAllocated),
    highBit: Math.min(data.uint16('x00280102') ?? bitsStored - 1, bitsAllocated - 1),
    isSigned: data.uint16('x00280103') === 1,
    isPlanar: data.uint16('x00280006') === 1,
    photometric: data.string('x00280004')?.trim() ?? 'MONOCHROME2',
  }
}

interface FrameSamples {
  readonly samples: Samples
  readonly isPlanar: boolean
  /** the codec has made them so, whatever the header says */
  readonly isRgb: boolean
  readonly isCutShort: boolean
}

async function samplesOf(
  file: DicomFile,
  shape: Shape,
  { frame, frames }: { readonly frame: number; readonly frames: number },
  loadWasm: LoadWasm,
): Promise<FrameSamples> {
  const { bytes, isEncapsulated, isFloat } = file.pixels as NonNullable<DicomFile['pixels']>
  if (!isEncapsulated) {
    const isBigEndian = file.transferSyntax === BIG_ENDIAN
    const { samples, isCutShort } = readNative(bytes, shape, { frame, isBigEndian, isFloat })
    return { samples, isCutShort, isPlanar: shape.isPlanar, isRgb: false }
  }
  const codec = codecOf(file.transferSyntax)
  if (codec === undefined) throw new NoPictureError('unknown-compression', file.transferSyntax)
  const packed = splitFrames(bytes, frames)[frame]
  if (packed === undefined || packed.length === 0) throw new NoPictureError('damaged', `frame ${frame + 1} is not there`)
  if (codec === 'rle') {
    const sampleBytes = Math.ceil(shape.bitsAllocated / 8)
    const unpacked = unpackRle(packed, { pixels: shape.rows * shape.columns, samples: shape.samples, sampleBytes })
    const { samples, isCutShort } = readNative(unpacked, shape, { frame: 0, isBigEndian: false, isFloat: false })
    return { samples, isCutShort, isPlanar: true, isRgb: false }
  }
  // Before memory is taken for it: a damaged frame may announce gigabytes.
  const announced = announcedBy(packed)
  if (announced?.rows !== shape.rows || announced.columns !== shape.columns)
    throw new NoPictureError('damaged', `${announced?.columns}x${announced?.rows} instead of ${shape.columns}x${shape.rows}`)
  const unpacked = await unpack(codec, packed, loadWasm)
  return { ...fromCodec(unpacked, shape), isRgb: codec === 'jpeg' || codec === 'jpeg-2000', isCutShort: false }
}

/** A codec's own idea of size and depth goes before the header's, as long as the picture is as large as the header says. */
function fromCodec(unpacked: Unpacked, shape: Shape): { readonly samples: Samples; readonly isPlanar: boolean } {
  const { rows, columns, components, sampleBytes, bytes, isPlanar } = unpacked
  if (rows !== shape.rows || columns !== shape.columns || components !== shape.samples)
    throw new NoPictureError(
      'damaged',
      `${columns}x${rows}x${components} instead of ${shape.columns}x${shape.rows}x${shape.samples}`,
    )
  const bitsAllocated = sampleBytes * 8
  const bitsStored = Math.min(shape.bitsStored, bitsAllocated)
  const isSigned = unpacked.isSigned ?? shape.isSigned
  const read = readNative(
    bytes,
    { ...shape, bitsAllocated, bitsStored, highBit: bitsStored - 1, isSigned },
    { frame: 0, isBigEndian: false, isFloat: false },
  )
  return { samples: read.samples, isPlanar }
}

/** From stored values to measured ones: by a table of the device, or by slope and intercept. */
function measured(data: DataSet, frame: number): (stored: number) => number {
  const table = data.elements.x00283000?.items?.[0]?.dataSet
  const { length: count = 0, first = 0, at } = table === undefined ? {} : readTable(table)
  if (at !== undefined && count > 0) return (stored) => at(Math.max(0, Math.min(count - 1, stored - first)))
  const { slope, intercept } = readRescale(data, frame)
  return (stored) => stored * slope + intercept
}

function readTable(table: DataSet) {
  const length = table.uint16('x00283002', 0) || LEVELS_MAX
  const first = table.int16('x00283002', 1) ?? 0
  const isBytes = (table.elements.x00283006?.length ?? 0) < length * 2
  const at = (i: number) =>
    (isBytes ? table.byteArray[(table.elements.x00283006?.dataOffset ?? 0) + i] : table.uint16('x00283006', i)) ?? 0
  return { length, first, at }
}

/** Where the scale begins and ends, and each pixel's place in it. */
function scale(
  samples: Samples,
  toMeasured: (stored: number) => number,
  data: DataSet,
): Pick<GreyPicture, 'values' | 'levels' | 'fitting'> {
  const [min, max] = extent(samples)
  const span = max - min
  const isExact = span < LEVELS_MAX && !(samples instanceof Float32Array || samples instanceof Float64Array)
  const step = isExact || span === 0 ? 1 : span / (LEVELS_MAX - 1)
  const values = new Uint16Array(samples.length)
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number
    values[i] = Number.isFinite(value) ? Math.round((value - min) / step) : 0
  }
  const levels = Float32Array.from({ length: Math.round(span / step) + 1 }, (_, i) => toMeasured(min + i * step))
  const padding = data.uint16('x00280120')
  const unseen =
    padding === undefined ? undefined : Math.round(((padding << 16) >> 16 < min ? padding : (padding << 16) >> 16) - min)
  return { values, levels, fitting: fittingWindows(values, levels, unseen) }
}

function extent(samples: Samples): readonly [number, number] {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number
    if (value < min) min = value
    if (value > max) max = value
  }
  return Number.isFinite(min) && Number.isFinite(max) ? [min, max] : [0, 0]
}

/** @param unseen the place of what pads the picture, which counts for nothing */
function fittingWindows(values: Uint16Array, levels: Float32Array, unseen: number | undefined): GreyPicture['fitting'] {
  const counts = new Uint32Array(levels.length)
  for (let i = 0; i < values.length; i++) (counts[values[i] as number] as number)++
  if (unseen !== undefined && unseen >= 0 && unseen < counts.length) counts[unseen] = 0
  const total = counts.reduce((sum, count) => sum + count, 0)
  const placeOf = (share: number) => {
    let seen = 0
    for (let i = 0; i < counts.length; i++) {
      seen += counts[i] as number
      if (seen > share * total) return i
    }
    return counts.length - 1
  }
  const between = (from: number, to: number): Window => {
    const [low, high] = [levels[from] ?? 0, levels[to] ?? 0]
    return { center: (low + high) / 2, width: Math.max(Math.abs(high - low), 1e-6) }
  }
  return {
    usual: between(placeOf(EXTREMES), placeOf(1 - EXTREMES)),
    whole: between(placeOf(0), placeOf(1 - 1 / (2 * total || 1))),
  }
}

function voiOf(data: DataSet): VoiFunction {
  const name = data.string('x00281056')
  return name === 'SIGMOID' ? 'sigmoid' : name === 'LINEAR_EXACT' ? 'linear-exact' : 'linear'
}
