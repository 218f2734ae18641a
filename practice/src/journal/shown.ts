/** Whom an entry showed among others, in a list: its details say it, and a table finds the entry by each of them. */
import { z } from 'zod'
import type { Db, Tx } from '#database'
import type { StoredEntry } from './entry.ts'
import { parseJson } from './parse-json.ts'

/** @param shown each once */
export async function insertShown(tx: Tx, practiceId: string, seq: number, shown: readonly string[] = []): Promise<void> {
  const rows = shown.map((patientId) => ({ practice_id: practiceId, patient_id: patientId, seq }))
  if (rows.length > 0) await tx.insertInto('journal_shown').values(rows).execute()
}

/** Entries that were emptied are found by nobody. Both numbers are inclusive. */
export async function forgetShown(tx: Tx, practiceId: string, from: number, upTo: number): Promise<void> {
  await tx
    .deleteFrom('journal_shown')
    .where('practice_id', '=', practiceId)
    .where('seq', '>=', from)
    .where('seq', '<=', upTo)
    .execute()
}

/**
 * The numbers of entries that are not found by each patient whom they showed, or by somebody else.
 * @param batch in the order of their numbers
 */
export async function findMisshown(db: Db, practiceId: string, batch: readonly StoredEntry[]): Promise<ReadonlySet<number>> {
  const [first, last] = [batch.at(0), batch.at(-1)]
  if (first === undefined || last === undefined) return new Set()
  const rows = await db
    .selectFrom('journal_shown')
    .select(['seq', 'patient_id'])
    .where('practice_id', '=', practiceId)
    .where('seq', '>=', first.seq)
    .where('seq', '<=', last.seq)
    .execute()
  const found = Map.groupBy(rows, ({ seq }) => seq)
  const isFoundRightly = (entry: StoredEntry) => {
    const patients = new Set(found.get(entry.seq)?.map((row) => row.patient_id))
    return patients.symmetricDifference(shownBy(entry)).size === 0
  }
  return new Set(batch.filter((entry) => !isFoundRightly(entry)).map(({ seq }) => seq))
}

const detailsSchema = z.object({ shown: z.array(z.string()) })

function shownBy({ details }: StoredEntry): ReadonlySet<string> {
  return new Set(details.includes('"shown"') ? detailsSchema.safeParse(parseJson(details)).data?.shown : [])
}
