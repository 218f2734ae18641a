/** The value of a flag, parsed by the vault; what it refuses is said in both languages, with the flag. */
import { UsageError } from '@couronne/vault'
import type { Text } from '../language.ts'
import { WrongUse } from '../wrong-use.ts'

/** @throws {WrongUse} when `parse` refuses the text; it says what was `expected` */
export function parseValue<T>(flag: string, text: string, parse: (text: string) => T, expected: Text): T {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new WrongUse({
      fr: `${flag} ${text} : attendu ${expected.fr}`,
      en: `${flag} ${text}: expected ${expected.en}`,
    })
  }
}
