/** The versions of a record, found without an index by patient (decision 0066): by their entries, and by the batches that brought them. */
import { sql } from 'kysely'
import type { Db } from '#database'
import { IMPORT_SOURCE } from './import-entries.ts'
import type { StoredVersion } from './version-hash.ts'

const IDS_A_STATEMENT = 500
/** `;` is the character after the colon. */
const AFTER_IMPORT_SOURCE = `${IMPORT_SOURCE.slice(0, -1)};`

/** Oldest first. @param entryIds all that are, or should be, in the record */
export async function loadVersions(
  db: Db,
  practiceId: string,
  patientId: string,
  entryIds: readonly string[],
): Promise<readonly StoredVersion[]> {
  const ids = [...new Set(entryIds)].toSorted()
  const versions: StoredVersion[] = []
  for (let at = 0; at < ids.length; at += IDS_A_STATEMENT)
    versions.push(
      ...(await db
        .selectFrom('record_version')
        .selectAll()
        .where('practice_id', '=', practiceId)
        .where('patient_id', '=', patientId)
        .where('entry_id', 'in', ids.slice(at, at + IDS_A_STATEMENT))
        .orderBy('entry_id')
        .orderBy('version')
        .execute()),
    )
  return versions
}

/** What came into the record in batches, wherever it is shown. Looks at each batch of the practice once, in an index. */
export async function importedEntries(db: Db, practiceId: string, patientId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ entry_id: string }>`
    with recursive batch (source) as (
      select min(source) from record_version where source >= ${IMPORT_SOURCE} and source < ${AFTER_IMPORT_SOURCE}
      union all
      select (
        select min(source) from record_version
        where record_version.source > batch.source and record_version.source < ${AFTER_IMPORT_SOURCE}
      ) from batch where batch.source is not null
    )
    select entry_id from batch join record_version on record_version.source = batch.source
    where record_version.patient_id = ${patientId} and record_version.practice_id = ${practiceId}`.execute(db)
  return rows.map(({ entry_id }) => entry_id)
}
