/**
 * The label of a snapshot that lacks something: a tag that every listing shows, and a file at the root of the snapshot that lists what
 * and why. Stock restic shows both. A snapshot without them had everything that it was asked for.
 */
import { VaultError } from '#errors'
import { type BlobId, compareNames, printName, TreeEncoder, type TreeNode, TreeReader } from '#format'
import { nodePrimitives } from '#primitives'
import { type BlobWriter, GrowingBlob, type Pipeline, type StoredStream } from '#repository'
import type { SourceFinding } from './events.ts'
import type { GrownTree } from './folders.ts'

export const INCOMPLETE_TAG = 'incomplete'
/** At the root of the snapshot, with a number when the name is taken: one JSON object a line, as {@link SourceFinding}. */
export const INCOMPLETE_FILE = 'couronne-incomplete.jsonl'

const REGULAR_0600 = 0o600

/** The root of a snapshot, stored. */
export interface RootTree {
  readonly tree: BlobId
  /** Name of the list of what is missing; absent when nothing is. */
  readonly sideFile?: string
}

/** What the root of an incomplete snapshot is stored with. */
export interface IncompleteStores {
  readonly pipeline: Pipeline
  readonly writer: BlobWriter
  /** Of the snapshot; the side file bears it. */
  readonly time: string
}

/**
 * Stores the root's tree with the list of what is missing among its entries. The list has a name that no entry has: a user's own file,
 * brought back from such a snapshot, stays.
 */
export async function saveIncomplete(
  { blob, last }: GrownTree,
  findings: readonly SourceFinding[],
  { pipeline, writer, time }: IncompleteStores,
): Promise<RootTree> {
  const id = blob.end(last)
  const json = blob.joined()
  if (nodePrimitives.sha256Hex(json) !== id) {
    throw new VaultError('self-check', `tree blob ${id}: its pieces do not open to the same bytes; nothing was stored`)
  }
  const name = freeName(json)
  const { content, sizeBytes } = await storeBytes(pipeline, printFindings(findings))
  const whole = withFile(json, sideFile(name, content as BlobId[], sizeBytes, time))
  return { tree: (await writer.saveGrown('tree', whole.blob, whole.last)).id, sideFile: name }
}

function printFindings(findings: readonly SourceFinding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''))
}

async function storeBytes(pipeline: Pipeline, bytes: Uint8Array): Promise<StoredStream> {
  let at = 0
  const { stored } = await pipeline.storeStream(async (view) => {
    const piece = bytes.subarray(at, at + view.length)
    view.set(piece)
    at += piece.length
    return piece.length
  })
  return stored
}

/** A tree with one entry more, in its place, as it grows anew. */
function withFile(json: Uint8Array, file: TreeNode): GrownTree {
  const blob = new GrowingBlob()
  const encoder = new TreeEncoder((piece) => blob.add(piece))
  let isWaiting = true
  for (const node of nodesOf(json)) {
    if (isWaiting && compareNames(file.name, node.name) < 0) {
      encoder.add(file)
      isWaiting = false
    }
    encoder.add(node)
  }
  if (isWaiting) encoder.add(file)
  return { blob, last: encoder.finish() }
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

function sideFile(name: string, content: readonly BlobId[], size: number, time: string): TreeNode {
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
