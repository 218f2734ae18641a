// scrypt's ROMix (RFC 7914 §5) with Salsa20/8 in vectors: the sixteen words of each 64-byte block are kept in the order of the
// diagonals (0 5 10 15 · 4 9 14 3 · 8 13 2 7 · 12 1 6 11), so that a quarter round is four vector operations.

// @ts-ignore: decorator
@inline
function rotl(x: v128, n: i32): v128 {
  return v128.or(i32x4.shl(x, n), i32x4.shr_u(x, 32 - n))
}

// Y = BlockMix(X xor M) for 2r blocks of 64 bytes, even ones to the first half; `masked` 0 leaves M out.
// @ts-ignore: decorator
@inline
function blockMix(x: usize, m: usize, masked: bool, y: usize, r: u32): void {
  const half: usize = (<usize>r) << 6
  const last: usize = half + half - 64
  let a = v128.load(x + last)
  let b = v128.load(x + last, 16)
  let c = v128.load(x + last, 32)
  let d = v128.load(x + last, 48)
  if (masked) {
    a = v128.xor(a, v128.load(m + last))
    b = v128.xor(b, v128.load(m + last, 16))
    c = v128.xor(c, v128.load(m + last, 32))
    d = v128.xor(d, v128.load(m + last, 48))
  }
  for (let i: usize = 0; i < 2 * half; i += 64) {
    a = v128.xor(a, v128.load(x + i))
    b = v128.xor(b, v128.load(x + i, 16))
    c = v128.xor(c, v128.load(x + i, 32))
    d = v128.xor(d, v128.load(x + i, 48))
    if (masked) {
      a = v128.xor(a, v128.load(m + i))
      b = v128.xor(b, v128.load(m + i, 16))
      c = v128.xor(c, v128.load(m + i, 32))
      d = v128.xor(d, v128.load(m + i, 48))
    }
    const a0 = a
    const b0 = b
    const c0 = c
    const d0 = d
    for (let round = 0; round < 4; round++) {
      b = v128.xor(b, rotl(i32x4.add(a, d), 7))
      c = v128.xor(c, rotl(i32x4.add(b, a), 9))
      d = v128.xor(d, rotl(i32x4.add(c, b), 13))
      a = v128.xor(a, rotl(i32x4.add(d, c), 18))
      b = i32x4.shuffle(b, b, 3, 0, 1, 2)
      c = i32x4.shuffle(c, c, 2, 3, 0, 1)
      d = i32x4.shuffle(d, d, 1, 2, 3, 0)
      d = v128.xor(d, rotl(i32x4.add(a, b), 7))
      c = v128.xor(c, rotl(i32x4.add(d, a), 9))
      b = v128.xor(b, rotl(i32x4.add(c, d), 13))
      a = v128.xor(a, rotl(i32x4.add(b, c), 18))
      d = i32x4.shuffle(d, d, 3, 0, 1, 2)
      c = i32x4.shuffle(c, c, 2, 3, 0, 1)
      b = i32x4.shuffle(b, b, 1, 2, 3, 0)
    }
    a = i32x4.add(a, a0)
    b = i32x4.add(b, b0)
    c = i32x4.add(c, c0)
    d = i32x4.add(d, d0)
    const to = y + ((i >> 1) & ~63) + ((i & 64) ? half : 0)
    v128.store(to, a)
    v128.store(to, b, 16)
    v128.store(to, c, 32)
    v128.store(to, d, 48)
  }
}

function mixInto(x: usize, y: usize, r: u32): void {
  blockMix(x, 0, false, y, r)
}

function mixWith(x: usize, m: usize, y: usize, r: u32): void {
  blockMix(x, m, true, y, r)
}

// Where word `i` of a block lies among the diagonals: word i of the standard order is at place (i & 3) of diagonal (i / 4 - i) mod 4.
// @ts-ignore: decorator
@inline
function place(i: u32): usize {
  const column = i & 3
  const row = i >> 2
  const vector = (row - column) & 3
  return (<usize>((vector << 2) + column)) << 2
}

/**
 * ROMix in place of the 128·r bytes at `block`; `n` is a power of two.
 * @param v scratch of n·128·r bytes
 * @param xy scratch of 2·128·r bytes
 */
export function scryptROMix(block: usize, r: u32, n: u32, v: usize, xy: usize): void {
  const size: usize = (<usize>r) << 7
  for (let b: usize = 0; b < size; b += 64) {
    for (let i: u32 = 0; i < 16; i++) store<u32>(v + b + place(i), load<u32>(block + b + ((<usize>i) << 2)))
  }
  let x = xy
  let y = xy + size
  let from = v
  for (let i: u32 = 1; i < n; i++) {
    mixInto(from, from + size, r)
    from += size
  }
  mixInto(from, x, r)
  for (let i: u32 = 0; i < n; i++) {
    const j = load<u32>(x + size - 64) & (n - 1)
    mixWith(x, v + (<usize>j) * size, y, r)
    const t = x
    x = y
    y = t
  }
  for (let b: usize = 0; b < size; b += 64) {
    for (let i: u32 = 0; i < 16; i++) store<u32>(block + b + ((<usize>i) << 2), load<u32>(x + b + place(i)))
  }
}
