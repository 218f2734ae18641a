/** What texts of a source mean. Pure; undefined: it means nothing of the kind. */
import { isTooth, SURFACES, type Surface, type Tooth } from '#patients'

/** As programs write it: letters, numbers of the insured (1, 2), forms of address. */
const SEX_WORDS = new Map<string, 'female' | 'male' | 'unknown'>(
  Object.entries({
    ...{ f: 'female', femme: 'female', feminin: 'female', féminin: 'female', female: 'female', 2: 'female', mme: 'female' },
    ...{ mlle: 'female', madame: 'female', mademoiselle: 'female', fille: 'female', w: 'female' },
    ...{ m: 'male', h: 'male', homme: 'male', masculin: 'male', male: 'male', 1: 'male', mr: 'male', monsieur: 'male' },
    ...{ garcon: 'male', garçon: 'male' },
    ...{ i: 'unknown', x: 'unknown', inconnu: 'unknown', unknown: 'unknown', 0: 'unknown' },
  } as const),
)

export function parseSex(text: string): 'female' | 'male' | 'unknown' | undefined {
  return SEX_WORDS.get(text.toLowerCase().replace(/\.$/, ''))
}

/** `81,94`, `1 234,50 €`, `1.234,50`, `81.94` in cents. The last separator that two digits or one follow is that of the cents. */
export function parseCents(text: string): number | undefined {
  const [, whole = '', cents = ''] =
    /^(\d{1,3}(?:[ \u00a0\u202f.,']?\d{3})*|\d+)(?:[.,](\d{1,2}))?\s*(?:€|EUR)?$/i.exec(text) ?? []
  if (whole === '') return undefined
  const value = Number(whole.replaceAll(/\D/g, '')) * 100 + Number(cents.padEnd(2, '0'))
  return value <= 100_000_000 ? value : undefined
}

export interface ParsedTeeth {
  readonly teeth: readonly Tooth[]
  /** whether something was written that is no tooth */
  readonly isAllTeeth: boolean
}

/** `36`, `16, 17`, `16/17`, `16 17`, `161718`. */
export function parseTeeth(text: string): ParsedTeeth {
  const parts = text.split(/[^\d]+/).filter((part) => part !== '')
  const numbers = parts.flatMap((part) => (part.length > 2 && part.length % 2 === 0 ? (part.match(/\d\d/g) ?? []) : [part]))
  const teeth = [...new Set(numbers.filter(isTooth))]
  return { teeth, isAllTeeth: numbers.length > 0 && numbers.every(isTooth) }
}

/** `MOD`, `M O D`, `m-o`. */
export function parseSurfaces(text: string): readonly Surface[] | undefined {
  const letters = [...text.toUpperCase().replaceAll(/[^A-Z]/g, '')]
  const known = letters.filter((letter): letter is Surface => (SURFACES as readonly string[]).includes(letter))
  return letters.length > 0 && known.length === letters.length ? [...new Set(known)] : undefined
}

/** `10:15`, `10h15`, `10.15`, `1015`, `10:15:00` as `10:15`. */
export function parseTime(text: string): string | undefined {
  const [, hour = '', minute = ''] = /^(\d{1,2})\s*[:h.]?\s*(\d{2})(?:[:.]\d{2}(?:[.,]\d+)?)?$/i.exec(text) ?? []
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59) return undefined
  return `${hour.padStart(2, '0')}:${minute}`
}

/** Four letters and three digits; a letter key and a coefficient of the NGAP; or whatever the program invented. */
export function codeSystemOf(code: string): 'ccam' | 'ngap' | 'local' {
  if (/^[A-Z]{4}\d{3}$/.test(code)) return 'ccam'
  // The keys of the NGAP that dentists used, and may still: https://www.ameli.fr, NGAP, titre III chapitre VII.
  return /^(C|CS|V|VS|D|DC|SC|SCP|SPR|PRO|TO|ORT|Z|ZN|KC|MTO|SPM)\s?\d{0,3}([.,]\d{1,2})?$/.test(code) ? 'ngap' : 'local'
}

/** One line: no line breaks, no control characters, single blanks. */
export function toLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
}

/** Several lines, each without control characters. */
export function toParagraphs(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .trim()
}
