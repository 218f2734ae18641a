/** Keys of any length as numbers, for tables of millions of them in memory. */
import { hash } from 'node:crypto'

/** 13 hex digits: the most that a number holds exactly. */
const DIGITS = 13

/** 52 bits of a key's SHA-256, as a whole number: of two million keys, two share them once in two thousand times. */
export function keyBits(key: string): number {
  return digestBits(hash('sha256', key, 'hex'))
}

/** The same of a digest, hex. */
export function digestBits(digest: string): number {
  return Number.parseInt(digest.slice(0, DIGITS), 16)
}
