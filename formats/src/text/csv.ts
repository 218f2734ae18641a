/**
 * Comma-separated values as RFC 4180 has them, and as programs really write them: any separator, quotes in the middle of a text that nobody
 * doubled, quotes that nothing closes. Whatever a line holds, the next one is read, and no line is lost: the text of each record stands
 * beside its fields.
 */
import type { TextLine } from './lines.ts'

export interface CsvRecord {
  readonly fields: readonly string[]
  /** as in the file, without the last line break */
  readonly text: string
  /** of its first line, from 1 */
  readonly line: number
  /** what makes the fields uncertain */
  readonly flaw?: CsvFlaw
}

export const CSV_FLAWS = [
  /** a quote within quotes that is not doubled: taken for itself */
  'quote-inside',
  /** quotes that nothing closes: this line is read as if quotes meant nothing, and the next one begins a record */
  'quote-not-closed',
  /** longer than a line may be: its beginning only */
  'line-too-long',
] as const
export type CsvFlaw = (typeof CSV_FLAWS)[number]

/** What a record with line breaks in it may have; a quote that is still open then is taken for a flaw. */
export const RECORD_LINES_MAX = 200
export const RECORD_CHARACTERS_MAX = 256 * 1024
/** Then quotes mean nothing in this file. Without a limit each line could be read {@link RECORD_LINES_MAX} times. */
const UNCLOSED_MAX = 100

const QUOTE = '"'

/** Takes lines in their order and gives the records that they make. */
export class CsvReader {
  readonly #delimiter: string
  #pending: TextLine[] = []
  #pendingCharacters = 0
  #scan: Scan = newScan()
  #unclosed = 0

  /** @param delimiter one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  *add(line: TextLine): Generator<CsvRecord> {
    const again = [line]
    for (let next = again.shift(); next !== undefined; next = again.shift()) {
      if (next.isCut || this.#unclosed > UNCLOSED_MAX) {
        again.unshift(...this.#giveUp(), next)
        const first = again.shift()!
        yield this.#literal(first, first.isCut ? 'line-too-long' : this.#unclosed > UNCLOSED_MAX ? undefined : 'quote-not-closed')
        continue
      }
      this.#pending.push(next)
      this.#pendingCharacters += next.text.length
      scanLine(this.#scan, next.text, this.#delimiter)
      if (!this.#scan.isOpen) yield this.#finish()
      else if (this.#pending.length >= RECORD_LINES_MAX || this.#pendingCharacters > RECORD_CHARACTERS_MAX) {
        again.unshift(...this.#giveUp())
        yield this.#literal(again.shift()!, 'quote-not-closed')
      }
    }
  }

  *end(): Generator<CsvRecord> {
    while (this.#pending.length > 0) {
      const [first, ...others] = this.#giveUp()
      yield this.#literal(first!, 'quote-not-closed')
      for (const line of others) yield* this.add(line)
    }
  }

  #finish(): CsvRecord {
    const { fields, isFlawed } = this.#scan
    const record = { fields, text: trimBreak(this.#pending.map(({ text }) => text).join('')), line: this.#pending[0]!.number }
    this.#reset()
    return isFlawed ? { ...record, flaw: 'quote-inside' } : record
  }

  /** the lines that wait for a quote to be closed */
  #giveUp(): TextLine[] {
    const lines = this.#pending
    if (lines.length > 0) this.#unclosed++
    this.#reset()
    return lines
  }

  #reset(): void {
    this.#pending = []
    this.#pendingCharacters = 0
    this.#scan = newScan()
  }

  #literal({ text, number }: TextLine, flaw: CsvFlaw | undefined): CsvRecord {
    const trimmed = trimBreak(text)
    const record = { fields: trimmed.split(this.#delimiter), text: trimmed, line: number }
    return flaw === undefined ? record : { ...record, flaw }
  }
}

interface Scan {
  readonly fields: string[]
  /** of the field that a line break within quotes has interrupted */
  field: string
  isOpen: boolean
  isFlawed: boolean
}

function newScan(): Scan {
  return { fields: [], field: '', isOpen: false, isFlawed: false }
}

/** @param text one line with its break */
function scanLine(scan: Scan, text: string, delimiter: string): void {
  const end = trimBreak(text).length
  let at = 0
  for (;;) {
    if (!scan.isOpen) {
      if (text[at] !== QUOTE || at >= end) {
        const next = text.indexOf(delimiter, at)
        const stop = next === -1 || next >= end ? end : next
        scan.fields.push(text.slice(at, stop))
        if (stop === end) return
        at = stop + 1
        continue
      }
      scan.isOpen = true
      scan.field = ''
      at++
    }
    const quote = text.indexOf(QUOTE, at)
    if (quote === -1) {
      scan.field += text.slice(at)
      return
    }
    scan.field += text.slice(at, quote)
    const after = text[quote + 1]
    at = quote + 1
    if (at >= end || after === delimiter) {
      scan.isOpen = false
      scan.fields.push(scan.field)
      if (at >= end) return
      at++
    } else {
      scan.field += QUOTE
      if (after === QUOTE) at++
      else scan.isFlawed = true
    }
  }
}

function trimBreak(text: string): string {
  if (text.endsWith('\r\n')) return text.slice(0, -2)
  return text.endsWith('\n') || text.endsWith('\r') ? text.slice(0, -1) : text
}
