import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError } from '#errors'
import type { BlobId, PackId } from './id.ts'
import {
  decodeIndexFile,
  encodeIndexFile,
  encodeIndexOfLists,
  forEachIndexEntry,
  type IndexFile,
  type IndexPack,
} from './index-file.ts'
import { type PackEntry, PackList } from './pack.ts'
import { isPlainIndex } from './plain-index.ts'
import { HELLO_ID } from './sample.ts'
import { decodeText, encodeText } from './text.ts'

/** Records of fast-check have no prototype unless told. */
function plainRecord<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>
}

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toHex())
const uint32 = fc.oneof(fc.constantFrom(0, 1, 0xffffffff), fc.integer({ min: 0, max: 0xffffffff }))
const entry: fc.Arbitrary<PackEntry> = plainRecord({
  id: id.map((text) => text as BlobId),
  type: fc.constantFrom('data' as const, 'tree' as const),
  offset: uint32,
  length: uint32,
  uncompressedLength: uint32,
})
const pack = plainRecord({ id: id.map((text) => text as PackId), blobs: fc.array(entry, { maxLength: 5 }) })
const markedPack = plainRecord({
  ...{ id: id.map((text) => text as PackId), blobs: fc.array(entry, { maxLength: 3 }) },
  markedAt: fc.string(),
})
const file: fc.Arbitrary<IndexFile> = plainRecord({
  packs: fc.array(pack, { maxLength: 5 }),
  packsToDelete: fc.oneof(fc.constant([]), fc.array(markedPack, { maxLength: 2 })),
})

/** What {@link forEachIndexEntry} reports, as packs. */
function reported(json: Uint8Array): { packs: IndexPack[]; marked: IndexPack[] } {
  const packs: IndexPack[] = []
  const marked: IndexPack[] = []
  let blobs: PackEntry[] = []
  forEachIndexEntry(
    json,
    (packId, isMarked) => {
      blobs = []
      const list = isMarked ? marked : packs
      list.push({ id: packId.toHex() as PackId, blobs })
    },
    (blobId, isTree, offset, length, uncompressedLength) =>
      blobs.push({ id: blobId.toHex() as BlobId, type: isTree ? 'tree' : 'data', offset, length, uncompressedLength }),
  )
  return { packs, marked }
}

test('an index is written as restic writes it', () => {
  const blob: PackEntry = { id: HELLO_ID, type: 'data', offset: 0, length: 42, uncompressedLength: 5 }
  const raw: PackEntry = { id: HELLO_ID, type: 'tree', offset: 42, length: 37, uncompressedLength: 0 }
  const packId = 'a'.repeat(64) as PackId
  assert.equal(
    decodeText(encodeIndexFile({ packs: [{ id: packId, blobs: [blob, raw] }], packsToDelete: [] })),
    `{"packs":[{"id":"${packId}","blobs":[{"id":"${HELLO_ID}","type":"data","offset":0,"length":42,"uncompressed_length":5},` +
      `{"id":"${HELLO_ID}","type":"tree","offset":42,"length":37}]}]}\n`,
  )
  assert.equal(decodeText(encodeIndexFile({ packs: [], packsToDelete: [] })), '{"packs":[]}\n')
})

test('an index comes back, whole or entry by entry, from the plain shape or any other', () => {
  fc.assert(
    fc.property(file, fc.boolean(), (written, spaced) => {
      const plain = encodeIndexFile(written)
      const json = spaced ? encodeText(JSON.stringify(JSON.parse(decodeText(plain)), null, 1)) : plain
      assert.deepEqual(decodeIndexFile(json), written)
      const { packs, marked } = reported(json)
      assert.deepEqual(packs, written.packs)
      assert.deepEqual(
        marked,
        written.packsToDelete.map(({ id, blobs }) => ({ id, blobs })),
      )
      assert.equal(isPlainIndex(json), !spaced && written.packsToDelete.length === 0)
    }),
  )
})

test('members in another order, unknown ones, null lists and supersedes are read over', () => {
  const text = `{"supersedes":["${HELLO_ID}"],"packs":[{"x":{},"blobs":[{"length":42,"id":"${HELLO_ID}","offset":1,"type":"data"}],"id":"${HELLO_ID}"},{"id":"${HELLO_ID}","blobs":null}],"packs_to_delete":null}`
  const { packs } = decodeIndexFile(encodeText(text))
  assert.deepEqual(packs[0]?.blobs, [{ id: HELLO_ID, type: 'data', offset: 1, length: 42, uncompressedLength: 0 }])
  assert.equal(packs[1]?.blobs.length, 0)
  assert.equal(reported(encodeText(text)).packs.length, 2)
  assert.deepEqual(decodeIndexFile(encodeText('{"packs":null}')), { packs: [], packsToDelete: [] })
})

test('what is no index is refused, and nothing is reported of it', () => {
  const good = decodeText(
    encodeIndexFile({
      packs: [
        {
          id: HELLO_ID as string as PackId,
          blobs: [{ id: HELLO_ID, type: 'data', offset: 0, length: 42, uncompressedLength: 5 }],
        },
      ],
      packsToDelete: [],
    }),
  )
  const bad = [
    '[]',
    '{}',
    '{"time":"2026-01-01T00:00:00Z","tree":null,"paths":[]}',
    '{"packs":{}}',
    '{"packs":[1]}',
    '{"packs":[{"blobs":[]}]}',
    good.replace('"type":"data"', '"type":"dat"'),
    good.replace('"offset":0', '"offset":-1'),
    good.replace('"offset":0', '"offset":00'),
    good.replace('"offset":0', '"offset":4294967296'),
    good.replace('"length":42', '"length":4.5'),
    good.replace('"length":42', '"length":"42"'),
    good.replace('"uncompressed_length":5', '"uncompressed_length":'),
    good.replace(HELLO_ID, HELLO_ID.toUpperCase()),
    good.replace(HELLO_ID, HELLO_ID.slice(2)),
    `${good}{}`,
    good.slice(0, -2),
    good.slice(0, 100),
  ]
  for (const text of bad) {
    let calls = 0
    assert.throws(() => decodeIndexFile(encodeText(text)), FormatError, text)
    assert.throws(
      () =>
        forEachIndexEntry(
          encodeText(text),
          () => calls++,
          () => calls++,
        ),
      FormatError,
    )
    assert.equal(calls, 0)
  }
})

test('50,000 blobs are read in a moment, and 50,000 packs', () => {
  const blobs = Array.from({ length: 50_000 }, (_, i) => ({
    ...{ id: i.toString(16).padStart(64, '0') as BlobId, type: 'data' as const },
    ...{ offset: i, length: 100, uncompressedLength: 200 },
  }))
  const large = { packs: [{ id: HELLO_ID as string as PackId, blobs }], packsToDelete: [] }
  assert.deepEqual(reported(encodeIndexFile(large)).packs, large.packs)
  const many = { packs: blobs.map(({ id }) => ({ id: id as string as PackId, blobs: [] })), packsToDelete: [] }
  assert.equal(reported(encodeIndexFile(many)).packs.length, 50_000)
})

test('an index of lists is the index of their entries, to the byte', () => {
  const length = fc.oneof(fc.constantFrom(32, 0xffffffff), fc.integer({ min: 32, max: 0xffffffff }))
  const backToBack = fc.array(entry, { minLength: 1, maxLength: 5 }).chain((blobs) =>
    fc.array(length, { minLength: blobs.length, maxLength: blobs.length }).map((lengths) => {
      let offset = 0
      return blobs.map((blob, i): PackEntry => {
        offset += i === 0 ? 0 : lengths[i - 1]!
        return { ...blob, offset, length: lengths[i]! }
      })
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(id, backToBack), { maxLength: 4 }), (packs) => {
      const listed = packs.map(([name, blobs]) => ({ id: name as PackId, list: PackList.of(blobs).bytes }))
      const whole = { packs: packs.map(([name, blobs]) => ({ id: name as PackId, blobs })), packsToDelete: [] }
      assert.deepEqual(decodeText(encodeIndexOfLists(listed)), decodeText(encodeIndexFile(whole)))
    }),
  )
})
