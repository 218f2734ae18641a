// Rabin fingerprint over GF(2), window of 64 bytes, with restic's boundaries (docs/format-notes.md, "Chunks").
//
// tables: MOD 256 × u64 · OUT 256 × u64
//   MOD[b] = (b·x^53 mod P) | b << 53      takes the top byte of a digest off and reduces it
//   OUT[b] = b·x^512 mod P                 takes the byte that leaves the window off *after* the shift
// state (96 bytes): 0 digest u64 · 8 bytes of the chunk so far u32 · 16 last 64 bytes that went in · 80 digest at the last cut u64
//
// The digest depends on the last 64 bytes alone (once the initial 1 has left), so a long stretch is scanned as four stretches side by
// side, each warmed up with the 64 bytes before it: four short dependency chains keep the processor busy where one would wait.

const WINDOW: u32 = 64
const CHUNK_MIN: u32 = 524288
const CHUNK_MAX: u32 = 8388608
const CUT_MASK: u64 = 0xfffff
const LANE_BYTES: u32 = 4096

const STATE_COUNT: usize = 8
const STATE_WINDOW: usize = 16
const STATE_CUT: usize = 80

// @ts-ignore: decorator
@inline
function mod(tables: usize, index: u64): u64 {
  return load<u64>(tables + ((<usize>index) << 3))
}

// @ts-ignore: decorator
@inline
function out(tables: usize, byte: u32): u64 {
  return load<u64>(tables + ((<usize>byte) << 3), 2048)
}

// @ts-ignore: decorator
@inline
function slide(tables: usize, digest: u64, inByte: u32, outByte: u32): u64 {
  return ((digest << 8) | <u64>inByte) ^ mod(tables, digest >> 45) ^ out(tables, outByte)
}

function reduce(value: u64, polynomial: u64): u64 {
  for (let bit: i32 = 63; bit >= 53; bit--) {
    if ((value >> <u64>bit) & 1) value ^= polynomial << <u64>(bit - 53)
  }
  return value
}

/** Fills `tables` (4,096 bytes) for a polynomial of degree 53. */
export function rabinTables(tables: usize, polynomial: u64): void {
  for (let b: u32 = 0; b < 256; b++) {
    store<u64>(tables + ((<usize>b) << 3), reduce((<u64>b) << 53, polynomial) | ((<u64>b) << 53))
    let digest: u64 = b
    for (let i: u32 = 0; i < WINDOW; i++) digest = reduce(digest << 8, polynomial)
    store<u64>(tables + ((<usize>b) << 3), digest, 2048)
  }
}

/** Start of a chunk: a byte of value 1 has gone in after 63 zeros. */
export function rabinReset(state: usize): void {
  store<u64>(state, 1)
  store<u32>(state, 0, STATE_COUNT)
  memory.fill(state + STATE_WINDOW, 0, 63)
  store<u8>(state, 1, STATE_WINDOW + 63)
}

function cut(state: usize, digest: u64): void {
  rabinReset(state)
  store<u64>(state, digest, STATE_CUT)
}

// Keeps the last 64 bytes that went in: all from [at - 64, at) when so many were hashed here, else the newest of them behind older ones.
function saveWindow(state: usize, at: usize, hashed: u32): void {
  const window = state + STATE_WINDOW
  if (hashed >= WINDOW) {
    memory.copy(window, at - WINDOW, WINDOW)
  } else {
    memory.copy(window, window + hashed, WINDOW - hashed)
    memory.copy(window + WINDOW - hashed, at - hashed, hashed)
  }
}

/**
 * Slides over `length` bytes at `from`.
 * @returns how many of them belong to the current chunk when it ends here (the state is then that of the next chunk), else -1
 */
export function rabinScan(tables: usize, state: usize, from: usize, length: u32): i32 {
  let count = load<u32>(state, STATE_COUNT)
  let at = from
  const end = from + length
  const firstHashed: u32 = CHUNK_MIN - WINDOW
  if (count < firstHashed) {
    const skipped = min(firstHashed - count, length)
    count += skipped
    at += skipped
    if (at == end) {
      store<u32>(state, count, STATE_COUNT)
      return -1
    }
  }
  const hashFrom = at
  let digest = load<u64>(state)
  const stop = at + <usize>min(<u32>(end - at), CHUNK_MAX - count)

  // The first 64 bytes push out what earlier calls put in; none of them before the minimum may cut.
  const headEnd = at + <usize>min(<u32>(stop - at), WINDOW)
  const oldest = state + STATE_WINDOW
  while (at < headEnd) {
    digest = slide(tables, digest, load<u8>(at), load<u8>(oldest + (at - hashFrom)))
    at++
    count++
    if (count >= CHUNK_MIN && ((digest & CUT_MASK) == 0 || count == CHUNK_MAX)) {
      cut(state, digest)
      return <i32>(at - from)
    }
  }

  // Four stretches side by side. Here count >= CHUNK_MIN for every byte after the first: 64 bytes at least were hashed.
  while (at + 4 * LANE_BYTES < stop && count >= CHUNK_MIN) {
    let d0 = digest
    let d1: u64 = 0
    let d2: u64 = 0
    let d3: u64 = 0
    for (let i: usize = 0; i < WINDOW; i++) {
      d1 = slide(tables, d1, load<u8>(at + i, LANE_BYTES - WINDOW), 0)
      d2 = slide(tables, d2, load<u8>(at + i, 2 * LANE_BYTES - WINDOW), 0)
      d3 = slide(tables, d3, load<u8>(at + i, 3 * LANE_BYTES - WINDOW), 0)
    }
    let found: u32 = 0
    let foundAt: u32 = 0
    let foundDigest: u64 = 0
    let laneEnd = at + LANE_BYTES
    let p = at
    while (p < laneEnd) {
      d0 = slide(tables, d0, load<u8>(p), load<u8>(p - WINDOW))
      d1 = slide(tables, d1, load<u8>(p, LANE_BYTES), load<u8>(p, LANE_BYTES - WINDOW))
      d2 = slide(tables, d2, load<u8>(p, 2 * LANE_BYTES), load<u8>(p, 2 * LANE_BYTES - WINDOW))
      d3 = slide(tables, d3, load<u8>(p, 3 * LANE_BYTES), load<u8>(p, 3 * LANE_BYTES - WINDOW))
      p++
      if ((d0 & CUT_MASK) == 0) {
        cut(state, d0)
        return <i32>(p - from)
      }
      if ((d1 & CUT_MASK) == 0 && (found == 0 || found > 1)) {
        found = 1
        foundAt = <u32>(p - at) + LANE_BYTES
        foundDigest = d1
      }
      if ((d2 & CUT_MASK) == 0 && (found == 0 || found > 2)) {
        found = 2
        foundAt = <u32>(p - at) + 2 * LANE_BYTES
        foundDigest = d2
      }
      if ((d3 & CUT_MASK) == 0 && found == 0) {
        found = 3
        foundAt = <u32>(p - at) + 3 * LANE_BYTES
        foundDigest = d3
      }
    }
    if (found) {
      cut(state, foundDigest)
      return <i32>(at + foundAt - from)
    }
    digest = d3
    at += 4 * LANE_BYTES
    count += 4 * LANE_BYTES
  }

  while (at < stop) {
    digest = slide(tables, digest, load<u8>(at), load<u8>(at - WINDOW))
    at++
    count++
    if (count >= CHUNK_MIN && ((digest & CUT_MASK) == 0 || count == CHUNK_MAX)) {
      cut(state, digest)
      return <i32>(at - from)
    }
  }
  saveWindow(state, at, <u32>(at - hashFrom))
  store<u64>(state, digest)
  store<u32>(state, count, STATE_COUNT)
  return -1
}
