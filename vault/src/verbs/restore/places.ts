/**
 * Where the blobs of many files belong, grouped by the packs that hold them: each range of a pack is read once, each blob is opened once,
 * however many places need it.
 */
import type { PackId } from '#format'
import type { BlobIndex } from '#repository'
import type { WantedFile } from './wanted-file.ts'

/** Longest range that is one job, unless one blob is longer. */
const RANGE_BYTES_MAX = 4 * 1024 * 1024

export interface BlobPlace {
  readonly file: WantedFile
  /** Offset in the file. */
  readonly offset: number
}

export interface PlacedBlob {
  /** In the index. */
  readonly number: number
  readonly plaintextBytes: number
  readonly places: readonly BlobPlace[]
}

export interface RangeJob {
  readonly pack: PackId
  readonly blobs: readonly PlacedBlob[]
}

/** Collects places, then gives the jobs. Twenty-four bytes a place, since one file may have a million. */
export class Places {
  readonly #index: BlobIndex
  readonly #files: WantedFile[] = []
  readonly #packOrder = new Map<number, number>()
  /** Sorts by pack, in the order in which packs come first, then by offset in the pack. */
  #keys = new Float64Array(1024)
  #numbers = new Uint32Array(1024)
  #fileNumbers = new Uint32Array(1024)
  #offsets = new Float64Array(1024)
  count = 0

  constructor(index: BlobIndex) {
    this.#index = index
  }

  /** Adds what is missing of a file. */
  add(file: WantedFile, lengths: (blob: number) => number): void {
    const fileNumber = this.#files.push(file) - 1
    let offset = 0
    for (const [i, number] of file.blobs.entries()) {
      if (file.present?.[i] !== 1) {
        this.#push(number, fileNumber, offset)
        file.left++
      }
      offset += lengths(number)
    }
  }

  /**
   * @param gapBytes through which reading on costs less than asking again
   * @param placesMax of one job: each may be an open file
   */
  *jobs(gapBytes: number, placesMax: number): Generator<RangeJob, void, undefined> {
    const order = Uint32Array.from({ length: this.count }, (_, i) => i)
    const keys = this.#keys
    order.sort((a, b) => keys[a]! - keys[b]!)
    let job: PlacedBlob[] = []
    let [pack, start, end, places] = [-1, 0, 0, 0]
    for (const blob of this.#blobs(order, placesMax)) {
      const { packNumber, offset, length } = this.#index.at(blob.number)
      const follows = packNumber === pack && offset - end <= gapBytes && offset + length - start <= RANGE_BYTES_MAX
      if (job.length > 0 && !(follows && places + blob.places.length <= placesMax)) {
        yield { pack: this.#index.packs[pack]!, blobs: job }
        job = []
        places = 0
      }
      if (job.length === 0) start = offset
      pack = packNumber
      end = offset + length
      places += blob.places.length
      job.push(blob)
    }
    if (job.length > 0) yield { pack: this.#index.packs[pack]!, blobs: job }
  }

  /** Each blob with its places; one with very many comes in parts. */
  *#blobs(order: Uint32Array, placesMax: number): Generator<PlacedBlob, void, undefined> {
    for (let at = 0; at < order.length; ) {
      const number = this.#numbers[order[at]!]!
      const places: BlobPlace[] = []
      for (; at < order.length && this.#numbers[order[at]!] === number && places.length < placesMax; at++) {
        const entry = order[at]!
        places.push({ file: this.#files[this.#fileNumbers[entry]!]!, offset: this.#offsets[entry]! })
      }
      const { length, uncompressedLength } = this.#index.at(number)
      yield { number, plaintextBytes: uncompressedLength || length - 32, places }
    }
  }

  #push(number: number, fileNumber: number, offset: number): void {
    if (this.count === this.#keys.length) this.#grow()
    const { packNumber, offset: packOffset } = this.#index.at(number)
    const order = this.#packOrder.get(packNumber) ?? this.#packOrder.size
    this.#packOrder.set(packNumber, order)
    this.#keys[this.count] = order * 2 ** 32 + packOffset
    this.#numbers[this.count] = number
    this.#fileNumbers[this.count] = fileNumber
    this.#offsets[this.count] = offset
    this.count++
  }

  #grow(): void {
    const twice = <Table extends Float64Array | Uint32Array>(table: Table, larger: Table): Table => {
      larger.set(table)
      return larger
    }
    const length = this.#keys.length * 2
    this.#keys = twice(this.#keys, new Float64Array(length))
    this.#numbers = twice(this.#numbers, new Uint32Array(length))
    this.#fileNumbers = twice(this.#fileNumbers, new Uint32Array(length))
    this.#offsets = twice(this.#offsets, new Float64Array(length))
  }
}
