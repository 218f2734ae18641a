/** For tests: a repository in memory whose snapshots are put together by hand, so that they can be as hostile as one likes. */
import { type BlobId, encodeTree, goMode, type NodeType, type SnapshotId, type TreeNode } from '#format'
import { type BlobWriter, initRepository, openRepository, type Repository } from '#repository'
import { type MemoryStorage, memoryStorage, type Storage } from '#storage'

const PASSWORD = 'a test'
const TIME = '2024-03-01T10:00:00.123456789+01:00'
const KINDS: Readonly<Record<NodeType, number>> = {
  file: 0o100644,
  dir: 0o040755,
  symlink: 0o120777,
  dev: 0o060600,
  chardev: 0o020600,
  fifo: 0o010600,
  socket: 0o140600,
}

/** A node with everything that is not said filled in. */
export function aNode(name: string | Uint8Array, type: NodeType, facts: Partial<TreeNode> = {}): TreeNode {
  return {
    name: typeof name === 'string' ? new TextEncoder().encode(name) : name,
    type,
    mode: goMode(KINDS[type]),
    mtime: TIME,
    atime: TIME,
    ctime: TIME,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: type === 'dir' ? 0 : 1,
    xattrs: [],
    device: 0n,
    content: type === 'file' ? [] : null,
    error: '',
    unknownMembers: [],
    ...facts,
  }
}

export class Handmade implements AsyncDisposable {
  readonly storage: MemoryStorage
  readonly repository: Repository
  readonly #writer: BlobWriter

  private constructor(storage: MemoryStorage, repository: Repository) {
    this.storage = storage
    this.repository = repository
    this.#writer = repository.writer()
  }

  static async create(): Promise<Handmade> {
    const storage = memoryStorage()
    const repository = await initRepository(storage, { password: PASSWORD, scrypt: { n: 2, r: 1, p: 1 } })
    await repository.loadIndex()
    return new Handmade(storage, repository)
  }

  blob(content: Uint8Array | string): Promise<BlobId> {
    return this.#writer.save('data', typeof content === 'string' ? new TextEncoder().encode(content) : content)
  }

  /** A file of these pieces, each a blob. */
  async file(
    name: string | Uint8Array,
    pieces: readonly (Uint8Array | string)[],
    facts: Partial<TreeNode> = {},
  ): Promise<TreeNode> {
    const content: BlobId[] = []
    for (const piece of pieces) content.push(await this.blob(piece))
    const size = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
    return aNode(name, 'file', { content, size, ...facts })
  }

  tree(nodes: readonly TreeNode[]): Promise<BlobId> {
    return this.#writer.save('tree', encodeTree(nodes.toSorted((a, b) => Buffer.compare(a.name, b.name))))
  }

  async folder(name: string | Uint8Array, nodes: readonly TreeNode[], facts: Partial<TreeNode> = {}): Promise<TreeNode> {
    return aNode(name, 'dir', { subtree: await this.tree(nodes), ...facts })
  }

  /** A tree, stored with everything that was put together before. */
  async storedTree(nodes: readonly TreeNode[]): Promise<BlobId> {
    const tree = await this.tree(nodes)
    await this.#writer.flush()
    return tree
  }

  /** Stores what was put together, under a snapshot whose root holds these nodes. */
  async snapshot(nodes: readonly TreeNode[], hostname = 'test'): Promise<SnapshotId> {
    return this.snapshotOf(await this.tree(nodes), hostname)
  }

  async snapshotOf(tree: BlobId, hostname = 'test'): Promise<SnapshotId> {
    await this.#writer.flush()
    const facts = { uid: 0, gid: 0, excludes: [], tags: [], programVersion: 'test', extra: {} }
    return this.repository.saveSnapshot({ time: TIME, tree, paths: ['/'], hostname, username: 'test', ...facts })
  }

  /** The same repository, opened anew: as whoever restores sees it. */
  open(storage: Storage | readonly Storage[] = this.storage): Promise<Repository> {
    return openRepository(storage, { password: PASSWORD })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.repository[Symbol.asyncDispose]()
  }
}
