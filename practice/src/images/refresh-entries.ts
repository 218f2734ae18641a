/** Entries are drawn again when images came that say more: other teeth, another technique. One that a person has corrected stays theirs. */
import { recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import { correctUnasked, told } from '#patients'
import { entryBodyOf, studyFactsSchema } from './facts.ts'
import { listStaleStudies, type StudyRow, updateStudy } from './store.ts'

const BATCH = 100
const REASON = 'further images were received'

/** May run at any time, and be killed. */
export async function refreshStaleEntries(practice: OpenPractice): Promise<void> {
  for (const row of await listStaleStudies(practice.db, practice.id, BATCH)) await refresh(practice, row)
}

async function refresh(practice: OpenPractice, row: StudyRow): Promise<void> {
  const { id: practiceId, db } = practice
  await db.transaction().execute(async (tx) => {
    await updateStudy(tx, practiceId, row.id, { is_stale: 0 })
    if (row.entry_id === null || row.patient_id === null) return
    const facts = studyFactsSchema.parse(JSON.parse(row.facts))
    const body = entryBodyOf({ studyId: row.id, studyUid: row.study_uid, takenOn: row.taken_on ?? undefined, facts })
    const now = practice.now()
    const writing = { tx, practiceId, now }
    const written = await correctUnasked(writing, { entryId: row.entry_id, kind: 'imagingStudy', body, reason: REASON })
    if (written === undefined) return
    const event = { action: 'record.corrected', patientId: row.patient_id, reason: REASON } as const
    await recordEvent(tx, practiceId, undefined, now, { ...event, ...told('imagingStudy', written) })
  })
}
