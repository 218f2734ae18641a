import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { WalkEntry } from '#files'
import { type BlobId, encodeTree, type TreeNode } from '#format'
import { EarlierFolder } from './earlier-folder.ts'
import { OpenFolder } from './folders.ts'

const TREE = 'ab'.repeat(32) as BlobId
/** More than is kept before anything is encoded. */
const MANY = 3500

function aNode(i: number, more: Partial<TreeNode> = {}): TreeNode {
  return {
    ...{
      name: Buffer.from(`file ${String(i).padStart(5, '0')}`),
      type: 'file',
      mode: 420,
      uid: 1,
      gid: 1,
      user: 'a',
      group: 'b',
    },
    ...{ mtime: '2024-03-01T10:00:00Z', atime: '2024-03-01T10:00:00Z', ctime: '2024-03-01T10:00:00Z' },
    ...{
      inode: BigInt(i),
      deviceId: 1n,
      size: i,
      links: 1,
      xattrs: [],
      device: 0n,
      content: [TREE],
      error: '',
      unknownMembers: [],
    },
    ...more,
  } as TreeNode
}

const SOURCE = Array.from({ length: MANY }, (_, i) => aNode(i))

async function folderOver(earlier: readonly TreeNode[] | undefined): Promise<OpenFolder> {
  const json = earlier && encodeTree(earlier)
  const entry = { node: aNode(0, { type: 'dir', content: null }) } as WalkEntry
  return OpenFolder.root().enter(entry, async () => new EarlierFolder(json, TREE))
}

/** Passes all nodes through a folder, settled a little later and in another order, as workers do; `undefined` could not be read. */
async function passThrough(
  earlier: readonly TreeNode[] | undefined,
  nodes: readonly (TreeNode | undefined)[],
): Promise<OpenFolder> {
  const folder = await folderOver(earlier)
  let waiting: (() => boolean)[] = []
  let isComplete = false
  const settleSome = () => {
    for (const settle of waiting.reverse()) isComplete = settle()
    waiting = []
  }
  for (const [i, node] of nodes.entries()) {
    const slot = folder.expect(SOURCE[i]!.name)
    waiting.push(() => folder.settle(slot, node))
    if (i % 37 === 0) settleSome()
  }
  settleSome()
  assert.equal(isComplete, false)
  assert.equal(folder.close(), true)
  return folder
}

function bytesOf(folder: OpenFolder): Buffer {
  const { blob, last } = folder.encode()
  blob.end(last)
  return Buffer.concat(Array.from(blob.pieces(), (piece) => Buffer.from(piece)))
}

const encoded = (nodes: readonly (TreeNode | undefined)[]) => Buffer.from(encodeTree(nodes.filter((node) => node !== undefined)))

test('a large folder is encoded as it is read, to the same bytes', async () => {
  for (const earlier of [undefined, [], SOURCE.slice(10), SOURCE.slice(0, -10)]) {
    const folder = await passThrough(earlier, SOURCE)
    assert.equal(folder.sameTree, undefined)
    assert.deepEqual(bytesOf(folder), encoded(SOURCE))
  }
})

test('a large folder in which nothing differs has the tree of the parent snapshot', async () => {
  assert.equal((await passThrough(SOURCE, SOURCE)).sameTree, TREE)
})

test('one difference anywhere in a large folder is in its tree', async () => {
  for (const at of [0, 1, 999, 1000, 1001, 2500, MANY - 1]) {
    const changed = SOURCE.with(at, { ...SOURCE[at]!, size: 7_000_000 })
    const unreadable = (SOURCE as (TreeNode | undefined)[]).with(at, undefined)
    for (const nodes of [changed, unreadable]) {
      const folder = await passThrough(SOURCE, nodes)
      assert.equal(folder.sameTree, undefined)
      assert.deepEqual(bytesOf(folder), encoded(nodes))
    }
    const deleted = [...SOURCE.slice(0, at), aNode(at, { name: Buffer.from(`file ${String(at).padStart(5, '0')}-`) })]
    const earlier = [...SOURCE.slice(0, at + 1), deleted.at(-1)!, ...SOURCE.slice(at + 1)]
    const folder = await passThrough(earlier, SOURCE)
    assert.equal(folder.sameTree, undefined)
    assert.deepEqual(bytesOf(folder), encoded(SOURCE))
  }
})

test('what the parent snapshot had beyond the last entry is a difference', async () => {
  const folder = await passThrough([...SOURCE, aNode(MANY)], SOURCE)
  assert.equal(folder.sameTree, undefined)
  assert.deepEqual(bytesOf(folder), encoded(SOURCE))
})

test('the root is encoded as it is read, too: of a hundred thousand entries little is in memory', () => {
  const root = OpenFolder.root()
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 100_000; i++) root.settle(root.expect(aNode(i).name), aNode(i))
  collect()
  const grownBytes = process.memoryUsage().heapUsed - before
  assert.ok(grownBytes < 10_000_000, `${grownBytes}`)
  const all = Array.from({ length: 100_000 }, (_, i) => aNode(i))
  assert.deepEqual(bytesOf(root), encoded(all))
})
