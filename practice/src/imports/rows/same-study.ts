/** Rows that speak of a study whose images are in the patient's record already: its entry says then what the source knows beside. One study, not two. */
import { findStudiesInRecords } from '#images'
import { insertKnown } from '../store.ts'
import { correctImported } from './correct-imported.ts'
import type { TableRun, Taken } from './table-run.ts'

const UIDS_A_STATEMENT = 500

export interface StudyHere {
  readonly patientId: string
  readonly entryId: string
}

/** @param patientsOf the ids of patients by their keys. @returns by the row's key */
export async function findStudiesHere(
  run: TableRun,
  rows: readonly Taken[],
  patientsOf: (rows: readonly Taken[]) => Promise<ReadonlyMap<string, string>>,
): Promise<Map<string, StudyHere>> {
  const here = new Map<string, StudyHere>()
  const studies = rows.filter((row) => studyUidOf(row) !== undefined)
  if (studies.length === 0) return here
  const patients = await patientsOf(studies)
  const named = studies.map((row) => ({
    row,
    studyUid: studyUidOf(row) ?? '',
    patientId: row.patientId ?? patients.get(row.patientKey ?? ''),
  }))
  for (let at = 0; at < named.length; at += UIDS_A_STATEMENT) {
    const asked = named.slice(at, at + UIDS_A_STATEMENT)
    const uids = [...new Set(asked.map(({ studyUid }) => studyUid))]
    const found = await findStudiesInRecords(run.practice.db, run.practiceId, uids)
    for (const { row, studyUid, patientId } of asked) {
      const study = found.find((each) => each.studyUid === studyUid && each.patientId === patientId)
      if (study !== undefined) here.set(row.key, study)
    }
  }
  return here
}

/** @param body with the ids of what it names */
export async function joinStudy(
  run: TableRun,
  { key, digest }: Taken,
  { patientId, entryId }: StudyHere,
  body: object,
): Promise<void> {
  const correction = { patientId, entryId, source: run.table, kind: 'imagingStudy', body } as const
  await correctImported(run.practice, run.actor, correction, (tx) => insertKnown(tx, run, [{ key, digest, patientId, entryId }]))
}

function studyUidOf({ content }: Taken): string | undefined {
  if (content.kind !== 'entry' || content.content.kind !== 'imagingStudy') return undefined
  const { studyUid } = content.content.body
  return typeof studyUid === 'string' ? studyUid : undefined
}
