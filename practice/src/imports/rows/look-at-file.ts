/** A file that a row names: whether it is there, and is what the source says; and where it would go when it is an image of a device. */
import { isDicomFile } from '@couronne/formats'
import { type ForeseenImage, foreseeImage } from '#images'
import type { OpenPractice } from '#open-practice'
import { type Finding, type ImageContent, type MappedContent, type SourceFile, SourceFileLostError } from '#sources'
import { isFileAsExpected, isFileAsNamed } from './file-document.ts'
import { placeFinding } from './image-findings.ts'

export type FileContent = Extract<MappedContent, { kind: 'file' }> | ImageContent

export interface FileSeen {
  /** the content, as its bytes have it */
  readonly content: FileContent
  readonly findings: readonly Finding[]
  /** of an image: whether it is here, and stays where it is */
  readonly isHere: boolean
}

const HEAD_BYTES = 132

/**
 * @param find gives the file; undefined: there is none
 * @param patientId whose record it comes with, where they are in the practice already
 * @param isWithPatient whether it comes with somebody's record at all
 */
export async function lookAtFile(
  practice: OpenPractice,
  find: () => Promise<SourceFile | undefined>,
  content: FileContent,
  whose: { readonly patientId: string | undefined; readonly isWithPatient: boolean },
): Promise<FileSeen> {
  try {
    const file = await find()
    return file === undefined ? without(content, 'file-missing') : await see(practice, file, content, whose)
  } catch (error) {
    if (error instanceof SourceFileLostError) return without(content, error.finding)
    throw error
  }
}

function without(content: FileContent, code: SourceFileLostError['finding']): FileSeen {
  return { content, findings: [{ code }], isHere: false }
}

async function see(
  practice: OpenPractice,
  file: SourceFile,
  content: FileContent,
  { patientId, isWithPatient }: { readonly patientId: string | undefined; readonly isWithPatient: boolean },
): Promise<FileSeen> {
  const differs = content.kind === 'file' && !(await isFileAsExpected(file, content.expected ?? {}))
  const findings: Finding[] = differs ? [{ code: 'file-differs' }] : []
  if (content.kind === 'file' && !isDicomFile(await file.readAt(0, HEAD_BYTES))) {
    const name = String(content.about.fileName ?? content.path)
    if (!(await isFileAsNamed(file, name))) findings.unshift({ code: 'format-differs' })
    return { content, findings, isHere: false }
  }
  const image = { kind: 'image', path: content.path } as const
  // Who comes in with this very run is not here when it is tried: theirs, as far as anybody can say.
  if (isWithPatient && patientId === undefined) return { content: image, findings, isHere: false }
  const seen = await foresee(practice, file, patientId)
  return { content: image, findings: [...findings, ...placed(seen, patientId)], isHere: seen.outcome === 'same' }
}

function foresee(practice: OpenPractice, file: SourceFile, patientId: string | undefined): Promise<ForeseenImage> {
  return foreseeImage(practice, { bytes: file.stream(), source: 'import', ...(patientId === undefined ? {} : { patientId }) })
}

function placed({ outcome, place, flag }: ForeseenImage, patientId: string | undefined): Finding[] {
  if (place.kind === 'record' && patientId !== undefined && place.patientId !== patientId)
    return [{ code: 'image-elsewhere', patientId: place.patientId }]
  if (outcome === 'same') return []
  return [placeFinding(place), ...(flag === 'same-uid-other-bytes' ? [{ code: 'image-same-uid' as const }] : [])]
}
