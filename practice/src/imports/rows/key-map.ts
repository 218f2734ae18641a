/**
 * Which keys a table has had so far, and with which content: 16 bytes a key, whatever a key is. Kept are 52 bits of a SHA-256 of each; that two
 * keys of two million share them happens once in two thousand such tables, and then a row is listed as refused, not lost.
 */
import { digestBits, keyBits } from '#key-bits'

const FREE = -1
const START_SLOTS = 1024

export class KeyMap {
  #keys = new Float64Array(START_SLOTS).fill(FREE)
  #digests = new Float64Array(START_SLOTS)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#keys[this.#slotOf(keyBits(key))] !== FREE
  }

  /** Notes a key that is not there yet. @returns what it was noted with before: the same, other content, or nothing */
  add(key: string, digest: string): 'new' | 'same' | 'other' {
    const bits = keyBits(key)
    const content = digestBits(digest)
    const slot = this.#slotOf(bits)
    if (this.#keys[slot] !== FREE) return this.#digests[slot] === content ? 'same' : 'other'
    this.#keys[slot] = bits
    this.#digests[slot] = content
    if (++this.#size * 2 > this.#keys.length) this.#grow()
    return 'new'
  }

  /** where the key is, or would be */
  #slotOf(bits: number): number {
    const last = this.#keys.length - 1
    let slot = bits % this.#keys.length
    while (this.#keys[slot] !== FREE && this.#keys[slot] !== bits) slot = slot === last ? 0 : slot + 1
    return slot
  }

  #grow(): void {
    const [keys, digests] = [this.#keys, this.#digests]
    this.#keys = new Float64Array(keys.length * 2).fill(FREE)
    this.#digests = new Float64Array(keys.length * 2)
    for (const [i, bits] of keys.entries()) {
      if (bits === FREE) continue
      const slot = this.#slotOf(bits)
      this.#keys[slot] = bits
      this.#digests[slot] = digests[i]!
    }
  }
}
