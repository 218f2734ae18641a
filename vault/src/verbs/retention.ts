/**
 * Retention on destinations that hold objects against deletion (S3 object lock): every object that a snapshot still needs is held
 * until a day. A lock that is only set at the upload ends under packs that new snapshots go on using; so it is extended, and read back.
 */
import { RefusedError, UsageError, VaultError } from '#errors'
import type { BlobId, SnapshotId } from '#format'
import { loadSnapshot, type Mirror, type Repository, reasonOf } from '#repository'
import type { ObjectKind, ObjectRetention, Storage } from '#storage'
import { eventStream, paced } from './event-stream.ts'
import { findUsedBlobs } from './used-blobs.ts'

export interface RetentionOptions {
  readonly until: Temporal.Instant
  /** For objects that no retention holds yet; one that is there keeps its mode. */
  readonly mode?: ObjectRetention['mode']
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export interface HeldObject {
  readonly kind: ObjectKind
  readonly name: string
}

export interface RetentionPlan {
  /** Everything that the snapshots of now need, and what it takes to open them. */
  readonly objects: readonly HeldObject[]
  /** Places that can hold objects. */
  readonly mirrors: readonly string[]
}

export interface RetentionSummary {
  readonly mirror: string
  /** Held longer now. */
  readonly extended: number
  /** Held long enough before. */
  readonly alreadyHeld: number
  /** Not held until then, whatever was tried; each is a finding of the repository. */
  readonly notHeld: readonly HeldObject[]
}

export type RetentionEvent =
  | { readonly kind: 'progress'; readonly mirror: string; readonly done: number; readonly total: number }
  | { readonly kind: 'summary'; readonly summaries: readonly RetentionSummary[] }

/**
 * What must be held. Reads only; loads the index anew.
 * @throws {UsageError} when no current mirror can hold objects
 * @throws {RefusedError} when a snapshot or an index cannot be read, or a blob is in no index: what is needed is then not known
 */
export async function planRetention(repository: Repository, options: { signal?: AbortSignal } = {}): Promise<RetentionPlan> {
  const { signal } = options
  const { storage } = repository
  const mirrors = storage.current.filter((mirror) => mirror.storage.retention !== undefined).map(({ location }) => location)
  if (mirrors.length === 0) throw new UsageError('no destination of this repository can hold objects against deletion')
  const snapshots = await namesOf(storage, 'snapshots', signal)
  const trees: BlobId[] = []
  for (const name of snapshots) trees.push((await loadSnapshot(repository.objects, name as SnapshotId, { signal })).tree)
  repository.dropIndex()
  await repository.loadIndex({ signal })
  if (repository.unreadableIndexFiles.length > 0)
    throw new RefusedError('an index cannot be read, so what is needed is not known')
  const { flags, missing, markedPacks } = await findUsedBlobs(repository, trees, { signal })
  if (missing.length > 0) throw new RefusedError(`${missing.length} blob(s) that snapshots need are in no index: repair it first`)
  const packs = new Set<string>(markedPacks)
  const { index } = repository
  index.forEach((_number, pack, isTree, _length, _uncompressedLength, id) => {
    if (flags[index.numberOf(isTree ? 'tree' : 'data', id)] === 1) packs.add(index.packs[pack]!)
  })
  const objects: HeldObject[] = [
    ...[...packs].map((name) => ({ kind: 'data' as const, name })),
    ...repository.indexFiles.map((name) => ({ kind: 'index' as const, name })),
    ...snapshots.map((name) => ({ kind: 'snapshots' as const, name })),
    { kind: 'config', name: '' },
  ]
  return { objects, mirrors }
}

async function namesOf(storage: Storage, kind: ObjectKind, signal: AbortSignal | undefined): Promise<string[]> {
  return (await Array.fromAsync(storage.list(kind, { signal }))).map(({ name }) => name)
}

/**
 * Extends retention on everything in the plan, and on the keys of each mirror, and reads each back. Objects that cannot be held are
 * reported and the rest goes on. The last event is the summary; a second run finds everything held.
 */
export function extendRetention(
  repository: Repository,
  plan: RetentionPlan,
  options: RetentionOptions,
): AsyncGenerator<RetentionEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
    const held = AbortSignal.any([signal, lock.lost])
    const mirrors = repository.storage.current.filter(({ location }) => plan.mirrors.includes(location))
    const summaries: RetentionSummary[] = []
    for (const mirror of mirrors) summaries.push(await holdOn(repository, mirror, plan, { ...options, signal: held }, emit))
    emit({ kind: 'summary', summaries })
  }, options.signal)
}

async function holdOn(
  repository: Repository,
  { storage, location }: Mirror,
  plan: RetentionPlan,
  options: RetentionOptions & { signal: AbortSignal },
  emit: (event: RetentionEvent) => void,
): Promise<RetentionSummary> {
  const keys = (await namesOf(storage, 'keys', options.signal)).map((name) => ({ kind: 'keys' as const, name }))
  const objects = [...plan.objects, ...keys]
  const notHeld: HeldObject[] = []
  let extended = 0
  let done = 0
  const tick = paced(() => emit({ kind: 'progress', mirror: location, done, total: objects.length }))
  const next = objects.values()
  const lane = async () => {
    for (const object of next) {
      options.signal.throwIfAborted()
      try {
        if (await hold(storage, object, options)) extended++
      } catch (error) {
        options.signal.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
        notHeld.push(object)
        const message = `not held until ${options.until}: ${reasonOf(error)}`
        repository.report({ severity: 'error', kind: object.kind, object: object.name, message, mirror: location })
      }
      done++
      tick()
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, storage.connections) }, lane))
  return { mirror: location, extended, alreadyHeld: objects.length - extended - notHeld.length, notHeld }
}

/** @returns whether it had to be extended */
async function hold(
  storage: Storage,
  { kind, name }: HeldObject,
  { until, mode = 'governance', signal }: RetentionOptions,
): Promise<boolean> {
  const retention = storage.retention!
  const before = await retention.read(kind, name, { signal })
  if (before !== undefined && Temporal.Instant.compare(before.until, until) >= 0) return false
  await retention.extend(kind, name, { mode: before?.mode ?? mode, until }, { signal })
  const after = await retention.read(kind, name, { signal })
  // Destinations keep whole seconds.
  if (after === undefined || after.until.epochMilliseconds < Math.floor(until.epochMilliseconds / 1000) * 1000) {
    throw new VaultError('self-check', `the destination says ${after?.until ?? 'nothing'} after it was told`)
  }
  return true
}
