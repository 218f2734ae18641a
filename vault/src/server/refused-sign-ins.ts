/** Which refused log-ins get a line in the log: strangers must not fill the host's disk with it. */
import { Bucket } from './bucket.ts'
import { addressGroup } from './request.ts'

const LINES_PER_HOUR_PER_ADDRESS = 60
const LINES_PER_HOUR = 1200
const ADDRESSES_MAX = 1000

export class RefusedSignIns {
  readonly #monotonicMs: () => number
  readonly #all: Bucket
  /** By address group, the one first seen first. */
  readonly #byGroup = new Map<string, Bucket>()
  #dropped = 0

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
    this.#all = new Bucket(LINES_PER_HOUR, monotonicMs)
  }

  /** Whether this one gets a line, and how many before it got none. */
  take(address: string | undefined): { readonly dropped: number | undefined } | undefined {
    if (!this.#bucketOf(addressGroup(address)).take() || !this.#all.take()) {
      this.#dropped++
      return undefined
    }
    const dropped = this.#dropped === 0 ? undefined : this.#dropped
    this.#dropped = 0
    return { dropped }
  }

  #bucketOf(group: string): Bucket {
    const known = this.#byGroup.get(group)
    if (known !== undefined) return known
    const bucket = new Bucket(LINES_PER_HOUR_PER_ADDRESS, this.#monotonicMs)
    this.#byGroup.set(group, bucket)
    const oldest = this.#byGroup.keys().next()
    if (this.#byGroup.size > ADDRESSES_MAX && !oldest.done) this.#byGroup.delete(oldest.value)
    return bucket
  }
}
