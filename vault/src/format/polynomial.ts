/** Polynomials over GF(2) as bit vectors: bit i is the coefficient of x^i. */
const DEGREE = 53

/** Degree of a polynomial; -1 for zero. */
export function degree(polynomial: bigint): number {
  return polynomial === 0n ? -1 : polynomial.toString(2).length - 1
}

/** Remainder of `a` by `b`, `b` not zero. */
export function remainder(a: bigint, b: bigint): bigint {
  const degreeB = degree(b)
  let rest = a
  for (let d = degree(rest); d >= degreeB; d = degree(rest)) rest ^= b << BigInt(d - degreeB)
  return rest
}

function squareModulo(a: bigint, modulus: bigint): bigint {
  let square = 0n
  for (let i = degree(a); i >= 0; i--) if ((a >> BigInt(i)) & 1n) square |= 1n << BigInt(2 * i)
  return remainder(square, modulus)
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, remainder(x, y)]
  return x
}

/** Whether no polynomial of a lower degree (but 1) divides it: Ben-Or's test. */
export function isIrreducible(polynomial: bigint): boolean {
  const d = degree(polynomial)
  if (d < 1) return false
  const x = 2n
  let power = remainder(x, polynomial)
  for (let i = 1; i <= d / 2; i++) {
    power = squareModulo(power, polynomial)
    if (gcd(polynomial, power ^ remainder(x, polynomial)) !== 1n) return false
  }
  return true
}

/** A random irreducible polynomial of degree 53, odd: what a new repository gets. About 25 draws of 8 bytes. */
export function newPolynomial(randomBytes: (count: number) => Uint8Array): bigint {
  for (;;) {
    const bytes = randomBytes(8)
    const drawn = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
    const candidate = (drawn & ((1n << BigInt(DEGREE + 1)) - 1n)) | (1n << BigInt(DEGREE)) | 1n
    if (isIrreducible(candidate)) return candidate
  }
}
