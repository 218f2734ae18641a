/**
 * A blob whose bytes come one piece after the other. What came first is kept compressed: the tree of a folder of a hundred thousand files
 * is tens of megabytes of text, which says nearly the same again and again.
 */
import { createHash } from 'node:crypto'
import { VaultError } from '#errors'
import type { BlobId } from '#format'
import { type Codec, nativeCodec, nodePrimitives, zstdBound } from '#primitives'

const LEVEL = 1

interface KeptPiece {
  readonly frame: Uint8Array
  readonly sizeBytes: number
}

export class GrowingBlob {
  sizeBytes = 0
  readonly #codec: Codec
  readonly #hash = createHash('sha256')
  readonly #kept: KeptPiece[] = []
  #last: Uint8Array = new Uint8Array(0)
  #room: Uint8Array = new Uint8Array(0)

  constructor(codec: Codec = nativeCodec(nodePrimitives)) {
    this.#codec = codec
  }

  /** Adds a piece, whose memory is then the caller's again. */
  add(piece: Uint8Array): void {
    this.#hash.update(piece)
    this.sizeBytes += piece.length
    const room = this.#roomFor(zstdBound(piece.length))
    const length = this.#codec.zstdCompress(piece, room, LEVEL)
    if (length < 0) throw new VaultError('self-check', 'zstd has taken more room than it ever does; nothing was stored')
    this.#kept.push({ frame: room.slice(0, length), sizeBytes: piece.length })
  }

  /** Adds the last piece, which is kept as it is. @returns the hash of the whole */
  end(last: Uint8Array): BlobId {
    this.#hash.update(last)
    this.sizeBytes += last.length
    this.#last = last
    return this.#hash.digest('hex') as BlobId
  }

  /** There is only one piece: {@link pieces} gives what was given. */
  get isOnePiece(): boolean {
    return this.#kept.length === 0
  }

  /** All of it, each piece valid until the next is asked for. Nobody has compared them with what was added: the hash tells. */
  *pieces(): Generator<Uint8Array> {
    for (const { frame, sizeBytes } of this.#kept) {
      const room = this.#roomFor(sizeBytes).subarray(0, sizeBytes)
      yield room.subarray(0, this.#codec.zstdDecompress(frame, room))
    }
    yield this.#last
  }

  /** All of it in one piece, as {@link pieces} gives it. */
  joined(): Uint8Array {
    const whole = new Uint8Array(this.sizeBytes)
    let at = 0
    for (const piece of this.pieces()) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  #roomFor(bytes: number): Uint8Array {
    if (this.#room.length < bytes) this.#room = new Uint8Array(bytes)
    return this.#room
  }
}
