/** Who a source means: practitioners of the practice by family name, by both names in either order, or by RPPS. */
import type { Db } from '#database'
import { foldWords } from '#patients'

/** @param rpps where the source has it: a namesake with another is somebody else */
export type FindPractitioner = (written: string, rpps?: string) => string | undefined

/** What two practitioners could be called finds nobody. */
export async function loadPractitioners(db: Db, practiceId: string): Promise<FindPractitioner> {
  const rows = await db
    .selectFrom('practitioner')
    .select(['id', 'family_name', 'given_name', 'rpps'])
    .where('practice_id', '=', practiceId)
    .execute()
  const ids = new Map<string, string | undefined>()
  const rppsOf = new Map(rows.map(({ id, rpps }) => [id, rpps]))
  const add = (name: string, id: string) => ids.set(name, ids.has(name) && ids.get(name) !== id ? undefined : id)
  for (const { id, family_name: family, given_name: given, rpps } of rows) {
    add(fold(family), id)
    add(fold(`${family} ${given}`), id)
    add(fold(`${given} ${family}`), id)
    if (rpps !== null) add(rpps, id)
  }
  return (written, rpps) => {
    if (rpps === undefined) return ids.get(fold(written))
    const byNumber = ids.get(rpps)
    const byName = ids.get(fold(written))
    return byNumber ?? (byName !== undefined && rppsOf.get(byName) === null ? byName : undefined)
  }
}

/** Without what stands before a doctor's name. */
function fold(text: string): string {
  const words = foldWords(text)
  return (['dr', 'docteur', 'doc'].includes(words[0] ?? '') ? words.slice(1) : words).join(' ')
}
