/**
 * check: whether everything that is in a repository can be restored, on each of its mirrors.
 *
 * 1. lists: snapshots, then indexes, then packs, on each mirror
 * 2. configuration, keys, locks; every index file and snapshot, read whole on each mirror
 * 3. packs: listed with the size that the index says
 * 4. all trees that snapshots reach; every blob that they name is in the index
 * 5. when asked: packs are read, hashed and opened
 * It changes nothing. Junk of any kind is a finding and never ends the check.
 */
import { type BlobId, decodeSnapshot, type PackId, type SnapshotId } from '#format'
import { type Mirror, type Repository, VerifyPool } from '#repository'
import { eventStream, paced } from '../event-stream.ts'
import type { CheckFinding } from './finding.ts'
import { type CheckedIndex, checkIndex } from './index-check.ts'
import { Inventory, type OwedRemovals } from './inventory.ts'
import { checkOwnObjects } from './own-objects.ts'
import { checkPackListing } from './pack-listing.ts'
import { DataReader, type ReadData, selectPacks } from './read-data.ts'
import { CheckRun } from './run.ts'
import { readAllTrees, TreeWalk } from './tree-walk.ts'
import { checkUnpacked } from './unpacked-check.ts'

const LISTINGS_MAX = 5
/** Where so much is to be read, workers are started before it is known what. */
const WORKERS_FROM_BYTES = 64 * 1024 * 1024

export interface CheckOptions {
  /** Which packs are read; none when absent. */
  readonly readData?: ReadData
  /** Where packs are read; `each` when absent, since every mirror has its own disk. All else is compared on each whatever it says. */
  readonly readFrom?: 'each' | 'first'
  /** Removals that mirrors still owe; what `attachMirrors` has told them when absent. */
  readonly owed?: OwedRemovals
  /** Takes no lock: for a destination that cannot be written to. A prune meanwhile may look like damage. */
  readonly withoutLock?: boolean
  readonly lockRetryMs?: number
  readonly workers?: number
  /** Draws random subsets; `Math.random` when absent. */
  readonly random?: () => number
  readonly signal?: AbortSignal
}

export interface CheckProgress {
  readonly phase: 'listing' | 'indexes' | 'snapshots' | 'packs' | 'trees' | 'data'
  readonly done: number
  readonly total: number
  readonly bytesRead: number
  readonly findings: number
  readonly elapsedMs: number
}

export interface CheckSummary {
  /** Whether there was no error; hints and warnings do not count. */
  readonly isSound: boolean
  readonly errors: number
  readonly warnings: number
  readonly hints: number
  readonly mirrors: readonly string[]
  readonly snapshots: number
  readonly indexFiles: number
  readonly trees: number
  readonly blobs: number
  readonly packs: number
  /** Packs read, one on two mirrors counted twice, and their bytes. */
  readonly packsRead: number
  readonly bytesRead: number
  /** Packs that are damaged or missing on some mirror. */
  readonly damagedPacks: readonly PackId[]
  readonly elapsedMs: number
}

export type CheckEvent =
  | { readonly kind: 'progress'; readonly progress: CheckProgress }
  | { readonly kind: 'finding'; readonly finding: CheckFinding }
  | { readonly kind: 'summary'; readonly summary: CheckSummary }

/**
 * Checks a repository and each of its mirrors. The last event is the summary.
 *
 * @throws {LockedError} when somebody holds the repository exclusively
 * @throws {UsageError} when the packs to read are no selection
 */
export function check(repository: Repository, options: CheckOptions = {}): AsyncGenerator<CheckEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    if (options.withoutLock) return carryOut(repository, options, emit, signal)
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
    await carryOut(repository, options, emit, AbortSignal.any([signal, lock.lost]))
  }, options.signal)
}

async function carryOut(
  repository: Repository,
  options: CheckOptions,
  emit: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  // Refuses a wrong selection before hours of work.
  selectPacks([], () => 0, options.readData ?? 'all', Math.random)
  const watch = new Watch(emit)
  await using pool = new VerifyPool(repository.key, options.workers)
  const { run, checked } = await startRun(repository, options, pool, watch, signal)
  pool.useIndex(checked.index)
  const { inventory } = run
  // What nobody could look at is not sound, whether that was known before or not.
  for (const { mirror, message } of inventory.unreachable) {
    run.report('mirror-unreachable', 'error', 'config', '', message, mirror)
  }
  await checkOwnObjects(run)
  watch.enter('snapshots', inventory.names('snapshots').length)
  const roots = new Map<SnapshotId, BlobId>()
  const readSnapshot = (name: string, json: Uint8Array) => roots.set(name as SnapshotId, decodeSnapshot(json).tree)
  await checkUnpacked(run, 'snapshots', readSnapshot, () => watch.advance(1))
  watch.enter('packs', checked.table.ids.length)
  await checkPackListing(run, checked)
  const contents = await checkContents(run, checked, roots, options, pool, watch)
  for (const [mirror, count] of run.behindCounts) {
    run.report('mirror-behind', 'warning', 'config', '', `lacks ${count} objects: ${mirror.behind?.reason ?? 'behind'}`, mirror)
  }
  const { error: errors, warning: warnings, hint: hints } = run.counts
  const summary: CheckSummary = {
    isSound: errors === 0,
    errors,
    warnings,
    hints,
    mirrors: inventory.mirrors.map(({ location }) => location),
    snapshots: roots.size,
    indexFiles: checked.files,
    blobs: checked.table.blobCount,
    packs: checked.table.ids.length,
    ...contents,
    damagedPacks: [...run.damagedPacks],
    elapsedMs: watch.elapsedMs,
  }
  emit({ kind: 'summary', summary })
}

/**
 * Lists, then reads the indexes. A prune that works beside us may rewrite them meanwhile: what was listed is then gone and what stands
 * in its place is not on the list, so that both are done anew.
 */
async function startRun(
  repository: Repository,
  { owed, readData }: CheckOptions,
  pool: VerifyPool,
  watch: Watch,
  signal: AbortSignal,
): Promise<{ run: CheckRun; checked: CheckedIndex }> {
  for (let attempt = 1; ; attempt++) {
    const held: CheckFinding[] = []
    let find = (finding: CheckFinding): unknown => held.push(finding)
    const inventory = await Inventory.take(repository, owed, { signal })
    const run = new CheckRun(repository, inventory, (finding) => find(finding), signal)
    if (readData !== undefined && inventory.bytesListed('data') >= WORKERS_FROM_BYTES) pool.start()
    watch.enter('indexes', inventory.names('index').length)
    const checked = await checkIndex(run, () => watch.advance(1))
    if (run.hasVanishedIndex && attempt < LISTINGS_MAX) continue
    find = (finding) => watch.find(finding)
    for (const finding of held) watch.find(finding)
    return { run, checked }
  }
}

/** Trees, and the packs that are to be read. When all are read, trees are looked at on the way and not read twice. */
async function checkContents(
  run: CheckRun,
  checked: CheckedIndex,
  roots: ReadonlyMap<SnapshotId, BlobId>,
  { readData, readFrom = 'each', random = Math.random }: CheckOptions,
  pool: VerifyPool,
  watch: Watch,
): Promise<{ trees: number; packsRead: number; bytesRead: number }> {
  const { table } = checked
  const walk = new TreeWalk(run, checked)
  const [first, ...others] = readFrom === 'each' ? run.mirrors : run.mirrors.slice(0, 1)
  const packs = readData === undefined ? [] : selectPacks(table.ids, (pack) => table.sizeBytes(pack), readData, random)
  const reader = new DataReader(run, checked, pool, readData === 'all' ? walk : undefined, (bytes) => watch.advance(1, bytes))
  const readOn = async (mirror: Mirror | undefined, some: readonly PackId[]) => mirror && reader.readOn(mirror, some)
  if (readData === 'all') {
    watch.enter('data', packs.length * (others.length + 1))
    const [withTrees, dataOnly] = [packs.filter((pack) => table.hasTrees(pack)), packs.filter((pack) => !table.hasTrees(pack))]
    await readOn(first, withTrees)
    await walk.follow(roots)
    await readOn(first, dataOnly)
    const unindexed = run.inventory.names('data').filter((name) => !table.has(name)) as PackId[]
    for (const mirror of [first, ...others]) await readOn(mirror, unindexed)
  } else {
    watch.enter('trees', table.ids.filter((pack) => table.hasTrees(pack)).length)
    await readAllTrees(run, checked, pool, walk, () => watch.advance(1))
    await walk.follow(roots)
    watch.enter('data', packs.length * (others.length + 1))
    await readOn(first, packs)
  }
  for (const mirror of others) await readOn(mirror, packs)
  return { trees: walk.reached, packsRead: reader.packsRead, bytesRead: reader.bytesRead }
}

/** Time, progress and findings of one check. */
class Watch {
  readonly #emit: (event: CheckEvent) => void
  readonly #started = performance.now()
  readonly #tick: () => void
  #phase: CheckProgress['phase'] = 'listing'
  #done = 0
  #total = 0
  #bytesRead = 0
  #findings = 0

  constructor(emit: (event: CheckEvent) => void) {
    this.#emit = emit
    this.#tick = paced(() => this.#report())
    this.#report()
  }

  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  enter(phase: CheckProgress['phase'], total: number): void {
    this.#phase = phase
    this.#done = 0
    this.#total = total
    this.#report()
  }

  advance(items: number, bytes = 0): void {
    this.#done += items
    this.#bytesRead += bytes
    this.#tick()
  }

  find(finding: CheckFinding): void {
    this.#findings++
    this.#emit({ kind: 'finding', finding })
  }

  #report(): void {
    const progress: CheckProgress = {
      phase: this.#phase,
      done: this.#done,
      total: this.#total,
      bytesRead: this.#bytesRead,
      findings: this.#findings,
      elapsedMs: this.elapsedMs,
    }
    this.#emit({ kind: 'progress', progress })
  }
}
