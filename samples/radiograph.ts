/**
 * Drawn radiographs as DICOM files: 12 bits in 16, explicit little endian, smooth shapes under the grain of a sensor. They open in any
 * viewer, and compress as real ones do. Nobody is in them.
 */
import type { SeededRandom } from './random.ts'

export interface Radiograph {
  readonly kind: 'intra-oral' | 'panoramic'
  readonly width: number
  readonly height: number
  /** DICOM's writing, `NAME^First`; ISO 8859-1 */
  readonly patientName: string
  readonly patientId: string
  /** YYYYMMDD */
  readonly bornOn: string
  readonly takenOn: string
  readonly tooth: string
}

const MODALITY = { 'intra-oral': 'IO', panoramic: 'PX' } as const
/** Secondary capture: the class of pictures that no X-ray tube made. */
const STORAGE_CLASS = '1.2.840.10008.5.1.4.1.1.7'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
const LONG_FORM = ['OB', 'OW']
const GRAY_MAX = 4095

/** The bytes of a DICOM file with a picture drawn from `random`. */
export function makeRadiograph(random: SeededRandom, facts: Radiograph): Uint8Array {
  const instance = `2.25.${Array.from({ length: 30 }, () => random.between(1, 9)).join('')}`
  const head = [
    element(0x0008, 0x0005, 'CS', 'ISO_IR 100'),
    element(0x0008, 0x0016, 'UI', STORAGE_CLASS),
    element(0x0008, 0x0018, 'UI', instance),
    element(0x0008, 0x0020, 'DA', facts.takenOn),
    element(0x0008, 0x0030, 'TM', ''),
    element(0x0008, 0x0050, 'SH', ''),
    element(0x0008, 0x0060, 'CS', MODALITY[facts.kind]),
    element(0x0008, 0x0064, 'CS', 'SYN'),
    element(0x0008, 0x0070, 'LO', 'Couronne (dessin)'),
    element(0x0008, 0x0090, 'PN', ''),
    element(0x0010, 0x0010, 'PN', facts.patientName),
    element(0x0010, 0x0020, 'LO', facts.patientId),
    element(0x0010, 0x0030, 'DA', facts.bornOn),
    element(0x0010, 0x0040, 'CS', ''),
    element(0x0020, 0x000d, 'UI', `${instance}.1`),
    element(0x0020, 0x000e, 'UI', `${instance}.2`),
    element(0x0020, 0x0010, 'SH', ''),
    element(0x0020, 0x0011, 'IS', ''),
    element(0x0020, 0x0013, 'IS', '1'),
    element(0x0020, 0x0020, 'CS', ''),
    element(0x0020, 0x4000, 'LT', `Dent ${facts.tooth}. Image dessinée, patient inventé.`),
    element(0x0028, 0x0002, 'US', 1),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', facts.height),
    element(0x0028, 0x0011, 'US', facts.width),
    element(0x0028, 0x0100, 'US', 16),
    element(0x0028, 0x0101, 'US', 12),
    element(0x0028, 0x0102, 'US', 11),
    element(0x0028, 0x0103, 'US', 0),
  ]
  const pixels = element(0x7fe0, 0x0010, 'OW', drawPixels(random, facts.width, facts.height))
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), fileMeta(STORAGE_CLASS, instance), ...head, pixels])
}

/**
 * Gray values of 12 bits, little endian, row after row: a dark border, some rounded shapes on a slow slope, and a grain of 5 bits. zstd
 * brings them to between half and two thirds, as it does real ones.
 */
export function drawPixels(random: SeededRandom, width: number, height: number): Uint8Array {
  const rows = profile(random, height)
  const columns = profile(random, width)
  const pixels = new Uint16Array(width * height)
  const grain = random.bytes(pixels.length)
  const border = Math.floor(Math.min(width, height) / 16)
  for (let y = border; y < height - border; y++) {
    const row = rows[y] ?? 0
    let i = y * width + border
    for (let x = border; x < width - border; x++, i++) {
      const value = ((row * (columns[x] ?? 0)) >> 12) + ((grain[i] ?? 0) & 31)
      pixels[i] = value > GRAY_MAX ? GRAY_MAX : value
    }
  }
  return new Uint8Array(pixels.buffer)
}

/** A sum of three slow waves between 0 and 4095, in steps that a sensor's column or row has. */
function profile(random: SeededRandom, length: number): Uint16Array {
  const waves = Array.from({ length: 3 }, () => ({ turns: random.between(1, 5), shift: random.below(628) / 100 }))
  const values = new Uint16Array(length)
  for (let i = 0; i < length; i++) {
    const sum = waves.reduce((total, wave) => total + Math.sin((i / length) * wave.turns * 2 * Math.PI + wave.shift), 0)
    values[i] = Math.round(((sum + 3) / 6) * GRAY_MAX)
  }
  return values
}

function fileMeta(storageClass: string, instance: string): Buffer {
  const rest = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Uint8Array.of(0, 1)),
    element(0x0002, 0x0002, 'UI', storageClass),
    element(0x0002, 0x0003, 'UI', instance),
    element(0x0002, 0x0010, 'UI', EXPLICIT_LITTLE_ENDIAN),
    element(0x0002, 0x0012, 'UI', '2.25.20261123'),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(rest.length)
  return Buffer.concat([element(0x0002, 0x0000, 'UL', length), rest])
}

/** One data element: tag, value representation, length, value padded to an even length. */
function element(group: number, number: number, representation: string, value: string | number | Uint8Array): Buffer {
  const bytes = encodeValue(representation, value)
  const long = LONG_FORM.includes(representation)
  const head = Buffer.alloc(long ? 12 : 8)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(representation, 4, 'latin1')
  if (long) head.writeUInt32LE(bytes.length, 8)
  else head.writeUInt16LE(bytes.length, 6)
  return Buffer.concat([head, bytes])
}

function encodeValue(representation: string, value: string | number | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.of(value & 255, value >> 8)
  if (typeof value !== 'string') return value
  const padding = value.length % 2 === 0 ? '' : representation === 'UI' ? '\0' : ' '
  return Buffer.from(value + padding, 'latin1')
}
