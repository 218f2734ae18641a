/**
 * repair index: the index as the packs themselves say it is.
 *
 * Packs that no index names, or that have another size than it says, are asked by their headers; packs that are gone leave the index; index
 * files that cannot be read are removed, once all that can be known is stored in new ones.
 */
import { RefusedError, VaultError } from '#errors'
import { decodePackHeader, type IndexId, PACK_HEADER_BYTES_MAX, type PackEntry, type PackId, packHeaderLength } from '#format'
import { BlobIndex, IndexWriter, inLanes, type Lock, PackTable, type Repository } from '#repository'
import type { CallOptions } from '#storage'
import { eventStream, paced } from '../event-stream.ts'
import { writeNewIndexes } from '../rewrite-index.ts'
import { findRightBytes, isNoAnswer, mirrorsWithoutAnswer } from '../right-bytes.ts'
import { refuseWhileOthersMayHaveIt } from './refuse-losses.ts'

/** Headers of up to 15 blobs come with the first reading of a pack's end. */
const TAIL_BYTES = 651

export interface RepairIndexOptions {
  /** Believes no index and asks every pack. */
  readonly readAllPacks?: boolean
  readonly signal?: AbortSignal
}

export interface PackToRead {
  readonly pack: PackId
  readonly sizeBytes: number
  readonly why: 'is in no index' | 'has another size than the index says' | 'all packs are read'
}

export interface RepairIndexPlan {
  readonly unreadableIndexes: readonly IndexId[]
  /** In an index, and on no mirror. */
  readonly missingPacks: readonly PackId[]
  /** In several indexes. */
  readonly repeatedPacks: readonly PackId[]
  readonly packsToRead: readonly PackToRead[]
  readonly readAllPacks: boolean
}

export interface RepairIndexSummary {
  readonly packsRead: number
  /** Packs whose header cannot be read: in no index from now on. */
  readonly unreadablePacks: readonly PackId[]
  readonly removedPacks: number
  readonly removedIndexes: number
  readonly elapsedMs: number
}

export type RepairIndexEvent =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'summary'; readonly summary: RepairIndexSummary }

/** Compares the index with the packs that are there. Reads index files and lists only; loads the index anew. */
export async function planRepairIndex(repository: Repository, options: RepairIndexOptions = {}): Promise<RepairIndexPlan> {
  const { signal, readAllPacks = false } = options
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const sizes = await sizesListed(repository, { signal })
  const table = new PackTable(repository.index)
  const marked = new Set([...repository.indexContents.values()].flatMap((contents) => contents.marked))
  const packsToRead: PackToRead[] = []
  for (const [pack, found] of sizes) {
    const known = table.has(pack) ? table.sizeBytes(pack) : undefined
    const sizeBytes = known !== undefined && found.has(known) ? known : Math.max(...found)
    if (readAllPacks) packsToRead.push({ pack, sizeBytes, why: 'all packs are read' })
    else if (known === undefined && !marked.has(pack)) packsToRead.push({ pack, sizeBytes, why: 'is in no index' })
    else if (known !== undefined && !found.has(known))
      packsToRead.push({ pack, sizeBytes, why: 'has another size than the index says' })
  }
  return {
    unreadableIndexes: repository.unreadableIndexFiles,
    missingPacks: table.ids.filter((pack) => !sizes.has(pack)),
    repeatedPacks: findRepeated(repository),
    packsToRead,
    readAllPacks,
  }
}

/** Sizes of each pack, as the current mirrors list them; what one of them was to remove is there all the same. */
async function sizesListed({ storage }: Repository, options: CallOptions): Promise<Map<PackId, Set<number>>> {
  const sizes = new Map<PackId, Set<number>>()
  for (const mirror of storage.current) {
    for await (const { name, sizeBytes } of mirror.storage.list('data', options)) {
      const found = sizes.get(name as PackId)
      if (found === undefined) sizes.set(name as PackId, new Set([sizeBytes]))
      else found.add(sizeBytes)
    }
  }
  return sizes
}

function findRepeated({ indexContents }: Repository): PackId[] {
  const seen = new Set<PackId>()
  const repeated = new Set<PackId>()
  for (const { packs } of indexContents.values()) {
    for (const pack of packs) {
      if (seen.has(pack)) repeated.add(pack)
      seen.add(pack)
    }
  }
  return [...repeated]
}

/**
 * Writes the index anew: what the plan is for is reckoned once more under the lock. The last event is the summary.
 * @throws {LockedError} when anybody else works on the repository
 * @throws {RefusedError} when something would leave the index that a mirror may still have, or that the plan did not name
 */
export function repairIndex(
  repository: Repository,
  plan: RepairIndexPlan,
  options: { readonly lockRetryMs?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RepairIndexEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
    const held = AbortSignal.any([signal, lock.lost])
    // Others have written and pruned since the plan was made: by it their packs would be missing, or be named where they are gone.
    const anew = await planRepairIndex(repository, { readAllPacks: plan.readAllPacks, signal: held })
    refuseUnplannedLosses(plan, anew)
    await repairIndexUnderLock(repository, anew, lock, emit, held)
  }, options.signal)
}

function refuseUnplannedLosses(plan: RepairIndexPlan, anew: RepairIndexPlan): void {
  const unplanned = [
    ...anew.missingPacks.filter((pack) => !plan.missingPacks.includes(pack)).map((pack) => `data/${pack}`),
    ...anew.unreadableIndexes.filter((index) => !plan.unreadableIndexes.includes(index)).map((index) => `index/${index}`),
  ]
  if (unplanned.length > 0)
    throw new RefusedError(`${unplanned[0]} would be given up, and was not when it was planned: plan again`)
}

/** The same for callers that hold the exclusive lock. */
export async function repairIndexUnderLock(
  repository: Repository,
  plan: RepairIndexPlan,
  lock: Lock,
  emit: (event: RepairIndexEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now()
  const { packsToRead, missingPacks, repeatedPacks, readAllPacks } = plan
  const junk = await indexesToGiveUp(repository, plan.unreadableIndexes, signal)
  if (missingPacks.length > 0) refuseWhileOthersMayHaveIt(repository, [])
  const old = [...repository.indexContents].filter(([, { packs }]) => packs.length > 0).map(([id]) => id)
  // A table of its own: the repository's still says what the old indexes said.
  const writer = new IndexWriter(repository.objects, new BlobIndex(), signal)
  const { unreadable, unanswered } = await readHeaders(repository, packsToRead, writer, emit, signal)
  const known = new Set([...repository.indexContents.values()].flatMap(({ packs }) => packs))
  if (unreadable.some((pack) => known.has(pack))) refuseWhileOthersMayHaveIt(repository, unanswered)
  await writer.flush()
  const obsolete = new Set<IndexId>(junk)
  if (readAllPacks) for (const id of old) obsolete.add(id)
  else {
    const gone = new Set([...missingPacks, ...packsToRead.map(({ pack }) => pack)])
    const replaced = repeatedPacks.length === 0 ? [] : indexesOf(repository, new Set(repeatedPacks))
    for (const id of await writeNewIndexes(repository, { gone, joining: [], replaced }, { signal })) obsolete.add(id)
  }
  await lock.assertHeld()
  for (const id of obsolete) await repository.storage.remove('index', id, { signal })
  repository.dropIndex()
  const summary: RepairIndexSummary = {
    packsRead: packsToRead.length - unreadable.length,
    unreadablePacks: unreadable,
    removedPacks: missingPacks.length,
    removedIndexes: obsolete.size,
    elapsedMs: performance.now() - started,
  }
  emit({ kind: 'summary', summary })
}

function indexesOf({ indexContents }: Repository, wanted: ReadonlySet<PackId>): IndexId[] {
  return [...indexContents].filter(([, { packs }]) => packs.some((pack) => wanted.has(pack))).map(([id]) => id)
}

/** Index files of which no mirror has right bytes. @throws {RefusedError} when a mirror does not say whether it has */
async function indexesToGiveUp(repository: Repository, names: readonly IndexId[], signal: AbortSignal): Promise<IndexId[]> {
  const junk: IndexId[] = []
  for (const name of names) {
    const right = await findRightBytes(repository, 'index', name, repository.storage.mirrors, { signal })
    if (right === undefined) junk.push(name)
  }
  if (junk.length > 0) refuseWhileOthersMayHaveIt(repository, await mirrorsWithoutAnswer(repository, 'index', junk, { signal }))
  return junk
}

/** Notes what headers say. @returns packs whose header no mirror gives, and the mirrors that did not answer for some of them */
async function readHeaders(
  repository: Repository,
  packs: readonly PackToRead[],
  writer: IndexWriter,
  emit: (event: RepairIndexEvent) => void,
  signal: AbortSignal,
): Promise<{ unreadable: PackId[]; unanswered: Set<string> }> {
  const unreadable: PackId[] = []
  const unanswered = new Set<string>()
  let done = 0
  const tick = paced(() => emit({ kind: 'progress', done, total: packs.length }))
  const read = async ({ pack }: PackToRead) => {
    const entries = await readPackHeader(repository, pack, unanswered, { signal })
    if (entries === undefined) unreadable.push(pack)
    else await writer.add(pack, entries)
    done++
    tick()
  }
  await inLanes(packs, repository.storage.connections, read, signal)
  return { unreadable, unanswered }
}

/**
 * What a pack says of itself, on the first mirror where its header opens; undefined when it does on none.
 * @param unanswered gets the mirrors that did not answer, when it is undefined
 */
export async function readPackHeader(
  repository: Repository,
  pack: PackId,
  unanswered: Set<string>,
  { signal }: CallOptions = {},
): Promise<PackEntry[] | undefined> {
  const { storage, primitives, key } = repository
  const silent: string[] = []
  for (const mirror of storage.mirrors) {
    try {
      const sizeBytes = (await mirror.storage.stat('data', pack, { signal }))?.sizeBytes
      if (sizeBytes === undefined) continue
      const loadTail = (lengthBytes: number) =>
        mirror.storage.load('data', pack, { offset: sizeBytes - lengthBytes, lengthBytes, signal })
      let tail = await loadTail(Math.min(TAIL_BYTES, sizeBytes))
      const headerBytes = Math.min(packHeaderLength(tail, sizeBytes), PACK_HEADER_BYTES_MAX) + 4
      if (headerBytes > tail.length) tail = await loadTail(headerBytes)
      return decodePackHeader(primitives, key, tail, sizeBytes)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      if (isNoAnswer(error)) silent.push(mirror.location)
    }
  }
  for (const location of silent) unanswered.add(location)
  return undefined
}
