/** Patients whom the practice has already, as a source without patients names them. Whoever could be two people is nobody. */
import type { Db } from '#database'
import { foldWords } from '#patients'

const KEYS_A_STATEMENT = 500

/**
 * @param keys file numbers, leading zeros or not; or family name, given name and birth date with bars between them
 * @returns the patient's id for each key that means one patient
 */
export async function findOurPatients(
  db: Db,
  practiceId: string,
  by: 'file-number' | 'names',
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  return by === 'file-number' ? findByFileNumber(db, practiceId, keys) : findByNames(db, practiceId, keys)
}

async function findByFileNumber(db: Db, practiceId: string, keys: ReadonlySet<string>): Promise<Map<string, string>> {
  const asked = [...new Set([...keys].flatMap((key) => [key, withoutZeros(key)]))]
  const ids = new Map<string, string>()
  for (let at = 0; at < asked.length; at += KEYS_A_STATEMENT) {
    const rows = await db
      .selectFrom('patient')
      .select(['id', 'file_number'])
      .where('practice_id', '=', practiceId)
      .where('file_number', 'in', asked.slice(at, at + KEYS_A_STATEMENT))
      .execute()
    for (const row of rows) ids.set(row.file_number, row.id)
  }
  return found(keys, (key) => ids.get(key) ?? ids.get(withoutZeros(key)))
}

async function findByNames(db: Db, practiceId: string, keys: ReadonlySet<string>): Promise<Map<string, string>> {
  const days = [...new Set([...keys].map((key) => partsOf(key).bornOn))].filter((day) => day !== '')
  const ids = new Map<string, string | undefined>()
  const add = (name: string, id: string) => ids.set(name, ids.has(name) && ids.get(name) !== id ? undefined : id)
  for (let at = 0; at < days.length; at += KEYS_A_STATEMENT) {
    const rows = await db
      .selectFrom('patient')
      .select(['id', 'birth_name', 'used_name', 'given_names', 'used_given_name', 'born_on'])
      .where('practice_id', '=', practiceId)
      .where('born_on', 'in', days.slice(at, at + KEYS_A_STATEMENT))
      .execute()
    for (const row of rows)
      for (const family of [row.birth_name, row.used_name])
        for (const given of [(JSON.parse(row.given_names) as string[])[0], row.used_given_name])
          if (family && given) add(folded(family, given, row.born_on ?? ''), row.id)
  }
  return found(keys, (key) => {
    const { family, given, bornOn } = partsOf(key)
    return bornOn === '' ? undefined : ids.get(folded(family, given, bornOn))
  })
}

function found(keys: ReadonlySet<string>, idOf: (key: string) => string | undefined): Map<string, string> {
  return new Map(
    [...keys].flatMap((key) => [[key, idOf(key)] as const]).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}

function partsOf(key: string) {
  const [family = '', given = '', bornOn = ''] = key.split('|')
  return { family, given, bornOn }
}

function folded(family: string, given: string, bornOn: string): string {
  return `${foldWords(family).join(' ')}|${foldWords(given).join(' ')}|${bornOn}`
}

function withoutZeros(number: string): string {
  return number.replace(/^0+(?=.)/, '')
}
