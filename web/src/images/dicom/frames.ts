/** The bytes of each frame in encapsulated pixel data (PS3.5 A.4): fragments behind a table of offsets, or without one. */
const ITEM = 0xfffe_e000
const SEQUENCE_END = 0xfffe_e0dd
const HEADER_BYTES = 8

interface Fragment {
  /** from the first fragment's item on, as the table counts */
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * @param pixels from the first byte of the pixel data's value; may end too early
 * @param frames how many the header speaks of
 * @returns in order; fewer when the file has fewer
 */
export function splitFrames(pixels: Uint8Array, frames: number): readonly Uint8Array[] {
  const { offsets, fragments } = readFragments(pixels)
  if (frames === 1) return fragments.length === 0 ? [] : [join(fragments)]
  if (fragments.length === frames) return fragments.map(({ bytes }) => bytes)
  const starts = offsets.length === frames ? offsets : startsOf(fragments)
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? Number.POSITIVE_INFINITY
    return join(fragments.filter(({ offset }) => offset >= start && offset < end))
  })
}

function readFragments(pixels: Uint8Array): { readonly offsets: readonly number[]; readonly fragments: readonly Fragment[] } {
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.length)
  const items: Fragment[] = []
  let first: number | undefined
  for (let at = 0; at + HEADER_BYTES <= pixels.length; ) {
    const tag = view.getUint16(at, true) * 0x1_0000 + view.getUint16(at + 2, true)
    if (tag === SEQUENCE_END || tag !== ITEM) break
    const length = view.getUint32(at + 4, true)
    const start = at + HEADER_BYTES
    if (items.length === 1) first ??= at
    items.push({ offset: at, bytes: pixels.subarray(start, start + length) })
    at = start + length
  }
  const [table, ...fragments] = items
  return {
    offsets: table === undefined ? [] : readOffsets(table.bytes),
    fragments: fragments.map(({ offset, bytes }) => ({ offset: offset - (first ?? 0), bytes })),
  }
}

function readOffsets(table: Uint8Array): readonly number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.length)
  return Array.from({ length: Math.floor(table.length / 4) }, (_, i) => view.getUint32(i * 4, true))
}

/** Without a table: a frame begins where a fragment begins as JPEG (SOI) or JPEG 2000 (SOC) files do. */
function startsOf(fragments: readonly Fragment[]): readonly number[] {
  return fragments.flatMap(({ offset, bytes }) => {
    const isStart = bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f)
    return isStart ? [offset] : []
  })
}

function join(fragments: readonly Fragment[]): Uint8Array {
  const [only] = fragments
  if (only !== undefined && fragments.length === 1) return only.bytes
  const whole = new Uint8Array(fragments.reduce((sum, { bytes }) => sum + bytes.length, 0))
  let at = 0
  for (const { bytes } of fragments) {
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}
