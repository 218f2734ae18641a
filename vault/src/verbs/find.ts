/**
 * find: in which snapshots, and under which paths, a file, a blob, a tree or the content of a pack is.
 *
 * A folder that a later snapshot holds unchanged at the same path is not read again: what was found in it is remembered.
 */
import { UsageError } from '#errors'
import { type Finding, Patterns, pathParts, pathText } from '#files'
import { type BlobId, type BlobType, decodePackHeader, type PackEntry, type PackId, packHeaderLength, parseTimeNs } from '#format'
import type { BlobLocation, Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { findSnapshots } from './find-snapshots.ts'
import { type ReadingOptions, startReading } from './reading.ts'
import { byTime } from './snapshots.ts'
import { type TreeEntry, type TreeStep, walkTree } from './tree-walk.ts'

/** Memory of earlier folders is given up at so many: they are then read again. */
const FOLDERS_MAX = 300_000

/** What is looked for. IDs may be cut short to their first characters, four at the least. */
export type FindQuery =
  | {
      readonly kind: 'pattern'
      /** As for excluding, without `!`. An entry is found when one fits. */
      readonly patterns: readonly string[]
      readonly ignoreCase?: boolean
      /** Modification times, both included. */
      readonly oldest?: Temporal.Instant
      readonly newest?: Temporal.Instant
    }
  | { readonly kind: 'blob' | 'tree' | 'pack'; readonly ids: readonly string[] }

export interface FindOptions extends ReadingOptions {
  /** Only these; all that pass the filter when absent. */
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  /** Goes from the oldest snapshot to the newest. */
  readonly oldestFirst?: boolean
  /** With each blob and tree: where its copies are. */
  readonly withPacks?: boolean
}

export type FindEvent =
  | { readonly kind: 'entry'; readonly snapshot: SnapshotEntry; readonly entry: TreeEntry }
  /** A blob or tree, and the file or folder that needs it; `entry` is absent for the root's tree. */
  | {
      readonly kind: 'object'
      readonly snapshot: SnapshotEntry
      readonly type: BlobType
      readonly id: BlobId
      readonly entry: TreeEntry | undefined
      readonly packs?: readonly BlobLocation[]
    }
  /** A folder that could not be searched. */
  | { readonly kind: 'finding'; readonly snapshot: SnapshotEntry; readonly finding: Finding }

/**
 * Searches snapshots, newest first.
 * @throws {UsageError} for malformed patterns and IDs, and for packs that are nowhere
 */
export async function* find(
  repository: Repository,
  query: FindQuery,
  options: FindOptions = {},
): AsyncGenerator<FindEvent, void, undefined> {
  await using reading = await startReading(repository, options, (signal) => chooseSnapshots(repository, options, signal))
  const { signal, facts: snapshots } = reading
  const search = new Search(repository, await matcherOf(repository, query, signal), signal)
  for (const snapshot of snapshots) {
    for await (const event of search.events(snapshot)) {
      if (event.kind !== 'object' || !options.withPacks) yield event
      else yield { ...event, packs: [...repository.index.findAll(event.type, event.id)] }
    }
  }
}

async function chooseSnapshots(
  repository: Repository,
  { snapshots = [], filter = {}, oldestFirst = false }: FindOptions,
  signal: AbortSignal,
): Promise<SnapshotEntry[]> {
  const chosen = byTime(await findSnapshots(repository, snapshots, filter, { signal }))
  return oldestFirst ? chosen : chosen.reverse()
}

/** What makes an entry a find. */
interface Matcher {
  /** Whether something below a folder could be one. */
  descends(entry: TreeEntry): boolean
  /** One for the entry itself, or one for each object that it names. `entry` is undefined for the root. */
  matches(entry: TreeEntry | undefined, root: BlobId): readonly Found[]
}

type Found =
  | { readonly kind: 'entry'; readonly entry: TreeEntry }
  | { readonly kind: 'object'; readonly type: BlobType; readonly id: BlobId; readonly entry: TreeEntry | undefined }

const NOTHING: readonly Found[] = []

async function matcherOf(repository: Repository, query: FindQuery, signal: AbortSignal): Promise<Matcher> {
  if (query.kind === 'pattern') return patternMatcher(query)
  const ids = query.ids.map(checkPrefix)
  if (query.kind === 'blob') return objectMatcher((type, id) => type === 'data' && ids.some((prefix) => id.startsWith(prefix)))
  if (query.kind === 'tree') return objectMatcher((type, id) => type === 'tree' && ids.some((prefix) => id.startsWith(prefix)))
  const blobs = await blobsOfPacks(repository, ids, signal)
  return objectMatcher((type, id) => blobs.has(`${type}/${id}`))
}

function checkPrefix(text: string): string {
  const id = text.toLowerCase()
  if (/^[0-9a-f]{4,64}$/.test(id)) return id
  throw new UsageError(`${text}: expected an ID, or at least its first four characters`)
}

function patternMatcher(query: FindQuery & { readonly kind: 'pattern' }): Matcher {
  const { ignoreCase = false, oldest, newest } = query
  if (query.patterns.length === 0) throw new UsageError('expected a pattern to look for')
  const negated = query.patterns.find((pattern) => pattern.startsWith('!'))
  if (negated !== undefined) throw new UsageError(`${negated}: a pattern to look for cannot begin with !`)
  const patterns = new Patterns(query.patterns, { ignoreCase })
  const select = ({ path }: TreeEntry) => patterns.select(pathParts(pathText(path)))
  const isInTime = ({ node }: TreeEntry) => {
    if (oldest === undefined && newest === undefined) return true
    const time = instantNs(node.mtime)
    return !(time < (oldest?.epochNanoseconds ?? time)) && !(time > (newest?.epochNanoseconds ?? time))
  }
  return {
    descends: (entry) => select(entry).childMayMatch,
    matches: (entry) => (entry !== undefined && select(entry).matched && isInTime(entry) ? [{ kind: 'entry', entry }] : NOTHING),
  }
}

/** A time that is no time is older than all. */
function instantNs(time: string): bigint {
  try {
    return parseTimeNs(time)
  } catch {
    return -(2n ** 63n)
  }
}

function objectMatcher(isWanted: (type: BlobType, id: BlobId) => boolean): Matcher {
  return {
    descends: () => true,
    matches(entry, root) {
      const tree = entry === undefined ? root : entry.node.subtree
      const trees =
        tree !== undefined && isWanted('tree', tree) ? [{ kind: 'object', type: 'tree', id: tree, entry } as const] : []
      const content = entry?.node.type === 'file' ? (entry.node.content ?? []) : []
      const blobs = content.filter((id) => isWanted('data', id))
      return [...trees, ...blobs.map((id) => ({ kind: 'object', type: 'data', id, entry }) as const)]
    },
  }
}

/** What packs hold, as the index says; packs that no index names are asked themselves. */
async function blobsOfPacks(repository: Repository, ids: readonly string[], signal: AbortSignal): Promise<Set<string>> {
  const blobs = new Set<string>()
  const left = new Set(ids)
  const add = (prefix: string, entries: Iterable<PackEntry>) => {
    left.delete(prefix)
    for (const { type, id } of entries) blobs.add(`${type}/${id}`)
  }
  for (const index of [repository.index, repository.marked]) {
    for (const location of index.all()) {
      for (const prefix of ids) if (location.pack.startsWith(prefix)) add(prefix, [location])
    }
  }
  if (left.size > 0) {
    for await (const { name, sizeBytes } of repository.storage.list('data', { signal })) {
      for (const prefix of left) {
        if (name.startsWith(prefix)) add(prefix, await readHeader(repository, name as PackId, sizeBytes, signal))
      }
    }
  }
  if (left.size > 0) throw new UsageError(`${[...left].join(', ')}: there is no such pack`)
  return blobs
}

async function readHeader({ storage, primitives, key }: Repository, pack: PackId, packBytes: number, signal: AbortSignal) {
  const load = (lengthBytes: number) => storage.load('data', pack, { offset: packBytes - lengthBytes, lengthBytes, signal })
  const headerBytes = packHeaderLength(await load(Math.min(packBytes, LENGTH_FIELD_BYTES)), packBytes) + LENGTH_FIELD_BYTES
  return decodePackHeader(primitives, key, await load(Math.min(packBytes, headerBytes)), packBytes)
}

const LENGTH_FIELD_BYTES = 4

/** What was found in a folder: finds of its own, and folders below it that hold some, in order. */
type FolderFinds = (Found | FolderFinds)[]

class Search {
  readonly #repository: Repository
  readonly #matcher: Matcher
  readonly #signal: AbortSignal
  /** By tree and path. A folder that could not be searched as a whole is not in it. */
  readonly #folders = new Map<string, FolderFinds>()

  constructor(repository: Repository, matcher: Matcher, signal: AbortSignal) {
    this.#repository = repository
    this.#matcher = matcher
    this.#signal = signal
  }

  async *events(snapshot: SnapshotEntry): AsyncGenerator<FindEvent, void, undefined> {
    const { tree } = snapshot
    const known = this.#folders.get(folderKey(tree, undefined))
    if (known !== undefined) return yield* repeat(known, snapshot)
    const open: { finds: FolderFinds; isWhole: boolean }[] = [{ finds: [], isWhole: true }]
    const note = (found: readonly Found[]) => open.at(-1)!.finds.push(...found)
    const atRoot = this.#matcher.matches(undefined, tree)
    note(atRoot)
    yield* repeat(atRoot, snapshot)
    const descends = (entry: TreeEntry) => this.#descends(entry)
    for await (const step of walkTree(this.#repository, tree, { signal: this.#signal, descends })) {
      if (step.kind === 'finding') {
        yield { kind: 'finding', snapshot, finding: step.finding }
        continue
      }
      if (step.kind === 'leave') {
        const { finds, isWhole } = open.pop()!
        this.#close(step, tree, finds, isWhole && step.folder.isWhole, open.at(-1))
        continue
      }
      const found = this.#matcher.matches(step.entry, tree)
      note(found)
      yield* repeat(found, snapshot)
      if (step.kind === 'enter') open.push({ finds: [], isWhole: true })
      else yield* this.#repeatFolder(step.entry, open.at(-1)!.finds, snapshot)
    }
  }

  #descends(entry: TreeEntry): boolean {
    return this.#matcher.descends(entry) && !this.#folders.has(folderKey(entry.node.subtree, entry))
  }

  /** What an earlier snapshot had in the same folder. */
  *#repeatFolder(entry: TreeEntry, finds: FolderFinds, snapshot: SnapshotEntry): Generator<FindEvent, void, undefined> {
    const known = entry.node.type === 'dir' ? this.#folders.get(folderKey(entry.node.subtree, entry)) : undefined
    if (known === undefined || known.length === 0) return
    finds.push(known)
    yield* repeat(known, snapshot)
  }

  #close(
    { entry }: TreeStep & { kind: 'leave' },
    root: BlobId,
    finds: FolderFinds,
    isWhole: boolean,
    parent: { finds: FolderFinds; isWhole: boolean } | undefined,
  ): void {
    if (parent !== undefined) {
      parent.isWhole &&= isWhole
      if (finds.length > 0) parent.finds.push(finds)
    }
    if (!isWhole) return
    if (this.#folders.size >= FOLDERS_MAX) this.#folders.clear()
    this.#folders.set(folderKey(entry?.node.subtree ?? root, entry), finds)
  }
}

function folderKey(tree: BlobId | undefined, entry: TreeEntry | undefined): string {
  return tree + (entry === undefined ? '' : Buffer.from(entry.path).toString('latin1'))
}

function* repeat(finds: Readonly<FolderFinds>, snapshot: SnapshotEntry): Generator<FindEvent, void, undefined> {
  for (const find of finds) {
    if (Array.isArray(find)) yield* repeat(find, snapshot)
    else yield { ...find, snapshot }
  }
}
