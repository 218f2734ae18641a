/** What a header says of a picture, as far as it is shown or measured by. Everything in it may be missing or wrong. */
import type { DataSet } from 'dicom-parser'
import type { DicomFile } from './dicom-file.ts'
import { readText } from './text.ts'

export interface NamedInHeader {
  readonly number?: string
  readonly familyName?: string
  readonly givenNames?: string
  /** `YYYY-MM-DD` */
  readonly bornOn?: string
}

/** How stored values become shades: towards white at `center + width / 2`. */
export interface Window {
  readonly center: number
  readonly width: number
}

export interface NamedWindow extends Window {
  readonly label?: string
}

/** Millimetres between rows and between columns. */
export interface Spacing {
  /** `patient`: a length on the picture is one in the mouth; `detector`: larger than that, by how far the tooth was from the sensor */
  readonly at: 'patient' | 'detector'
  readonly rowMm: number
  readonly columnMm: number
}

export interface Facts {
  readonly frames: number
  readonly modality?: string
  readonly windows: readonly NamedWindow[]
  readonly spacing?: Spacing
  /** height of a pixel, where its width is 1 */
  readonly aspect: number
  readonly isLossy: boolean
  readonly lossyRatio?: number
  readonly hasBurnedIn: boolean
  /** made to be processed further, not to be looked at */
  readonly isForProcessing: boolean
  readonly named: NamedInHeader
}

const SHARED_GROUPS = 'x52009229'
const FRAME_GROUPS = 'x52009230'
const PIXEL_MEASURES = 'x00289110'
const FRAME_VOI = 'x00289132'
const VALUE_TRANSFORMATION = 'x00289145'
const FRAMES_MAX = 100_000
const LOSSY_SYNTAXES: ReadonlySet<string> = new Set(['50', '51', '81', '91'].map((each) => `1.2.840.10008.1.2.4.${each}`))

export function readFacts({ data, transferSyntax }: DicomFile): Facts {
  const frames = Math.min(Math.max(Number.parseInt(data.string('x00280008') ?? '1', 10) || 1, 1), FRAMES_MAX)
  const modality = data.string('x00080060')
  const spacing = readSpacing(data)
  const ratio = numbers(data, 'x00282112').at(-1)
  return {
    frames,
    windows: readWindows(data, 0),
    aspect: spacing === undefined ? readAspect(data) : spacing.rowMm / spacing.columnMm,
    isLossy: data.string('x00282110') === '01' || LOSSY_SYNTAXES.has(transferSyntax),
    hasBurnedIn: data.string('x00280301') === 'YES',
    isForProcessing: data.string('x00080068') === 'FOR PROCESSING',
    named: readNamed(data),
    ...(modality === undefined ? {} : { modality }),
    ...(spacing === undefined ? {} : { spacing }),
    ...(ratio === undefined ? {} : { lossyRatio: ratio }),
  }
}

export function readWindows(data: DataSet, frame: number): readonly NamedWindow[] {
  const source = groupOf(data, frame, FRAME_VOI)
  const centers = numbers(source, 'x00281050')
  const widths = numbers(source, 'x00281051')
  const labels = (readText(source, 'x00281055', data) ?? '').split('\\')
  return centers.flatMap((center, i) => {
    const width = widths[i]
    const label = labels[i]?.trim()
    if (width === undefined || !(width > 0)) return []
    return [{ center, width, ...(label === undefined || label === '' ? {} : { label }) }]
  })
}

/** From stored values to those that windows speak of. */
export function readRescale(data: DataSet, frame: number): { readonly slope: number; readonly intercept: number } {
  const source = groupOf(data, frame, VALUE_TRANSFORMATION)
  const [slope = 1] = numbers(source, 'x00281053')
  const [intercept = 0] = numbers(source, 'x00281052')
  return { slope: slope === 0 ? 1 : slope, intercept }
}

/**
 * PS3.3 10.7.1.3: where the spacing at the patient is that of the detector, nobody has corrected it. A spacing of zero or less is none.
 */
function readSpacing(data: DataSet): Spacing | undefined {
  const atPatient = pairOf(groupOf(data, 0, PIXEL_MEASURES), 'x00280030')
  const atDetector = pairOf(data, 'x00181164')
  const isSame = atPatient !== undefined && atDetector !== undefined && atPatient.every((each, i) => each === atDetector[i])
  const pair = atPatient ?? atDetector
  if (pair === undefined) return undefined
  return { at: atPatient === undefined || isSame ? 'detector' : 'patient', rowMm: pair[0], columnMm: pair[1] }
}

function readAspect(data: DataSet): number {
  const [vertical, horizontal] = (data.string('x00280034') ?? '').split('\\').map(Number)
  const aspect = (vertical ?? 1) / (horizontal ?? 1)
  return aspect > 0.05 && aspect < 20 ? aspect : 1
}

function readNamed(data: DataSet): NamedInHeader {
  const [familyName, ...given] = (readText(data, 'x00100010', data) ?? '').split('=', 1)[0]?.split('^') ?? []
  const givenNames = given.slice(0, 2).join(' ').trim()
  const number = readText(data, 'x00100020', data)?.trim()
  const born = /^(\d{4})(\d\d)(\d\d)$/.exec(data.string('x00100030') ?? '')
  return {
    ...(number === undefined || number === '' ? {} : { number }),
    ...(familyName === undefined || familyName.trim() === '' ? {} : { familyName: familyName.trim() }),
    ...(givenNames === '' ? {} : { givenNames }),
    ...(born === null ? {} : { bornOn: born.slice(1).join('-') }),
  }
}

/** Where an enhanced object says it: for the frame, else for all; else the data set itself. */
function groupOf(data: DataSet, frame: number, group: string): DataSet {
  const ofFrame = data.elements[FRAME_GROUPS]?.items?.[frame]?.dataSet
  const ofAll = data.elements[SHARED_GROUPS]?.items?.[0]?.dataSet
  return ofFrame?.elements[group]?.items?.[0]?.dataSet ?? ofAll?.elements[group]?.items?.[0]?.dataSet ?? data
}

function pairOf(data: DataSet, tag: string): readonly [number, number] | undefined {
  const [row, column] = numbers(data, tag)
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? [row, column] : undefined
}

export function numbers(data: DataSet, tag: string): readonly number[] {
  const text = data.string(tag)
  if (text === undefined || text === '') return []
  return text.split('\\').map(Number).filter(Number.isFinite)
}
