/**
 * Every parser against broken bytes: junk, cut short, flipped, spliced, repeated, nested. It answers with a value or throws a
 * `VaultError`, nothing else, within bounded time and memory.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VaultError } from '#errors'
import { nodePrimitives } from '#primitives'
import { damage, FUZZ_SEED, failureOf, fuzz, generator, type Parser } from '../../../tests/fuzz.ts'
import { decodeBlob } from './blob.ts'
import { decodeConfig, encodeConfig } from './config.ts'
import type { PackId } from './id.ts'
import { decodeIndexFile, encodeIndexFile, forEachIndexEntry } from './index-file.ts'
import { decodeKeyFile, encodeKeyFile, openKeyFile } from './key-file.ts'
import { decodeLock, encodeLock } from './lock.ts'
import { decodePackHeader, encodePackHeader, type PackEntry, packBytes } from './pack.ts'
import { unquoteName } from './quote.ts'
import { aNode, HELLO_ID, KEY, rising } from './sample.ts'
import { parseMasterKey, printMasterKey, seal, unseal } from './seal.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'
import { decodeText, encodeText } from './text.ts'
import { parseTimeNs } from './time.ts'
import { encodeTree, treeIsCanonical } from './tree.ts'
import { decodeTree } from './tree-decoder.ts'
import { decodeUnpacked, encodeUnpacked } from './unpacked.ts'
import { decodeZstdFrameHead } from './zstd-frame.ts'

const ENTRIES: PackEntry[] = [
  { id: HELLO_ID, type: 'data', offset: 0, length: 42, uncompressedLength: 5 },
  { id: HELLO_ID, type: 'tree', offset: 42, length: 37, uncompressedLength: 0 },
]
const PACK_ID = HELLO_ID as string as PackId
const TREE = encodeTree([
  aNode({ name: encodeText('été «1».txt'), xattrs: [{ name: 'user.a', value: rising(0, 5) }], linktarget: Uint8Array.of(0xe9) }),
  aNode({
    name: Uint8Array.of(0xff, 0x0a, 0x22),
    type: 'dir',
    content: null,
    subtree: HELLO_ID,
    genericAttributes: '{"a":[1,{}]}',
  }),
])
const SNAPSHOT = encodeSnapshot({
  ...{ time: '2024-03-01T10:00:00.5+01:00', tree: HELLO_ID, paths: ['/é'], hostname: 'h', username: 'u', uid: 1, gid: 1 },
  ...{ excludes: ['*.tmp'], tags: ['a'], programVersion: 'x', extra: { label: [{}] } },
})
const INDEX = encodeIndexFile({ packs: [{ id: PACK_ID, blobs: ENTRIES }], packsToDelete: [] })
const MARKED = encodeIndexFile({ packs: [], packsToDelete: [{ id: PACK_ID, blobs: ENTRIES, markedAt: '2024-03-01T10:00:00Z' }] })
const KEY_FILE = encodeKeyFile({
  ...{ created: '2024-03-01T10:00:00Z', username: 'u', hostname: 'h', kdf: 'scrypt', n: 16, r: 1, p: 1, salt: rising(0, 64) },
  data: seal(nodePrimitives, KEY, printMasterKey(KEY)),
})
const LOCK = encodeLock({ time: '2024-03-01T10:00:00Z', exclusive: true, hostname: 'h', username: 'u', pid: 4, uid: 1, gid: 1 })
const CONFIG = encodeConfig({ version: 2, id: HELLO_ID, chunkerPolynomial: 0x25b468838dcb75n })
const FRAME = nodePrimitives.zstdCompress(encodeText('{"packs":[]}'.repeat(20)), 3)
const HEADER = unseal(nodePrimitives, KEY, encodePackHeader(nodePrimitives, KEY, ENTRIES).subarray(0, -4))

/** Name, a sound input, and what is done with a broken one. */
const PARSERS: readonly Parser[] = [
  ['decodeTree', TREE, (bytes) => void treeIsCanonical(nodePrimitives, decodeTree(bytes), HELLO_ID)],
  ['decodeSnapshot', SNAPSHOT, (bytes) => void encodeSnapshot(decodeSnapshot(bytes))],
  ['decodeIndexFile', MARKED, (bytes) => void encodeIndexFile(decodeIndexFile(bytes))],
  ['forEachIndexEntry', INDEX, (bytes) => compareIndexReaders(bytes)],
  ['decodeKeyFile', KEY_FILE, (bytes) => void decodeKeyFile(bytes)],
  ['decodeLock', LOCK, (bytes) => void decodeLock(bytes)],
  ['decodeConfig', CONFIG, (bytes) => void decodeConfig(bytes)],
  ['parseMasterKey', printMasterKey(KEY), (bytes) => void parseMasterKey(bytes)],
  ['parseTimeNs', encodeText('2024-03-01T10:00:00.123456789+01:00'), (bytes) => void parseTimeNs(decodeText(bytes))],
  ['unquoteName', encodeText('a\\x00\\u00e9\\U0001f9b7\\101\\n'), (bytes) => void unquoteName(decodeText(bytes))],
  ['decodeZstdFrameHead', FRAME, (bytes) => void decodeZstdFrameHead(bytes)],
  ['zstdDecompress', FRAME, (bytes) => void nodePrimitives.zstdDecompress(bytes, 100_000)],
  ['unseal', seal(nodePrimitives, KEY, TREE), (bytes) => void unseal(nodePrimitives, KEY, bytes)],
  ['decodeUnpacked', encodeUnpacked(nodePrimitives, KEY, INDEX, 2), (bytes) => void decodeUnpacked(nodePrimitives, KEY, bytes)],
  ['decodeUnpacked, sealed', new Uint8Array([2, ...FRAME]), (bytes) => void decodeUnpacked(nodePrimitives, KEY, sealed(bytes))],
  ['decodeBlob, sealed', FRAME, (bytes) => void decodeBlob(nodePrimitives, KEY, sealed(bytes), 240)],
  ['decodePackHeader', encodePackHeader(nodePrimitives, KEY, ENTRIES), (bytes) => readHeader(bytes, packBytes(ENTRIES))],
  ['decodePackHeader, sealed', HEADER, (bytes) => readHeader(tail(bytes), packBytes(ENTRIES))],
]

function sealed(bytes: Uint8Array): Uint8Array {
  return seal(nodePrimitives, KEY, bytes)
}

function tail(header: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + 36)
  bytes.set(sealed(header))
  new DataView(bytes.buffer).setUint32(bytes.length - 4, bytes.length - 4, true)
  return bytes
}

function readHeader(bytes: Uint8Array, packBytes: number): void {
  let end = 0
  for (const entry of decodePackHeader(nodePrimitives, KEY, bytes, packBytes)) {
    assert.equal(entry.offset, end)
    end += entry.length
  }
  assert.ok(end < packBytes)
}

/** Both readers of an index must agree on what is one, and on what is in it. */
function compareIndexReaders(bytes: Uint8Array): void {
  let counted = 0
  const count = () => {
    counted++
  }
  const failure = failureOf(() => forEachIndexEntry(bytes, count, count))
  const whole = failureOf(() => {
    const { packs, packsToDelete } = decodeIndexFile(bytes)
    const expected = [...packs, ...packsToDelete].reduce((sum, pack) => sum + 1 + pack.blobs.length, 0)
    assert.equal(counted, expected)
  })
  assert.equal(failure === undefined, whole === undefined, 'one reader of the index takes what the other refuses')
  if (failure !== undefined) throw failure
}

fuzz(PARSERS)

test('a key file with any password and any altered data ends in a typed error', async () => {
  const file = decodeKeyFile(KEY_FILE)
  for (let run = 0; run < 50; run++) {
    const data = damage(file.data, generator(FUZZ_SEED + run))
    await openKeyFile(nodePrimitives, { ...file, data }, encodeText('x')).then(
      () => assert.fail('it opened'),
      (error) => assert.ok(error instanceof VaultError, String(error)),
    )
  }
})

test('large documents of nothing but openings, quotes or digits are judged quickly', () => {
  const million = 1_000_000
  const texts = [
    '['.repeat(million),
    '{"a":'.repeat(million),
    `{"nodes":[${'{'.repeat(million)}`,
    '"'.repeat(million),
    '\\'.repeat(million),
  ]
    .concat([
      `{"nodes":[{"inode":${'9'.repeat(million)}}]}`,
      `{"packs":[${'['.repeat(million)}`,
      `{"x":"${'\\u0041'.repeat(million)}"`,
    ])
    .concat([
      `{"nodes":[{"name":"${'\\\\x41'.repeat(million / 10)}`,
      '1'.repeat(million),
      ' '.repeat(million),
      `{"time":"${'2'.repeat(million)}"}`,
    ])
  const decoders = [decodeTree, decodeSnapshot, decodeIndexFile, decodeKeyFile, decodeLock, decodeConfig, parseMasterKey]
  for (const text of texts) {
    for (const decode of decoders) {
      const started = performance.now()
      failureOf(() => decode(encodeText(text)))
      assert.ok(performance.now() - started < 5000, `${decode.name} took too long over ${text.slice(0, 20)}…`)
    }
  }
})
