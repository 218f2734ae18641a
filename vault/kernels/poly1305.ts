// Poly1305 in limbs of 26 bits.
// state (128 bytes): 0 r0…r4 u32 · 20 h0…h4 u32 · 40 pad 4 × u32

const MASK26: u64 = 0x3ffffff

/** Takes a 32-byte one-time key `r || s`; r is clamped here. */
export function poly1305Start(state: usize, key: usize): void {
  store<u32>(state, load<u32>(key) & 0x3ffffff, 0)
  store<u32>(state, (load<u32>(key, 3) >> 2) & 0x3ffff03, 4)
  store<u32>(state, (load<u32>(key, 6) >> 4) & 0x3ffc0ff, 8)
  store<u32>(state, (load<u32>(key, 9) >> 6) & 0x3f03fff, 12)
  store<u32>(state, (load<u32>(key, 12) >> 8) & 0x00fffff, 16)
  memory.fill(state + 20, 0, 20)
  memory.copy(state + 40, key + 16, 16)
}

/** Whole blocks: `length` is a multiple of 16. `high` is 1, or 0 for the padded last block. */
export function poly1305Blocks(state: usize, message: usize, length: u32, high: u32): void {
  const r0: u64 = load<u32>(state, 0)
  const r1: u64 = load<u32>(state, 4)
  const r2: u64 = load<u32>(state, 8)
  const r3: u64 = load<u32>(state, 12)
  const r4: u64 = load<u32>(state, 16)
  const s1 = r1 * 5
  const s2 = r2 * 5
  const s3 = r3 * 5
  const s4 = r4 * 5
  let h0: u64 = load<u32>(state, 20)
  let h1: u64 = load<u32>(state, 24)
  let h2: u64 = load<u32>(state, 28)
  let h3: u64 = load<u32>(state, 32)
  let h4: u64 = load<u32>(state, 36)
  const top: u64 = (<u64>high) << 24
  const end = message + length
  while (message < end) {
    const low = load<u64>(message)
    const up = load<u64>(message, 8)
    h0 += low & MASK26
    h1 += (low >> 26) & MASK26
    h2 += ((low >> 52) | (up << 12)) & MASK26
    h3 += (up >> 14) & MASK26
    h4 += (up >> 40) | top
    let d0 = h0 * r0 + h1 * s4 + h2 * s3 + h3 * s2 + h4 * s1
    let d1 = h0 * r1 + h1 * r0 + h2 * s4 + h3 * s3 + h4 * s2
    let d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s4 + h4 * s3
    let d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s4
    let d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0
    d1 += d0 >> 26
    h0 = d0 & MASK26
    d2 += d1 >> 26
    h1 = d1 & MASK26
    d3 += d2 >> 26
    h2 = d2 & MASK26
    d4 += d3 >> 26
    h3 = d3 & MASK26
    h0 += (d4 >> 26) * 5
    h4 = d4 & MASK26
    h1 += h0 >> 26
    h0 &= MASK26
    message += 16
  }
  store<u32>(state, <u32>h0, 20)
  store<u32>(state, <u32>h1, 24)
  store<u32>(state, <u32>h2, 28)
  store<u32>(state, <u32>h3, 32)
  store<u32>(state, <u32>h4, 36)
}

/** Writes the 16-byte tag and wipes the state. */
export function poly1305Finish(state: usize, tag: usize): void {
  let h0: u64 = load<u32>(state, 20)
  let h1: u64 = load<u32>(state, 24)
  let h2: u64 = load<u32>(state, 28)
  let h3: u64 = load<u32>(state, 32)
  let h4: u64 = load<u32>(state, 36)
  for (let i = 0; i < 2; i++) {
    h1 += h0 >> 26
    h0 &= MASK26
    h2 += h1 >> 26
    h1 &= MASK26
    h3 += h2 >> 26
    h2 &= MASK26
    h4 += h3 >> 26
    h3 &= MASK26
    h0 += (h4 >> 26) * 5
    h4 &= MASK26
  }
  h1 += h0 >> 26
  h0 &= MASK26
  // g = h + 5 - 2^130, taken when it is not negative, chosen without a branch
  let g0 = h0 + 5
  let g1 = h1 + (g0 >> 26)
  let g2 = h2 + (g1 >> 26)
  let g3 = h3 + (g2 >> 26)
  let g4 = h4 + (g3 >> 26) - (1 << 26)
  const mask: u64 = (g4 >> 63) - 1
  h0 = (h0 & ~mask) | (g0 & MASK26 & mask)
  h1 = (h1 & ~mask) | (g1 & MASK26 & mask)
  h2 = (h2 & ~mask) | (g2 & MASK26 & mask)
  h3 = (h3 & ~mask) | (g3 & MASK26 & mask)
  h4 = (h4 & ~mask) | (g4 & MASK26 & mask)
  let f: u64 = ((h0 | (h1 << 26)) & 0xffffffff) + <u64>load<u32>(state, 40)
  store<u32>(tag, <u32>f)
  f = (((h1 >> 6) | (h2 << 20)) & 0xffffffff) + <u64>load<u32>(state, 44) + (f >> 32)
  store<u32>(tag, <u32>f, 4)
  f = (((h2 >> 12) | (h3 << 14)) & 0xffffffff) + <u64>load<u32>(state, 48) + (f >> 32)
  store<u32>(tag, <u32>f, 8)
  f = (((h3 >> 18) | (h4 << 8)) & 0xffffffff) + <u64>load<u32>(state, 52) + (f >> 32)
  store<u32>(tag, <u32>f, 12)
  memory.fill(state, 0, 128)
}
