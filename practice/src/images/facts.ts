/** What is kept of headers, and what an entry says of a study. Pure. */
import type { CodedValue, DicomHeader } from '@couronne/formats'
import { z } from 'zod'
import { type BodyOf, isTooth, TEETH_SNOMED, type Tooth } from '#patients'

const toothSchema = z.custom<Tooth>((value) => typeof value === 'string' && isTooth(value))
const text = z.string().optional()
const number = z.number().optional()
const side = z.enum(['L', 'R']).optional()
const pair = z.tuple([z.number(), z.number()]).optional()

/** Of a study, gathered over its instances. */
export const studyFactsSchema = z.object({
  modalities: z.array(z.string()),
  teeth: z.array(toothSchema),
  takenAt: text,
  description: text,
  seriesDescription: text,
  accessionNumber: text,
  bodyPart: text,
  device: z.object({ manufacturer: text, model: text, serialNumber: text }),
  dose: z.object({ areaProductDgyCm2: number, tubeVoltageKv: number, exposureTimeMs: number }),
  /** as the file was called, of what does not read */
  fileName: text,
})
export type StudyFacts = z.output<typeof studyFactsSchema>

export const seriesFactsSchema = z.object({ description: text, bodyPart: text, laterality: side })

export const instanceFactsSchema = z.object({
  rows: number,
  columns: number,
  bitsAllocated: number,
  photometricInterpretation: text,
  windowCenter: number,
  windowWidth: number,
  pixelSpacing: pair,
  imagerPixelSpacing: pair,
  laterality: side,
  teeth: z.array(toothSchema),
})

/** Values of more than one instance are bounded: a study may have thousands. */
const GATHERED_MAX = 60
/** Both names of SNOMED CT in DICOM. SRT, the older one, has other codes, which are not mapped. */
const SNOMED_SCHEMES = new Set(['SCT', 'SNM3'])
const TEETH_BY_CODE = new Map(Object.entries(TEETH_SNOMED).map(([fdi, [code]]) => [code, fdi as Tooth]))
/** ISO 3950, as some devices code it. */
const FDI_SCHEMES = new Set(['ISO3950', 'FDI', '99FDI'])

export function teethOf(structures: readonly CodedValue[]): Tooth[] {
  const found = structures.flatMap(({ value, scheme }) => {
    const tooth = SNOMED_SCHEMES.has(scheme) ? TEETH_BY_CODE.get(value) : FDI_SCHEMES.has(scheme) ? value : undefined
    return tooth !== undefined && isTooth(tooth) ? [tooth] : []
  })
  return [...new Set(found)]
}

export function studyFactsOf(header: DicomHeader): StudyFacts {
  return {
    modalities: header.modality === undefined ? [] : [header.modality],
    teeth: teethOf(header.structures),
    takenAt: header.takenAt,
    description: header.studyDescription,
    seriesDescription: header.seriesDescription,
    accessionNumber: header.accessionNumber,
    bodyPart: header.bodyPart,
    device: header.device,
    dose: header.dose,
  }
}

/** What another instance adds. @returns the same object when it adds nothing */
export function withFacts(facts: StudyFacts, more: StudyFacts): StudyFacts {
  const modalities = union(facts.modalities, more.modalities)
  const teeth = union(facts.teeth, more.teeth)
  const dose = Object.values(facts.dose).some((value) => value !== undefined) ? facts.dose : more.dose
  const isSame =
    modalities.length === facts.modalities.length &&
    teeth.length === facts.teeth.length &&
    JSON.stringify(dose) === JSON.stringify(facts.dose)
  return isSame ? facts : { ...facts, modalities, teeth, dose }
}

function union<T>(one: readonly T[], other: readonly T[]): T[] {
  return [...new Set([...one, ...other])].slice(0, GATHERED_MAX)
}

export interface DrawnStudy {
  readonly studyId: string
  /** empty where the header does not read */
  readonly studyUid: string
  readonly takenOn: string | undefined
  readonly facts: StudyFacts
}

/** What the record says of it before anybody has said more. */
export function entryBodyOf({ studyId, studyUid, takenOn, facts }: DrawnStudy): BodyOf<'imagingStudy'> {
  const { description, seriesDescription, modalities, teeth, bodyPart, device, dose, fileName } = facts
  const modality = modalities[0] ?? 'OT'
  const { areaProductDgyCm2, ...ofTube } = dose
  const areaProduct = areaProductDgyCm2 === undefined ? {} : { areaProductMgyCm2: round(areaProductDgyCm2 * 100) }
  const measured = present({ ...areaProduct, ...ofTube })
  const made = present(device)
  return {
    studyId,
    ...(studyUid === '' ? {} : { studyUid }),
    modality,
    title: description ?? seriesDescription ?? fileName ?? modality,
    ...(takenOn === undefined ? {} : { takenOn }),
    teeth: [...teeth],
    ...(bodyPart === undefined ? {} : { bodyPart }),
    ...(Object.keys(made).length === 0 ? {} : { device: made }),
    ...(Object.keys(measured).length === 0 ? {} : { dose: measured }),
    reportIds: [],
  }
}

function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never
}

/** Decimal strings are no binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(12))
}
