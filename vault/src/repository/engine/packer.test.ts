import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { decodeBlob, decodePackHeader, PackList, type SealKey } from '#format'
import { type Codec, nativeCodec, nodePrimitives, type ParallelSha256, parallelSha256, plainSha256, zstdBound } from '#primitives'
import { type FinishedPack, Packer } from './packer.ts'
import { RegionPool } from './regions.ts'

const MIB = 1024 * 1024
const BUFFER_BYTES = 3 * MIB
const CHUNK_BYTES_MAX = MIB

/** A packer over memory of its own, with the packs that it has handed over. */
class Bench {
  readonly key: SealKey
  readonly memory = new Uint8Array(new SharedArrayBuffer(3 * BUFFER_BYTES))
  readonly packs: FinishedPack[] = []
  readonly packer: Packer

  constructor({
    codec = nativeCodec(nodePrimitives),
    hashes = parallelSha256(),
  }: { codec?: Codec; hashes?: ParallelSha256 } = {}) {
    this.key = { encrypt: noise(1, 32), macK: noise(2, 16), macR: noise(3, 16) }
    const { key, memory } = this
    this.packer = new Packer({
      memory,
      key,
      codec,
      hashes,
      buffers: RegionPool.create([0, BUFFER_BYTES, 2 * BUFFER_BYTES]),
      bufferBytes: BUFFER_BYTES,
      packBytes: 2 * MIB,
      primitives: nodePrimitives,
      level: 1,
      scratch: { sealed: new Uint8Array(zstdBound(CHUNK_BYTES_MAX)), plain: new Uint8Array(CHUNK_BYTES_MAX) },
      onPack: (pack) => this.packs.push(pack),
    })
  }

  store(chunk: Uint8Array): void {
    const id = this.packer.hash(chunk)
    assert.equal(id.toHex(), sha256(chunk))
    this.packer.add(id, chunk)
  }

  bytesOf({ start, lengthBytes }: FinishedPack): Uint8Array {
    return this.memory.slice(start, start + lengthBytes)
  }
}

/** Bytes that look random, always the same for a seed. */
function noise(seed: number, length: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(new Uint8Array(length))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function chunks(): Uint8Array[] {
  return [1, 63, 64, 65, 5000, 300_001, CHUNK_BYTES_MAX, 70_000, CHUNK_BYTES_MAX - 1, 12].map((length, i) =>
    i % 2 === 0 ? noise(i, length) : new Uint8Array(length).fill(0x61 + i),
  )
}

/** A codec of which one function gives its result with one bit turned over, from the n-th call on. */
function lying(name: 'zstdCompress' | 'zstdDecompress' | 'aes256Ctr' | 'poly1305', from: number): Codec {
  const codec = nativeCodec(nodePrimitives)
  const outputAt = { zstdCompress: 1, zstdDecompress: 1, aes256Ctr: 3, poly1305: 2 }[name]
  let calls = 0
  return {
    ...codec,
    [name]: (...args: Parameters<Codec[typeof name]>) => {
      const result = Reflect.apply(codec[name], codec, args) as number | undefined
      if (++calls >= from) (args[outputAt] as Uint8Array)[calls % 16]! ^= 1
      return result
    },
  }
}

describe('the packer', () => {
  for (const [name, hashes] of [
    ['two hashes side by side', parallelSha256()],
    ['each hash for itself', plainSha256()],
  ] as const) {
    it(`makes packs that open to the chunks, ${name}`, () => {
      const bench = new Bench({ hashes })
      for (const chunk of chunks()) bench.store(chunk)
      bench.packer.finish()
      bench.packer.finish()
      assert.ok(bench.packs.length >= 2)
      const opened = bench.packs.flatMap((pack) => {
        const bytes = bench.bytesOf(pack)
        assert.equal(pack.id, sha256(bytes))
        const entries = decodePackHeader(nodePrimitives, bench.key, bytes, bytes.length)
        assert.deepEqual(PackList.of(entries).bytes, pack.list)
        return entries.map(({ offset, length, uncompressedLength }) =>
          decodeBlob(nodePrimitives, bench.key, bytes.subarray(offset, offset + length), uncompressedLength),
        )
      })
      assert.deepEqual(opened.map(sha256), chunks().map(sha256))
    })
  }

  for (const name of ['zstdCompress', 'zstdDecompress', 'aes256Ctr', 'poly1305'] as const) {
    it(`hands nothing over that does not open again: ${name} gives a wrong bit`, () => {
      const text = new Uint8Array(500_000).fill(0x41)
      for (const from of [1, 2, 3, 4]) {
        const bench = new Bench({ codec: lying(name, from) })
        assert.throws(
          () => {
            for (let i = 0; i < 4; i++) {
              text[0] = i
              bench.store(text)
            }
            bench.packer.finish()
          },
          { code: 'self-check' },
        )
        assert.deepEqual(bench.packs, [])
      }
    })
  }

  it('hands nothing over when a chunk changed after it was hashed, as in faulty memory', () => {
    const bench = new Bench()
    const [first, second] = [chunks()[6]!, chunks()[5]!]
    const id = bench.packer.hash(first)
    first[777]! ^= 1
    bench.packer.add(id, first)
    assert.throws(() => bench.packer.hash(second), { code: 'self-check', message: new RegExp(sha256(chunks()[6]!)) })
    assert.deepEqual(bench.packs, [])
  })
})
