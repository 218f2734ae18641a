/**
 * Images of a folder or medium, as the rows of an import: taken by the room of images, which keeps each and says where it went; counted and told
 * here. Every file is accounted for; a run that goes on after a kill counts again what it had taken.
 */
import { createHash } from 'node:crypto'
import { type FileReport, importDicomFolder } from '#images'
import { type ImageTable, isAboutTheRow } from '#sources'
import { type LeftRow, listLeftKeys, saveLeft } from '../store.ts'
import { fateOfFile, findingsOfFile } from './image-findings.ts'
import type { TableRun } from './table-run.ts'

/** Files that are told in one transaction. */
const FILES_A_BATCH = 200

/** Notes every file; keeps none when the run is dry. */
export async function importImages(run: TableRun, table: ImageTable): Promise<void> {
  const { practice, actor, isDry, count, signal } = run
  const before = await listLeftKeys(practice.db, run)
  let left: LeftRow[] = []
  const tell = async () => {
    const rows = left
    left = []
    if (rows.length > 0) await practice.db.transaction().execute((tx) => saveLeft(tx, run, rows))
  }
  const onFile = async (file: FileReport) => {
    const line = ++count.rows
    const fate = fateOfFile(file) === 'same' && before.has(file.path) ? 'added' : fateOfFile(file)
    count[fate]++
    const findings = fate === 'same' || fate === 'used' ? [] : findingsOfFile(file)
    for (const { code } of findings) count.say(code)
    if (!findings.some(isAboutTheRow)) return
    const row = { line, raw: file.path, key: file.path, findings, rowDigest: digestOf(file.path) }
    run.onRow?.({ ...row, fate })
    left.push(row)
    if (left.length >= FILES_A_BATCH) await tell()
  }
  try {
    await importDicomFolder(practice, actor, table.folder, {
      isDry,
      source: 'dicom',
      onFile,
      onProgress: () => run.onProgress(),
      ...(signal === undefined ? {} : { signal }),
    })
  } finally {
    await tell()
  }
}

function digestOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32)
}
