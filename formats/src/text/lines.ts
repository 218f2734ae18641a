/** A file as lines of text, each decoded by itself, so that one wrong byte spoils one line. */
import type { DetectedEncoding } from './detect-encoding.ts'
import { decodeText, type Encoding } from './encodings.ts'

export interface TextLine {
  /** with the line break that ends it, as it stands in the file */
  readonly text: string
  /** from 1 */
  readonly number: number
  /** the one line of a mixed file that is not in the file's encoding but in the other */
  readonly encoding: Encoding
  /** it is longer than a line may be: this is its beginning, the rest was passed over */
  readonly isCut: boolean
}

/** Far above what a row holds: what is longer is no text, or a file without line breaks. */
export const LINE_BYTES_MAX = 1024 ** 2

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Lines end with LF, CR LF, or CR alone. Memory is bounded by one piece and {@link LINE_BYTES_MAX}.
 *
 * @param pieces of the whole file, in their order
 * @param detected of the same file ({@link EncodingDetector})
 */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  detected: DetectedEncoding,
): AsyncGenerator<TextLine> {
  const splitter = new LineSplitter(detected)
  for await (const piece of pieces) yield* splitter.add(piece)
  yield* splitter.end()
}

class LineSplitter {
  readonly #detected: DetectedEncoding
  /** bytes of a code unit, and at which of them the value of an ASCII character stands */
  readonly #unitBytes: 1 | 2
  readonly #asciiAt: 0 | 1
  #rest: Uint8Array = new Uint8Array(0)
  #number = 0
  #skipBytes: number
  /** the line's beginning was given already */
  #isPassingOver = false

  constructor(detected: DetectedEncoding) {
    this.#detected = detected
    this.#unitBytes = detected.encoding.startsWith('utf-16') ? 2 : 1
    this.#asciiAt = detected.encoding === 'utf-16be' ? 1 : 0
    this.#skipBytes = detected.markBytes
  }

  *add(piece: Uint8Array): Generator<TextLine> {
    const skipped = Math.min(this.#skipBytes, piece.length)
    this.#skipBytes -= skipped
    const fresh = skipped === 0 ? piece : piece.subarray(skipped)
    const bytes = this.#rest.length === 0 ? fresh : joined(this.#rest, fresh)
    let start = 0
    let at = this.#rest.length - (this.#rest.length % this.#unitBytes)
    if (at >= this.#unitBytes) at -= this.#unitBytes // a CR at the end waits for the LF that may follow
    for (;;) {
      const end = this.#lineEnd(bytes, at)
      if (end === undefined) break
      yield* this.#take(bytes.subarray(start, end))
      start = end
      at = end
    }
    this.#rest = bytes.slice(start)
    if (this.#rest.length > LINE_BYTES_MAX) {
      yield* this.#cut(this.#rest.subarray(0, LINE_BYTES_MAX))
      this.#rest = this.#rest.slice(-(2 * this.#unitBytes))
    }
  }

  *end(): Generator<TextLine> {
    if (this.#rest.length > 0) yield* this.#take(this.#rest)
  }

  /** where the next line begins; undefined: its end is not there yet */
  #lineEnd(bytes: Uint8Array, from: number): number | undefined {
    const unit = this.#unitBytes
    if (unit === 1) {
      for (let i = from; i < bytes.length; i++) {
        if (bytes[i] === LINE_FEED) return i + 1
        if (bytes[i] !== CARRIAGE_RETURN) continue
        if (i + 1 === bytes.length) return undefined
        return bytes[i + 1] === LINE_FEED ? i + 2 : i + 1
      }
      return undefined
    }
    const ascii = (i: number) => (bytes[i + 1 - this.#asciiAt] === 0 ? bytes[i + this.#asciiAt] : undefined)
    for (let i = from; i + 1 < bytes.length; i += 2) {
      if (ascii(i) === LINE_FEED) return i + 2
      if (ascii(i) !== CARRIAGE_RETURN) continue
      if (i + 3 >= bytes.length) return undefined
      return ascii(i + 2) === LINE_FEED ? i + 4 : i + 2
    }
    return undefined
  }

  *#take(bytes: Uint8Array): Generator<TextLine> {
    if (this.#isPassingOver) this.#isPassingOver = false
    else if (bytes.length > LINE_BYTES_MAX) {
      yield this.#line(bytes.subarray(0, LINE_BYTES_MAX), true)
    } else yield this.#line(bytes, false)
  }

  *#cut(bytes: Uint8Array): Generator<TextLine> {
    if (!this.#isPassingOver) yield this.#line(bytes, true)
    this.#isPassingOver = true
  }

  #line(bytes: Uint8Array, isCut: boolean): TextLine {
    this.#number++
    const encoding = this.#encodingOf(bytes)
    return { text: decodeText(bytes, encoding), number: this.#number, encoding, isCut }
  }

  #encodingOf(bytes: Uint8Array): Encoding {
    const { encoding, mixed } = this.#detected
    if (mixed === undefined || isUtf8(bytes)) return encoding
    return mixed.otherEncoding
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
