// Poly1305 (RFC 8439 §2.5) in limbs of 32 bits held in 64.
//
// state (128 bytes): 0 r0…r3 u32 · 16 h0…h4 u64 · 56 pad 4 × u32
//
// Clamping leaves r1, r2, r3 divisible by 4 and all limbs below 2^28. So 5·r/4 is whole, which folds what exceeds 2^130 back in with
// the same sixteen products, and h may keep limbs of up to 2.3·2^32 from one block to the next: no sum reaches 2^64 (d0 and d1 are the
// largest, below 10.8·2^60), and one pass of carries a block is enough.

const LOW: u64 = 0xffffffff

/** Takes a 32-byte one-time key `r || s`; r is clamped here. */
export function poly1305Start(state: u32, key: u32): void {
  store<u32>(state, load<u32>(key) & 0x0fffffff)
  store<u32>(state, load<u32>(key, 4) & 0x0ffffffc, 4)
  store<u32>(state, load<u32>(key, 8) & 0x0ffffffc, 8)
  store<u32>(state, load<u32>(key, 12) & 0x0ffffffc, 12)
  memory.fill(state + 16, 0, 40)
  memory.copy(state + 56, key + 16, 16)
}

/** Whole blocks: `length` is a multiple of 16. `high` is 1, or 0 for the padded last block. */
export function poly1305Blocks(state: u32, message: u32, length: u32, high: u32): void {
  const r0: u64 = load<u32>(state)
  const r1: u64 = load<u32>(state, 4)
  const r2: u64 = load<u32>(state, 8)
  const r3: u64 = load<u32>(state, 12)
  const s1 = r1 + (r1 >> 2)
  const s2 = r2 + (r2 >> 2)
  const s3 = r3 + (r3 >> 2)
  let h0 = load<u64>(state, 16)
  let h1 = load<u64>(state, 24)
  let h2 = load<u64>(state, 32)
  let h3 = load<u64>(state, 40)
  let h4 = load<u64>(state, 48)
  const end = message + length
  while (message < end) {
    h0 += <u64>load<u32>(message)
    h1 += <u64>load<u32>(message, 4)
    h2 += <u64>load<u32>(message, 8)
    h3 += <u64>load<u32>(message, 12)
    h4 += <u64>high
    const d0 = h0 * r0 + h1 * s3 + (h2 * s2 + h3 * s1)
    const d1 = h0 * r1 + h1 * r0 + (h2 * s3 + h3 * s2) + h4 * s1 + (d0 >> 32)
    const d2 = h0 * r2 + h1 * r1 + (h2 * r0 + h3 * s3) + h4 * s2 + (d1 >> 32)
    const d3 = h0 * r3 + h1 * r2 + (h2 * r1 + h3 * r0) + h4 * s3 + (d2 >> 32)
    const top = h4 * r0 + (d3 >> 32)
    h1 = d1 & LOW
    h2 = d2 & LOW
    h3 = d3 & LOW
    h4 = top & 3
    h0 = (d0 & LOW) + (top >> 2) * 5
    message += 16
  }
  store<u64>(state, h0, 16)
  store<u64>(state, h1, 24)
  store<u64>(state, h2, 32)
  store<u64>(state, h3, 40)
  store<u64>(state, h4, 48)
}

/** Writes the 16-byte tag and wipes the state. */
export function poly1305Finish(state: u32, tag: u32): void {
  let h0 = load<u64>(state, 16)
  let h1 = load<u64>(state, 24)
  let h2 = load<u64>(state, 32)
  let h3 = load<u64>(state, 40)
  let h4 = load<u64>(state, 48)
  for (let pass = 0; pass < 2; pass++) {
    h1 += h0 >> 32
    h2 += h1 >> 32
    h3 += h2 >> 32
    h4 += h3 >> 32
    h0 = (h0 & LOW) + (h4 >> 2) * 5
    h1 &= LOW
    h2 &= LOW
    h3 &= LOW
    h4 &= 3
  }
  // h + 5 reaches 2^130 when h is at least the prime: then h - p is the same low 128 bits.
  let carry = (h0 + 5) >> 32
  carry = (h1 + carry) >> 32
  carry = (h2 + carry) >> 32
  carry = (h3 + carry) >> 32
  const over = (h4 + carry) >> 2
  let f = h0 + over * 5 + <u64>load<u32>(state, 56)
  store<u32>(tag, <u32>f)
  f = h1 + <u64>load<u32>(state, 60) + (f >> 32)
  store<u32>(tag, <u32>f, 4)
  f = h2 + <u64>load<u32>(state, 64) + (f >> 32)
  store<u32>(tag, <u32>f, 8)
  f = h3 + <u64>load<u32>(state, 68) + (f >> 32)
  store<u32>(tag, <u32>f, 12)
  memory.fill(state, 0, 128)
}
