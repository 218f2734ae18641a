/** Which code points Go prints as they are: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

export function isPrintable(rune: number): boolean {
  if (rune < 0x7f) return rune >= 0x20
  return PRINTABLE.test(String.fromCodePoint(rune))
}
