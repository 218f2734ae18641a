/** Poly1305 and scrypt's ROMix from their definitions: what the kernels are compared with in tests and benchmarks. Slow. */

const PRIME = (1n << 130n) - 5n
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn

/** The tag of `message` under the one-time key `r || s` (RFC 8439 §2.5.1). */
export function plainPoly1305(oneTimeKey: Uint8Array, message: Uint8Array): Uint8Array {
  const r = littleEndian(oneTimeKey.subarray(0, 16)) & CLAMP
  const s = littleEndian(oneTimeKey.subarray(16))
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16)
    sum = ((sum + littleEndian(block) + (1n << BigInt(8 * block.length))) * r) % PRIME
  }
  const tag = sum + s
  return Uint8Array.from({ length: 16 }, (_, i) => Number((tag >> BigInt(8 * i)) & 0xffn))
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.slice().reverse().toHex()}`)
}

/** ROMix of a lane of 128·r bytes (RFC 7914 §5). */
export function plainROMix(lane: Uint8Array, n: number, r: number): Uint8Array {
  const words = new Uint32Array(new Uint8Array(lane).buffer)
  let x = words
  const table: Uint32Array<ArrayBuffer>[] = []
  for (let i = 0; i < n; i++) {
    table.push(x)
    x = blockMix(x, r)
  }
  for (let i = 0; i < n; i++) {
    const chosen = table[x[(2 * r - 1) * 16]! & (n - 1)]!
    x = blockMix(
      x.map((word, w) => word ^ chosen[w]!),
      r,
    )
  }
  return new Uint8Array(x.slice().buffer)
}

function blockMix(blocks: Uint32Array<ArrayBuffer>, r: number): Uint32Array<ArrayBuffer> {
  const mixed = new Uint32Array(blocks.length)
  let x = blocks.slice(-16)
  for (let i = 0; i < 2 * r; i++) {
    x = salsa20of8(x.map((word, w) => word ^ blocks[i * 16 + w]!))
    mixed.set(x, ((i >> 1) + (i % 2) * r) * 16)
  }
  return mixed
}

function salsa20of8(block: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const x = block.slice()
  for (let round = 0; round < 8; round += 2) {
    for (let i = 0; i < 4; i++) quarter(x, 5 * i, (5 * i + 4) % 16, (5 * i + 8) % 16, (5 * i + 12) % 16)
    for (let i = 0; i < 4; i++) {
      const row = 4 * i
      quarter(x, 5 * i, row + ((i + 1) % 4), row + ((i + 2) % 4), row + ((i + 3) % 4))
    }
  }
  return x.map((word, w) => word + block[w]!)
}

function quarter(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  x[b]! ^= rotate(x[a]! + x[d]!, 7)
  x[c]! ^= rotate(x[b]! + x[a]!, 9)
  x[d]! ^= rotate(x[c]! + x[b]!, 13)
  x[a]! ^= rotate(x[d]! + x[c]!, 18)
}

function rotate(sum: number, bits: number): number {
  return (sum << bits) | ((sum >>> 0) >>> (32 - bits))
}
