/**
 * JSON files of FHIR, cut into their resources while they are read: the entries of a bundle, the lines of a bulk export. Memory holds one
 * resource and one piece of the file, whatever the file's size.
 */

export const RESOURCE_FLAWS = ['too-long', 'too-deep', 'wrong-encoding', 'cut-off'] as const
export type ResourceFlaw = (typeof RESOURCE_FLAWS)[number]

/** A piece of JSON as it stands in its file. */
export interface JsonPiece {
  /** where it is too long or too deep: its beginning */
  readonly text: string
  /**
   * too-long, too-deep: what is there is not read; cut-off: the file ends within it; wrong-encoding: it is no UTF-8 and was read as
   * windows-1252
   */
  readonly flaw?: ResourceFlaw
}

/** With a scanned document inside; the record's own documents are larger, and come as files. */
export const RESOURCE_BYTES_MAX = 64 * 1024 ** 2
/** No honest resource nests as deep; a questionnaire within a bundle has thirty. */
const DEPTH_MAX = 100
/** What is kept of one that is not read. */
const HEAD_BYTES = 64 * 1024

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

const code = (character: string) => character.charCodeAt(0)
const QUOTE = code('"')
const BACKSLASH = code('\\')
const OPEN_OBJECT = code('{')
const CLOSE_OBJECT = code('}')
const OPEN_LIST = code('[')
const CLOSE_LIST = code(']')
const COMMA = code(',')
const COLON = code(':')
const LINE_FEED = 0x0a
const NAME_BYTES_MAX = 100

/** The elements of `entry` in the object that the file is, each as its own JSON. A file that ends too early ends with a piece that says so. */
export async function* splitBundle(pieces: Pieces): AsyncGenerator<JsonPiece> {
  const scanner = new EntryScanner()
  for await (const piece of inUtf8(pieces)) yield* scanner.add(piece)
  yield* scanner.end()
}

/** Each line that is not blank. */
export async function* splitLines(pieces: Pieces): AsyncGenerator<JsonPiece> {
  let line = new Collected()
  for await (const piece of inUtf8(pieces)) {
    let start = 0
    for (;;) {
      const end = piece.indexOf(LINE_FEED, start)
      if (end === -1) break
      line.add(piece.subarray(start, end))
      if (!line.isBlank) yield line.take()
      line = new Collected()
      start = end + 1
    }
    line.add(piece.subarray(start))
  }
  if (!line.isBlank) yield line.take()
}

/** The whole file as one piece. */
export async function readWhole(pieces: Pieces): Promise<JsonPiece> {
  const all = new Collected()
  for await (const piece of inUtf8(pieces)) all.add(piece)
  return all.take()
}

/** What the outermost object says that it is, by its member `resourceType`; undefined: it is no object, or does not say it. */
export async function findRootType(pieces: Pieces): Promise<string | undefined> {
  const scanner = new EntryScanner()
  for await (const piece of inUtf8(pieces)) {
    for (const _ of scanner.add(piece));
    if (scanner.rootType !== undefined || scanner.isNoObject) break
  }
  return scanner.rootType
}

/** Bytes of one value until it is whole. */
class Collected {
  #parts: Uint8Array[] = []
  #bytes = 0
  isBlank = true
  isTooDeep = false

  add(part: Uint8Array): void {
    if (this.isBlank) this.isBlank = part.every((byte) => byte <= 0x20)
    this.#bytes += part.length
    if (this.#bytes - part.length <= RESOURCE_BYTES_MAX) this.#parts.push(part.slice())
    else if (this.#parts.length > 1) this.#parts = [joined(this.#parts).slice(0, HEAD_BYTES)]
  }

  take(isCutOff = false): JsonPiece {
    const isTooLong = this.#bytes > RESOURCE_BYTES_MAX
    const whole = joined(this.#parts)
    const isTooDeep = this.isTooDeep || (!isTooLong && isDeep(whole))
    const { text, isUtf8 } = decode(whole.subarray(0, isTooLong || isTooDeep ? HEAD_BYTES : undefined))
    const flaw = isTooLong ? 'too-long' : isTooDeep ? 'too-deep' : isCutOff ? 'cut-off' : isUtf8 ? undefined : 'wrong-encoding'
    return flaw === undefined ? { text } : { text, flaw }
  }
}

/** Whether it nests deeper than what reads it by calling itself should go. */
function isDeep(bytes: Uint8Array): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isInString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) isInString = false
    } else if (byte === QUOTE) isInString = true
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--
    else if ((byte === OPEN_OBJECT || byte === OPEN_LIST) && ++depth > DEPTH_MAX) return true
  }
  return false
}

/**
 * Walks over the bytes of one JSON object without building anything: strings, and how deep it is. What is no JSON gives odd pieces, which
 * whoever parses them finds out.
 */
class EntryScanner {
  #depth = 0
  #isInString = false
  #isEscaped = false
  /** of the outermost object: the bytes of the string that was read last, and the name of the member that is read */
  #string: number[] = []
  #name: string | undefined
  #isInEntries = false
  #entry: Collected | undefined
  isNoObject = false
  rootType: string | undefined;

  *add(piece: Uint8Array): Generator<JsonPiece> {
    let start = 0
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at]!
      if (this.#isInString) {
        this.#inString(byte)
        continue
      }
      if (byte <= 0x20) continue
      const entry = this.#entry
      if (entry === undefined && this.#isInEntries && this.#depth === 2 && byte !== COMMA && byte !== CLOSE_LIST) {
        this.#entry = new Collected()
        start = at
      } else if (entry !== undefined && this.#depth === 2 && (byte === COMMA || byte === CLOSE_LIST)) {
        entry.add(piece.subarray(start, at))
        this.#entry = undefined
        yield entry.take()
      }
      this.#outOfString(byte)
    }
    this.#entry?.add(piece.subarray(start))
  }

  *end(): Generator<JsonPiece> {
    if (this.#entry !== undefined && !this.#entry.isBlank) yield this.#entry.take(true)
    else if (this.#depth > 0) yield { text: '', flaw: 'cut-off' }
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) {
      this.#isInString = false
      if (this.#depth === 1 && this.#name === 'resourceType') this.rootType ??= this.#text()
      return
    }
    if (this.#depth === 1 && this.#string.length < NAME_BYTES_MAX) this.#string.push(byte)
  }

  #outOfString(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#isInString = true
        this.#string = []
        return
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (this.#depth === 0 && byte === OPEN_LIST) this.isNoObject = true
        if (this.#depth === 1 && byte === OPEN_LIST && this.#name === 'entry') this.#isInEntries = true
        this.#depth++
        if (this.#depth > DEPTH_MAX && this.#entry !== undefined) this.#entry.isTooDeep = true
        return
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        if (this.#depth > 0) this.#depth--
        if (this.#depth === 1) this.#isInEntries = false
        return
      case COLON:
        if (this.#depth === 1) this.#name = this.#text()
        return
      case COMMA:
        if (this.#depth === 1) this.#name = undefined
        return
      default:
        if (this.#depth === 0) this.isNoObject = true
    }
  }

  #text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#string))
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): { readonly text: string; readonly isUtf8: boolean } {
  try {
    return { text: strict.decode(bytes), isUtf8: true }
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUtf8: false }
  }
}

/** Without a byte order mark; UTF-16 in UTF-8. */
async function* inUtf8(pieces: Pieces): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  const encoder = new TextEncoder()
  for await (const piece of pieces) {
    if (isFirst && piece.length > 0) {
      isFirst = false
      const [one, two, three] = piece
      if (one === 0xff && two === 0xfe) decoder = new TextDecoder('utf-16le')
      else if (one === 0xfe && two === 0xff) decoder = new TextDecoder('utf-16be')
      else if (one === 0xef && two === 0xbb && three === 0xbf) {
        yield piece.subarray(3)
        continue
      }
    }
    yield decoder === undefined ? piece : encoder.encode(decoder.decode(piece, { stream: true }))
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
