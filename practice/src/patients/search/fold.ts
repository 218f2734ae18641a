/**
 * Text as it is compared: small letters without accents, cut into words. Pure, and bounded whatever comes in: control characters, lone
 * surrogates and punctuation only part words, and what is longer than a name can be is cut.
 */

/** No field of a name is looked at beyond this, in UTF-16 units. */
export const TEXT_UNITS_MAX = 200
export const WORD_UNITS_MAX = 40

/** Letters that Unicode does not take apart by itself. */
const LETTERS: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
}
const OWN_LETTERS = /[œæßøłđðþħı]/g
const MARKS = /\p{M}+/gu
/** Modifier letters that stand for an apostrophe are letters to Unicode. */
const WORDS = /(?:(?![\u02b0-\u02ff])[\p{L}\p{N}])+/gu

/** Small letters without accents; the rest stays where it is. */
export function foldLetters(text: string): string {
  return text
    .slice(0, TEXT_UNITS_MAX)
    .toLowerCase()
    .normalize('NFKD')
    .replace(MARKS, '')
    .replace(OWN_LETTERS, (letter) => LETTERS[letter] ?? letter)
}

/** The words of a text, in its order: `Jean-Pierre d’Œuvre` gives `jean`, `pierre`, `d`, `oeuvre`. */
export function foldWords(text: string): string[] {
  return (foldLetters(text).match(WORDS) ?? []).map(cut)
}

/** A file number without what people leave out: `P-0012/A` gives `p0012a`, `00123` gives `123`. */
export function foldNumber(text: string): string {
  return cut(
    foldWords(text)
      .join('')
      .replace(/^0+(?=.)/, ''),
  )
}

/**
 * The digits of a telephone number, national where it is French: `+33 (0)6 12…` gives `0612…`, `+44 20…` gives `004420…`. Overseas has codes
 * of its own and the same national numbers: `+262 692…` (Réunion, Mayotte) is `0692…`, so for 590 (Guadeloupe), 594 (Guyane), 596 (Martinique).
 */
export function foldTelephone(text: string): string {
  const digits = foldLetters(text)
    .replace(/^\s*\+/, '00')
    .replace(/\D/g, '')
    .slice(0, 20)
    .replace(/^33(?=[1-9]\d{8}$)/, '0033')
  return digits.replace(/^00(?:33|262|590|594|596)(?:0(?=\d{9}))?/, '0')
}

/** The thirteen characters of an INS that say who; its check digits say nothing more. */
export function foldIns(text: string): string {
  return foldWords(text).join('').slice(0, 13)
}

/** Cuts without leaving half a surrogate pair. */
function cut(word: string): string {
  return word.length <= WORD_UNITS_MAX ? word : word.slice(0, WORD_UNITS_MAX).replace(/[\ud800-\udbff]$/, '')
}
