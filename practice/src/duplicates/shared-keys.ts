/**
 * Who stands under which key, of people who are written nowhere: some twenty bytes a key, whatever a key is. Kept are 52 bits of a SHA-256 of
 * each; two keys that share them have two people compared for nothing.
 */
import { keyBits } from '#key-bits'
import { RECORDS_A_KEY_MAX } from './match-store.ts'

const FREE = -1
const NOBODY = -1
const START_SLOTS = 1024

export class SharedKeys {
  #bits = new Float64Array(START_SLOTS).fill(FREE)
  /** of each key, who came last: a place in the two lists below */
  #last = new Int32Array(START_SLOTS).fill(NOBODY)
  #size = 0
  #who = new Int32Array(START_SLOTS)
  #before = new Int32Array(START_SLOTS)
  #count = 0

  /** Notes who stands under a key. @returns who stood there before; nobody where too many do */
  add(key: string, who: number): number[] {
    const bits = keyBits(key)
    const slot = this.#slotOf(bits)
    const others = this.#from(this.#last[slot]!)
    if (others.length > RECORDS_A_KEY_MAX) return []
    if (this.#count === this.#who.length) this.#lengthen()
    this.#who[this.#count] = who
    this.#before[this.#count] = this.#last[slot]!
    this.#last[slot] = this.#count++
    if (this.#bits[slot] === FREE) {
      this.#bits[slot] = bits
      if (++this.#size * 4 > this.#bits.length * 3) this.#grow()
    }
    return others
  }

  #from(last: number): number[] {
    const found: number[] = []
    for (let at = last; at !== NOBODY; at = this.#before[at]!) found.push(this.#who[at]!)
    return found
  }

  /** where the key is, or would be */
  #slotOf(bits: number): number {
    const end = this.#bits.length - 1
    let slot = bits % this.#bits.length
    while (this.#bits[slot] !== FREE && this.#bits[slot] !== bits) slot = slot === end ? 0 : slot + 1
    return slot
  }

  #grow(): void {
    const [bits, last] = [this.#bits, this.#last]
    this.#bits = new Float64Array(bits.length * 2).fill(FREE)
    this.#last = new Int32Array(bits.length * 2).fill(NOBODY)
    for (const [i, each] of bits.entries()) {
      if (each === FREE) continue
      const slot = this.#slotOf(each)
      this.#bits[slot] = each
      this.#last[slot] = last[i]!
    }
  }

  #lengthen(): void {
    const [who, before] = [this.#who, this.#before]
    this.#who = new Int32Array(who.length * 2)
    this.#before = new Int32Array(who.length * 2)
    this.#who.set(who)
    this.#before.set(before)
  }
}
