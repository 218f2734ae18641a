/**
 * A DICOM file taken apart as far as a picture needs it: PS3.10 files, data sets without their meta header, deflated ones, and files that end
 * too early. Bytes of a device or of a medium: nothing in them is believed.
 */
import dicomParser, { type DataSet } from 'dicom-parser'

const IMPLICIT = '1.2.840.10008.1.2'
const EXPLICIT = '1.2.840.10008.1.2.1'
export const BIG_ENDIAN = '1.2.840.10008.1.2.2'

const PIXEL_DATA = 'x7fe00010'
const FLOAT_PIXEL_DATA = 'x7fe00008'
const DOUBLE_PIXEL_DATA = 'x7fe00009'
const META_START = 128
const ELEMENTS_MIN = 3
const INFLATED_BYTES_MAX = 1024 * 1024 * 1024

/** What no picture can be made of, and why: words for it are in the catalogue. */
export type NoPictureReason = 'not-dicom' | 'no-pixels' | 'unknown-compression' | 'damaged' | 'too-large' | 'too-slow'

export class NoPictureError extends Error {
  override readonly name = 'NoPictureError'
  readonly reason: NoPictureReason

  constructor(reason: NoPictureReason, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options)
    this.reason = reason
  }
}

export interface DicomFile {
  readonly transferSyntax: string
  /** all before the pixels */
  readonly data: DataSet
  /** from the first byte of the pixels to the end of the file; absent: it has none */
  readonly pixels?: { readonly bytes: Uint8Array; readonly isEncapsulated: boolean; readonly isFloat: boolean }
}

/** @throws {NoPictureError} `not-dicom` */
export async function readDicomFile(bytes: Uint8Array): Promise<DicomFile> {
  try {
    return await parse(bytes)
  } catch (cause) {
    if (cause instanceof NoPictureError) throw cause
    throw new NoPictureError('not-dicom', 'its header cannot be read', { cause })
  }
}

async function parse(bytes: Uint8Array): Promise<DicomFile> {
  if (!hasPreamble(bytes)) return bare(bytes)
  // Inflating takes its time, which the parser's hook does not give: it is told to stop, and the rest is read as a file of its own.
  let deflatedAt: number | undefined
  const inflater = (_whole: Uint8Array, position: number) => {
    deflatedAt = position
    throw new Error('deflated')
  }
  try {
    const data = dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA, inflater })
    return filed(bytes, data, data.string('x00020010')?.trim() ?? EXPLICIT)
  } catch (error) {
    if (deflatedAt === undefined) throw error
    return bare(await inflate(bytes.subarray(deflatedAt)))
  }
}

/** A data set as old programs write it, without preamble and meta header: little endian, with or without value representations. */
function bare(bytes: Uint8Array): DicomFile {
  const isExplicit = bytes.length > 6 && /^[A-Z]{2}$/.test(String.fromCharCode(bytes[4] as number, bytes[5] as number))
  const transferSyntax = isExplicit ? EXPLICIT : IMPLICIT
  const data = dicomParser.parseDicom(bytes, { untilTag: PIXEL_DATA, TransferSyntaxUID: transferSyntax })
  if (Object.keys(data.elements).length < ELEMENTS_MIN) throw new NoPictureError('not-dicom', 'there are no elements')
  return filed(bytes, data, transferSyntax)
}

function filed(bytes: Uint8Array, data: DataSet, transferSyntax: string): DicomFile {
  const tag = [PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA].find((each) => data.elements[each] !== undefined)
  const element = tag === undefined ? undefined : data.elements[tag]
  if (element === undefined) return { transferSyntax, data }
  const isEncapsulated = element.hadUndefinedLength === true
  const end = isEncapsulated ? bytes.length : Math.min(bytes.length, element.dataOffset + element.length)
  return {
    transferSyntax,
    data,
    pixels: { bytes: bytes.subarray(element.dataOffset, end), isEncapsulated, isFloat: tag !== PIXEL_DATA },
  }
}

function hasPreamble(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(META_START, META_START + 4)) === 'DICM'
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for await (const part of stream as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
      size += part.length
      if (size > INFLATED_BYTES_MAX) throw new NoPictureError('too-large', `it inflates to more than ${INFLATED_BYTES_MAX} bytes`)
      parts.push(part)
    }
  } catch (error) {
    // What follows the deflated stream, a padding byte usually, is no fault of what came before it.
    if (error instanceof NoPictureError || size === 0) throw error
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}
