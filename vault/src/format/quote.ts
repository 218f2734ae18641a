/**
 * Strings as Go writes them, byte for byte: the id of a tree depends on it.
 *
 * A name is quoted twice: first by Go's `strconv.Quote` over its raw bytes (so that any bytes become valid text), then, as every other
 * string, by Go's JSON encoder.
 */
import { FormatError } from '#errors'
import { isPrintable } from './printable.ts'
import { encodeText, joinPieces } from './text.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const JSON_SPECIAL = /["\\<>&\p{Cc}\u2028\u2029\ud800-\udfff]/u
// What follows the bar is everything below the space.
const JSON_SPECIALS = /["\\<>&\u2028\u2029]|[^ -\uffff]/g
const LONE_SURROGATES = /[\ud800-\udfff]/gu
/** Of a byte that is no UTF-8, in text that keeps it: as Python's `surrogateescape`. */
const RAW_BYTE = 0xdc00
const RAW_BYTES = /[\udc80-\udcff]/gu
const NAME_SPECIAL = /[^ !#-[\]-~]/u
const JSON_SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}
const NAME_SHORT: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

/** `text` as a JSON string with its quotes, as Go 1.22 and later write it. Lone surrogates become the six characters `\ufffd`. */
export function quoteJson(text: string): string {
  if (!JSON_SPECIAL.test(text)) return `"${text}"`
  return `"${text.replace(JSON_SPECIALS, escapeJson).replace(LONE_SURROGATES, '\\ufffd')}"`
}

function escapeJson(character: string): string {
  return JSON_SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Raw bytes as a JSON string with its quotes: each byte that is no valid UTF-8 becomes the six characters `\ufffd`. */
export function quoteJsonBytes(bytes: Uint8Array): string {
  return quoteJson(rawText(bytes))
}

/** Text of raw bytes; each one that is no valid UTF-8 is a lone surrogate, from which {@link rawBytes} knows it. */
export function rawText(bytes: Uint8Array): string {
  const strictly = decodeStrict(bytes)
  if (strictly !== undefined) return strictly
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const rune = runeAt(bytes, at)
    text += String.fromCodePoint(rune < 0 ? RAW_BYTE + bytes[at]! : rune)
    at += runeBytes(rune)
  }
  return text
}

/** The bytes of {@link rawText}. */
export function rawBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return encodeText(text)
  const pieces: Uint8Array[] = []
  let from = 0
  for (const { index } of text.matchAll(RAW_BYTES)) {
    pieces.push(encodeText(text.slice(from, index)), Uint8Array.of(text.charCodeAt(index) - RAW_BYTE))
    from = index + 1
  }
  return joinPieces([...pieces, encodeText(text.slice(from))])
}

/** Whether `bytes` are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  return decodeStrict(bytes) !== undefined
}

/** Text of valid UTF-8, `undefined` of anything else. */
export function decodeStrict(bytes: Uint8Array): string | undefined {
  const ascii = decodeShortAscii(bytes)
  if (ascii !== undefined) return ascii
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

// Most names are short and ASCII; a decoder call costs more than such a loop.
function decodeShortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > 32) return undefined
  let text = ''
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Go's `strconv.Quote` of raw bytes, without the outer quotes. */
export function quoteName(name: Uint8Array): string {
  const text = decodeStrict(name)
  if (text !== undefined && !NAME_SPECIAL.test(text)) return text
  let quoted = ''
  for (let at = 0; at < name.length; ) {
    const rune = runeAt(name, at)
    quoted += rune < 0 ? `\\x${hex(name[at]!, 2)}` : quoteRune(rune)
    at += runeBytes(rune)
  }
  return quoted
}

function quoteRune(rune: number): string {
  const short = NAME_SHORT[rune]
  if (short !== undefined) return short
  if (isPrintable(rune)) return String.fromCodePoint(rune)
  if (rune < 0x20 || rune === 0x7f) return `\\x${hex(rune, 2)}`
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

// The code point of the valid UTF-8 sequence at `at`, -1 when there is none (Go then goes on after one byte).
function runeAt(bytes: Uint8Array, at: number): number {
  const a = bytes[at]!
  if (a < 0x80) return a
  const b = (bytes[at + 1] ?? 0) ^ 0x80
  if (a < 0xc2 || a > 0xf4 || b > 0x3f) return -1
  if (a < 0xe0) return ((a & 0x1f) << 6) | b
  const c = (bytes[at + 2] ?? 0) ^ 0x80
  if (c > 0x3f) return -1
  if (a < 0xf0) {
    const rune = ((a & 0x0f) << 12) | (b << 6) | c
    return rune < 0x800 || (rune >= 0xd800 && rune < 0xe000) ? -1 : rune
  }
  const d = (bytes[at + 3] ?? 0) ^ 0x80
  const rune = ((a & 0x07) << 18) | (b << 12) | (c << 6) | d
  return d > 0x3f || rune < 0x10000 || rune > 0x10ffff ? -1 : rune
}

function runeBytes(rune: number): number {
  if (rune < 0x80) return 1
  if (rune < 0x800) return 2
  return rune < 0x10000 ? 3 : 4
}

const UNQUOTE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\"]))|["\\\n]/g
const UNQUOTE_SHORT: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 }

/**
 * The raw bytes of what {@link quoteName} gave. Octal escapes are read too.
 * @throws {FormatError} when `text` is not so quoted
 */
export function unquoteName(text: string): Uint8Array {
  return unquotePlain(text) ?? unquoteEscaped(text)
}

const scratch = new Uint8Array(128)

// Short names of one and two-byte characters without escapes, which is nearly all of them.
function unquotePlain(text: string): Uint8Array | undefined {
  if (text.length > 64) return undefined
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) {
      if (code === 0x5c || code === 0x22 || code === 0x0a) return undefined
      scratch[at++] = code
    } else {
      if (code >= 0x800) return undefined
      scratch[at++] = 0xc0 | (code >> 6)
      scratch[at++] = 0x80 | (code & 0x3f)
    }
  }
  return scratch.slice(0, at)
}

function unquoteEscaped(text: string): Uint8Array {
  UNQUOTE.lastIndex = 0
  let match = UNQUOTE.exec(text)
  if (match === null) return encodeText(text)
  const parts: Uint8Array[] = []
  let at = 0
  for (; match !== null; match = UNQUOTE.exec(text)) {
    parts.push(encodeText(text.slice(at, match.index)), unescapeOne(match))
    at = match.index + match[0].length
  }
  parts.push(encodeText(text.slice(at)))
  return joinPieces(parts)
}

function unescapeOne([, byte, octal, short16, long32, short]: RegExpExecArray): Uint8Array {
  if (short !== undefined) return Uint8Array.of(UNQUOTE_SHORT[short]!)
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16))
  if (octal !== undefined && octal <= '377') return Uint8Array.of(Number.parseInt(octal, 8))
  const rune = Number.parseInt(short16 ?? long32 ?? '', 16)
  if (rune <= 0x10ffff && (rune < 0xd800 || rune > 0xdfff)) return encodeText(String.fromCodePoint(rune))
  throw new FormatError('a name is not quoted as it should be')
}

/** A name for people: its text when it is printable UTF-8, else quoted with escapes and no way to disturb a terminal. */
export function printName(name: Uint8Array): string {
  const text = decodeStrict(name)
  const harmless =
    text !== undefined && [...text].every((character) => isPrintable(character.codePointAt(0)!) || character === '\u00a0')
  return harmless ? text : `"${quoteName(name)}"`
}
