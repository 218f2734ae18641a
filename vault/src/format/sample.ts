/** What the tests of this room have in common. */
import type { BlobId } from './id.ts'
import type { TreeNode } from './node.ts'
import type { Primitives } from './primitives.ts'
import type { SealKey } from './seal.ts'
import { encodeText } from './text.ts'

/** `count` bytes that go up from `first`. */
export function rising(first: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => first + i)
}

/** The key of the reference vectors. */
export const KEY: SealKey = { encrypt: rising(0x00, 32), macK: rising(0x20, 16), macR: rising(0x30, 16) }

/** The same pseudo-random bytes each time: AES-256-CTR keystream under SHA-256 of the byte 0x17, zero IV (reference vectors, "Z"). */
export function keystream(primitives: Primitives, count: number): Uint8Array {
  const key = primitives.sha256(Uint8Array.of(0x17))
  return primitives.aes256Ctr(key, new Uint8Array(16), new Uint8Array(count))
}

/** A view on shared memory with the same bytes. */
export function shared(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 3)).subarray(3)
  view.set(bytes)
  return view
}

/** SHA-256 of `hello`. */
export const HELLO_ID = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' as BlobId

/** A small file. */
export function aNode(facts: Partial<TreeNode> = {}): TreeNode {
  return {
    name: encodeText('a'),
    type: 'file',
    mode: 0o644,
    mtime: '2024-03-01T10:00:00Z',
    atime: '2024-03-01T10:00:00Z',
    ctime: '2024-03-01T10:00:00Z',
    uid: 1000,
    gid: 1000,
    user: 'a',
    group: 'a',
    inode: 7n,
    deviceId: 1n,
    size: 5,
    links: 1,
    linktarget: undefined,
    xattrs: [],
    genericAttributes: undefined,
    device: 0n,
    content: [HELLO_ID],
    subtree: undefined,
    error: '',
    unknownMembers: [],
    ...facts,
  }
}
