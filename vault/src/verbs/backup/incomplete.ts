/**
 * The label of a snapshot that lacks something: a tag that every listing shows, and a file at the root of the snapshot that lists what
 * and why. Stock restic shows both. A snapshot without them had everything that it was asked for.
 */
import { type BlobId, printName, type TreeNode } from '#format'
import type { SourceFinding } from './events.ts'

export const INCOMPLETE_TAG = 'incomplete'
/** At the root of the snapshot, with a number when the name is taken: one JSON object a line, as {@link SourceFinding}. */
export const INCOMPLETE_FILE = 'couronne-incomplete.jsonl'

const REGULAR_0600 = 0o600

/** The content of the side file. */
export function printFindings(findings: readonly SourceFinding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''))
}

/** A name for the side file that no entry of the root has: a user's own file, brought back from such a snapshot, stays. */
export function sideFileName(nodes: Iterable<TreeNode>): string {
  const taken = new Set<string>()
  for (const { name } of nodes) taken.add(printName(name))
  let name = INCOMPLETE_FILE
  for (let number = 2; taken.has(name); number++) name = INCOMPLETE_FILE.replace('.', `-${number}.`)
  return name
}

export function sideFile(name: string, content: readonly BlobId[], size: number, time: string): TreeNode {
  return {
    name: new TextEncoder().encode(name),
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
}
