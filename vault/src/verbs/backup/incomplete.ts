/**
 * The label of a snapshot that lacks something: a tag that every listing shows, and a file at the root of the snapshot that lists what
 * and why. Stock restic shows both. A snapshot without them had everything that it was asked for.
 */
import { type BlobId, compareNames, type TreeNode } from '#format'
import type { SourceFinding } from './events.ts'

export const INCOMPLETE_TAG = 'incomplete'
/** At the root of the snapshot: one JSON object a line, as {@link SourceFinding}. */
export const INCOMPLETE_FILE = 'couronne-incomplete.jsonl'

const REGULAR_0600 = 0o600

/** The content of the side file. */
export function printFindings(findings: readonly SourceFinding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''))
}

/** The root's nodes with the side file among them, in order. */
export function withSideFile(nodes: readonly TreeNode[], content: readonly BlobId[], size: number, time: string): TreeNode[] {
  const file: TreeNode = {
    name: new TextEncoder().encode(INCOMPLETE_FILE),
    type: 'file',
    mode: REGULAR_0600,
    mtime: time,
    atime: time,
    ctime: time,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size,
    links: 1,
    xattrs: [],
    device: 0n,
    content,
    error: '',
    unknownMembers: [],
  }
  const others = nodes.filter(({ name }) => compareNames(name, file.name) !== 0)
  return [...others, file].sort((a, b) => compareNames(a.name, b.name))
}
