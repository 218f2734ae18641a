/**
 * Writes JSON straight into bytes, with Go's escapes. Plain ASCII is copied character by character, which is most of what a tree holds;
 * everything else takes the way through `quote.ts`.
 */
import { quoteJson, quoteJsonBytes, quoteName } from './quote.ts'
import { encodeText } from './text.ts'

const START_BYTES = 32 * 1024
/** What is longer is given away in pieces: growing would hold it twice. */
const PIECE_BYTES = 1024 * 1024
const QUOTE = 0x22

/** 1 for ASCII that needs no escape in a JSON string of Go; a name has none but these either. */
const PLAIN: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x20 && code < 0x7f && !'"\\<>&'.includes(String.fromCharCode(code)) ? 1 : 0,
)

export class JsonWriter {
  readonly #onPiece: (piece: Uint8Array) => void
  #bytes: Uint8Array
  #at = 0

  /**
   * @param onPiece takes what is complete of a long document, at once: its memory is written over then
   * @param startBytes what is not longer comes in one piece
   */
  constructor(onPiece: (piece: Uint8Array) => void, startBytes = START_BYTES) {
    this.#onPiece = onPiece
    this.#bytes = new Uint8Array(startBytes)
  }

  /** Text that is ASCII and needs no escape. */
  ascii(text: string): void {
    this.#reserve(text.length)
    const bytes = this.#bytes
    const start = this.#at
    for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i)
    this.#at = start + text.length
  }

  /** A string with its quotes. */
  string(text: string): void {
    this.#reserve(text.length + 2)
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = QUOTE
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80 || PLAIN[code] === 0) {
        this.#append(quoteJson(text))
        return
      }
      bytes[at++] = code
    }
    bytes[at++] = QUOTE
    this.#at = at
  }

  /** Raw bytes as a string with its quotes, what is no UTF-8 replaced. */
  stringOfBytes(bytes: Uint8Array): void {
    this.#append(quoteJsonBytes(bytes))
  }

  /** A name, quoted twice. */
  name(name: Uint8Array): void {
    this.#reserve(name.length + 2)
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = QUOTE
    for (let i = 0; i < name.length; i++) {
      const byte = name[i]!
      if (byte < 0x80 ? PLAIN[byte] === 0 : !isLatinLetter(byte, name[i + 1])) {
        this.#append(quoteJson(quoteName(name)))
        return
      }
      bytes[at++] = byte
      if (byte >= 0x80) bytes[at++] = name[++i]!
    }
    bytes[at++] = QUOTE
    this.#at = at
  }

  /** An unsigned whole number up to 2^53 - 1. */
  count(value: number): void {
    if (value > 0x7fffffff) {
      this.ascii(String(value))
      return
    }
    this.#reserve(10)
    let end = this.#at + 1
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end++
    this.#at = end
    let left = value | 0
    do {
      const tenth = (left / 10) | 0
      this.#bytes[--end] = 0x30 + left - tenth * 10
      left = tenth
    } while (left > 0)
  }

  bigCount(value: bigint): void {
    if (value <= 0x7fffffffn) this.count(Number(value))
    else this.ascii(value.toString())
  }

  /** JSON text, taken as it is. */
  raw(text: string): void {
    this.#append(text)
  }

  /** What was written since the last piece: a view of the writer's own memory. The writer cannot be used further. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #append(text: string): void {
    const bytes = encodeText(text)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return
    const bytes = this.#bytes.subarray(0, this.#at)
    if (this.#bytes.length < PIECE_BYTES) {
      this.#bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + count))
      this.#bytes.set(bytes)
      return
    }
    this.#onPiece(bytes)
    if (count > this.#bytes.length) this.#bytes = new Uint8Array(count)
    this.#at = 0
  }
}

// U+00C0 to U+017F in UTF-8: letters with accents, all printable.
function isLatinLetter(lead: number, next: number | undefined): boolean {
  return lead >= 0xc3 && lead <= 0xc5 && next !== undefined && (next & 0xc0) === 0x80
}
