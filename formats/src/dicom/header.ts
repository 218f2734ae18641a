/**
 * What the header of a DICOM file says, as far as a record needs it: whose, when, of what, by which device, how large. Read from a copy of the
 * file's first part; the file itself is nobody's to change. Whatever comes in, plain bounded values come out.
 */
import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { decodeDicomText } from './character-sets.ts'
import { isUid } from './uids.ts'

const PIXEL_DATA = 'x7fe00010'

/** An identifier of the patient, with who gave it. */
export interface NamedIdentifier {
  readonly value: string
  /** IssuerOfPatientID: words of whoever gave it */
  readonly issuer?: string
  /** an OID, from the qualifiers */
  readonly issuerOid?: string
}

export interface CodedValue {
  readonly value: string
  /** `SCT`, `SRT`, `99…` */
  readonly scheme: string
}

export interface DicomHeader {
  readonly transferSyntaxUid: string
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly patient: {
    readonly identifier?: NamedIdentifier
    readonly others: readonly NamedIdentifier[]
    readonly familyName?: string
    readonly givenNames?: string
    /** `YYYY-MM-DD` */
    readonly bornOn?: string
    readonly sex?: 'F' | 'M' | 'O'
  }
  readonly takenOn?: string
  /** `HH:MM:SS` */
  readonly takenAt?: string
  readonly studyDescription?: string
  readonly accessionNumber?: string
  readonly modality?: string
  readonly seriesNumber?: number
  readonly seriesDescription?: string
  readonly bodyPart?: string
  readonly laterality?: 'L' | 'R'
  readonly instanceNumber?: number
  readonly device: { readonly manufacturer?: string; readonly model?: string; readonly serialNumber?: string }
  readonly dose: {
    /** as DICOM has it: dGy·cm² */
    readonly areaProductDgyCm2?: number
    readonly tubeVoltageKv?: number
    readonly exposureTimeMs?: number
  }
  /** PrimaryAnatomicStructureSequence */
  readonly structures: readonly CodedValue[]
  readonly rows?: number
  readonly columns?: number
  readonly frames?: number
  readonly bitsAllocated?: number
  readonly photometricInterpretation?: string
  readonly windowCenter?: number
  readonly windowWidth?: number
  readonly pixelSpacing?: readonly [number, number]
  readonly imagerPixelSpacing?: readonly [number, number]
  /** how long the file must be at least, by the length that its pixels are said to have; absent where nothing says it */
  readonly bytesNeeded?: number
}

export interface HeaderOptions {
  /** inflates raw deflate (RFC 1951), as far as the bytes go */
  readonly inflate: (bytes: Uint8Array) => Uint8Array
}

/**
 * @param head a Part 10 file, or its first part: a megabyte is plenty
 * @returns undefined when it does not read, or says neither which study nor which instance it is
 */
export function readDicomHeader(head: Uint8Array, { inflate }: HeaderOptions): DicomHeader | undefined {
  const dataSet = parse(head, inflate)
  if (dataSet === undefined) return undefined
  const read = new Reader(dataSet, setsOf(dataSet))
  const [studyInstanceUid, sopInstanceUid] = [read.uid('x0020000d'), read.uid('x00080018')]
  if (studyInstanceUid === undefined || sopInstanceUid === undefined) return undefined
  const window = { windowCenter: read.number('x00281050'), windowWidth: read.number('x00281051') }
  return defined({
    transferSyntaxUid: read.uid('x00020010') ?? '',
    sopClassUid: read.uid('x00080016') ?? '',
    sopInstanceUid,
    studyInstanceUid,
    seriesInstanceUid: read.uid('x0020000e') ?? '',
    patient: patientOf(read),
    takenOn: read.day('x00080020') ?? read.day('x00080022') ?? read.day('x00080023'),
    takenAt: read.time('x00080030') ?? read.time('x00080032'),
    studyDescription: read.text('x00081030'),
    accessionNumber: read.text('x00080050', 16),
    modality: read.code('x00080060'),
    seriesNumber: read.whole('x00200011'),
    seriesDescription: read.text('x0008103e'),
    bodyPart: read.text('x00180015', 64),
    laterality: read.oneOf('x00200062', ['L', 'R']) ?? read.oneOf('x00200060', ['L', 'R']),
    instanceNumber: read.whole('x00200013'),
    device: defined({
      manufacturer: read.text('x00080070', 100),
      model: read.text('x00081090', 100),
      serialNumber: read.text('x00181000', 100),
    }),
    dose: defined({
      areaProductDgyCm2: read.positive('x0018115e'),
      tubeVoltageKv: read.positive('x00180060'),
      exposureTimeMs: read.positive('x00181150'),
    }),
    structures: read.items('x00082228').flatMap((item) => codesOf(item)),
    rows: read.short('x00280010'),
    columns: read.short('x00280011'),
    frames: read.whole('x00280008') ?? (read.short('x00280010') === undefined ? 0 : 1),
    bitsAllocated: read.short('x00280100'),
    photometricInterpretation: read.code('x00280004'),
    ...(window.windowWidth === undefined || window.windowCenter === undefined ? {} : window),
    pixelSpacing: read.pair('x00280030'),
    imagerPixelSpacing: read.pair('x00181164'),
    bytesNeeded: dataSet.byteArray.buffer === head.buffer ? pixelsEnd(dataSet) : undefined,
  })
}

/** What parses as far as it goes: a head ends in the middle of an element more often than not. */
function parse(head: Uint8Array, inflate: HeaderOptions['inflate']): DataSet | undefined {
  const inflater = (bytes: Uint8Array, position: number) => {
    const inflated = inflate(bytes.subarray(position))
    const whole = new Uint8Array(position + inflated.length)
    whole.set(bytes.subarray(0, position))
    whole.set(inflated, position)
    return whole
  }
  try {
    return dicomParser.parseDicom(head, { untilTag: PIXEL_DATA, inflater } as never)
  } catch (error) {
    const { dataSet } = (error ?? {}) as { dataSet?: DataSet }
    if (dataSet === undefined) return undefined
    // The meta group is merged in at the end only.
    const meta = metaOf(head)
    for (const [tag, element] of Object.entries(meta?.elements ?? {})) dataSet.elements[tag] ??= element
    return dataSet
  }
}

/** Compressed pixels have no length of their own. */
function pixelsEnd({ elements }: DataSet): number | undefined {
  const pixels = elements[PIXEL_DATA]
  return pixels === undefined || pixels.hadUndefinedLength || pixels.length === 0xffff_ffff
    ? undefined
    : pixels.dataOffset + pixels.length
}

function metaOf(head: Uint8Array): DataSet | undefined {
  try {
    return dicomParser.parseDicom(head, { untilTag: 'x00020010' } as never)
  } catch (error) {
    return ((error ?? {}) as { dataSet?: DataSet }).dataSet
  }
}

function patientOf(read: Reader): DicomHeader['patient'] {
  const [familyName, givenNames] = read.personName('x00100010')
  return defined({
    identifier: identifierOf(read),
    others: read.items('x00101002').flatMap((item) => identifierOf(item) ?? []),
    familyName,
    givenNames,
    bornOn: read.day('x00100030'),
    sex: read.oneOf('x00100040', ['F', 'M', 'O']),
  })
}

/** Of the patient, or of an item of OtherPatientIDsSequence: the same elements. */
function identifierOf(read: Reader): NamedIdentifier | undefined {
  const value = read.text('x00100020', 64)
  if (value === undefined) return undefined
  const qualifiers = read.items('x00100024')[0]
  const isOid = qualifiers?.code('x00400033') === 'ISO'
  return defined({
    value,
    issuer: read.text('x00100021', 64),
    issuerOid: isOid ? qualifiers?.text('x00400032', 64) : undefined,
  })
}

function codesOf(item: Reader): CodedValue[] {
  const [value, scheme] = [item.text('x00080100', 16) ?? item.text('x00080119', 64), item.text('x00080102', 16)]
  return value === undefined || scheme === undefined ? [] : [{ value, scheme }]
}

const ITEMS_MAX = 64
const TEXT_MAX = 300
/** Nobody's name is longer, and a hostile one is cut. */
const NAME_MAX = 100

/** Values of a data set, each bounded and plain, or absent. */
class Reader {
  readonly #dataSet: DataSet
  readonly #sets: readonly string[]

  constructor(dataSet: DataSet, sets: readonly string[]) {
    this.#dataSet = dataSet
    this.#sets = sets
  }

  uid(tag: string): string | undefined {
    const text = this.#first(tag)
    return text !== undefined && isUid(text) ? text : undefined
  }

  text(tag: string, charsMax = TEXT_MAX): string | undefined {
    return cleaned(this.#decoded(tag)?.split('\\')[0], charsMax)
  }

  /** A code string: capitals, digits, underscore, space. */
  code(tag: string): string | undefined {
    const text = this.#first(tag)?.toUpperCase()
    return text !== undefined && /^[A-Z0-9_ ]{1,16}$/.test(text) ? text : undefined
  }

  oneOf<const T extends string>(tag: string, values: readonly T[]): T | undefined {
    const text = this.#first(tag)
    return values.find((value) => value === text)
  }

  /** Family name and given names of the first way in which the name is written. */
  personName(tag: string): readonly [string | undefined, string | undefined] {
    const [written = ''] = (this.#decoded(tag) ?? '').split('\\')
    const [alphabetic = '', ideographic = ''] = written.split('=')
    const [family, given, middle] = (alphabetic.replaceAll('^', '').trim() === '' ? ideographic : alphabetic).split('^')
    return [cleaned(family, NAME_MAX), cleaned([given, middle].filter(Boolean).join(' '), NAME_MAX)]
  }

  day(tag: string): string | undefined {
    const [, year, month, day] = /^(\d{4})[.-]?(\d\d)[.-]?(\d\d)/.exec(this.#first(tag) ?? '') ?? []
    const text = `${year}-${month}-${day}`
    return year !== undefined && isDay(text) ? text : undefined
  }

  time(tag: string): string | undefined {
    const [, hour, minute = '00', second = '00'] = /^(\d\d):?(\d\d)?:?(\d\d)?/.exec(this.#first(tag) ?? '') ?? []
    return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
      ? `${hour}:${minute}:${second}`
      : undefined
  }

  number(tag: string): number | undefined {
    return finite(this.#first(tag))
  }

  positive(tag: string): number | undefined {
    const value = this.number(tag)
    return value !== undefined && value > 0 && value <= 1_000_000 ? value : undefined
  }

  whole(tag: string): number | undefined {
    const value = this.number(tag)
    return value !== undefined && Number.isSafeInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined
  }

  pair(tag: string): readonly [number, number] | undefined {
    const [one, other] = (this.#decoded(tag) ?? '').split('\\').map((text) => finite(text.trim()))
    return one !== undefined && other !== undefined && one > 0 && other > 0 ? [one, other] : undefined
  }

  short(tag: string): number | undefined {
    const element = this.#element(tag)
    return element === undefined || element.length < 2 ? undefined : this.#dataSet.uint16(tag)
  }

  items(tag: string): Reader[] {
    const items = this.#dataSet.elements[tag]?.items ?? []
    return items.slice(0, ITEMS_MAX).flatMap(({ dataSet }) => (dataSet === undefined ? [] : [new Reader(dataSet, this.#sets)]))
  }

  /** The first value, of what has no other characters than ASCII. */
  #first(tag: string): string | undefined {
    const text = this.#decoded(tag)?.split('\\')[0]?.replaceAll('\0', '').trim()
    return text === '' ? undefined : text
  }

  #decoded(tag: string): string | undefined {
    const element = this.#element(tag)
    if (element === undefined || element.length === 0) return undefined
    const { byteArray } = this.#dataSet
    return decodeDicomText(
      byteArray.subarray(element.dataOffset, element.dataOffset + Math.min(element.length, 4 * TEXT_MAX)),
      this.#sets,
    )
  }

  /** One that lies whole within the bytes that are there. */
  #element(tag: string): Element | undefined {
    const element = this.#dataSet.elements[tag]
    const isThere = element !== undefined && element.dataOffset + element.length <= this.#dataSet.byteArray.length
    return isThere && element.items === undefined ? element : undefined
  }
}

function setsOf(dataSet: DataSet): readonly string[] {
  const element = dataSet.elements.x00080005
  if (element === undefined || element.length > 200) return []
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  return String.fromCharCode(...bytes)
    .split('\\')
    .map((text) => text.replaceAll('\0', '').trim())
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return text >= '1800' && text < '2200' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function finite(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** One line that a screen may show: composed, without control characters and turned direction. */
function cleaned(text: string | undefined, charsMax: number): string | undefined {
  const clean = (text ?? '')
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  const short = clean
    .slice(0, charsMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()
  return short === '' ? undefined : short
}

type Defined<T> = { [K in keyof T]: T[K] } extends infer U ? { [K in keyof U]: Exclude<U[K], undefined> } : never

/** Without the members that are undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>
}
