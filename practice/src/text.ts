/** Text that people type, as it is kept: Unicode's composed form, nothing that is not seen. */
import { z } from 'zod'

/** One line of text: no line break, nothing that a screen or a terminal would obey (control characters, turned direction). */
export function line(charsMax: number) {
  return typed(charsMax).refine(isLine, { error: 'one line of text without control characters is expected' })
}

/** Text with line breaks. */
export function paragraphs(charsMax: number) {
  return typed(charsMax).refine(isParagraphs, { error: 'text without control characters is expected' })
}

/** What somebody types or pastes into a search field: tabs and line ends are spaces there. */
export const questionSchema = z
  .string()
  .max(200)
  .overwrite((text) =>
    text
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim(),
  )
  .min(1)

/** Bounded before it is normalized, which may make it shorter. */
function typed(charsMax: number) {
  return z
    .string()
    .max(charsMax * 2)
    .trim()
    .normalize('NFC')
    .min(1)
    .max(charsMax)
}

function isLine(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)
}

function isParagraphs(text: string): boolean {
  return text.isWellFormed() && !/[^\P{Cc}\n\r\t]|[\u202a-\u202e\u2066-\u2069]/u.test(text)
}
