/** One file whose bytes come from elsewhere: standard input, or what a command prints. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { UsageError, VaultError } from '#errors'
import { groupName, userName } from '#files'
import { type BlobId, isSafeName, MODE, printTime, type TreeNode } from '#format'
import type { ReadInto, StoredStream } from '#repository'
import { currentUser } from '#user'

/** For a command that does not end when it is asked to. */
const KILL_AFTER_MS = 3000

export interface StreamSource {
  /** Where the file appears in the snapshot; folders are allowed. */
  readonly filename: string
  /** The bytes, or the command that prints them. A command that fails makes the backup fail: there is then no snapshot. */
  readonly bytes: AsyncIterable<Uint8Array> | { readonly command: readonly [string, ...string[]] }
}

/** What {@link streamNodes} stores with. */
export interface StreamStores {
  storeStream(read: ReadInto): Promise<StoredStream>
  saveTree(nodes: readonly TreeNode[]): Promise<BlobId>
  readonly signal?: AbortSignal
}

/** Reads the source to its end and gives the root's nodes: the file, within the folders of its name. */
export async function streamNodes(
  { filename, bytes }: StreamSource,
  time: Temporal.ZonedDateTime,
  stores: StreamStores,
): Promise<Omit<StoredStream, 'content'> & { nodes: TreeNode[] }> {
  const names = filename.split('/').filter((name) => name !== '' && name !== '.')
  if (names.length === 0 || names.some((name) => !isSafeName(new TextEncoder().encode(name)))) {
    throw new UsageError(`${filename}: cannot be the name of a file`)
  }
  const { content, ...counted } = await storeBytes(bytes, stores)
  const plain = plainNode(time)
  const last = names.pop()!
  let node: TreeNode = { ...plain, name: encodeName(last), content: content as BlobId[], size: counted.sizeBytes, links: 1 }
  for (const name of names.reverse()) {
    const subtree = await stores.saveTree([node])
    node = { ...plain, name: encodeName(name), type: 'dir', mode: (MODE.dir | 0o755) >>> 0, content: null, subtree }
  }
  return { nodes: [node], ...counted }
}

async function storeBytes(bytes: StreamSource['bytes'], { storeStream, signal }: StreamStores): Promise<StoredStream> {
  if (!('command' in bytes)) return storeStream(readerOf(bytes))
  // When storing fails nobody reads on: the command would wait for ever, and this process for it.
  const over = new AbortController()
  const both = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal])
  try {
    return await storeStream(readerOf(commandOutput(bytes.command, both)))
  } finally {
    over.abort()
  }
}

function encodeName(name: string): Uint8Array {
  return new TextEncoder().encode(name)
}

function plainNode(time: Temporal.ZonedDateTime): TreeNode {
  const user = currentUser()
  const uid = user.uid
  const gid = user.gid
  const text = printTime(time.epochNanoseconds, Math.round(time.offsetNanoseconds / 60e9))
  return {
    name: encodeName('-'),
    type: 'file',
    mode: 0o644,
    mtime: text,
    atime: text,
    ctime: text,
    uid,
    gid,
    user: userName(uid),
    group: groupName(gid),
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    xattrs: [],
    device: 0n,
    content: [],
    error: '',
    unknownMembers: [],
  }
}

/** Pieces of any size, as reads into views of any size. */
function readerOf(pieces: AsyncIterable<Uint8Array>): ReadInto {
  const iterator = pieces[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return async (view) => {
    while (rest.length === 0) {
      const next = await iterator.next()
      if (next.done) return 0
      rest = next.value
    }
    const piece = rest.subarray(0, view.length)
    view.set(piece)
    rest = rest.subarray(piece.length)
    return piece.length
  }
}

/** It has been asked to end, and does so, or is ended; for what it has started itself nobody waits. */
function makeEnd(child: ChildProcessByStdio<null, Readable, null>): void {
  child.stdout.destroy()
  const killing = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  child.once('exit', () => clearTimeout(killing))
}

/** What a command prints. @throws {VaultError} `command-failed` when it cannot be started or ends with anything but 0 */
async function* commandOutput([file, ...args]: readonly [string, ...string[]], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], signal })
  const stop = () => makeEnd(child)
  signal.addEventListener('abort', stop, { once: true })
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  ended.catch(() => undefined)
  yield* child.stdout as AsyncIterable<Uint8Array>
  signal.removeEventListener('abort', stop)
  const [code, killedBy] = await ended.catch((cause: unknown) => {
    throw new VaultError('command-failed', `${file}: could not be run; no snapshot was written`, { cause })
  })
  if (code !== 0)
    throw new VaultError('command-failed', `${file}: ended with ${killedBy ?? `code ${code}`}; no snapshot was written`)
}
