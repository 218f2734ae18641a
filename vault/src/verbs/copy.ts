/**
 * copy: snapshots of one repository into another with its own key. Blobs are opened, verified and sealed anew, not compressed again;
 * trees keep their bytes, so that whatever wrote them, the copy has the same IDs.
 */
import { BlobMissingError, ObjectDamagedError, ObjectMissingError, type VaultError } from '#errors'
import {
  type BlobId,
  type BlobType,
  idBytes,
  type PackEntry,
  type PackId,
  parseTimeNs,
  type Snapshot,
  type SnapshotId,
} from '#format'
import {
  type BlobWriter,
  type Lock,
  PACK_BYTES_TARGET,
  type Repository,
  type SnapshotEntry,
  type SnapshotFilter,
} from '#repository'
import { eventStream, paced } from './event-stream.ts'
import { findSnapshots } from './find-snapshots.ts'
import { type PackWish, type ReadBlob, readPacks } from './read-packs.ts'
import { confirmSnapshot } from './recover-marked.ts'
import { resealVerified, sealVerified } from './seal-verified.ts'
import { findUsedBlobs } from './used-blobs.ts'

/** Snapshots are written when so much is stored, or so long has passed: few small packs, little to repeat after a crash. */
const BATCH_BYTES = 64 * PACK_BYTES_TARGET
const BATCH_MS = 60_000

export interface CopySelection {
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  readonly signal?: AbortSignal
}

export interface CopyPlan {
  /** Oldest first. */
  readonly copy: readonly SnapshotEntry[]
  /** In the destination already, under the other ID. */
  readonly skip: readonly { readonly snapshot: SnapshotEntry; readonly copiedAs: SnapshotId }[]
}

export interface CopyOptions {
  /** zstd level for what the source holds raw and the destination compresses. */
  readonly level?: number
  readonly packBytes?: number
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export type CopyEvent =
  | { readonly kind: 'progress'; readonly snapshot: SnapshotId; readonly blobsDone: number; readonly blobsTotal: number }
  | { readonly kind: 'copied'; readonly snapshot: SnapshotId; readonly copiedAs: SnapshotId }
  /** The source cannot give it whole; the others go on. */
  | { readonly kind: 'failed'; readonly snapshot: SnapshotId; readonly error: VaultError }
  | {
      readonly kind: 'summary'
      readonly copied: number
      readonly failed: number
      readonly blobs: number
      readonly packedBytes: number
    }

/** Which snapshots are to be copied: those chosen that the destination does not hold already. */
export async function planCopy(source: Repository, destination: Repository, selection: CopySelection = {}): Promise<CopyPlan> {
  const { signal } = selection
  const chosen = await findSnapshots(source, selection.snapshots ?? [], selection.filter ?? {}, { signal })
  const there = new Map<SnapshotId, SnapshotEntry[]>()
  for (const snapshot of await destination.snapshots({ signal })) {
    for (const id of new Set([snapshot.id, snapshot.original ?? snapshot.id])) there.set(id, [...(there.get(id) ?? []), snapshot])
  }
  const copy: SnapshotEntry[] = []
  const skip: CopyPlan['skip'][number][] = []
  for (const snapshot of chosen) {
    const copied = there.get(snapshot.original ?? snapshot.id)?.find((other) => isSimilar(other, snapshot))
    if (copied === undefined) copy.push(snapshot)
    else skip.push({ snapshot, copiedAs: copied.id })
  }
  return { copy, skip }
}

/** Whether two snapshots say the same but for parent and original. */
function isSimilar(a: Snapshot, b: Snapshot): boolean {
  const same = (['tree', 'hostname', 'username', 'uid', 'gid'] as const).every((name) => a[name] === b[name])
  if (!same || parseTimeNs(a.time) !== parseTimeNs(b.time)) return false
  const sameSets = holdsAll(a.paths, b.paths) && holdsAll(a.tags, b.tags)
  return sameSets && a.excludes.length === b.excludes.length && a.excludes.every((exclude, i) => exclude === b.excludes[i])
}

function holdsAll(list: readonly string[], wanted: readonly string[]): boolean {
  return list.length === wanted.length && wanted.every((each) => list.includes(each))
}

/**
 * Copies the snapshots of a plan, each written when all that it needs is stored. A shared lock is held on both sides. Interrupted, the next
 * copy goes on from what is stored. The last event is the summary.
 *
 * @throws {LockedError} when somebody holds one of the repositories exclusively
 */
export function copy(
  source: Repository,
  destination: Repository,
  plan: CopyPlan,
  options: CopyOptions = {},
): AsyncGenerator<CopyEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    const retryMs = options.lockRetryMs ?? 0
    await using readLock = await source.lock({ exclusive: false, retryMs, signal })
    await using lock = await destination.lock({ exclusive: false, retryMs, signal })
    const held = AbortSignal.any([signal, readLock.lost, lock.lost])
    // What was read before there was our lock may name packs that a prune has deleted since.
    for (const repository of [source, destination]) repository.dropIndex()
    await Promise.all([source.loadIndex({ signal: held }), destination.loadIndex({ signal: held, countsOn: 'listed packs' })])
    await new CopyRun(source, destination, { ...options, signal: held }, emit).carryOut(plan, lock)
  }, options.signal)
}

class CopyRun {
  readonly #source: Repository
  readonly #destination: Repository
  readonly #options: CopyOptions & { readonly signal: AbortSignal }
  readonly #emit: (event: CopyEvent) => void
  readonly #writer: BlobWriter
  /** What earlier snapshots of this run needed: stored, or about to be. */
  #walked: Uint8Array

  constructor(
    source: Repository,
    destination: Repository,
    options: CopyOptions & { signal: AbortSignal },
    emit: (event: CopyEvent) => void,
  ) {
    this.#source = source
    this.#destination = destination
    this.#options = options
    this.#emit = emit
    const { packBytes, signal } = options
    this.#writer = destination.writer({ signal, ...(packBytes !== undefined && { packBytes }) })
    this.#walked = new Uint8Array(source.index.numberLimit)
  }

  async carryOut({ copy: snapshots }: CopyPlan, lock: Lock): Promise<void> {
    let pending: SnapshotEntry[] = []
    let failed = 0
    let since = performance.now()
    let sinceBytes = 0
    for (const [i, snapshot] of snapshots.entries()) {
      const error = await this.#copyBlobs(snapshot)
      if (error === undefined) pending.push(snapshot)
      else {
        failed++
        this.#emit({ kind: 'failed', snapshot: snapshot.id, error })
      }
      const isDue = this.#packedBytes - sinceBytes >= BATCH_BYTES || performance.now() - since >= BATCH_MS
      if (!isDue && i < snapshots.length - 1) continue
      await this.#saveSnapshots(pending, lock)
      pending = []
      since = performance.now()
      sinceBytes = this.#packedBytes
    }
    const { data, tree } = this.#writer.totals
    this.#emit({
      kind: 'summary',
      copied: snapshots.length - failed,
      failed,
      blobs: data.blobs + tree.blobs,
      packedBytes: this.#packedBytes,
    })
  }

  get #packedBytes(): number {
    return this.#writer.totals.data.packedBytes + this.#writer.totals.tree.packedBytes
  }

  async #saveSnapshots(snapshots: readonly SnapshotEntry[], lock: Lock): Promise<void> {
    const { signal } = this.#options
    await this.#writer.flush()
    for (const { id, parent: _parent, ...facts } of snapshots) {
      await lock.assertHeld()
      const snapshot: Snapshot = { ...facts, original: facts.original ?? id }
      const copiedAs = await this.#destination.saveSnapshot(snapshot, { signal })
      await confirmSnapshot(this.#destination, snapshot, { signal })
      this.#emit({ kind: 'copied', snapshot: id, copiedAs })
    }
  }

  /** @returns why the source cannot give the snapshot whole; trouble with the destination is thrown */
  async #copyBlobs(snapshot: SnapshotEntry): Promise<VaultError | undefined> {
    try {
      await this.#copyAll(snapshot, await this.#findWanted(snapshot))
      return undefined
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!(error instanceof SourceError)) throw error
      // What was not copied now must be looked at again for the next snapshot.
      this.#walked = new Uint8Array(this.#source.index.numberLimit)
      return error.reason
    }
  }

  async #findWanted({ tree }: SnapshotEntry): Promise<Wanted> {
    const { index } = this.#destination
    const wanted: Wanted = { numbers: [], marked: [] }
    const { missing } = await fromSource(
      findUsedBlobs(this.#source, [tree], {
        signal: this.#options.signal,
        into: this.#walked,
        onBlob: (type, id, number) => {
          if (index.numberOf(type, idBytes(id)) >= 0) return
          if (number >= 0) wanted.numbers.push(number)
          else wanted.marked.push({ type, id })
        },
      }),
    )
    const [first] = missing
    if (first !== undefined) throw new SourceError(new BlobMissingError(first.type, first.id))
    return wanted
  }

  async #copyAll(snapshot: SnapshotEntry, wanted: Wanted): Promise<void> {
    const blobsTotal = wanted.numbers.length + wanted.marked.length
    let blobsDone = 0
    const tick = paced(() => this.#emit({ kind: 'progress', snapshot: snapshot.id, blobsDone, blobsTotal }))
    let trouble: { error: unknown } | undefined
    const take = async (blob: ReadBlob) => {
      try {
        await this.#store(blob)
      } catch (error) {
        trouble = { error }
        throw error
      }
      blobsDone++
      tick()
    }
    try {
      await fromSource(readPacks(this.#source, wishesFor(this.#source, wanted), take, { signal: this.#options.signal }))
    } catch (error) {
      throw trouble === undefined ? error : trouble.error
    }
  }

  async #store({ type, id, plaintext, stored, uncompressedLength }: ReadBlob): Promise<void> {
    const { index, config } = this.#destination
    if (!index.claim(idBytes(id), type)) return
    const isRaw = uncompressedLength === 0
    const suits = config.version === 1 ? isRaw : !isRaw || (this.#source.config.version === 2 && type === 'data')
    const blob =
      stored !== undefined && suits
        ? resealVerified(this.#source, this.#destination, id, { bytes: stored, uncompressedLength })
        : sealVerified(this.#destination, id, plaintext, config.version === 1 ? 'off' : (this.#options.level ?? 3))
    await this.#writer.saveStored(type, id, blob.bytes, blob.uncompressedLength)
  }
}

/** What a snapshot needs and the destination lacks: numbers of the source's index, and blobs that only its marked packs hold. */
interface Wanted {
  readonly numbers: number[]
  readonly marked: { type: BlobType; id: BlobId }[]
}

function* wishesFor({ index, marked }: Repository, wanted: Wanted): Generator<PackWish> {
  const packs = new Map<PackId, PackEntry[]>()
  const want = (pack: PackId, entry: PackEntry) => {
    const entries = packs.get(pack)
    if (entries === undefined) packs.set(pack, [entry])
    else entries.push(entry)
  }
  for (const { type, id } of wanted.marked) {
    const { pack, ...entry } = marked.find(type, id)!
    want(pack, entry)
  }
  // Pack by pack, so that only one pack's entries are spelt out at a time.
  const byPack = Map.groupBy(wanted.numbers, (number) => index.at(number).packNumber)
  for (const [pack, blobs] of packs) yield { pack, blobs }
  for (const [packNumber, numbers] of byPack) {
    const blobs = numbers.map((number): PackEntry => {
      const { id, isTree, offset, length, uncompressedLength } = index.at(number)
      return { id: id.toHex() as BlobId, type: isTree ? 'tree' : 'data', offset, length, uncompressedLength }
    })
    yield { pack: index.packs[packNumber]!, blobs }
  }
}

/** Something that the source should have and cannot give. */
class SourceError extends Error {
  readonly reason: VaultError

  constructor(reason: VaultError) {
    super(reason.message)
    this.reason = reason
  }
}

async function fromSource<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const isDamage =
      error instanceof ObjectDamagedError || error instanceof ObjectMissingError || error instanceof BlobMissingError
    if (isDamage) throw new SourceError(error)
    throw error
  }
}
