/**
 * In which encoding a file was written, from all of its bytes. Old programs append to their exports: a file may hold lines of two encodings,
 * which is said, with how many of each, so that every line can be read by itself.
 */
import { decodeText, type Encoding, SINGLE_BYTE_ENCODINGS, type SingleByteEncoding } from './encodings.ts'

export interface DetectedEncoding {
  readonly encoding: Encoding
  /** of the byte order mark at the beginning, which is no text */
  readonly markBytes: 0 | 2 | 3
  /** Lines with other characters than those of ASCII. In `mixed` files the lines that are not UTF-8 are read in `otherEncoding`. */
  readonly mixed?: { readonly otherEncoding: SingleByteEncoding; readonly utf8Lines: number; readonly otherLines: number }
}

/** What French text is made of, beyond ASCII: a wrong table shows other signs. */
const FRENCH = new Set('àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ°€«»’‘“”–—…§²³µñãáíóúÑÁÍÓÚ\u00a0')
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** Of the bytes of UTF-16 text in a western language nearly half are zero. */
const ZEROS_SHARE = 0.3

/** Takes a file piece by piece, in its order; {@link EncodingDetector.result} may be asked at any time, and tells of what was seen. */
export class EncodingDetector {
  #bytes = 0
  readonly #start: number[] = []
  readonly #zeros: [even: number, odd: number] = [0, 0]
  /** how often each byte from 0x80 stands in lines that are not UTF-8 */
  readonly #others = new Float64Array(128)
  #utf8Lines = 0
  #otherLines = 0
  // of the line that is being read, however long it is: how often each byte from 0x80 stands in it
  readonly #high = new Float64Array(128)
  #hasHigh = false
  #isUtf8 = true
  /** continuation bytes that the character still needs, and between what the next one must be */
  #due = 0
  #least = 0x80
  #most = 0xbf

  add(piece: Uint8Array): void {
    for (let i = 0; this.#start.length < 3 && i < piece.length; i++) this.#start.push(piece[i]!)
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!
      if (byte < 0x80 && this.#due === 0) {
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.#endLine()
        else if (byte === 0) this.#zeros[((this.#bytes + i) & 1) as 0 | 1]++
      } else this.#addHigh(byte)
    }
    this.#bytes += piece.length
  }

  result(): DetectedEncoding {
    const marked = byMark(this.#start)
    if (marked !== undefined && marked.encoding !== 'utf-8') return marked
    const [even, odd] = this.#zeros
    if (even + odd > ZEROS_SHARE * this.#bytes) return { encoding: odd > even ? 'utf-16le' : 'utf-16be', markBytes: 0 }
    const { utf8Lines, otherLines, others } = this.#withLastLine()
    const markBytes = marked?.markBytes ?? 0
    if (otherLines === 0) return { encoding: 'utf-8', markBytes }
    const otherEncoding = bestSingleByte(others)
    if (utf8Lines === 0 && marked === undefined) return { encoding: otherEncoding, markBytes }
    return { encoding: 'utf-8', markBytes, mixed: { otherEncoding, utf8Lines, otherLines } }
  }

  /** UTF-8 as Unicode defines it: no overlong form, no surrogate, nothing beyond U+10FFFF (table 3-7). */
  #addHigh(byte: number): void {
    if (this.#due > 0) {
      if (byte >= this.#least && byte <= this.#most) this.#due--
      else {
        this.#isUtf8 = false
        this.#due = 0
      }
      this.#least = 0x80
      this.#most = 0xbf
      if (byte < 0x80) {
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.#endLine()
        return
      }
    } else if (byte >= 0xc2 && byte <= 0xdf) this.#due = 1
    else if (byte >= 0xe0 && byte <= 0xef) {
      this.#due = 2
      if (byte === 0xe0) this.#least = 0xa0
      if (byte === 0xed) this.#most = 0x9f
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#due = 3
      if (byte === 0xf0) this.#least = 0x90
      if (byte === 0xf4) this.#most = 0x8f
    } else this.#isUtf8 = false
    this.#high[byte - 0x80]!++
    this.#hasHigh = true
  }

  #endLine(): void {
    if (this.#hasHigh) {
      if (this.#isUtf8) this.#utf8Lines++
      else {
        this.#otherLines++
        addCounts(this.#others, this.#high)
      }
      this.#high.fill(0)
      this.#hasHigh = false
    }
    this.#isUtf8 = true
  }

  #withLastLine(): { utf8Lines: number; otherLines: number; others: Float64Array } {
    const others = this.#others.slice()
    if (!this.#hasHigh) return { utf8Lines: this.#utf8Lines, otherLines: this.#otherLines, others }
    // A character that the end of what was seen cuts in two is no sign against UTF-8.
    if (this.#isUtf8) return { utf8Lines: this.#utf8Lines + 1, otherLines: this.#otherLines, others }
    addCounts(others, this.#high)
    return { utf8Lines: this.#utf8Lines, otherLines: this.#otherLines + 1, others }
  }
}

function addCounts(to: Float64Array, counts: Float64Array): void {
  counts.forEach((count, i) => {
    to[i]! += count
  })
}

function byMark([first, second, third]: readonly number[]): DetectedEncoding | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', markBytes: 3 }
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', markBytes: 2 }
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', markBytes: 2 }
  return undefined
}

/** The one in which most of the bytes are French; of equal ones the first, which is the commonest. */
function bestSingleByte(counts: Float64Array): SingleByteEncoding {
  const score = (encoding: SingleByteEncoding) => {
    let sum = 0
    counts.forEach((count, i) => {
      if (count > 0) sum += FRENCH.has(decodeText(Uint8Array.of(i + 0x80), encoding)) ? count : -count
    })
    return sum
  }
  return SINGLE_BYTE_ENCODINGS.reduce((best, each) => (score(each) > score(best) ? each : best))
}
