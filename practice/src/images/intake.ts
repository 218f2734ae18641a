/** A file as it comes in: the first part in memory, hashed on its way, counted, and refused when there is too much of it. */
import { createHash, type Hash } from 'node:crypto'
import { InvalidInputError } from '#errors'

/** What is kept in memory of one file: beyond it, the file goes to disk segment by segment. */
const MEMORY_BYTES = 8 * 1024 * 1024

/** A file is larger than this practice takes. Nothing of it was kept. */
export class ImageTooLargeError extends InvalidInputError {}

export interface Hashes {
  /** of the file, hex */
  readonly sha256: string
  /** of its data set alone, hex */
  readonly dataSha256: string
  readonly sizeBytes: number
}

export class Intake {
  /** the whole file when {@link isWhole}, else its first part */
  readonly first: Uint8Array
  readonly isWhole: boolean
  readonly #rest: AsyncIterator<Uint8Array>
  readonly #bytesMax: number

  private constructor(first: Uint8Array, rest: AsyncIterator<Uint8Array>, isWhole: boolean, bytesMax: number) {
    this.first = first
    this.#rest = rest
    this.isWhole = isWhole
    this.#bytesMax = bytesMax
  }

  /** @throws {ImageTooLargeError} */
  static async begin(source: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Intake> {
    const iterator = source[Symbol.asyncIterator]()
    const parts: Uint8Array[] = []
    let size = 0
    while (size <= MEMORY_BYTES) {
      const { done, value } = await iterator.next()
      if (done === true) return new Intake(joined(parts, size), iterator, true, bytesMax)
      parts.push(value)
      size += value.length
      if (size > bytesMax) await tooLarge(iterator, bytesMax)
    }
    return new Intake(joined(parts, size), iterator, false, bytesMax)
  }

  /** Of a whole file in memory. @param dataSetOffset where its data set begins */
  hashes(dataSetOffset: number): Hashes {
    const [file, data] = [createHash('sha256'), createHash('sha256')]
    file.update(this.first)
    data.update(this.first.subarray(dataSetOffset))
    return finish(file, data, this.first.length)
  }

  /** All of it, once; `onEnd` is told what it was. */
  async *all(dataSetOffset: number, onEnd: (hashes: Hashes) => void): AsyncGenerator<Uint8Array> {
    const [file, data] = [createHash('sha256'), createHash('sha256')]
    let size = 0
    const take = (bytes: Uint8Array) => {
      file.update(bytes)
      data.update(bytes.subarray(Math.max(0, Math.min(bytes.length, dataSetOffset - size))))
      size += bytes.length
      return bytes
    }
    yield take(this.first)
    for (;;) {
      const { done, value } = await this.#rest.next()
      if (done === true) break
      if (size + value.length > this.#bytesMax) await tooLarge(this.#rest, this.#bytesMax)
      yield take(value)
    }
    onEnd(finish(file, data, size))
  }
}

function finish(file: Hash, data: Hash, sizeBytes: number): Hashes {
  return { sha256: file.digest('hex'), dataSha256: data.digest('hex'), sizeBytes }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size)
}

async function tooLarge(source: AsyncIterator<Uint8Array>, bytesMax: number): Promise<never> {
  await source.return?.()
  throw new ImageTooLargeError(`a file has more than ${bytesMax} bytes`, [], { about: { bytesMax } })
}
