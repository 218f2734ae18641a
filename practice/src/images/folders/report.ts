/** What became of each file of a folder: none is passed over in silence. */
import type { InstanceFlag, TrayReason } from '../contract.ts'
import type { ImagePlace } from '../place.ts'

export const FILE_FATES = [
  /** kept: new here */
  'taken',
  /** the same was here already */
  'same',
  /** kept as it came; it says it is DICOM and does not read, or ends early */
  'unreadable',
  /** a DICOMDIR: read with the files that it names */
  'list',
  /** no DICOM file: not kept */
  'not-dicom',
  /** listed in a DICOMDIR, and not on the medium */
  'missing',
  /** a DICOMDIR names a file outside of its folder: not looked for */
  'outside',
  /** a link to somewhere else: not followed */
  'link',
  /** it could not be read from the disk, or is too large */
  'failed',
] as const
export type FileFate = (typeof FILE_FATES)[number]

export interface FileReport {
  /** below the folder, with `/` */
  readonly path: string
  readonly fate: FileFate
  /** a DICOMDIR is there and does not name it: taken all the same */
  readonly isUnlisted?: boolean
  readonly flag?: InstanceFlag
  /** the same for all images of a study; of what is kept, its id */
  readonly studyId?: string
  /** where it is; of a dry run, where it would be */
  readonly place?: ImagePlace
  /** of a failure: a code of the system, or of ours */
  readonly code?: string
}

export interface FolderReport {
  readonly runId: string
  readonly isDry: boolean
  readonly counts: Readonly<Record<FileFate, number>>
  readonly unlisted: number
  readonly sizeBytes: number
  readonly studies: number
  /** images, of those taken or unreadable: in records, and of those that wait, by why */
  readonly inRecords: number
  readonly inTray: Readonly<Partial<Record<TrayReason, number>>>
  /** in whose records */
  readonly patients: number
  /** all but what was taken or was the same, up to {@link TOLD_MAX} */
  readonly told: readonly FileReport[]
  /** false: there were more to tell */
  readonly isAll: boolean
}

const TOLD_MAX = 1_000

export class FolderCount {
  readonly #counts: Record<FileFate, number> = Object.fromEntries(FILE_FATES.map((fate) => [fate, 0])) as Record<FileFate, number>
  readonly #studies = new Set<string>()
  readonly #told: FileReport[] = []
  readonly #patients = new Set<string>()
  readonly #inTray: Partial<Record<TrayReason, number>> = {}
  #inRecords = 0
  #unlisted = 0
  #sizeBytes = 0
  #isAll = true

  add(file: FileReport, sizeBytes: number): void {
    this.#counts[file.fate]++
    this.#sizeBytes += sizeBytes
    if (file.studyId !== undefined) this.#studies.add(file.studyId)
    if (file.isUnlisted === true) this.#unlisted++
    this.#addPlace(file)
    const isOrdinary =
      file.fate === 'list' ||
      ((file.fate === 'taken' || file.fate === 'same') && file.flag === 'none' && file.isUnlisted !== true)
    if (isOrdinary) return
    if (this.#told.length < TOLD_MAX) this.#told.push(file)
    else this.#isAll = false
  }

  #addPlace({ fate, place }: FileReport): void {
    if (fate !== 'taken' && fate !== 'unreadable') return
    if (place?.kind === 'tray') this.#inTray[place.reason] = (this.#inTray[place.reason] ?? 0) + 1
    if (place?.kind !== 'record') return
    this.#inRecords++
    this.#patients.add(place.patientId)
  }

  report(runId: string, isDry: boolean): FolderReport {
    return {
      runId,
      isDry,
      counts: { ...this.#counts },
      unlisted: this.#unlisted,
      sizeBytes: this.#sizeBytes,
      studies: this.#studies.size,
      inRecords: this.#inRecords,
      inTray: { ...this.#inTray },
      patients: this.#patients.size,
      told: [...this.#told],
      isAll: this.#isAll,
    }
  }
}
