/** File numbers of patients who come in: the source's own, or its keys; one that is another patient's already gets a sign behind it. */
import type { Db } from '#database'
import type { KeyMap } from './key-map.ts'

export interface NumberWanted {
  readonly key: string
  readonly number: string
}

const CHARACTERS_MAX = 40
const SIGN_CHARACTERS = 4
const NUMBERS_A_STATEMENT = 500

/**
 * @param given numbers that this run has given so far; those of these patients are added
 * @returns the number that each key gets
 */
export async function giveFileNumbers(
  db: Db,
  practiceId: string,
  wanted: readonly NumberWanted[],
  given: KeyMap,
): Promise<Map<string, string>> {
  const taken = new Set<string>()
  const load = async (numbers: readonly string[]) => {
    for (let at = 0; at < numbers.length; at += NUMBERS_A_STATEMENT) {
      const found = await db
        .selectFrom('patient')
        .select('file_number')
        .where('practice_id', '=', practiceId)
        .where('file_number', 'in', numbers.slice(at, at + NUMBERS_A_STATEMENT))
        .execute()
      for (const { file_number } of found) taken.add(file_number)
    }
  }
  await load(wanted.map(({ number }) => number))
  const numbers = new Map<string, string>()
  for (const { key, number } of wanted) {
    let free = number
    for (let times = 2; taken.has(free) || given.has(free); times++) {
      free = `${number.slice(0, CHARACTERS_MAX - SIGN_CHARACTERS)}-${times}`
      await load([free])
    }
    given.add(free, '0')
    numbers.set(key, free)
  }
  return numbers
}
