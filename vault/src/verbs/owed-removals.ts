/**
 * Removals that a mirror owes, carried out when it has caught up: in the opposite order of copying, so that at each moment it is a whole
 * repository for whoever reads it alone.
 *
 * That something was removed elsewhere is no reason to remove it here: an index or a pack goes only when the mirror, as it is now, was
 * shown to hold without it all that its snapshots need, and nobody else is at work there (docs/decisions/0040-shown-before-removed.md).
 */
import { ObjectExistsError, ObjectMissingError, VaultError } from '#errors'
import type { PackId } from '#format'
import { type Finding, type Lock, listLocks, type Mirror, type MirrorRegistry, type Repository } from '#repository'
import type { ObjectKind } from '#storage'
import { aloneWith } from './each-mirror.ts'
import { contentsOf, dropDebts, lookWithout, type Remainder } from './without-debts.ts'

/** Bytes of indexes that are taken away at a time, and may be put back. */
const INDEX_BYTES_AT_A_TIME = 32 * 1024 * 1024

export interface OwedRemovalsParts {
  readonly repository: Repository
  readonly target: Mirror
  /** The mirrors that have been told already. */
  readonly sources: readonly Mirror[]
  /** Ours, which are in nobody's way. */
  readonly locks: readonly Lock[]
  readonly registry: MirrorRegistry
  /** The target's in the registry. */
  readonly name: string
  /** What no mirror has right, as `kind/object`: nothing counts on it. */
  readonly hopeless: ReadonlySet<string>
  readonly signal: AbortSignal
  onFinding(severity: Finding['severity'], kind: ObjectKind, object: string, message: string): void
  onStart(total: number): void
  onStep(): void
}

type Whole = Extract<Remainder, { kind: 'whole' }>

export class OwedRemovals {
  readonly #parts: OwedRemovalsParts
  #removed = 0

  constructor(parts: OwedRemovalsParts) {
    this.#parts = parts
  }

  async carryOut(): Promise<{ readonly removed: number; readonly stillOwed: number }> {
    const { registry, name, target, onStart } = this.#parts
    await this.#settleWhatCameBack()
    onStart(registry.owed(name).size)
    await this.#settleEach('locks')
    // Where a snapshot stays, what it needs stays, for whoever reads this mirror alone.
    if ((await this.#settleEach('snapshots')) || this.#parts.hopeless.size > 0) await this.#settleContents()
    target.noteSettled()
    return { removed: this.#removed, stillOwed: registry.owed(name).size }
  }

  /** What another mirror holds as its own is not to be removed here. */
  async #settleWhatCameBack(): Promise<void> {
    const { registry, name, sources, signal } = this.#parts
    const back = new Set<string>()
    for (const kind of ['snapshots', 'index'] as const) {
      if (this.#owed(kind).length === 0) continue
      for (const source of sources) {
        for await (const { name: object } of source.list(kind, { signal })) back.add(`${kind}/${object}`)
      }
    }
    registry.settle(name, back)
  }

  #owed(kind: ObjectKind): string[] {
    const { registry, name } = this.#parts
    return [...registry.owed(name)].flatMap((key) => (key.startsWith(`${kind}/`) ? [key.slice(kind.length + 1)] : []))
  }

  /** @returns whether none is left; one that the destination refuses stays */
  async #settleEach(kind: 'locks' | 'snapshots'): Promise<boolean> {
    const names = this.#owed(kind)
    const gone = await this.#removeEach(kind, names)
    this.#settle(kind, gone)
    return gone.size === names.length
  }

  #settle(kind: ObjectKind, names: Iterable<string>): void {
    const { registry, name } = this.#parts
    registry.settle(name, new Set([...names].map((object) => `${kind}/${object}`)))
  }

  /** Indexes, then packs: all, or none and they live again, or they wait while somebody is at work. */
  async #settleContents(): Promise<void> {
    const { repository, target, registry, name, hopeless, signal } = this.#parts
    const contents = contentsOf(registry.owed(name))
    if (contents.size === 0 || (await this.#isSomebodyHere(undefined))) return
    const stay = new Set(this.#owed('snapshots').map((object) => `snapshots/${object}`))
    const remainder = await lookWithout(repository, target, contents.union(hopeless).union(stay), { signal })
    if (remainder.kind === 'lacking') {
      const message = `what was removed elsewhere is needed here and stays: ${remainder.reason}`
      this.#parts.onFinding('warning', 'config', '', message)
      return dropDebts(registry, target)
    }
    if (stay.size > 0 || !(await this.#removeIndexes(remainder))) return
    await this.#removePacks(remainder)
  }

  /**
   * Whoever read an index before it went is at work here, or has written a snapshot, when it is gone: then it is put back, and all stays
   * as it is until the next time.
   * @returns whether none is left
   */
  async #removeIndexes(remainder: Whole): Promise<boolean> {
    // Looking takes long: who has come since needs nothing put back when nothing has gone yet.
    if (await this.#isSomebodyHere(remainder)) return false
    for (let rest = this.#owed('index'); rest.length > 0; ) {
      const some = await this.#loadSome(rest)
      const gone = await this.#removeEach('index', some.keys())
      if (await this.#isSomebodyHere(remainder)) {
        for (const name of gone) await this.#putBack(name, some.get(name))
        return false
      }
      this.#settle('index', gone)
      if (gone.size < some.size) return false
      rest = rest.slice(some.size)
    }
    return !(await this.#isSomebodyHere(remainder))
  }

  /** The first of these indexes, as many as may be in memory; undefined for one that is not there. */
  async #loadSome(names: readonly string[]): Promise<Map<string, Uint8Array | undefined>> {
    const some = new Map<string, Uint8Array | undefined>()
    let bytes = 0
    for (const name of names) {
      const loaded = await this.#parts.target.storage
        .load('index', name, { signal: this.#parts.signal })
        .catch((error: unknown) => {
          if (error instanceof ObjectMissingError) return undefined
          throw error
        })
      some.set(name, loaded)
      bytes += loaded?.length ?? 0
      if (bytes >= INDEX_BYTES_AT_A_TIME) break
    }
    return some
  }

  async #putBack(name: string, bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined) return
    await this.#parts.target.storage.save('index', name, bytes, { signal: this.#parts.signal }).catch((error: unknown) => {
      if (!(error instanceof ObjectExistsError)) throw error
    })
  }

  /** A pack that an index of this mirror names again lives again, needed or not: whoever reads that index counts on it. */
  async #removePacks({ named }: Whole): Promise<void> {
    const names = this.#owed('data')
    const alive = names.filter((name) => named.has(name as PackId))
    const gone = await this.#removeEach(
      'data',
      names.filter((name) => !named.has(name as PackId)),
    )
    this.#settle('data', [...alive, ...gone])
  }

  /**
   * Whether somebody may count on what the target owes: another machine, or stock restic, which knows nothing of debts. However old a lock
   * is, its holder may wake up (docs/decisions/0011-two-phase-prune.md). Who came and went since `shown` has left a snapshot that was not
   * looked at, or other indexes than those that were.
   */
  async #isSomebodyHere(shown: Whole | undefined): Promise<boolean> {
    const { repository, target, locks, signal } = this.#parts
    const later = 'what was removed elsewhere stays until the next time'
    for (const { id } of await listLocks(aloneWith(repository, target), signal)) {
      if (locks.some((own) => own.id === id)) continue
      this.#parts.onFinding('warning', 'locks', id, `somebody is at work here, or left this lock (unlock): ${later}`)
      return true
    }
    if (shown === undefined) return false
    for await (const { name } of target.storage.list('snapshots', { signal })) {
      if (shown.snapshots.has(name)) continue
      this.#parts.onFinding('warning', 'snapshots', name, `has just been written here: ${later}`)
      return true
    }
    const left = new Set(shown.indexes)
    const owed = new Set(this.#owed('index'))
    for await (const { name } of target.storage.list('index', { signal })) {
      if (left.delete(name) || owed.has(name)) continue
      this.#parts.onFinding('warning', 'index', name, `has just been written here: ${later}`)
      return true
    }
    for (const name of left) {
      this.#parts.onFinding('warning', 'index', name, `has just been removed here: ${later}`)
      return true
    }
    return false
  }

  /** @returns those that are gone */
  async #removeEach(kind: ObjectKind, names: Iterable<string>): Promise<Set<string>> {
    const gone = new Set<string>()
    for (const name of names) {
      this.#parts.onStep()
      if (await this.#remove(kind, name)) gone.add(name)
    }
    return gone
  }

  async #remove(kind: ObjectKind, object: string): Promise<boolean> {
    try {
      await this.#parts.target.storage.remove(kind, object, { signal: this.#parts.signal })
      this.#removed++
      return true
    } catch (error) {
      this.#parts.signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      this.#parts.onFinding('warning', kind, object, `was removed elsewhere and stays here: ${error.message}`)
      return false
    }
  }
}
