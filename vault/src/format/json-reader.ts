/**
 * A reader of JSON text for documents with hundreds of thousands of members: strings are cut out of the text, numbers of any size are
 * exact, values that nobody asked for are skipped, and an error says at which byte.
 */
import { FormatError } from '#errors'
import { decodeText, encodeText } from './text.ts'

const DEPTH_MAX = 100
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

export class JsonReader {
  readonly text: string
  /** Next character, as an index of {@link text}. */
  at = 0
  readonly #what: string
  readonly #start: number
  #backslash = -1

  /** @param start where the bytes, or their text, begin in the document */
  constructor(bytes: Uint8Array | string, what: string, start = 0) {
    this.text = typeof bytes === 'string' ? bytes : decodeText(bytes)
    this.#what = what
    this.#start = start
  }

  fail(message: string, at = this.at): never {
    throw new FormatError(`${this.#what}: ${message}`, { at: this.byteAt(at) })
  }

  /** The byte of the document at which a character lies, when all of it is valid UTF-8. */
  byteAt(at: number): number {
    return this.#start + encodeText(this.text.slice(0, at)).length
  }

  /** The next character that is no white space, not consumed; NaN at the end. */
  peek(): number {
    let code = this.text.charCodeAt(this.at)
    while (code <= 0x20 && (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09))
      code = this.text.charCodeAt(++this.at)
    return code
  }

  /** Consumes the character `code`, after white space. */
  expect(code: number): void {
    if (this.peek() !== code) this.fail(`expected ${String.fromCharCode(code)}`)
    this.at++
  }

  /** After an item: true when a comma follows, false when `close` does; either is consumed. */
  more(close: number): boolean {
    const code = this.peek()
    this.at++
    if (code === 0x2c) return true
    if (code === close) return false
    return this.fail(`expected , or ${String.fromCharCode(close)}`, this.at - 1)
  }

  /** Consumes `open` and tells whether anything is inside; an empty pair is consumed whole. */
  enter(open: number, close: number): boolean {
    this.expect(open)
    if (this.peek() !== close) return true
    this.at++
    return false
  }

  end(): void {
    if (!Number.isNaN(this.peek())) this.fail('something follows the document')
  }

  /** Consumes `null` when it comes next. */
  skipNull(): boolean {
    if (this.peek() !== 0x6e || !this.text.startsWith('null', this.at)) return false
    this.at += 4
    return true
  }

  /** A string, unescaped; lone surrogates become U+FFFD, as in Go. Bare control characters are let through, which Go does not. */
  readString(): string {
    if (this.peek() !== 0x22) this.fail('expected a string')
    const start = this.at + 1
    const end = this.text.indexOf('"', start)
    if (end < 0) this.fail('a string does not end')
    if (this.#backslash < start) this.#backslash = this.#nextBackslash(start)
    if (end > this.#backslash) return this.#readEscaped(start)
    this.at = end + 1
    return this.text.slice(start, end)
  }

  #nextBackslash(from: number): number {
    const found = this.text.indexOf('\\', from)
    return found < 0 ? Number.POSITIVE_INFINITY : found
  }

  #readEscaped(start: number): string {
    let end = start
    for (let code = this.text.charCodeAt(end); code !== 0x22; code = this.text.charCodeAt(end)) {
      if (Number.isNaN(code)) this.fail('a string does not end')
      end += code === 0x5c ? 2 : 1
    }
    this.at = end + 1
    try {
      return (JSON.parse(this.text.slice(start - 1, end + 1)) as string).toWellFormed()
    } catch {
      return this.fail('a string holds what JSON does not allow', start)
    }
  }

  /** The characters after `at` and after that one, in one number. */
  pairAt(at: number): number {
    return this.text.charCodeAt(at) * 256 + this.text.charCodeAt(at + 1)
  }

  /** Consumes a member's name and colon, spelled as `key` (`name":`), when they come next, without white space. */
  skipKey(key: string): boolean {
    if (this.text.charCodeAt(this.at) !== 0x22 || !this.text.startsWith(key, this.at + 1)) return false
    this.at += key.length + 1
    return true
  }

  /** A member's name and its colon. */
  readKey(): string {
    const key = this.readString()
    this.expect(0x3a)
    return key
  }

  /** An unsigned whole number of at most `max` (2^53 - 1 when absent). */
  readCount(max = Number.MAX_SAFE_INTEGER): number {
    this.peek()
    const start = this.at
    const value = this.#readDigits()
    if (value > max) this.fail(`expected a number of at most ${max}`, start)
    return value
  }

  /** An unsigned whole number below 2^64. */
  readBigCount(): bigint {
    this.peek()
    const start = this.at
    const value = this.#readDigits()
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value)
    const exact = BigInt(this.text.slice(start, this.at))
    if (exact >= 1n << 64n) this.fail('expected a number below 2^64', start)
    return exact
  }

  // Up to 2^53 - 1 the sum is exact; beyond, it is beyond too.
  #readDigits(): number {
    const text = this.text
    const start = this.at
    let at = start
    let value = 0
    let code = text.charCodeAt(at)
    for (; code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at)) value = value * 10 + (code - 0x30)
    this.at = at
    const isPlain = code !== 0x2e && code !== 0x45 && code !== 0x65
    if (at === start || at - start > 20 || !isPlain || (at - start > 1 && text.charCodeAt(start) === 0x30)) {
      this.fail('expected an unsigned whole number', start)
    }
    return value
  }

  /** Consumes any value and returns its text. */
  readRaw(): string {
    this.peek()
    const start = this.at
    this.skipValue()
    return this.text.slice(start, this.at)
  }

  skipValue(depth = 0): void {
    if (depth > DEPTH_MAX) this.fail('nested too deeply')
    const code = this.peek()
    if (code === 0x22) this.readString()
    else if (code === 0x7b) this.#skipObject(depth)
    else if (code === 0x5b) this.#skipArray(depth)
    else this.#skipPlain()
  }

  #skipObject(depth: number): void {
    if (!this.enter(0x7b, 0x7d)) return
    do {
      this.readKey()
      this.skipValue(depth + 1)
    } while (this.more(0x7d))
  }

  #skipArray(depth: number): void {
    if (!this.enter(0x5b, 0x5d)) return
    do this.skipValue(depth + 1)
    while (this.more(0x5d))
  }

  #skipPlain(): void {
    for (const word of ['null', 'true', 'false']) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length
        return
      }
    }
    NUMBER.lastIndex = this.at
    if (!NUMBER.test(this.text)) this.fail('expected a value')
    this.at = NUMBER.lastIndex
  }
}
