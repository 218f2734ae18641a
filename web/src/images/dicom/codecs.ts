/** The codecs of compressed syntaxes: which one, loaded when it is first needed, its samples as it gives them. */

import { NoPictureError } from './dicom-file.ts'
import { decodeExtendedJpeg } from './jpeg-extended.ts'

/** Those whose inside is WebAssembly. */
export const WASM_CODECS = ['jpeg', 'jpeg-2000', 'jpeg-ls'] as const
export type WasmCodec = (typeof WASM_CODECS)[number]
/** The program of a codec: fetched in a browser, read from a file in tests. */
export type LoadWasm = (codec: WasmCodec) => Promise<ArrayBuffer>

export type Codec = WasmCodec | 'jpeg-lossless' | 'rle'

const CODECS: Readonly<Record<string, Codec>> = {
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
  '1.2.840.10008.1.2.4.57': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.91': 'jpeg-2000',
  '1.2.840.10008.1.2.5': 'rle',
}

/** @returns undefined for a syntax that nothing here decodes */
export function codecOf(transferSyntax: string): Codec | undefined {
  return Object.hasOwn(CODECS, transferSyntax) ? CODECS[transferSyntax] : undefined
}

export interface Unpacked {
  readonly rows: number
  readonly columns: number
  readonly components: number
  /** of each sample, in `bytes`, little endian */
  readonly sampleBytes: 1 | 2
  readonly bytes: Uint8Array
  readonly isPlanar: boolean
  readonly isSigned?: boolean
}

/** @throws whatever a codec throws at bytes that are none of its kind */
export async function unpack(codec: Exclude<Codec, 'rle'>, frame: Uint8Array, loadWasm: LoadWasm): Promise<Unpacked> {
  if (codec === 'jpeg-lossless') return unpackLossless(frame)
  if (codec === 'jpeg' && announcedBy(frame)?.bits === 12) {
    const { rows, columns, samples } = decodeExtendedJpeg(frame)
    return { rows, columns, components: 1, sampleBytes: 2, bytes: new Uint8Array(samples.buffer), isPlanar: false }
  }
  return runWasm(codec, frame, loadWasm)
}

export interface Announced {
  readonly rows: number
  readonly columns: number
  readonly bits?: number
}

const JPEG_2000_SIZE = 0xff4f_ff51
const JPEG_LS_FRAME = 0xf7
/** Among the markers of frames, those of tables and of an extension. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc])

/** What a compressed frame says of its own size, before anything is unpacked. @returns undefined when it does not begin as its kind does */
export function announcedBy(frame: Uint8Array): Announced | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  if (frame.length > 24 && view.getUint32(0) === JPEG_2000_SIZE)
    return { columns: view.getUint32(8) - view.getUint32(16), rows: view.getUint32(12) - view.getUint32(20) }
  for (let at = 2; at + 9 < frame.length && frame[at] === 0xff; ) {
    const marker = frame[at + 1] as number
    const isFrame = marker === JPEG_LS_FRAME || (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker))
    if (isFrame) return { bits: frame[at + 4] as number, rows: view.getUint16(at + 5), columns: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

async function unpackLossless(frame: Uint8Array): Promise<Unpacked> {
  const { Decoder } = await import('@cornerstonejs/jpeg-lossless-decoder-js')
  const decoder = new Decoder()
  const whole = frame.slice()
  const decoded = decoder.decode(whole.buffer, 0, whole.length)
  const { dimY: rows, dimX: columns, numComp: components, precision } = decoder.frame
  const sampleBytes = precision > 8 ? 2 : 1
  const bytes = new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength)
  return { rows, columns, components, sampleBytes, bytes, isPlanar: false }
}

const modules = new Map<WasmCodec, Promise<Awaited<ReturnType<typeof start>>>>()

async function start(codec: WasmCodec, loadWasm: LoadWasm) {
  const [{ default: make }, wasmBinary] = await Promise.all([programOf(codec), loadWasm(codec)])
  return make({ wasmBinary })
}

function programOf(codec: WasmCodec) {
  switch (codec) {
    case 'jpeg':
      return import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')
    case 'jpeg-2000':
      return import('@cornerstonejs/codec-openjpeg/decodewasmjs')
    case 'jpeg-ls':
      return import('@cornerstonejs/codec-charls/decodewasmjs')
    default:
      return codec satisfies never
  }
}

async function runWasm(codec: WasmCodec, frame: Uint8Array, loadWasm: LoadWasm): Promise<Unpacked> {
  const started = modules.get(codec) ?? start(codec, loadWasm)
  modules.set(codec, started)
  const { JPEGDecoder, J2KDecoder, JpegLSDecoder } = await started
  const decoder = new { jpeg: JPEGDecoder, 'jpeg-2000': J2KDecoder, 'jpeg-ls': JpegLSDecoder }[codec]()
  let isSound = false
  try {
    decoder.getEncodedBuffer(frame.length).set(frame)
    decoder.decode()
    const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo()
    isSound = true
    if (bitsPerSample > 16) throw new NoPictureError('unknown-compression', `${bitsPerSample} bits a sample`)
    return {
      rows: height,
      columns: width,
      components: componentCount,
      sampleBytes: bitsPerSample > 8 ? 2 : 1,
      bytes: decoder.getDecodedBuffer().slice(), // a view of its memory
      isPlanar: componentCount > 1 && decoder.getInterleaveMode?.() === 0,
      ...(isSigned === undefined ? {} : { isSigned }),
    }
  } finally {
    // What has choked may have left anything in its memory: the next frame has a new one.
    if (isSound) decoder.delete()
    else modules.delete(codec)
  }
}
