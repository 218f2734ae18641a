/** What became of each file of a folder: none is passed over in silence. */
import type { InstanceFlag } from '../contract.ts'

export const FILE_FATES = [
  /** kept: new here */
  'taken',
  /** the same was here already */
  'same',
  /** kept as it came; it says it is DICOM and does not read, or ends early */
  'unreadable',
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
  readonly studyId?: string
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
  #unlisted = 0
  #sizeBytes = 0
  #isAll = true

  add(file: FileReport, sizeBytes: number): void {
    this.#counts[file.fate]++
    this.#sizeBytes += sizeBytes
    if (file.studyId !== undefined) this.#studies.add(file.studyId)
    if (file.isUnlisted === true) this.#unlisted++
    const isOrdinary = (file.fate === 'taken' || file.fate === 'same') && file.flag === 'none' && file.isUnlisted !== true
    if (isOrdinary) return
    if (this.#told.length < TOLD_MAX) this.#told.push(file)
    else this.#isAll = false
  }

  report(runId: string, isDry: boolean): FolderReport {
    return {
      runId,
      isDry,
      counts: { ...this.#counts },
      unlisted: this.#unlisted,
      sizeBytes: this.#sizeBytes,
      studies: this.#studies.size,
      told: [...this.#told],
      isAll: this.#isAll,
    }
  }
}
