import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { nodePrimitives, portableCodec } from '#primitives'
import { GrowingBlob } from './growing-blob.ts'

const text = (seed: number, length: number) => Buffer.alloc(length, `{"name":"file ${seed}","type":"file"},`)

for (const codec of [undefined, portableCodec(nodePrimitives)]) {
  test(`a blob comes out as it went in, though its pieces are overwritten meanwhile${codec ? ' (portable)' : ''}`, () => {
    for (const lengths of [[0], [10], [100_000, 7], [1, 1, 1], [1_000_000, 1_000_001, 300_000, 5]]) {
      const blob = new GrowingBlob(codec)
      const pieces = lengths.map((length, i) => (i % 2 === 0 ? text(i, length) : randomBytes(length)))
      const piece = Buffer.alloc(1_000_001)
      for (const each of pieces.slice(0, -1)) {
        piece.set(each)
        blob.add(piece.subarray(0, each.length))
      }
      const id = blob.end(pieces.at(-1)!)
      const whole = Buffer.concat(pieces)
      assert.equal(id, createHash('sha256').update(whole).digest('hex'))
      assert.equal(blob.sizeBytes, whole.length)
      assert.equal(blob.isOnePiece, lengths.length === 1)
      for (let again = 0; again < 2; again++) {
        assert.deepEqual(Buffer.concat(Array.from(blob.pieces(), (each) => Buffer.from(each))), whole)
      }
    }
  })
}
