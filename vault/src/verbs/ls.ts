/** ls: the entries of a snapshot, all or those of some folders. */
import { UsageError } from '#errors'
import { cleanPath, type Finding } from '#files'
import { MODE, parseTimeNs, type TreeNode } from '#format'
import type { Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { findSnapshot, folderTree, type ReadingOptions, type SnapshotName, startReading } from './reading.ts'
import { type TreeEntry, walkTree } from './tree-walk.ts'

export const LS_SORTS = ['name', 'size', 'mtime', 'atime', 'ctime', 'extension'] as const
export type LsSort = (typeof LS_SORTS)[number]

export interface LsOptions extends ReadingOptions {
  /** Absolute folders of the snapshot: these and what lies directly in them. Everything when absent. */
  readonly folders?: readonly string[]
  /** With `folders`: all that lies below them. */
  readonly recursive?: boolean
  /** Anything but `name` (the order of trees: by bytes, a folder before its content) keeps the whole list in memory. */
  readonly sort?: LsSort
  readonly reverse?: boolean
  /** Narrows down what `latest` means. */
  readonly filter?: SnapshotFilter
}

export type LsEvent =
  /** The first event. */
  | { readonly kind: 'snapshot'; readonly snapshot: SnapshotEntry }
  | { readonly kind: 'entry'; readonly entry: TreeEntry }
  /** A folder that could not be listed; the others are. */
  | { readonly kind: 'finding'; readonly finding: Finding }

/**
 * Lists a snapshot. Sorted lists come after their findings.
 * @throws {NoSnapshotError} when no snapshot is meant; {UsageError} when several are, or a folder is not absolute
 */
export async function* ls(
  repository: Repository,
  snapshot: SnapshotName,
  options: LsOptions = {},
): AsyncGenerator<LsEvent, void, undefined> {
  const wanted = new WantedFolders(options)
  await using reading = await startReading(repository, options, (signal) =>
    findSnapshot(repository, snapshot, options.filter, signal),
  )
  const { signal, facts } = reading
  const tree = await folderTree(repository, facts, signal)
  yield { kind: 'snapshot', snapshot: facts.snapshot }
  const { sort = 'name', reverse = false } = options
  const isStreamed = sort === 'name' && !reverse
  const kept: TreeEntry[] = []
  for await (const step of walkTree(repository, tree, { signal, descends: (entry) => wanted.descends(entry) })) {
    if (step.kind === 'finding') yield step
    if ((step.kind !== 'enter' && step.kind !== 'item') || !wanted.has(step.entry)) continue
    if (isStreamed) yield { kind: 'entry', entry: step.entry }
    else kept.push(step.entry)
  }
  if (sort !== 'name') sortEntries(kept, sort)
  if (reverse) kept.reverse()
  for (const entry of kept) yield { kind: 'entry', entry }
}

class WantedFolders {
  readonly #folders: readonly string[]
  readonly #isRecursive: boolean

  constructor({ folders = [], recursive = false }: LsOptions) {
    for (const folder of folders) {
      if (!folder.startsWith('/')) throw new UsageError(`${folder}: expected an absolute path, beginning with /`)
    }
    this.#folders = folders.map((folder) => binary(Buffer.from(cleanPath(folder))))
    this.#isRecursive = recursive
  }

  has({ path }: TreeEntry): boolean {
    if (this.#folders.length === 0) return true
    const place = binary(path)
    return this.#folders.some(
      (folder) => isBelow(place, folder) && (this.#isRecursive || !place.slice(lengthWithSlash(folder)).includes('/')),
    )
  }

  descends({ path }: TreeEntry): boolean {
    if (this.#folders.length === 0) return true
    const place = binary(path)
    return this.#folders.some((folder) => isBelow(folder, place) || (this.#isRecursive && isBelow(place, folder)))
  }
}

function binary(path: Uint8Array): string {
  return Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString('latin1')
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

function lengthWithSlash(folder: string): number {
  return folder === '/' ? 1 : folder.length + 1
}

/** By the property, then by path. */
function sortEntries(entries: TreeEntry[], sort: Exclude<LsSort, 'name'>): void {
  const keys = new Map(entries.map((entry) => [entry, sortKey(entry, sort)]))
  entries.sort((a, b) => {
    const [first, second] = [keys.get(a)!, keys.get(b)!]
    if (first !== second) return first < second ? -1 : 1
    return Buffer.compare(a.path, b.path)
  })
}

function sortKey({ node, path }: TreeEntry, sort: Exclude<LsSort, 'name'>): bigint | number | string {
  if (sort === 'size') return node.type === 'file' ? node.size : 0
  if (sort !== 'extension') return timeNs(node, sort)
  const name = binary(path.subarray(path.lastIndexOf(0x2f) + 1))
  return name.includes('.') ? name.slice(name.lastIndexOf('.')) : ''
}

/** A time that is no time counts as the oldest. */
function timeNs(node: TreeNode, time: 'mtime' | 'atime' | 'ctime'): bigint {
  try {
    return parseTimeNs(node[time])
  } catch {
    return -(2n ** 63n)
  }
}

const KIND_LETTERS = [
  [MODE.dir, 'd'],
  [MODE.symlink, 'L'],
  [MODE.device, 'D'],
  [MODE.fifo, 'p'],
  [MODE.socket, 'S'],
  [MODE.setuid, 'u'],
  [MODE.setgid, 'g'],
  [MODE.chardev, 'c'],
  [MODE.sticky, 't'],
  [MODE.irregular, '?'],
] as const

/** A mode as restic prints it: `-rw-r--r--`, `drwxr-xr-x`, `Lrwxrwxrwx`, `dtrwxrwxrwx`. */
export function printMode(mode: number): string {
  const kinds = KIND_LETTERS.filter(([bit]) => Math.floor(mode / bit) % 2 === 1).map(([, letter]) => letter)
  const permissions = [...'rwxrwxrwx'].map((letter, i) => ((mode & (1 << (8 - i))) === 0 ? '-' : letter))
  return (kinds.join('') || '-') + permissions.join('')
}
