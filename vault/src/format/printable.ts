/**
 * Which code points Go prints as they are: letters, marks, numbers, punctuation, symbols of Unicode 15.0, and the ASCII space. The
 * runtime's own tables follow newer versions of Unicode and would give other ids to folders with brand-new characters in names.
 */
import { PRINTABLE_STRETCHES } from './printable-ranges.ts'

/** Where printable and other code points take turns: from an even place to the next they are printable. */
const turns: Uint32Array = readTurns()

function readTurns(): Uint32Array {
  let at = 0
  return Uint32Array.from(PRINTABLE_STRETCHES.split(' '), (length) => {
    at += Number.parseInt(length, 36)
    return at
  })
}

export function isPrintable(rune: number): boolean {
  if (rune < 0x7f) return rune >= 0x20
  let low = 0
  let high = turns.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (turns[middle]! <= rune) low = middle + 1
    else high = middle
  }
  return low % 2 === 1
}
