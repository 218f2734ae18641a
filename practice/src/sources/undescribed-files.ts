/**
 * Files of a medium that its metadata does not name: images, diaries, letters that a program put beside. Those that lie with one patient's medium
 * are that patient's; an image of a device says itself whose it is.
 */
import { isDicomFile } from '@couronne/formats'
import { findDocumentType } from '#patients'
import { calendarRows } from './cards/calendar-source.ts'
import { decode } from './cards/read-texts.ts'
import type { TreeFile } from './file-tree.ts'
import type { Finding } from './findings.ts'
import type { MappedRow } from './mapped-row.ts'
import type { EntryRow } from './source.ts'

/** What an ordinary program shows; their bytes are compared with their names. */
const PICTURE = /\.(jpe?g|png|tiff?|bmp|gif|webp|heic)$/i
const DIARY = /\.(ics|ical)$/i
/** Files that nobody's medium holds are looked into only where their names let them be images of a device. */
const MAY_BE_DICOM = /(\.dcm|(^|\/)[^./]+)$/i
const HEAD_BYTES = 132
const DIARY_BYTES_MAX = 16 * 1024 ** 2
const ILLUSTRATION = '52040-3'

export interface UndescribedFile {
  readonly file: TreeFile
  /** whose medium it lies in; absent: of several, or of none */
  readonly patientKey: string | undefined
}

export function isDiary({ path }: TreeFile): boolean {
  return DIARY.test(path)
}

/** What becomes of a file that is no diary. */
export async function mapFile({ file, patientKey }: UndescribedFile): Promise<MappedRow> {
  const { path } = file
  if (patientKey === undefined) {
    const isImage = MAY_BE_DICOM.test(path) && isDicomFile(await (await file.open()).readAt(0, HEAD_BYTES))
    return isImage
      ? { key: path, findings: [], content: { kind: 'image', path } }
      : { key: path, findings: [{ code: 'kind-unknown' }] }
  }
  const fileName = (path.split('/').at(-1) ?? path).slice(-255)
  const findings: Finding[] = PICTURE.test(path) ? [] : [{ code: 'type-unknown' }]
  const about = { title: fileName, type: { ...findDocumentType(ILLUSTRATION)! }, sensitivity: 'normal', fileName }
  return { key: path, patientKey, findings, content: { kind: 'file', path, about } }
}

/**
 * The appointments of diaries, those that lie with one patient's medium theirs.
 *
 * @param keysByNumber patients of the medium by their file numbers: diaries of a whole practice name them so
 */
export async function diaryRows(
  files: readonly UndescribedFile[],
  keysByNumber: ReadonlyMap<string, string>,
  thisYear: number,
): Promise<EntryRow[]> {
  const rows: EntryRow[] = []
  for (const { file, patientKey } of files) {
    const { sizeBytes, readAt } = await file.open()
    const read = sizeBytes > DIARY_BYTES_MAX ? [] : calendarRows([decode(await readAt(0, sizeBytes))], thisYear)
    for (const { map, ...row } of read)
      rows.push({ ...row, line: rows.length + 1, map: (context) => ofPatient(map(context), patientKey, keysByNumber) })
    if (read.length === 0)
      rows.push({
        line: rows.length + 1,
        raw: file.path,
        findings: [],
        map: () => ({ key: file.path, findings: [{ code: 'not-readable' }] }),
      })
  }
  return rows
}

function ofPatient(made: MappedRow, patientKey: string | undefined, keysByNumber: ReadonlyMap<string, string>): MappedRow {
  const key = patientKey ?? keysByNumber.get(made.fileNumber ?? '')
  if (key === undefined) return made
  const { fileNumber: _, findings, ...rest } = made
  return { ...rest, patientKey: key, findings: findings.filter(({ code }) => code !== 'patient-unknown') }
}
