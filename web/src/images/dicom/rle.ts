/** DICOM's RLE (PS3.5 annex G): one segment for each byte of each sample, packed as PackBits does. */
const HEADER_BYTES = 64
const SEGMENTS_MAX = 15

/** @returns samples in planes, each little endian; zeros where a segment ends too early */
export function unpackRle(frame: Uint8Array, { pixels, samples, sampleBytes }: RleShape): Uint8Array {
  const out = new Uint8Array(pixels * samples * sampleBytes)
  if (frame.length < HEADER_BYTES) return out
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const count = Math.min(view.getUint32(0, true), SEGMENTS_MAX, samples * sampleBytes)
  for (let segment = 0; segment < count; segment++) {
    const start = view.getUint32(4 + segment * 4, true)
    const end = segment + 1 < count ? view.getUint32(8 + segment * 4, true) : frame.length
    const sample = Math.floor(segment / sampleBytes)
    // The most significant byte comes first, and is the last of a little endian sample.
    const byte = sampleBytes - 1 - (segment % sampleBytes)
    unpackSegment(frame.subarray(start, end), out, { at: sample * pixels * sampleBytes + byte, step: sampleBytes, count: pixels })
  }
  return out
}

export interface RleShape {
  readonly pixels: number
  readonly samples: number
  readonly sampleBytes: number
}

function unpackSegment(
  packed: Uint8Array,
  out: Uint8Array,
  { at, step, count }: { readonly at: number; readonly step: number; readonly count: number },
): void {
  let done = 0
  for (let i = 0; i < packed.length && done < count; ) {
    const head = packed[i++] as number
    if (head === 128) continue
    const isRun = head > 128
    const length = Math.min(isRun ? 257 - head : head + 1, count - done)
    for (let j = 0; j < length; j++) out[at + (done + j) * step] = packed[isRun ? i : i + j] ?? 0
    done += length
    i += isRun ? 1 : head + 1
  }
}
