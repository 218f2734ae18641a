/**
 * What somebody typed into the search field, understood: names, days, telephone numbers, file numbers, INS, in the ways in which French
 * practices write them. Pure; takes any text, looks at its first 200 characters, and never throws.
 *
 * A part that can be read in several ways (`12031985` is a day and may be a file number) keeps them all.
 */
import { foldIns, foldLetters, foldNumber, foldTelephone, foldWords } from './fold.ts'
import { SIGNS } from './words.ts'

export type WrittenAs = 'name' | 'born' | 'phone' | 'number' | 'ins'

/** One reading of a part: with what a word in `patient_word` begins, its sign included. */
export interface Way {
  readonly as: WrittenAs
  readonly word: string
}

/** What must be found of a patient, in any of these ways. */
export interface QueryPart {
  readonly ways: readonly Way[]
  /** `de`, `madame`, `née`, `dossier n°`: better when it is there, and no matter when not */
  readonly isOptional: boolean
}

export interface Query {
  readonly parts: readonly QueryPart[]
  /** the folded text when it is nothing but words: the list may have it as it stands */
  readonly beginning: string | undefined
}

const PARTS_MAX = 6
const YEAR_MIN = 1880
const YEAR_MAX = 2099
/** Fewer digits would be the beginning of too many INS. */
const INS_DIGITS_MIN = 5

const MONTHS = [
  ['janvier', 'janv', 'jan'],
  ['fevrier', 'fevr', 'fev'],
  ['mars'],
  ['avril', 'avr'],
  ['mai'],
  ['juin'],
  ['juillet', 'juil'],
  ['aout'],
  ['septembre', 'sept'],
  ['octobre', 'oct'],
  ['novembre', 'nov'],
  ['decembre', 'dec'],
] as const
const MONTH = MONTHS.flat().join('|')
const monthNumbers = new Map<string, number>(MONTHS.flatMap((names, i) => names.map((name) => [name, i + 1] as const)))

// biome-ignore format: a list is read by lines
const OPTIONAL = new Set([
  'de', 'du', 'des', 'd', 'la', 'le', 'les', 'l', 'van', 'von', 'der', 'den', 'da', 'do', 'dos', 'di', 'el', 'al', 'ben', 'bin', 'bint',
  'mme', 'mlle', 'madame', 'monsieur', 'mademoiselle', 'mr', 'dr', 'nee', 'ne', 'en',
  'dossier', 'fiche', 'numero', 'no', 'n', 'tel', 'telephone',
])

/** `St Exupéry` is filed as `Saint-Exupéry`, mostly; the other way, the index has both (`words.ts`). */
const LONG_WORDS: Readonly<Record<string, readonly string[]>> = { st: ['saint'], ste: ['sainte'] }

/** Corsica's departments have letters. */
const CORSICAN_INS = /^[1-8]\d{4}2[ab]\d{0,8}$/

interface Reading {
  readonly pattern: RegExp
  readonly read: (match: RegExpExecArray) => readonly Way[]
}

/** Tried at each place in this order; one that reads nothing is passed over. All are bounded: none repeats without an end. */
const READINGS: readonly Reading[] = [
  { pattern: /(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d])/y, read: ([, year, month, day]) => bornOn(year, month, day) },
  {
    pattern: new RegExp(`(\\d{1,2})(?:er)?[ .-]{0,2}(${MONTH})\\b[ .-]{0,2}(\\d{4}|\\d{2})(?!\\d)`, 'y'),
    read: ([, day, month, year]) => bornOn(year, monthNumbers.get(month ?? ''), day),
  },
  {
    pattern: new RegExp(`(${MONTH})\\b[ .-]{0,2}(\\d{4})(?!\\d)`, 'y'),
    read: ([, month, year]) => bornOn(year, monthNumbers.get(month ?? '')),
  },
  {
    // 06.12.34: the beginning of a telephone number too
    pattern: /(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?!\d|[/.-]\d)/y,
    read: ([text, day, , month, year]) => [...bornOn(year, month, day), ...(/^0[1-9]/.test(text) ? telephone(text) : [])],
  },
  { pattern: /(\d{1,2}) (\d{1,2}) (\d{4})(?! ?\d)/y, read: ([, day, month, year]) => bornOn(year, month, day) },
  { pattern: /(\d{1,2})[/.-](\d{4})(?!\d)/y, read: ([, month, year]) => bornOn(year, month) },
  {
    // 06 12 85: the beginning of a telephone number, or a day
    pattern: /(0[1-9])[ .-](\d{2})[ .-](\d{2})(?![\d]| ?[.-]?\d{2})/y,
    read: ([text, day, month, year]) => [...telephone(text), ...bornOn(year, month, day)],
  },
  {
    // 33 6… without its plus: as telephones and messages hand it on
    pattern: /(?:(?:(?:\+|00) ?)?33[ .-]?(?:\(0\)|0)?|0)[ ./-]?[1-9](?:[ ./-]?\d){8}(?!\d)/y,
    read: ([text]) => [...telephone(text), ...number(text)],
  },
  { pattern: /(?:\+|00)[ .-]?[1-9]\d{0,2}(?:[ .()/-]{0,2}\d){4,13}(?!\d)/y, read: ([text]) => telephone(text) },
  { pattern: /0[1-9](?:[ ./-]\d{2}){1,4}(?!\d)/y, read: ([text]) => telephone(text) },
  {
    pattern: /[1-8][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[ab])[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{2})?(?![\da-z])/y,
    read: ([text]) => [...ins(text), ...number(text)],
  },
  { pattern: /[1-8] \d{2} \d{2}(?: (?:\d{2}|2[ab])(?: \d{3}(?: \d{1,3})?)?)?(?![\da-z])/y, read: ([text]) => ins(text) },
  { pattern: /\d{1,40}(?![\p{L}\p{N}])(?![-/]\d)/uy, read: ([text]) => digits(text) },
  {
    pattern: /(?=[\p{L}-]{0,20}\d)[\p{L}\p{N}]{1,40}(?:[-/.][\p{L}\p{N}]{1,40}){0,3}/uy,
    read: ([text]) => [...(CORSICAN_INS.test(text) ? ins(text) : []), ...number(text)],
  },
]
const WORD = /(?:(?![\u02b0-\u02ff])[\p{L}\p{N}])+/uy

export function parseQuery(text: string): Query {
  const folded = foldLetters(text).replaceAll(/\s+/g, ' ')
  const parts: QueryPart[] = []
  let place = 0
  let isOnlyWords = true
  while (place < folded.length && parts.length < PARTS_MAX) {
    const read = readAt(folded, place)
    if (read === undefined) {
      place++
      continue
    }
    place = read.end
    parts.push(read.part)
    isOnlyWords &&= read.part.ways.every((way) => way.as === 'name')
  }
  const words = foldWords(folded)
  const last = parts.length - 1
  return {
    parts: parts.map((part, i) => (i === last ? { ...part, isOptional: false } : part)), // the last one is being typed
    beginning: isOnlyWords && words.length > 0 ? words.join(' ') : undefined,
  }
}

function readAt(text: string, place: number): { part: QueryPart; end: number } | undefined {
  for (const { pattern, read } of READINGS) {
    pattern.lastIndex = place
    const match = pattern.exec(text)
    const ways = match === null ? [] : read(match)
    if (ways.length > 0) return { part: { ways: unique(ways), isOptional: false }, end: pattern.lastIndex }
  }
  WORD.lastIndex = place
  const [word] = foldWords(WORD.exec(text)?.[0] ?? '') // as long as a word that is kept
  return word === undefined
    ? undefined
    : {
        part: {
          ways: [word, ...(LONG_WORDS[word] ?? [])].map((each) => ({ as: 'name', word: each })),
          isOptional: OPTIONAL.has(word),
        },
        end: WORD.lastIndex,
      }
}

/** Digits without anything between them. */
function digits(text: string): readonly Way[] {
  const [, two = '', four = '', six = '', eight = ''] = /^(?:(..)(?:(..)(?:(..)(..)?)?)?)?/.exec(text) ?? []
  const ways: Way[] = []
  if (text.length === 4) ways.push(...bornOn(text))
  if (text.length === 6) ways.push(...bornOn(six, four, two))
  if (text.length === 8) ways.push(...bornOn(six + eight, four, two), ...bornOn(two + four, six, eight))
  if (text.startsWith('0') && text.length >= 4) ways.push(...telephone(text))
  if (/^[1-9]\d{8}$/.test(text)) ways.push(...telephone(`0${text}`))
  if (/^[1-8]/.test(text) && text.length >= INS_DIGITS_MIN) ways.push(...ins(text))
  return [...ways, ...number(text)]
}

/** A day, a month or a year; both centuries where the year has two digits. `00` is not known. Nothing when there is no such day. */
function bornOn(year?: string, askedMonth?: string | number, askedDay?: string): readonly Way[] {
  const month = Number(askedMonth ?? 0) === 0 ? undefined : askedMonth
  const day = month === undefined || Number(askedDay ?? 0) === 0 ? undefined : askedDay
  const years = year?.length === 2 ? [`19${year}`, `20${year}`] : [year ?? '']
  return years
    .filter(
      (each) => Number(each) >= YEAR_MIN && Number(each) <= YEAR_MAX && isDay(Number(each), Number(month ?? 1), Number(day ?? 1)),
    )
    .map((each) => [each, month, day].filter((part) => part !== undefined))
    .map((fields) => ({ as: 'born', word: SIGNS.born + fields.map((part) => String(part).padStart(2, '0')).join('-') }))
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function telephone(text: string): readonly Way[] {
  return [{ as: 'phone', word: SIGNS.phone + foldTelephone(text) }]
}

function number(text: string): readonly Way[] {
  return [{ as: 'number', word: SIGNS.number + foldNumber(text) }]
}

function ins(text: string): readonly Way[] {
  return [{ as: 'ins', word: SIGNS.ins + foldIns(text) }]
}

function unique(ways: readonly Way[]): readonly Way[] {
  return [...new Map(ways.map((way) => [way.word, way])).values()]
}
