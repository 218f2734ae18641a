/**
 * Several SHA-256 side by side on one thread.
 *
 * One hash is a chain of instructions that wait for each other; two interleaved hashes fill the gaps. OpenSSL has that inside
 * (`sha256_multi_block`, which it keeps for TLS) and Node exports it. Measured on an EPYC with SHA extensions, one core: 1,435 MiB/s
 * alone, 2,650 MiB/s for two. It is tried against known answers before use; where it is missing, each hash is computed for itself.
 *
 * Nothing checks addresses on the other side: every length is checked or computed here, and only from the views themselves.
 */
import { createHash, type Hash } from 'node:crypto'
import { loadFfi } from '#ffi'

/** A hash that is being computed. */
export interface HashRun {
  /** Empty again; every run starts so. */
  reset(): void
  /** The 32 bytes for what was fed since the last reset. Must be followed by {@link reset}. */
  digest(): Uint8Array
}

/** Bytes to be added to a run. A run may come once in a call. */
export interface HashFeed {
  readonly run: HashRun
  readonly bytes: Uint8Array
}

export interface ParallelSha256 {
  newRun(): HashRun
  /** Adds bytes to each of some runs, two at a time where that is faster. */
  feed(feeds: readonly HashFeed[]): void
}

// openssl/sha.h, SHA256_CTX: h[8], Nl, Nh, data[16], num, md_len; all of 32 bits.
const CTX_WORDS = 28
const LENGTH_LOW = 8
const LENGTH_HIGH = 9
const PENDING = 26
const BLOCK_BYTES = 64
/** `sha256_multi_block` works on four lanes at least; two are used. */
const LANES = 8
/** After so much, the two longest are chosen anew: three hashes of one length are then done together, two at a time. */
const STRIDE_BLOCKS = 2048

interface Native {
  SHA256_Init(ctx: Uint8Array): number
  SHA256_Update(ctx: Uint8Array, bytes: Uint8Array, length: bigint): number
  SHA256_Final(out: Uint8Array, ctx: Uint8Array): number
  sha256_multi_block(lanes: Uint8Array, descriptors: Uint8Array, pairsOfLanes: number): void
}

class NativeRun implements HashRun {
  readonly words = new Uint32Array(new ArrayBuffer(CTX_WORDS * 4))
  readonly ctx = new Uint8Array(this.words.buffer)
  readonly #native: Native
  readonly #out = new Uint8Array(new ArrayBuffer(32))

  constructor(native: Native) {
    this.#native = native
    this.reset()
  }

  reset(): void {
    this.#native.SHA256_Init(this.ctx)
  }

  digest(): Uint8Array {
    this.#native.SHA256_Final(this.#out, this.ctx)
    return this.#out
  }
}

/** What is left to add to one run: whole blocks from `at` on. */
interface Lane {
  readonly run: NativeRun
  readonly bytes: Uint8Array
  at: number
  blocks: number
}

class NativeSha256 implements ParallelSha256 {
  readonly #native: Native
  readonly #addressOf: (bytes: Uint8Array) => bigint
  readonly #lanes: Uint32Array
  readonly #laneBytes: Uint8Array
  readonly #descriptors = new BigUint64Array(new ArrayBuffer(LANES * 16))
  readonly #descriptorBytes = new Uint8Array(this.#descriptors.buffer)

  constructor(native: Native, addressOf: (bytes: Uint8Array) => bigint) {
    this.#native = native
    this.#addressOf = addressOf
    // The lanes are read with aligned instructions.
    const room = new ArrayBuffer(8 * LANES * 4 + BLOCK_BYTES)
    const skip = Number(-addressOf(new Uint8Array(room)) & BigInt(BLOCK_BYTES - 1))
    this.#lanes = new Uint32Array(room, skip, 8 * LANES)
    this.#laneBytes = new Uint8Array(room, skip, 8 * LANES * 4)
  }

  newRun(): HashRun {
    return new NativeRun(this.#native)
  }

  feed(feeds: readonly HashFeed[]): void {
    const lanes = feeds.map(({ run, bytes }) => this.#startLane(run as NativeRun, bytes))
    for (;;) {
      lanes.sort((a, b) => b.blocks - a.blocks)
      const [first, second, third] = lanes
      if (first === undefined || second === undefined || second.blocks === 0) break
      const ahead = second.blocks - (third?.blocks ?? 0)
      this.#advance(first, second, third === undefined ? second.blocks : Math.min(second.blocks, Math.max(ahead, STRIDE_BLOCKS)))
    }
    for (const { run, bytes, at } of lanes) this.#update(run, bytes.subarray(at))
  }

  /** Completes a pending block, so that whole blocks follow. */
  #startLane(run: NativeRun, bytes: Uint8Array): Lane {
    const pending = run.words[PENDING]!
    const at = pending === 0 ? 0 : Math.min(bytes.length, BLOCK_BYTES - pending)
    this.#update(run, bytes.subarray(0, at))
    return { run, bytes, at, blocks: Math.floor((bytes.length - at) / BLOCK_BYTES) }
  }

  #update(run: NativeRun, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#native.SHA256_Update(run.ctx, bytes, BigInt(bytes.length))
  }

  #advance(a: Lane, b: Lane, blocks: number): void {
    const pair = [a, b]
    this.#descriptors.fill(0n)
    for (const [lane, { run, bytes, at }] of pair.entries()) {
      const piece = bytes.subarray(at, at + blocks * BLOCK_BYTES)
      if (piece.length !== blocks * BLOCK_BYTES) throw new RangeError('a lane ends within its blocks')
      this.#descriptors[lane * 2] = this.#addressOf(piece)
      this.#descriptors[lane * 2 + 1] = BigInt(blocks)
      for (let word = 0; word < 8; word++) this.#lanes[word * LANES + lane] = run.words[word]!
    }
    this.#native.sha256_multi_block(this.#laneBytes, this.#descriptorBytes, 1)
    for (const [lane, side] of pair.entries()) {
      for (let word = 0; word < 8; word++) side.run.words[word] = this.#lanes[word * LANES + lane]!
      countBits(side.run.words, blocks * BLOCK_BYTES * 8)
      side.at += blocks * BLOCK_BYTES
      side.blocks -= blocks
    }
  }
}

function countBits(words: Uint32Array, bits: number): void {
  const low = words[LENGTH_LOW]! + bits
  words[LENGTH_LOW] = low
  words[LENGTH_HIGH]! += Math.floor(low / 0x100000000)
}

class PlainRun implements HashRun {
  hash: Hash = createHash('sha256')

  reset(): void {
    this.hash = createHash('sha256')
  }

  digest(): Uint8Array {
    return this.hash.digest()
  }
}

/** The same on Node's documented API, one after the other. */
export function plainSha256(): ParallelSha256 {
  return {
    newRun: () => new PlainRun(),
    feed(feeds) {
      for (const { run, bytes } of feeds) (run as PlainRun).hash.update(bytes)
    },
  }
}

function loadNative(): ParallelSha256 {
  const ffi = loadFfi()
  if (ffi === undefined) throw new Error('no node:ffi here')
  const { functions } = ffi.dlopen(null, {
    SHA256_Init: { return: 'i32', arguments: ['buffer'] },
    SHA256_Update: { return: 'i32', arguments: ['buffer', 'buffer', 'u64'] },
    SHA256_Final: { return: 'i32', arguments: ['buffer', 'buffer'] },
    sha256_multi_block: { return: 'void', arguments: ['buffer', 'buffer', 'i32'] },
  })
  return new NativeSha256(functions as unknown as Native, (bytes) => ffi.getRawPointer(bytes))
}

/** Compares with hashes computed one by one: lengths around the edges of blocks and strides, unequal, in pieces. */
export function parallelSha256IsRight(candidate: ParallelSha256): boolean {
  const text = new Uint8Array(300_000)
  for (let i = 0; i < text.length; i++) text[i] = (i * 131 + (i >> 8)) & 0xff
  const right = (length: number) => createHash('sha256').update(text.subarray(0, length)).digest('hex')
  for (const lengths of [
    [64, 64],
    [0, 300_000],
    [63, 65, 128],
    [262_144, 262_145, 1],
    [131_072, 9, 131_200],
  ]) {
    const runs = lengths.map(() => candidate.newRun())
    for (const cut of [0.37, 1]) {
      candidate.feed(
        lengths.map((length, i) => {
          const middle = Math.floor(length * 0.37)
          return { run: runs[i]!, bytes: cut === 1 ? text.subarray(middle, length) : text.subarray(0, middle) }
        }),
      )
    }
    for (const [i, run] of runs.entries()) {
      if (Buffer.from(run.digest()).toString('hex') !== right(lengths[i]!)) return false
    }
  }
  return true
}

let hashes: ParallelSha256 | undefined

/** The fastest that this machine has, tried against known answers; one a thread. `COURONNE_PORTABLE=1` asks for the plain one. */
export function parallelSha256(): ParallelSha256 {
  if (hashes !== undefined) return hashes
  hashes = plainSha256()
  if (process.env.COURONNE_PORTABLE === '1') return hashes
  try {
    const native = loadNative()
    if (parallelSha256IsRight(native)) hashes = native
  } catch {
    // No such symbols here: one after the other.
  }
  return hashes
}
