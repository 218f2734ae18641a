import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError } from '#errors'
import { nodePrimitives } from '#primitives'
import type { BlobId } from './id.ts'
import { compareNames, goMode, isSafeName, MODE, NODE_TYPES, type TreeNode, unixPermissions } from './node.ts'
import { aNode, HELLO_ID, shared } from './sample.ts'
import { decodeText, encodeText } from './text.ts'
import { encodeTree, TreeEncoder, treeIsCanonical } from './tree.ts'
import { decodeTree, TreeReader } from './tree-decoder.ts'

const REFERENCE = `{"nodes":[{"name":"été \\\\u00a0«x».txt","type":"file","mode":420,"mtime":"2024-03-01T10:00:00.5+01:00","atime":"2024-03-01T10:00:00.5+01:00","ctime":"2024-03-01T10:00:00.5+01:00","uid":1000,"gid":1000,"user":"a","group":"a","inode":7,"device_id":1,"size":5,"links":1,"content":["${HELLO_ID}"]}]}\n`
const REFERENCE_ID = 'b32f866af0a73af777775b74355dd2fd87916d78057b178deb1546431b605bec'

test('the tree of the reference vector', () => {
  const time = '2024-03-01T10:00:00.5+01:00'
  const node = aNode({ name: encodeText('été \u00a0«x».txt'), mtime: time, atime: time, ctime: time })
  assert.equal(decodeText(encodeTree([node])), REFERENCE)
  assert.equal(nodePrimitives.sha256Hex(encodeTree([node])), REFERENCE_ID)
  assert.deepEqual(decodeTree(shared(encodeText(REFERENCE))), [node])
  assert.equal(treeIsCanonical(nodePrimitives, [node], REFERENCE_ID), true)
  assert.equal(treeIsCanonical(nodePrimitives, [{ ...node, uid: 1 }], REFERENCE_ID), false)
})

test('an empty folder', () => {
  const id = 'ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8'
  assert.equal(nodePrimitives.sha256Hex(encodeTree([])), id)
  assert.equal(treeIsCanonical(nodePrimitives, decodeTree(encodeTree([])), id), true)
})

test('every member in its place', () => {
  const node: TreeNode = {
    ...aNode({ name: encodeText('b<'), type: 'chardev', mode: MODE.device + MODE.chardev + 0o600, user: 'é"', group: '' }),
    ...{ uid: 0, gid: 4294967295, inode: 2n ** 64n - 1n, deviceId: 2n ** 53n + 1n, size: 2 ** 40, links: 2, content: null },
    ...{ linktarget: Uint8Array.of(0x61, 0xe9), device: 1281n, subtree: HELLO_ID, error: 'old' },
    ...{
      xattrs: [
        { name: 'user.a', value: Uint8Array.of(1) },
        { name: 'b', value: null },
        { name: 'c', value: new Uint8Array(0) },
      ],
    },
    ...{ genericAttributes: '{"windows.file_attributes":32}' },
  }
  const text =
    '{"nodes":[{"name":"b\\u003c","type":"chardev","mode":69206400,"mtime":"2024-03-01T10:00:00Z","atime":"2024-03-01T10:00:00Z","ctime":"2024-03-01T10:00:00Z",' +
    '"uid":0,"gid":4294967295,"user":"é\\"","inode":18446744073709551615,"device_id":9007199254740993,"size":1099511627776,"links":2,' +
    '"linktarget":"a\\ufffd","linktarget_raw":"Yek=","extended_attributes":[{"name":"user.a","value":"AQ=="},{"name":"b","value":null},{"name":"c","value":""}],' +
    `"generic_attributes":{"windows.file_attributes":32},"device":1281,"content":null,"subtree":"${HELLO_ID}","error":"old"}]}\n`
  assert.equal(decodeText(encodeTree([node])), text)
  assert.deepEqual(decodeTree(encodeText(text)), [node])
})

/** Records of fast-check have no prototype unless told. */
function plainRecord<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>
}

const name = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }).map((text) => encodeText(text)),
  fc.constantFrom('a', 'é', 'œuvre', 'x'.repeat(300)).map((text) => encodeText(text)),
)
const text = fc.string({ unit: 'binary', maxLength: 10 })
const uint64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
)
const uint32 = fc.oneof(fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const blob = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toHex() as BlobId)
const node: fc.Arbitrary<TreeNode> = plainRecord({
  name,
  type: fc.constantFrom(...NODE_TYPES),
  mode: uint32,
  mtime: fc.constantFrom('2024-03-01T10:00:00.5+01:00', '0001-01-01T00:00:00Z'),
  atime: fc.constantFrom('2024-03-01T10:00:00.123456789-05:00', '9999-12-31T23:59:59Z'),
  ctime: fc.constant('2024-03-01T10:00:00Z'),
  uid: uint32,
  gid: uint32,
  user: text,
  group: text,
  inode: uint64,
  deviceId: uint64,
  size: fc.maxSafeNat(),
  links: fc.maxSafeNat(),
  linktarget: fc.oneof(fc.constant(undefined), fc.uint8Array({ minLength: 1, maxLength: 20 })),
  xattrs: fc.array(plainRecord({ name: text, value: fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 9 })) }), {
    maxLength: 2,
  }),
  genericAttributes: fc.constantFrom(undefined, '{}', '{"a":[1,2.5e3,{"é":null}],"b":"\\u003c"}'),
  device: uint64,
  content: fc.oneof(fc.constant(null), fc.array(blob, { maxLength: 3 })),
  subtree: fc.oneof(fc.constant(undefined), blob),
  error: text,
  unknownMembers: fc.constant([]),
})
const nodes = fc
  .uniqueArray(node, { maxLength: 8, selector: ({ name }) => name.toHex() })
  .map((list) => list.sort((a, b) => compareNames(a.name, b.name)))

test('any nodes come back and are canonical', () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const json = encodeTree(list)
      const decoded = decodeTree(json)
      assert.deepEqual(decoded, list)
      assert.equal(treeIsCanonical(nodePrimitives, decoded, nodePrimitives.sha256Hex(json)), true)
      assert.deepEqual(JSON.parse(decodeText(json)).nodes.length, list.length)
    }),
    { numRuns: 300 },
  )
})

test('white space, other orders and nulls make no difference to what is read, only to being canonical', () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const json = encodeTree(list.map((one) => ({ ...one, inode: 1n, deviceId: 1n, device: 1n, genericAttributes: '{}' })))
      const spaced = encodeText(JSON.stringify(JSON.parse(decodeText(json)), null, 2))
      assert.deepEqual(decodeTree(spaced), decodeTree(json))
      const reversed = JSON.parse(decodeText(json), (_, value) =>
        value !== null && typeof value === 'object' && 'mtime' in value
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
      )
      assert.deepEqual(decodeTree(encodeText(JSON.stringify(reversed))), decodeTree(json))
    }),
  )
  const sparse = decodeTree(encodeText('{"x":[{"nodes":[1]}],"nodes":[{"uid":null,"name":"a","type":"dir"}],"y":-1.5e-3}'))
  assert.equal(sparse[0]?.mtime, '0001-01-01T00:00:00Z')
  assert.deepEqual(decodeTree(encodeText('{"nodes":null}')), [])
})

test('unknown members are named, and such a tree is not canonical', () => {
  const json = encodeText(decodeText(encodeTree([aNode()])).replace('"uid"', '"x":{"y":[]},"z":1,"uid"'))
  const decoded = decodeTree(json)
  assert.deepEqual(decoded[0]?.unknownMembers, ['x', 'z'])
  assert.equal(treeIsCanonical(nodePrimitives, decoded, nodePrimitives.sha256Hex(json)), false)
})

test('times that Go would write otherwise are not canonical', () => {
  for (const mtime of ['2024-03-01T10:00:00.50Z', '2024-03-01T10:00:00+00:00', '2024-03-01T10:00:00.1234567891Z', 'x']) {
    const list = [aNode({ mtime })]
    assert.equal(treeIsCanonical(nodePrimitives, list, nodePrimitives.sha256Hex(encodeTree(list))), false, mtime)
  }
})

test('Windows attributes that Go would write otherwise are not canonical', () => {
  const canonical = (genericAttributes: string) => {
    const list = [aNode({ genericAttributes })]
    return treeIsCanonical(nodePrimitives, list, nodePrimitives.sha256Hex(encodeTree(list)))
  }
  for (const good of ['{}', '{"a":1}', '{"a":"x y","b":{"z":1,"y":2}}']) assert.equal(canonical(good), true, good)
  for (const bad of ['{ }', '{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":2}', '{"a":"<"}', '[]', '{"a":'])
    assert.equal(canonical(bad), false, bad)
})

test('names must be ascending by bytes, different, and not empty', () => {
  const named = (text: string) => aNode({ name: encodeText(text) })
  for (const list of [['b', 'a'], ['a', 'a'], ['a', ''], [''], ['\ue000', '\u{1f9b7}', '\uffff']]) {
    assert.throws(() => encodeTree(list.map(named)), FormatError, list.join())
  }
  assert.equal(decodeTree(encodeTree(['\ue000', '\uffff', '\u{1f9b7}'].map(named))).length, 3)
  const encoder = new TreeEncoder(() => undefined)
  encoder.add(named('a'))
  assert.throws(() => encoder.add(named('a')), FormatError)
})

test('a tree in another order is read in its order and is not canonical', () => {
  const json = encodeText(
    decodeText(encodeTree([aNode({ name: encodeText('a') }), aNode({ name: encodeText('b') })])).replace('"a"', '"c"'),
  )
  const decoded = decodeTree(json)
  assert.deepEqual(
    decoded.map((one) => decodeText(one.name)),
    ['c', 'b'],
  )
  assert.equal(treeIsCanonical(nodePrimitives, decoded, nodePrimitives.sha256Hex(json)), false)
})

test('what is no tree is refused', () => {
  const good = decodeText(encodeTree([aNode()]))
  const replaced = (from: string, to: string) => good.replace(from, to)
  const bad = [
    '',
    'null',
    '[]',
    '{}',
    '{"nodes":{}}',
    '{"nodes":[1]}',
    '{"nodes":[{}]}',
    '{"nodes":[{"type":"file"}]}',
    '{"nodes":[{"name":"a"}]}',
    replaced('"type":"file"', '"type":"folder"'),
    replaced('"name":"a"', '"name":""'),
    replaced('"name":"a"', '"name":"\\\\q"'),
    replaced('"name":"a"', '"name":"\\q"'),
    replaced('"name":"a"', '"name":"a\n"'),
    replaced('"name":"a"', '"name":7'),
    replaced('"uid":1000', '"uid":4294967296'),
    replaced('"uid":1000', '"uid":-1'),
    replaced('"uid":1000', '"uid":1e3'),
    replaced('"uid":1000', '"uid":01000'),
    replaced('"uid":1000', '"uid":"1000"'),
    replaced('"inode":7', '"inode":18446744073709551616'),
    replaced('"inode":7', '"inode":99999999999999999999999999999999'),
    replaced('"inode":7', '"inode":7.0'),
    replaced('"size":5', '"size":9007199254740992'),
    replaced(HELLO_ID, HELLO_ID.toUpperCase()),
    replaced(HELLO_ID, HELLO_ID.slice(1)),
    replaced(`"${HELLO_ID}"`, 'null'),
    replaced('"content":[', '"content":[,'),
    replaced('"links":1', '"linktarget_raw":"!"'),
    replaced('"links":1', '"extended_attributes":[{"value":"!"}]'),
    replaced('"links":1', '"generic_attributes":{'),
    replaced('"links":1', 'links":1'),
    replaced('"links":1', 'xlinks":1'),
    replaced('"links":1', '"links" 1'),
    good.replace('}]}', '},]}'),
    good.replace(/\{"name.*\}/, (text) => `${text},${text}`),
    `${good}x`,
    good.slice(0, -2),
  ]
  for (const json of bad) assert.throws(() => decodeTree(encodeText(json)), FormatError, json)
})

test('an error says at which byte', () => {
  const json = '{"nodes":[{"name":"été","type":"nothing"}]}'
  assert.throws(
    () => decodeTree(encodeText(json)),
    (error) => error instanceof FormatError && error.at === encodeText(json.slice(0, json.indexOf('}'))).length,
  )
})

test('nesting beyond reason is refused', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `{"nodes":[],"x":${open.repeat(100_000)}1${close.repeat(100_000)}}`
    assert.throws(() => decodeTree(encodeText(deep)), FormatError)
  }
})

test('a hundred thousand nodes too small to be real are refused', () => {
  const nodes = Array.from({ length: 100_000 }, (_, i) => `{"name":"${i}","type":"dir"}`)
  assert.throws(() => decodeTree(encodeText(`{"nodes":[${nodes.join()}]}`)), FormatError)
})

test('names are compared by unsigned bytes', () => {
  assert.ok(compareNames(encodeText('z'), encodeText('é')) < 0)
  assert.ok(compareNames(encodeText('a'), encodeText('ab')) < 0)
  assert.ok(compareNames(encodeText('b'), encodeText('ab')) > 0)
  assert.equal(compareNames(encodeText('é'), encodeText('é')), 0)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
      assert.equal(Math.sign(compareNames(a, b)), Buffer.compare(a, b))
    }),
  )
})

test('safe names', () => {
  for (const text of ['a', '...', ' ', '\\', '..a']) assert.equal(isSafeName(encodeText(text)), true, text)
  for (const text of ['', '.', '..', 'a/b', '/', 'a\0']) assert.equal(isSafeName(encodeText(text)), false, text)
})

test('modes as Go has them', () => {
  const cases = [
    [0o100644, 420],
    [0o040755, 2147484141],
    [0o120777, 134218239],
    [0o010644, 33554852],
    [0o104755, 8389101],
    [0o041777, 2148532735],
    [0o102755, MODE.setgid + 0o755],
    [0o020600, MODE.device + MODE.chardev + 0o600],
    [0o060600, MODE.device + 0o600],
    [0o140755, MODE.socket + 0o755],
    [0o150000, MODE.irregular],
    [0o100000, 0],
  ] as const
  for (const [unix, go] of cases) {
    assert.equal(goMode(unix), go, unix.toString(8))
    assert.equal(unixPermissions(go), unix & 0o7777, unix.toString(8))
  }
})

/** What is read of a tree through windows of some size; the error, when it ends with one. */
function readThrough(json: Uint8Array, windowBytes: number): { nodes: TreeNode[]; isAscending?: boolean; error?: unknown } {
  const nodes: TreeNode[] = []
  try {
    const reader = new TreeReader(json, windowBytes)
    for (let node = reader.next(); node !== undefined; node = reader.next()) nodes.push(node)
    return { nodes, isAscending: reader.isAscending }
  } catch (error) {
    return { nodes, error }
  }
}

test('nodes read one by one, through a window of any size, are those of the whole tree', () => {
  fc.assert(
    fc.property(nodes, fc.integer({ min: 1, max: 2000 }), fc.boolean(), (list, windowBytes, isSpaced) => {
      const text = decodeText(encodeTree(list))
      const json = encodeText(isSpaced ? text.replaceAll(',"', ' ,  "') : text)
      assert.deepEqual(readThrough(json, windowBytes), { nodes: decodeTree(json), isAscending: true })
    }),
  )
})

test('a tree that is damaged, or no UTF-8, is the same through a window of any size', () => {
  fc.assert(
    fc.property(
      nodes,
      fc.integer({ min: 1, max: 500 }),
      fc.nat(),
      fc.nat(255),
      fc.boolean(),
      (list, windowBytes, at, byte, isCut) => {
        const whole = encodeTree(list)
        const json = isCut ? whole.slice(0, at % whole.length) : whole.with(at % whole.length, byte)
        const through = readThrough(json, windowBytes)
        const { error, ...atOnce } = readThrough(json, json.length)
        assert.deepEqual(through.nodes, atOnce.nodes)
        assert.equal(through.isAscending, atOnce.isAscending)
        if (error === undefined) return assert.equal(through.error, undefined)
        assert.ok(error instanceof FormatError && through.error instanceof FormatError)
        assert.deepEqual([through.error.message, through.error.at], [error.message, error.at])
      },
    ),
  )
})

test('a reader tells when names are not ascending, and a tree has one list of nodes', () => {
  const named = (...names: string[]) => encodeText(`{"nodes":[${names.map((name) => `{"name":"${name}","type":"fifo"}`)}]}`)
  assert.equal(readThrough(named('a', 'b'), 20).isAscending, true)
  for (const names of [
    ['b', 'a'],
    ['a', 'a'],
    ['a', 'c', 'b', 'd'],
  ]) {
    assert.equal(readThrough(named(...names), 20).isAscending, false, names.join())
  }
  assert.throws(() => decodeTree(encodeText('{"nodes":[],"nodes":[]}')), FormatError)
})

test('a tree of many megabytes is encoded in pieces that make up the same bytes', () => {
  const list = Array.from({ length: 20_000 }, (_, i) =>
    aNode({ name: encodeText(`${String(i).padStart(6, '0')}${'é'.repeat(i % 100)}`) }),
  )
  const pieces: Uint8Array[] = []
  const encoder = new TreeEncoder((piece) => pieces.push(piece.slice()))
  for (const node of list) encoder.add(node)
  pieces.push(encoder.finish())
  assert.ok(pieces.length > 3)
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(encodeTree(list)))
  assert.deepEqual(decodeTree(encodeTree(list)), list)
})
