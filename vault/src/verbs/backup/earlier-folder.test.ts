import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { VaultError } from '#errors'
import { type BlobId, decodeTree, encodeTree, type TreeNode } from '#format'
import { EarlierFolder } from './earlier-folder.ts'

const TREE = 'ab'.repeat(32) as BlobId
const nameText = fc.stringMatching(/^[a-dé]{1,3}$/)
const ascending = (names: readonly string[]) => [...new Set(names)].map((name) => Buffer.from(name)).sort(Buffer.compare)

function treeOf(names: readonly Uint8Array[]): Uint8Array {
  const members = names.map((name, i) => `{"name":"${Buffer.from(name)}","type":"fifo","mode":${i + 1},"content":null}`)
  return new TextEncoder().encode(`{"nodes":[${members.join()}]}\n`)
}

function modes(folder: EarlierFolder, names: readonly Uint8Array[]): (number | undefined)[] {
  return names.map((name) => folder.find(name)?.node.mode)
}

function expected(json: Uint8Array, names: readonly Uint8Array[]): (number | undefined)[] {
  const known = new Map(decodeTree(json).map((node) => [Buffer.from(node.name).toString(), node.mode]))
  return names.map((name) => known.get(Buffer.from(name).toString()))
}

test('names that are asked for in order are found, each in its place', () => {
  fc.assert(
    fc.property(fc.array(nameText), fc.array(nameText), (there, asked) => {
      const json = treeOf(ascending(there))
      const folder = new EarlierFolder(json, TREE)
      const found = ascending(asked).map((name) => folder.find(name))
      assert.deepEqual(
        found.map((entry) => entry?.node.mode),
        expected(json, ascending(asked)),
      )
      for (const entry of found) if (entry !== undefined) assert.equal(entry.place, entry.node.mode - 1)
    }),
  )
})

test('names that are asked for in any order are found', () => {
  fc.assert(
    fc.property(fc.array(nameText), fc.array(nameText), (there, asked) => {
      const json = treeOf(ascending(there))
      const names = asked.map((name) => Buffer.from(name))
      assert.deepEqual(modes(new EarlierFolder(json, TREE), names), expected(json, names))
    }),
  )
})

test('what is found in a tree that is not in order is right, has no place, and the tree is never taken over', () => {
  const json = treeOf(['b', 'a', 'c', 'd'].map((name) => Buffer.from(name)))
  const folder = new EarlierFolder(json, TREE)
  const names = ['b', 'c', 'd'].map((name) => Buffer.from(name))
  assert.deepEqual(modes(folder, names).slice(1), [3, 4])
  assert.equal(folder.find(Buffer.from('a'))?.place, -1)
  assert.equal(folder.treeOfFirst(4), undefined)
})

test('the tree is known again when all of its nodes were found', () => {
  const names = ['a', 'b', 'c'].map((name) => Buffer.from(name))
  for (const asked of [0, 1, 2, 3]) {
    const folder = new EarlierFolder(treeOf(names), TREE)
    for (const name of names.slice(0, asked)) folder.find(name)
    assert.equal(folder.treeOfFirst(asked), asked === 3 ? TREE : undefined)
    assert.deepEqual(
      [...folder.first(asked)].map(({ mode }) => mode),
      [1, 2, 3].slice(0, asked),
    )
  }
  assert.equal(new EarlierFolder(treeOf([]), TREE).treeOfFirst(0), TREE)
  assert.equal(new EarlierFolder(treeOf([])).treeOfFirst(0), undefined)
  assert.equal(new EarlierFolder().treeOfFirst(0), undefined)
})

test('a tree that is damaged in the middle gives what lies before, and is told once', () => {
  const names = Array.from({ length: 100 }, (_, i) => Buffer.from(String(i).padStart(3, '0')))
  const json = Buffer.from(treeOf(names))
  json[json.indexOf('"name":"050"')] = 0
  const told: VaultError[] = []
  const folder = new EarlierFolder(json, TREE, (error) => told.push(error))
  assert.deepEqual(
    modes(folder, names),
    names.map((_, i) => (i < 50 ? i + 1 : undefined)),
  )
  assert.equal(folder.treeOfFirst(50), undefined)
  assert.deepEqual(
    told.map(({ code }) => code),
    ['format'],
  )
})

test('what is no tree at all gives nothing, and neither does a name that comes twice', () => {
  const a = Buffer.from('a')
  for (const json of [Buffer.from('{'), treeOf([a, a]), treeOf([a, Buffer.from('c'), a])]) {
    const told: VaultError[] = []
    const folder = new EarlierFolder(json, TREE, (error) => told.push(error))
    folder.find(a)
    assert.equal(folder.find(Buffer.from('d')), undefined)
    assert.equal(folder.treeOfFirst(1), undefined)
    assert.equal(told.length, 1)
  }
})

test('a folder that was let go finds nothing', () => {
  const nodes: TreeNode[] = decodeTree(treeOf([Buffer.from('a'), Buffer.from('b')]))
  const folder = new EarlierFolder(encodeTree(nodes), TREE)
  folder.release()
  assert.equal(folder.find(Buffer.from('a')), undefined)
  assert.equal(folder.find(Buffer.from('b')), undefined)
})
