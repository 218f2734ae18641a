import assert from 'node:assert/strict'
import { createCipheriv, hkdfSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  DOCUMENT_SHAPE,
  makeHeader,
  openStream,
  SegmentCipher,
  SegmentLayout,
  type StreamShape,
  sealStream,
} from './sealed-stream.ts'

/** 40 bytes of header and 16 of tag leave little: borders are everywhere. */
const TINY: StreamShape = { segmentBytes: 64, keyBytes: 32, hash: 'sha256' }
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i)
const AD = 'couronne document test'

const bytes = (max: number) => fc.uint8Array({ maxLength: max })
/** Sizes near borders: 8 bytes in the first segment, 48 in the others. */
const nearBorders = fc
  .tuple(fc.nat(8), fc.integer({ min: -2, max: 2 }))
  .map(([segments, more]) => Math.max(0, 8 + 48 * segments + more))
const content = fc.oneof(
  bytes(500),
  nearBorders.chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
)

test('Tink’s own vector opens', async () => {
  // tink-java, AesGcmHkdfStreamingTestUtil (from its cross-language tests): AES-128, SHA-1, segments of 64 bytes.
  const shape: StreamShape = { segmentBytes: 64, keyBytes: 16, hash: 'sha1' }
  const sealed = Buffer.from(
    '1893b3af5e14ab378d065addfc8484da642c0862877baea8' +
      'db92d9c77406a406168478821c4298eab3e6d531277f4c1a051714faebcaefcbca7b7be05e9445ea' +
      'a0bb2904153398a25084dd80ae0edcd1c3079fcea2cd3770630ee36f7539207b8ec9d754956d486b71cdf989f0ed6fba6779b63558be0a66e668df14e1603cd2' +
      'af8944844078345286d0b292e772e7190775c51a0f83e40c0b75821027e7e538e111',
    'hex',
  )
  const text = 'This is a fairly long plaintext. It is of the exact length to create three output blocks. '
  const key = Buffer.from('6eb56cdc726dfbe5d57f2fcdc6e9345b', 'hex')
  const opened = openStream(sourceOf(sealed), { key, associatedData: 'aad', sizeBytes: text.length, shape })
  assert.equal(Buffer.concat(await Array.fromAsync(opened)).toString(), text)
  const random = () => sealed.subarray(1, 24)
  const again = sealStream(chunked(Buffer.from(text), 7), { key, associatedData: 'aad', random, shape })
  assert.deepEqual(Buffer.concat(await Array.fromAsync(again)), sealed)
})

test('documents are in the shape that Tink calls AES256_GCM_HKDF_1MB', () => {
  assert.deepEqual(DOCUMENT_SHAPE, { segmentBytes: 1_048_576, keyBytes: 32, hash: 'sha256' })
  assert.equal(makeHeader((length) => new Uint8Array(length))[0], 40)
})

test('what is sealed is what an obvious twin makes, however the bytes arrive', () =>
  fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 200 }), async (plain, chunk) => {
      assert.deepEqual(await sealed(plain, chunk), twin(plain))
      assert.equal(new SegmentLayout(plain.length, TINY).sealedBytes, twin(plain).length)
    }),
  ))

test('what was sealed opens to the same, whole and in every part, however the file is read', () =>
  fc.assert(
    fc.asyncProperty(
      content,
      fc.nat(520),
      fc.nat(520),
      fc.integer({ min: 1, max: 200 }),
      async (plain, offset, length, chunk) => {
        const file = twin(plain)
        assert.deepEqual(await opened(file, plain.length, {}, chunk), Buffer.from(plain))
        const part = await opened(file, plain.length, { offset, lengthBytes: length }, chunk)
        assert.deepEqual(part, Buffer.from(plain.subarray(offset, offset + length)))
      },
    ),
  ))

test('byte by byte, in and out', async () => {
  const plain = Uint8Array.from({ length: 160 }, (_, i) => i)
  assert.deepEqual(await opened(await sealed(plain, 1), 160, {}, 1), Buffer.from(plain))
})

test('a part of a large file reads only the segments that hold it', async () => {
  const plain = Buffer.alloc(3_000_000, 7)
  const file = Buffer.concat(await Array.fromAsync(sealStream(chunked(plain, 65_536), { key: KEY, associatedData: AD, random })))
  let read = 0
  const source = {
    sizeBytes: file.length,
    read: (offset: number, length: number) => {
      read += length
      return chunked(file.subarray(offset, offset + length), 65_536)
    },
  }
  const options = { key: KEY, associatedData: AD, sizeBytes: plain.length, offset: 2_000_000, lengthBytes: 10 }
  assert.equal(Buffer.concat(await Array.fromAsync(openStream(source, options))).length, 10)
  assert.equal(read, 40 + 1_048_576)
})

test('any flipped bit is refused', () =>
  fc.assert(
    fc.asyncProperty(content, fc.nat(), fc.nat(7), async (plain, where, bit) => {
      const file = twin(plain)
      file[where % file.length]! ^= 1 << bit
      await assert.rejects(opened(file, plain.length), { code: 'damaged' })
    }),
  ))

test('a file cut short, or longer, is refused, whatever size is claimed', () =>
  fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 200 }), async (plain, cut) => {
      const file = twin(plain)
      const short = file.subarray(0, Math.max(0, file.length - cut))
      await assert.rejects(opened(short, plain.length), { code: 'damaged' })
      await assert.rejects(opened(Buffer.concat([file, Buffer.alloc(cut)]), plain.length), { code: 'damaged' })
      for (const claimed of claimsOf(short.length)) await assert.rejects(opened(short, claimed), { code: 'damaged' })
    }),
  ))

test('segments swapped, repeated or dropped are refused', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 110, maxLength: 300 }), fc.nat(), fc.nat(), async (plain, a, b) => {
      const file = twin(plain)
      const parts = segmentsOf(file)
      const [one, other] = [a % parts.length, b % parts.length]
      if (one === other || parts[one]!.equals(parts[other]!)) return
      const swapped = parts.with(one, parts[other]!).with(other, parts[one]!)
      await assert.rejects(opened(joined(file, swapped), plain.length), { code: 'damaged' })
      await assert.rejects(opened(joined(file, parts.with(one, parts[other]!)), plain.length), { code: 'damaged' })
      const dropped = joined(file, parts.toSpliced(one, 1))
      for (const claimed of claimsOf(dropped.length)) await assert.rejects(opened(dropped, claimed), { code: 'damaged' })
    }),
  ))

test('a segment of another document, or of another version of the same, is refused', async () => {
  const plain = Uint8Array.from({ length: 200 }, (_, i) => i)
  const file = twin(plain)
  const others = [twin(plain, { salt: 9 }), twin(plain, { associatedData: 'another' }), twin(plain, { key: new Uint8Array(32) })]
  for (const other of others) {
    const spliced = joined(file, segmentsOf(file).with(1, segmentsOf(other)[1]!))
    await assert.rejects(opened(spliced, plain.length), { code: 'damaged' })
    await assert.rejects(opened(other.with(0, 41) as Buffer, plain.length), { code: 'damaged' })
  }
  await assert.rejects(opened(others[1]!, plain.length), { code: 'damaged' })
  await assert.rejects(opened(others[2]!, plain.length), { code: 'damaged' })
})

test('an empty document is one empty segment', async () => {
  const file = await sealed(new Uint8Array(), 1)
  assert.equal(file.length, 40 + 16)
  assert.equal((await opened(file, 0)).length, 0)
})

test('no two segments of a stream share a nonce', () => {
  const cipher = new SegmentCipher(KEY, makeHeader(random, TINY), AD, TINY)
  const zeros = new Uint8Array(48)
  const streams = [0, 1, 2, 255, 256, 2 ** 32 - 1].flatMap((segment) =>
    [false, true].map((isLast) => Buffer.from(cipher.sealSegment(segment, isLast, zeros)).toString('hex')),
  )
  assert.equal(new Set(streams).size, streams.length)
})

// The twin: everything in memory, straight from Tink's page.

function twin(plain: Uint8Array, { key = KEY, salt = 1, associatedData = AD } = {}): Buffer {
  const saltBytes = Buffer.alloc(32, salt)
  const prefix = Buffer.alloc(7, 1)
  const derived = Buffer.from(hkdfSync('sha256', key, saltBytes, associatedData, 32))
  const parts = [Buffer.from([40]), saltBytes, prefix]
  const pieces: Uint8Array[] = [plain.subarray(0, 8)]
  for (let at = 8; at < plain.length; at += 48) pieces.push(plain.subarray(at, at + 48))
  for (const [i, piece] of pieces.entries()) {
    const counter = Buffer.from(i.toString(16).padStart(8, '0'), 'hex')
    const nonce = Buffer.concat([prefix, counter, Buffer.from([i === pieces.length - 1 ? 1 : 0])])
    const cipher = createCipheriv('aes-256-gcm', derived, nonce)
    parts.push(cipher.update(piece), cipher.final(), cipher.getAuthTag())
  }
  return Buffer.concat(parts)
}

function random(length: number): Uint8Array {
  return new Uint8Array(length).fill(1)
}

async function* chunked(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

function sourceOf(file: Uint8Array, chunk = 64) {
  return {
    sizeBytes: file.length,
    read: (offset: number, length: number) => chunked(file.subarray(offset, offset + length), chunk),
  }
}

async function sealed(plain: Uint8Array, chunk: number): Promise<Buffer> {
  const stream = sealStream(chunked(plain, chunk), { key: KEY, associatedData: AD, random, shape: TINY })
  return Buffer.concat(await Array.fromAsync(stream))
}

async function opened(file: Uint8Array, sizeBytes: number, part: { offset?: number; lengthBytes?: number } = {}, chunk = 64) {
  const stream = openStream(sourceOf(file, chunk), { key: KEY, associatedData: AD, sizeBytes, shape: TINY, ...part })
  return Buffer.concat(await Array.fromAsync(stream))
}

function segmentsOf(file: Buffer): Buffer[] {
  const parts = [file.subarray(40, 64)]
  for (let at = 64; at < file.length; at += 64) parts.push(file.subarray(at, at + 64))
  return parts
}

function joined(file: Buffer, segments: readonly Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, 40), ...segments])
}

/** Every size of plaintext that a file of this length could be said to hold. */
function claimsOf(sealedBytes: number): number[] {
  return Array.from({ length: sealedBytes + 1 }, (_, i) => i).filter(
    (size) => new SegmentLayout(size, TINY).sealedBytes === sealedBytes,
  )
}
