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
const CUT_MASK: u32 = 0xfffff
const LANE_BYTES: u32 = 4096

const STATE_COUNT: u32 = 8
const STATE_WINDOW: u32 = 16
const STATE_CUT: u32 = 80

// @ts-ignore: decorator
@inline
function slide(tables: u32, digest: u64, inByte: u32, outByte: u32): u64 {
  const mod = load<u64>(tables + (<u32>(digest >> 45) << 3))
  return ((digest << 8) ^ <u64>inByte) ^ (mod ^ load<u64>(tables + (outByte << 3), 2048))
}

// @ts-ignore: decorator
@inline
function cuts(digest: u64): bool {
  return (<u32>digest & CUT_MASK) == 0
}

function reduce(value: u64, polynomial: u64): u64 {
  for (let bit: i32 = 63; bit >= 53; bit--) {
    if ((value >> <u64>bit) & 1) value ^= polynomial << <u64>(bit - 53)
  }
  return value
}

/** Fills `tables` (4,096 bytes) for a polynomial of degree 53. */
export function rabinTables(tables: u32, polynomial: u64): void {
  for (let b: u32 = 0; b < 256; b++) {
    store<u64>(tables + ((<u32>b) << 3), reduce((<u64>b) << 53, polynomial) | ((<u64>b) << 53))
    let digest: u64 = b
    for (let i: u32 = 0; i < WINDOW; i++) digest = reduce(digest << 8, polynomial)
    store<u64>(tables + ((<u32>b) << 3), digest, 2048)
  }
}

/** Start of a chunk: a byte of value 1 has gone in after 63 zeros. */
export function rabinReset(state: u32): void {
  store<u64>(state, 1)
  store<u32>(state, 0, STATE_COUNT)
  memory.fill(state + STATE_WINDOW, 0, 63)
  store<u8>(state, 1, STATE_WINDOW + 63)
}

// Keeps the last 64 bytes that went in: all from [at - 64, at) when so many were hashed here, else the newest of them behind older ones.
function saveWindow(state: u32, at: u32, hashed: u32): void {
  const window = state + STATE_WINDOW
  if (hashed >= WINDOW) {
    memory.copy(window, at - WINDOW, WINDOW)
  } else {
    memory.copy(window, window + hashed, WINDOW - hashed)
    memory.copy(window + WINDOW - hashed, at - hashed, hashed)
  }
}

// Slides over [at, end), whose 64 bytes before belong to the chunk too; the address after the byte at which it cuts, else 0.
function scanOne(tables: u32, state: u32, at: u32, end: u32): u32 {
  let digest = load<u64>(state)
  while (at < end) {
    digest = slide(tables, digest, load<u8>(at), load<u8>(at - WINDOW))
    at++
    if (cuts(digest)) {
      store<u64>(state, digest)
      return at
    }
  }
  store<u64>(state, digest)
  return 0
}

// Four stretches side by side from `at`; false, with the state untouched, when one of them cuts.
function scanFour(tables: u32, state: u32, at: u32): bool {
  let d0 = load<u64>(state)
  let d1: u64 = 0
  let d2: u64 = 0
  let d3: u64 = 0
  let end = at + LANE_BYTES
  for (let p = end - WINDOW; p < end; p++) {
    d1 = slide(tables, d1, load<u8>(p), 0)
    d2 = slide(tables, d2, load<u8>(p, LANE_BYTES), 0)
    d3 = slide(tables, d3, load<u8>(p, 2 * LANE_BYTES), 0)
  }
  at -= WINDOW
  end -= WINDOW
  while (at < end) {
    d0 = slide(tables, d0, load<u8>(at, WINDOW), load<u8>(at))
    d1 = slide(tables, d1, load<u8>(at, LANE_BYTES + WINDOW), load<u8>(at, LANE_BYTES))
    d2 = slide(tables, d2, load<u8>(at, 2 * LANE_BYTES + WINDOW), load<u8>(at, 2 * LANE_BYTES))
    d3 = slide(tables, d3, load<u8>(at, 3 * LANE_BYTES + WINDOW), load<u8>(at, 3 * LANE_BYTES))
    if (cuts(d0) || cuts(d1) || cuts(d2) || cuts(d3)) return false
    at++
  }
  store<u64>(state, d3)
  return true
}

/**
 * Slides over `length` bytes at `from`.
 * @returns how many of them belong to the current chunk when it ends here (the state is then that of the next chunk), else -1
 */
export function rabinScan(tables: u32, state: u32, from: u32, length: u32): i32 {
  const count = load<u32>(state, STATE_COUNT)
  const firstHashed: u32 = CHUNK_MIN - WINDOW
  const hashFrom = from + (count < firstHashed ? min(firstHashed - count, length) : 0)
  const stop = from + min(length, CHUNK_MAX - count)
  let at = scanHead(tables, state, hashFrom, stop, count + (hashFrom - from))
  if (at) return cut(state, at - from)
  at = hashFrom + min(stop - hashFrom, WINDOW)
  while (at < stop) {
    const block = min(stop - at, 4 * LANE_BYTES)
    if (block < 4 * LANE_BYTES || !scanFour(tables, state, at)) {
      const found = scanOne(tables, state, at, at + block)
      if (found) return cut(state, found - from)
    }
    at += block
  }
  if (count + (stop - from) == CHUNK_MAX) return cut(state, stop - from)
  saveWindow(state, stop, stop - hashFrom)
  store<u32>(state, count + length, STATE_COUNT)
  return -1
}

// The first 64 bytes push out what went in before; below the minimum nothing cuts.
function scanHead(tables: u32, state: u32, at: u32, stop: u32, count: u32): u32 {
  let digest = load<u64>(state)
  const end = at + min(stop - at, WINDOW)
  let oldest = state + STATE_WINDOW
  while (at < end) {
    digest = slide(tables, digest, load<u8>(at), load<u8>(oldest))
    at++
    oldest++
    count++
    if (count >= CHUNK_MIN && cuts(digest)) {
      store<u64>(state, digest)
      return at
    }
  }
  store<u64>(state, digest)
  return 0
}

function cut(state: u32, bytes: u32): i32 {
  const digest = load<u64>(state)
  rabinReset(state)
  store<u64>(state, digest, STATE_CUT)
  return bytes
}
