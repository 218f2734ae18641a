/**
 * The label of a snapshot that lacks something: a tag that every listing shows, and a file at the root of the snapshot that lists what
 * and why. Stock restic shows both. A snapshot without them had everything that it was asked for.
 */
import { compareNames, printName, TreeEncoder, type TreeNode, TreeReader } from '#format'
import { GrowingBlob } from '#repository'
import type { SourceFinding } from './events.ts'
import type { GrownTree } from './folders.ts'

export const INCOMPLETE_TAG = 'incomplete'
/** At the root of the snapshot, with a number when the name is taken: one JSON object a line, as {@link SourceFinding}. */
export const INCOMPLETE_FILE = 'couronne-incomplete.jsonl'

const REGULAR_0600 = 0o600

/** The content of the side file. */
export function printFindings(findings: readonly SourceFinding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''))
}

/**
 * The root's tree with the side file in its place, as it grows anew. The file has a name that no entry has: a user's own, brought back
 * from such a snapshot, stays.
 * @param json the root's tree
 */
export function withSideFile(json: Uint8Array, file: Pick<TreeNode, 'content' | 'size' | 'mtime'>): GrownTree & { name: string } {
  const name = freeName(json)
  const blob = new GrowingBlob()
  const encoder = new TreeEncoder((piece) => blob.add(piece))
  let waiting: TreeNode | undefined = sideFile(name, file)
  for (const node of nodesOf(json)) {
    if (waiting !== undefined && compareNames(waiting.name, node.name) < 0) {
      encoder.add(waiting)
      waiting = undefined
    }
    encoder.add(node)
  }
  if (waiting !== undefined) encoder.add(waiting)
  return { blob, last: encoder.finish(), name }
}

function freeName(json: Uint8Array): string {
  const taken = new Set<string>()
  for (const { name } of nodesOf(json)) if (name[0] === INCOMPLETE_FILE.charCodeAt(0)) taken.add(printName(name))
  let name = INCOMPLETE_FILE
  for (let number = 2; taken.has(name); number++) name = INCOMPLETE_FILE.replace('.', `-${number}.`)
  return name
}

function* nodesOf(json: Uint8Array): Generator<TreeNode> {
  const reader = new TreeReader(json)
  for (let node = reader.next(); node !== undefined; node = reader.next()) yield node
}

function sideFile(name: string, { content, size, mtime }: Pick<TreeNode, 'content' | 'size' | 'mtime'>): TreeNode {
  return {
    name: new TextEncoder().encode(name),
    type: 'file',
    mode: REGULAR_0600,
    mtime,
    atime: mtime,
    ctime: mtime,
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
