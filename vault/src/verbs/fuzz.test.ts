/** Trees as walks read them, access lists, and what users write after a flag. */
import assert from 'node:assert/strict'
import type { BlobId } from '#format'
import { fuzz, fuzzTexts } from '../../../tests/fuzz.ts'
import { printAcl } from './dump/acl.ts'
import { parseGroupBy, parseKeepCount, parseKeepDuration } from './forget-policy.ts'
import { parseMaxUnused } from './prune/decide.ts'
import { treeReferences } from './used-blobs.ts'

const ID = '0123456789abcdef'.repeat(4) as BlobId
const TREE = JSON.stringify({
  nodes: [
    { name: 'a', type: 'file', content: [ID, ID] },
    { name: 'd', type: 'dir', subtree: ID },
  ],
})
const ACL = new Uint8Array([2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 210, 4, 0, 0])

fuzz([
  [
    'treeReferences',
    new TextEncoder().encode(TREE),
    (bytes) => {
      const { subtrees, content } = treeReferences(ID, bytes)
      for (const id of [...subtrees, ...content]) assert.match(id, /^[0-9a-f]{64}$/)
    },
  ],
])

fuzzTexts([
  ['a count', '12', (text) => void parseKeepCount(text)],
  ['a duration', '1y5m7d2h', (text) => void parseKeepDuration(text)],
  ['a grouping', 'host,paths,tags', (text) => void parseGroupBy(text)],
  ['a share', '12.5%', (text) => void parseMaxUnused(text)],
  [
    'an access list',
    new TextDecoder('latin1').decode(ACL),
    (text) => void printAcl('system.posix_acl_access', Buffer.from(text, 'latin1')),
  ],
])
