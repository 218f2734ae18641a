/**
 * Index files as restic and we write them, scanned in place: no strings, no objects, no white space, members in their order.
 * Anything else is for `index-file.ts` to read as JSON.
 */
import { encodeText } from './text.ts'

type OnPack = (packIdBytes: Uint8Array, marked: boolean) => void
type OnBlob = (idBytes: Uint8Array, isTree: boolean, offset: number, length: number, uncompressedLength: number) => void

const OPEN = encodeText('{"packs":[')
const PACK = encodeText('{"id":"')
const BLOBS = encodeText('","blobs":[')
const DATA = encodeText('","type":"data","offset":')
const TREE = encodeText('","type":"tree","offset":')
const LENGTH = encodeText(',"length":')
const UNCOMPRESSED = encodeText(',"uncompressed_length":')
const COMMA = 0x2c
const CLOSE = 0x5d
const END = 0x7d
const FAILED = -1
/** Value of a lower-case hex digit, 255 of every other byte. */
const NIBBLE: Uint8Array = new Uint8Array(256).fill(255)
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLE[digit.charCodeAt(0)] = value

/** Whether the whole document has the plain shape, so that {@link scanPlainIndex} will find it sound to the end. */
export function isPlainIndex(json: Uint8Array): boolean {
  return new Scanner(json).scan(ignore, ignore)
}

/** Reports what a plain index holds. The arrays of bytes are scratch. */
export function scanPlainIndex(json: Uint8Array, onPack: OnPack, onBlob: OnBlob): void {
  new Scanner(json).scan(onPack, onBlob)
}

function ignore(): void {}

class Scanner {
  readonly #json: Uint8Array
  readonly #id = new Uint8Array(32)
  #at = 0

  constructor(json: Uint8Array) {
    this.#json = json
  }

  /** False as soon as something has another shape. */
  scan(onPack: OnPack, onBlob: OnBlob): boolean {
    if (!this.#take(OPEN)) return false
    if (this.#json[this.#at] === CLOSE) this.#at++
    else {
      do if (!this.#pack(onPack, onBlob)) return false
      while (this.#more())
      if (this.#json[this.#at - 1] !== CLOSE) return false
    }
    const rest = this.#json.length - this.#at
    return this.#json[this.#at] === END && (rest === 1 || (rest === 2 && this.#json[this.#at + 1] === 0x0a))
  }

  #pack(onPack: OnPack, onBlob: OnBlob): boolean {
    if (!this.#take(PACK) || !this.#takeId() || !this.#take(BLOBS)) return false
    onPack(this.#id, false)
    if (this.#json[this.#at] === CLOSE) this.#at++
    else {
      do if (!this.#blob(onBlob)) return false
      while (this.#more())
      if (this.#json[this.#at - 1] !== CLOSE) return false
    }
    return this.#json[this.#at++] === END
  }

  #blob(onBlob: OnBlob): boolean {
    if (!this.#take(PACK) || !this.#takeId()) return false
    const isTree = this.#take(TREE)
    if (!isTree && !this.#take(DATA)) return false
    const offset = this.#takeUint32()
    if (offset === FAILED || !this.#take(LENGTH)) return false
    const length = this.#takeUint32()
    const uncompressedLength = this.#take(UNCOMPRESSED) ? this.#takeUint32() : 0
    if (length === FAILED || uncompressedLength === FAILED || this.#json[this.#at++] !== END) return false
    onBlob(this.#id, isTree, offset, length, uncompressedLength)
    return true
  }

  /** Consumes one byte; whether it was a comma. */
  #more(): boolean {
    return this.#json[this.#at++] === COMMA
  }

  #take(literal: Uint8Array): boolean {
    const json = this.#json
    const at = this.#at
    for (let i = 0; i < literal.length; i++) if (json[at + i] !== literal[i]) return false
    this.#at = at + literal.length
    return true
  }

  #takeId(): boolean {
    const json = this.#json
    const id = this.#id
    const at = this.#at
    if (at + 64 > json.length) return false
    for (let i = 0; i < 32; i++) {
      const high = NIBBLE[json[at + 2 * i]!]!
      const low = NIBBLE[json[at + 2 * i + 1]!]!
      if ((high | low) > 15) return false
      id[i] = (high << 4) | low
    }
    this.#at = at + 64
    return true
  }

  /** A number of 32 bits as JSON writes it, or {@link FAILED}. */
  #takeUint32(): number {
    const json = this.#json
    const start = this.#at
    let at = start
    let value = 0
    for (let digit = json[at]! - 0x30; digit >= 0 && digit <= 9; digit = json[++at]! - 0x30) {
      value = value * 10 + digit
      if (value > 0xffffffff) return FAILED
    }
    this.#at = at
    return at === start || (json[start] === 0x30 && at > start + 1) ? FAILED : value
  }
}
