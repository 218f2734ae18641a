/**
 * The RPPS number of a French health professional: 11 digits, the last of which checks the others (Luhn).
 *
 * @see ANS, Répertoire Partagé des Professionnels intervenant dans le système de Santé: `PS_IdNat` is `8` followed by the RPPS number
 */
import { InvalidInputError } from '#errors'

const RPPS = /^\d{11}$/

/** Whether it is a number that can exist. */
export function isRpps(text: string): boolean {
  return RPPS.test(text) && luhnSum(text) % 10 === 0
}

/**
 * Spaces forgiven.
 *
 * @throws {InvalidInputError} naming the field `rpps`
 */
export function parseRpps(text: string): string {
  const digits = text.replaceAll(/\s/g, '')
  if (isRpps(digits)) return digits
  const message = RPPS.test(digits) ? 'a digit is wrong: the last one does not check the others' : '11 digits are expected'
  throw new InvalidInputError(`RPPS number: ${message}`, [{ path: 'rpps', problem: 'rpps', message }])
}

/** The RPPS number in a national identifier (`PS_IdNat`), if it holds one. */
export function rppsOfNationalId(nationalId: string): string | undefined {
  const digits = nationalId.startsWith('8') && nationalId.length === 12 ? nationalId.slice(1) : nationalId
  return isRpps(digits) ? digits : undefined
}

/** From the right, every second digit counts double (ISO/IEC 7812-1, annex B). */
function luhnSum(digits: string): number {
  return [...digits].toReversed().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
}
