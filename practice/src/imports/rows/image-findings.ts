/** What the room of images says of a file, as an import says it. Pure. */
import type { FileFate, FileReport } from '#images'
import type { Finding, Refusal, Remark } from '#sources'
import type { TableReport } from '../report.ts'

type Fate = Extract<keyof TableReport, 'added' | 'same' | 'used' | 'refused'>

const FATES: Readonly<Record<FileFate, Fate>> = {
  taken: 'added',
  unreadable: 'added',
  same: 'same',
  list: 'used',
  'not-dicom': 'refused',
  missing: 'refused',
  outside: 'refused',
  link: 'refused',
  failed: 'refused',
}

const REFUSED: Readonly<Partial<Record<FileFate, Refusal>>> = {
  'not-dicom': 'not-dicom',
  missing: 'file-missing',
  outside: 'file-path-wrong',
  link: 'file-path-wrong',
  failed: 'not-readable',
}

export function fateOfFile({ fate }: Pick<FileReport, 'fate'>): Fate {
  return FATES[fate]
}

export function findingsOfFile({ fate, flag, isUnlisted, place }: FileReport): Finding[] {
  const refusal = REFUSED[fate]
  if (refusal !== undefined) return [{ code: refusal }]
  return [
    ...(place === undefined ? [] : [placeFinding(place)]),
    ...(flag === 'same-uid-other-bytes' ? [{ code: 'image-same-uid' as const }] : []),
    ...(isUnlisted === true ? [{ code: 'image-unlisted' as const }] : []),
  ]
}

export function placeFinding(place: NonNullable<FileReport['place']>): Finding {
  if (place.kind === 'record') return { code: 'image-in-record', patientId: place.patientId }
  return { code: place.kind === 'aside' ? 'image-aside' : (`image-${place.reason}` satisfies Remark) }
}
