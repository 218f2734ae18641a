import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#errors'
import { decodeTree } from '#format'
import { nodeListOf } from './node-list.ts'

const COUNT = 5000

function treeOf(names: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`{"nodes":[${names.map((name) => `{"name":"${name}","type":"fifo"}`)}]}`)
}

const ASCENDING = Array.from({ length: COUNT }, (_, i) => String(i).padStart(5, '0'))

test('a walk that looks ahead sees the same nodes, whether all are in memory or not', () => {
  for (const names of [ASCENDING, ASCENDING.toReversed(), []]) {
    const json = treeOf(names)
    const nodes = decodeTree(json)
    for (const wholeBytesMax of [0, Number.POSITIVE_INFINITY]) {
      const list = nodeListOf(json, wholeBytesMax)
      let ahead = 0
      for (const [place, node] of nodes.entries()) {
        for (const end = list.pass(place); ahead < end && ahead < place + 300; ahead++)
          assert.deepEqual(list.at(ahead), nodes[ahead])
        assert.deepEqual(list.at(place), node)
        assert.equal(list.at(place), list.at(place))
      }
      assert.equal(list.at(nodes.length), undefined)
      assert.deepEqual(
        [...list.names()],
        nodes.map(({ name }) => name),
      )
    }
  }
})

test('what is no tree is refused before anything is walked, however large', () => {
  const good = new TextDecoder().decode(treeOf(ASCENDING))
  for (const bad of [
    `${good}x`,
    good.slice(0, -1),
    good.replace('04999', '00001'),
    good.replace('04000","type":"fifo', '04000","type":"no'),
  ]) {
    for (const wholeBytesMax of [0, Number.POSITIVE_INFINITY]) {
      assert.throws(() => nodeListOf(new TextEncoder().encode(bad), wholeBytesMax), FormatError)
    }
  }
})
