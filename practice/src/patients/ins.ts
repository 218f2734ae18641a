/**
 * The INS, a patient's national health identity: the NIR, or the NIA while one waits for it: 13 characters and a key of two digits. Pure.
 *
 * @see Référentiel INS 2.1; RNIV 2.0 (identity vigilance); the key: arrêté of 27 July 1946, Corsica (2A, 2B) since 1976
 */

/** `-test` and `-demo` belong to the test and demonstration systems, and never to a person. */
export const INS_KINDS = ['nir', 'nia', 'nir-test', 'nir-demo'] as const
export type InsKind = (typeof INS_KINDS)[number]

/** As FR Core and the CI-SIS name the four systems. */
export const INS_OIDS: Readonly<Record<InsKind, string>> = {
  nir: '1.2.250.1.213.1.4.8',
  nia: '1.2.250.1.213.1.4.9',
  'nir-test': '1.2.250.1.213.1.4.10',
  'nir-demo': '1.2.250.1.213.1.4.11',
}

/** Sex, year, month, département, commune, order, key. Months beyond 12 stand for unknown ones. */
const SHAPE = /^[1-478]\d{4}(?:\d{2}|2[AB])\d{6}\d{2}$/

/** As stored: no spaces, capital letters. `2 85 01 75 056 100 61` becomes `285017505610061`. */
export function compactIns(text: string): string {
  return text.replaceAll(/[\s.-]/g, '').toUpperCase()
}

/** Whether 15 characters have the shape of an INS and its key is right. */
export function isIns(ins: string): boolean {
  return SHAPE.test(ins) && insKey(ins.slice(0, 13)) === ins.slice(13)
}

/** The two digits that must follow 13 characters: 97 less the remainder by 97, with 2A counted as 19 and 2B as 18. */
export function insKey(first13: string): string {
  const digits = first13.replace(/^(.{5})2A/, '$119').replace(/^(.{5})2B/, '$118')
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0')
}

export const INS_DOUBTS = ['sex', 'year', 'month'] as const
export type InsDoubt = (typeof INS_DOUBTS)[number]

/**
 * In what an INS seems to be somebody else's: its first digit tells the sex, the next four the year and month of birth. A reason to look
 * again, never to refuse: the law lets each of them differ. A change of sex at the civil registry (Code civil 61-5) comes before the new
 * number; a judgment may mend a birth date and leave the number; a number given to somebody born abroad keeps the date that was told at the
 * time, and has no month where none was known (20, 30 to 42, from 50). The place says nothing here: départements and communes are renamed.
 */
export function insDoubts(
  ins: string,
  { sex, bornOn = '' }: { readonly sex: 'female' | 'male' | 'unknown'; readonly bornOn?: string | undefined },
): InsDoubt[] {
  const [first = '', year, month] = [ins.slice(0, 1), ins.slice(1, 3), ins.slice(3, 5)]
  const [bornYear, bornMonth] = bornOn.split('-')
  const isFemale = '248'.includes(first)
  const doubts: readonly (InsDoubt | false)[] = [
    sex !== 'unknown' && isFemale !== (sex === 'female') && 'sex',
    bornYear !== '' && bornYear?.slice(2) !== year && 'year',
    bornMonth !== undefined && Number(month) >= 1 && Number(month) <= 12 && bornMonth !== month && 'month',
  ]
  return doubts.filter((each) => each !== false)
}
