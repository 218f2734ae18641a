/**
 * JPEG with twelve bits (ITU-T T.81, sequential DCT, Huffman, one component), which DICOM calls Extended (Process 2 & 4) and no browser and
 * no codec at hand decodes. dcmtk is the oracle of its test.
 *
 * marker FF xx · length of two bytes · its content, or for SOS: the scan, in which FF stands as FF 00
 */
const SOI = 0xd8
const SOF_BASELINE = 0xc0
const SOF_EXTENDED = 0xc1
const DHT = 0xc4
const EOI = 0xd9
const SOS = 0xda
const DQT = 0xdb
const DRI = 0xdd

const SIDE = 8
const BLOCK = SIDE * SIDE
const SAMPLES_MAX = 100_000_000
const CODE_BITS_MAX = 16

/** Where the n-th coefficient of the file stands in its block. */
const ZIGZAG = zigzag()
const COSINES = Float64Array.from({ length: BLOCK }, (_, i) => {
  const [x, u] = [Math.floor(i / SIDE), i % SIDE]
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16)
})

interface Huffman {
  /** by length of code: the smallest code, how many there are, where their symbols begin */
  readonly first: readonly number[]
  readonly counts: readonly number[]
  readonly starts: readonly number[]
  readonly symbols: Uint8Array
}

interface Frame {
  readonly precision: number
  readonly rows: number
  readonly columns: number
  readonly quantization: number
}

export interface DecodedGreys {
  readonly rows: number
  readonly columns: number
  readonly samples: Uint16Array
}

/** @throws when it is not such a file; a scan that ends too early leaves the rest as it began */
export function decodeExtendedJpeg(bytes: Uint8Array): DecodedGreys {
  const tables = { quantization: new Map<number, Uint16Array>(), huffman: new Map<number, Huffman>() }
  let frame: Frame | undefined
  let restartEvery = 0
  for (let at = 2; ; ) {
    if (bytes[0] !== 0xff || bytes[1] !== SOI || at + 4 > bytes.length) throw new Error('no JPEG that has a picture')
    if (bytes[at] !== 0xff) throw new Error(`byte ${at}: a marker is expected`)
    const marker = bytes[at + 1] as number
    if (marker === 0xff) {
      at++
      continue
    }
    const length = (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number)
    const content = bytes.subarray(at + 4, at + 2 + length)
    at += 2 + length
    if (marker === DQT) readQuantization(content, tables.quantization)
    else if (marker === DHT) readHuffman(content, tables.huffman)
    else if (marker === DRI) restartEvery = (content[0] as number) * 256 + (content[1] as number)
    else if (marker === SOF_BASELINE || marker === SOF_EXTENDED) frame = readFrame(content)
    else if (marker === EOI || (marker >= 0xc2 && marker <= 0xcf)) throw new Error('no sequential JPEG with Huffman codes')
    else if (marker === SOS) {
      const selector = content[2] as number
      const quantization = tables.quantization.get(frame?.quantization ?? -1)
      const dc = tables.huffman.get(selector >> 4)
      const ac = tables.huffman.get(0x10 | (selector & 15))
      if (frame === undefined || quantization === undefined || dc === undefined || ac === undefined)
        throw new Error('a scan before its tables')
      return decodeScan(bytes.subarray(at), { frame, quantization, dc, ac, restartEvery })
    }
  }
}

function readQuantization(content: Uint8Array, into: Map<number, Uint16Array>): void {
  for (let at = 0; at < content.length; ) {
    const head = content[at++] as number
    const isWide = head >> 4 !== 0
    const table = new Uint16Array(BLOCK)
    for (let i = 0; i < BLOCK; i++) {
      table[i] = isWide ? (content[at] as number) * 256 + (content[at + 1] as number) : (content[at] as number)
      at += isWide ? 2 : 1
    }
    into.set(head & 15, table)
  }
}

function readHuffman(content: Uint8Array, into: Map<number, Huffman>): void {
  for (let at = 0; at + 1 + CODE_BITS_MAX <= content.length; ) {
    const head = content[at++] as number
    const counts = [...content.subarray(at, at + CODE_BITS_MAX)]
    at += CODE_BITS_MAX
    const first: number[] = []
    const starts: number[] = []
    let code = 0
    let start = 0
    for (const count of counts) {
      first.push(code)
      starts.push(start)
      code = (code + count) << 1
      start += count
    }
    into.set(head, { first, counts, starts, symbols: content.slice(at, at + start) })
    at += start
  }
}

function readFrame(content: Uint8Array): Frame {
  const [precision = 0, r1 = 0, r0 = 0, c1 = 0, c0 = 0, components = 0, , , quantization = 0] = content
  const frame = { precision, rows: r1 * 256 + r0, columns: c1 * 256 + c0, quantization }
  if (components !== 1) throw new Error(`one component is expected, there are ${components}`)
  if (frame.rows * frame.columns === 0 || frame.rows * frame.columns > SAMPLES_MAX) throw new Error('no size that can be')
  return frame
}

interface Scan {
  readonly frame: Frame
  readonly quantization: Uint16Array
  readonly dc: Huffman
  readonly ac: Huffman
  readonly restartEvery: number
}

function decodeScan(bytes: Uint8Array, { frame, quantization, dc, ac, restartEvery }: Scan): DecodedGreys {
  const { rows, columns, precision } = frame
  const samples = new Uint16Array(rows * columns)
  const across = Math.ceil(columns / SIDE)
  const down = Math.ceil(rows / SIDE)
  const reader = new BitReader(bytes)
  const block = new Float64Array(BLOCK)
  const half = new Float64Array(BLOCK)
  let predictor = 0
  for (let i = 0; i < across * down; i++) {
    if (restartEvery > 0 && i > 0 && i % restartEvery === 0) {
      reader.restart()
      predictor = 0
    }
    if (reader.isAtEnd) break
    block.fill(0)
    predictor += reader.signed(reader.symbol(dc))
    block[0] = predictor * (quantization[0] as number)
    for (let k = 1; k < BLOCK; k++) {
      const symbol = reader.symbol(ac)
      const size = symbol & 15
      k += symbol >> 4
      if (size === 0) {
        if (symbol >> 4 === 15) continue
        break
      }
      if (k < BLOCK) block[ZIGZAG[k] as number] = reader.signed(size) * (quantization[k] as number)
    }
    transform(block, half)
    const place = { top: Math.floor(i / across) * SIDE, left: (i % across) * SIDE }
    put(block, samples, place, { rows, columns, middle: 1 << (precision - 1) })
  }
  return { rows, columns, samples }
}

/** Back from frequencies, in place: rows, then columns. */
function transform(block: Float64Array, half: Float64Array): void {
  for (const [from, to] of [
    [block, half],
    [half, block],
  ] as const)
    for (let line = 0; line < SIDE; line++)
      for (let x = 0; x < SIDE; x++) {
        let sum = 0
        for (let u = 0; u < SIDE; u++) sum += (from[line * SIDE + u] as number) * (COSINES[x * SIDE + u] as number)
        to[x * SIDE + line] = sum // turned over its diagonal: twice is not at all
      }
}

function put(
  block: Float64Array,
  samples: Uint16Array,
  { top, left }: { readonly top: number; readonly left: number },
  { rows, columns, middle }: { readonly rows: number; readonly columns: number; readonly middle: number },
): void {
  const bottom = Math.min(SIDE, rows - top)
  const right = Math.min(SIDE, columns - left)
  for (let y = 0; y < bottom; y++)
    for (let x = 0; x < right; x++) {
      const value = Math.round(block[y * SIDE + x] as number) + middle
      samples[(top + y) * columns + left + x] = Math.max(0, Math.min(2 * middle - 1, value))
    }
}

class BitReader {
  readonly #bytes: Uint8Array
  #at = 0
  #bits = 0
  #count = 0
  isAtEnd = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  symbol({ first, counts, starts, symbols }: Huffman): number {
    let code = 0
    for (let length = 0; length < CODE_BITS_MAX; length++) {
      code = (code << 1) | this.#bit()
      const place = code - (first[length] as number)
      if (place >= 0 && place < (counts[length] as number)) return symbols[(starts[length] as number) + place] ?? 0
    }
    this.isAtEnd = true
    return 0
  }

  /** A value of so many bits, whose first says its sign (T.81 F.2.2.1). */
  signed(size: number): number {
    let value = 0
    for (let i = 0; i < size; i++) value = value * 2 + this.#bit()
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value
  }

  /** Past the next restart marker. */
  restart(): void {
    this.#count = 0
    while (this.#at + 1 < this.#bytes.length) {
      const marker = this.#bytes[this.#at + 1] as number
      if (this.#bytes[this.#at] === 0xff && marker >= 0xd0 && marker <= 0xd7) {
        this.#at += 2
        return
      }
      this.#at++
    }
    this.isAtEnd = true
  }

  /** Zeros after the end, and at the next marker. */
  #bit(): number {
    if (this.#count === 0) {
      const byte = this.#bytes[this.#at]
      const isMarker = byte === 0xff && this.#bytes[this.#at + 1] !== 0
      if (byte === undefined || (isMarker && this.#bytes[this.#at + 1] === EOI)) this.isAtEnd = true
      this.#bits = byte === undefined || isMarker ? 0 : byte
      if (byte !== undefined && !isMarker) this.#at += byte === 0xff ? 2 : 1
      this.#count = 8
    }
    this.#count--
    return (this.#bits >> this.#count) & 1
  }
}

function zigzag(): Uint8Array {
  const order = Array.from({ length: BLOCK }, (_, i) => i)
  const sum = (i: number) => Math.floor(i / SIDE) + (i % SIDE)
  order.sort(
    (a, b) => sum(a) - sum(b) || (sum(a) % 2 === 0 ? (a % SIDE) - (b % SIDE) : Math.floor(a / SIDE) - Math.floor(b / SIDE)),
  )
  return Uint8Array.from(order)
}
