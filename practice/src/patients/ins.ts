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
