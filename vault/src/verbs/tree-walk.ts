/**
 * A snapshot's entries with their paths, in the order of its trees.
 *
 * Trees are what a stranger may have written: an entry whose name could lead elsewhere is left out, a folder inside itself is not entered,
 * depth and number of entries have limits. A tree that cannot be read is a finding; what lies beside it is walked all the same.
 */
import { RefusedError, UsageError, VaultError } from '#errors'
import { cleanPath, type Finding } from '#files'
import { type BlobId, isSafeName, printName, type TreeNode } from '#format'
import type { Repository } from '#repository'
import type { CallOptions } from '#storage'
import { NO_NODES, type NodeList } from './node-list.ts'
import { TreeSource } from './tree-source.ts'

/** Folders inside each other; a path of 4,096 bytes, all that Linux takes, has no more than 2,048. */
export const TREE_DEPTH_MAX = 2048
/** A tree of a few hundred bytes can name more entries than there are atoms: the same folder twice, sixty times over. */
export const TREE_ENTRIES_MAX = 50_000_000
/** Trees that are loaded before they are asked for: so many of each open folder, so many in all, none larger than so. */
const AHEAD_OF_LEVEL = 3
const AHEAD_MAX = 24
const AHEAD_BYTES_MAX = 2 * 1024 * 1024

/** An entry of a snapshot. */
export interface TreeEntry {
  /** Absolute path in the snapshot, raw bytes. */
  readonly path: Uint8Array
  readonly node: TreeNode
  /** The tree that holds it. */
  readonly tree: BlobId
}

export type TreeStep =
  /** A folder that is gone into next. */
  | { readonly kind: 'enter'; readonly entry: TreeEntry }
  /** Anything else: no folder, or one that is not gone into. */
  | { readonly kind: 'item'; readonly entry: TreeEntry }
  /** A folder whose content is over; `entry` is absent for the root. */
  | { readonly kind: 'leave'; readonly entry: TreeEntry | undefined; readonly folder: WalkedFolder }
  | { readonly kind: 'finding'; readonly finding: Finding }

export interface WalkedFolder {
  /** Everything that its tree lists. */
  names(): Iterable<Uint8Array>
  /** Its tree could be read, and nothing in it was left out. */
  readonly isWhole: boolean
}

export interface TreeWalkOptions extends CallOptions {
  /** Where the root stands; `/` when absent. */
  readonly path?: Uint8Array
  /** Whether to go into a folder; asked more than once. Into all when absent. */
  readonly descends?: (entry: TreeEntry) => boolean
  readonly entriesMax?: number
}

/**
 * Walks a tree. Needs the index.
 * @throws {RefusedError} at more entries than any snapshot has
 */
export function walkTree(
  repository: Repository,
  root: BlobId,
  options: TreeWalkOptions = {},
): AsyncGenerator<TreeStep, void, undefined> {
  return new TreeWalker(repository, options).steps(root)
}

interface Level extends WalkedFolder {
  readonly nodes: NodeList
  readonly entry: TreeEntry | undefined
  readonly tree: BlobId
  /** Path with the slash at its end. */
  readonly prefix: Uint8Array
  isWhole: boolean
  next: number
  /** Up to where trees are being loaded already. */
  ahead: number
  underWay: number
}

class TreeWalker {
  readonly #repository: Repository
  readonly #options: TreeWalkOptions
  readonly #levels: Level[] = []
  readonly #trees: TreeSource
  readonly #ahead = new Map<TreeNode, Promise<NodeList>>()
  readonly #findings: Finding[] = []
  #entries = 0

  constructor(repository: Repository, options: TreeWalkOptions) {
    this.#repository = repository
    this.#options = options
    this.#trees = new TreeSource(repository, options)
  }

  async *steps(root: BlobId): AsyncGenerator<TreeStep, void, undefined> {
    const { signal, path = ROOT } = this.#options
    try {
      await this.#open(undefined, root, path)
      for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
        while (this.#findings.length > 0) yield { kind: 'finding', finding: this.#findings.shift()! }
        signal?.throwIfAborted()
        level.nodes.pass(level.next)
        const node = level.nodes.at(level.next++)
        if (node === undefined) {
          this.#levels.pop()
          yield { kind: 'leave', entry: level.entry, folder: level }
          continue
        }
        const entry = this.#entryOf(level, node)
        if (entry === undefined) continue
        if (node.type !== 'dir' || !this.#descends(entry)) {
          yield { kind: 'item', entry }
          continue
        }
        yield { kind: 'enter', entry }
        await this.#enter(level, entry)
      }
    } finally {
      await Promise.allSettled(this.#ahead.values())
    }
  }

  #entryOf(level: Level, node: TreeNode): TreeEntry | undefined {
    const limit = this.#options.entriesMax ?? TREE_ENTRIES_MAX
    if (++this.#entries > limit) throw new RefusedError(`the snapshot lists more than ${limit} entries: no more are read`)
    if (isSafeName(node.name)) return { path: joinPath(level.prefix, node.name), node, tree: level.tree }
    level.isWhole = false
    const message = `an entry is named ${printName(node.name)}, which is no name for a file: it is left out`
    this.#note(level.prefix.subarray(0, -1), 'NAME', message)
    return undefined
  }

  #descends(entry: TreeEntry): boolean {
    return this.#options.descends?.(entry) ?? true
  }

  async #enter(level: Level, entry: TreeEntry): Promise<void> {
    const { subtree } = entry.node
    const obstacle = this.#obstacle(subtree)
    const loading = this.#ahead.get(entry.node)
    if (loading !== undefined) level.underWay--
    if (obstacle === undefined) {
      await this.#open(entry, subtree!, entry.path, loading)
    } else {
      this.#note(entry.path, obstacle.code, obstacle.message)
      this.#push(entry, level.tree, entry.path)
    }
    this.#ahead.delete(entry.node)
  }

  /** Why a folder cannot be gone into. */
  #obstacle(subtree: BlobId | undefined): { code: string; message: string } | undefined {
    if (subtree === undefined) return { code: 'NOTREE', message: 'the snapshot does not say where the content of this folder is' }
    if (this.#levels.some(({ tree }) => tree === subtree)) return { code: 'CYCLE', message: 'the folder holds itself' }
    if (this.#levels.length >= TREE_DEPTH_MAX) return { code: 'DEPTH', message: `more than ${TREE_DEPTH_MAX} folders deep` }
    return undefined
  }

  async #open(entry: TreeEntry | undefined, tree: BlobId, path: Uint8Array, loading?: Promise<NodeList>): Promise<void> {
    const { signal } = this.#options
    try {
      const nodes = await (loading ?? this.#trees.loadList(tree))
      this.#push(entry, tree, path, nodes)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VaultError) || error.retryable) throw error
      this.#note(path, error.code, `the list of this folder cannot be read: ${error.message}`)
      this.#push(entry, tree, path)
    }
  }

  #push(entry: TreeEntry | undefined, tree: BlobId, path: Uint8Array, nodes: NodeList = NO_NODES): void {
    const prefix = path.at(-1) === SLASH ? path : joinPath(path, EMPTY, SLASH)
    const state = { next: 0, ahead: 0, underWay: 0, isWhole: nodes !== NO_NODES }
    this.#levels.push({ entry, tree, prefix, nodes, names: () => nodes.names(), ...state })
    this.#loadAhead()
  }

  /** Starts loading the next folders, the deepest level first: those are needed first. */
  #loadAhead(): void {
    for (let at = this.#levels.length - 1; at >= 0 && at >= this.#levels.length - 3; at--) {
      const level = this.#levels[at]!
      level.ahead = Math.max(level.ahead, level.next)
      const end = level.nodes.pass(level.next)
      while (level.underWay < AHEAD_OF_LEVEL && this.#ahead.size < AHEAD_MAX && level.ahead < end) {
        const node = level.nodes.at(level.ahead)
        if (node === undefined) break
        level.ahead++
        if (node.type !== 'dir' || !this.#isWorthLoading(level, node)) continue
        const loading = this.#trees.loadList(node.subtree!)
        loading.catch(() => undefined)
        this.#ahead.set(node, loading)
        level.underWay++
      }
    }
  }

  #isWorthLoading(level: Level, node: TreeNode): boolean {
    if (node.subtree === undefined || !isSafeName(node.name)) return false
    const location = this.#repository.index.find('tree', node.subtree)
    if (location === undefined || Math.max(location.length, location.uncompressedLength) > AHEAD_BYTES_MAX) return false
    return this.#descends({ path: joinPath(level.prefix, node.name), node, tree: level.tree })
  }

  #note(path: Uint8Array, code: string, message: string): void {
    this.#findings.push({ path: path.length === 0 ? ROOT : path, operation: 'tree', code, message })
  }
}

const SLASH = 0x2f
const ROOT = Uint8Array.of(SLASH)
const EMPTY = new Uint8Array(0)

export function joinPath(prefix: Uint8Array, name: Uint8Array, end?: number): Uint8Array {
  const path = new Uint8Array(prefix.length + name.length + (end === undefined ? 0 : 1))
  path.set(prefix)
  path.set(name, prefix.length)
  if (end !== undefined) path[path.length - 1] = end
  return path
}

/**
 * The entry at a path of a tree, `undefined` for the root itself. Needs the index.
 * @param path absolute or relative to the root; cleaned first (`.`, `..`, doubled slashes)
 * @throws {UsageError} when there is no such entry
 */
export async function findEntry(
  repository: Repository,
  root: BlobId,
  path: string | Uint8Array,
  options: CallOptions = {},
): Promise<TreeEntry | undefined> {
  const parts = partsOf(path)
  let tree = root
  let entry: TreeEntry | undefined
  for (const [depth, part] of parts.entries()) {
    const folder = entry?.path ?? EMPTY
    if (depth > 0 && entry?.node.type !== 'dir') throw new UsageError(`${printName(folder)} is no folder`)
    const nodes = await repository.loadTree(tree, options)
    const here: Uint8Array = joinPath(joinPath(folder, EMPTY, SLASH), part)
    const node = nodes.find(({ name }) => part.length === name.length && Buffer.compare(name, part) === 0)
    if (node === undefined) throw new UsageError(`${printName(here)} is not in the snapshot`)
    if (node.type === 'dir' && node.subtree === undefined)
      throw new UsageError(`${printName(here)} has no content in the snapshot`)
    entry = { path: here, node, tree }
    tree = node.subtree ?? tree
  }
  return entry
}

function partsOf(path: string | Uint8Array): Uint8Array[] {
  const binary = typeof path === 'string' ? Buffer.from(path).toString('latin1') : Buffer.from(path).toString('latin1')
  const parts = cleanPath(`/${binary}`).split('/')
  return parts.filter((part) => part !== '').map((part) => new Uint8Array(Buffer.from(part, 'latin1')))
}
