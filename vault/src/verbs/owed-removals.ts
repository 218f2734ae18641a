/**
 * Removals that a mirror owes, carried out when it has caught up: in the opposite order of copying, so that at each moment it is a whole
 * repository for whoever reads it alone, and never what somebody there has begun to count on.
 */
import { ObjectExistsError, ObjectMissingError, VaultError } from '#errors'
import { decodeUnpacked, forEachIndexEntry } from '#format'
import { type Finding, isStale, type Lock, listLocks, type Mirror, type MirrorRegistry, type Repository } from '#repository'
import type { ObjectKind } from '#storage'
import { aloneWith } from './each-mirror.ts'
import { findRightBytes } from './right-bytes.ts'

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
  readonly signal: AbortSignal
  /** Whether a source holds an object: it came back, and is not to be removed. */
  isListed(kind: 'snapshots' | 'index', object: string): Promise<boolean>
  onFinding(severity: Finding['severity'], kind: ObjectKind, object: string, message: string): void
  onStart(total: number): void
  onStep(): void
}

export class OwedRemovals {
  readonly #parts: OwedRemovalsParts
  #removed = 0

  constructor(parts: OwedRemovalsParts) {
    this.#parts = parts
  }

  /**
   * First what needs others, then what is needed: when some of the one stays, the other stays, too, for whoever reads this mirror alone.
   */
  async carryOut(): Promise<{ readonly removed: number; readonly stillOwed: number }> {
    const { registry, name, target } = this.#parts
    const owed = owedByKind(registry.owed(name))
    let left = [...owed.values()].reduce((sum, { length }) => sum + length, 0)
    this.#parts.onStart(left)
    const steps = [
      ['locks', (names: readonly string[]) => this.#removeEach('locks', names)],
      ['snapshots', (names: readonly string[]) => this.#removeUnlisted('snapshots', names)],
      ['index', (names: readonly string[]) => this.#removeIndexes(names, owed.get('snapshots') ?? [])],
      ['data', (names: readonly string[]) => this.#removePacks(names, owed.get('snapshots') ?? [])],
    ] as const
    for (const [kind, settle] of steps) {
      const names = owed.get(kind) ?? []
      const settled = names.length === 0 ? new Set<string>() : await settle(names)
      registry.settle(name, new Set([...settled].map((object) => `${kind}/${object}`)))
      left -= settled.size
      if (kind !== 'locks' && settled.size < names.length) break
    }
    target.noteSettled()
    return { removed: this.#removed, stillOwed: left }
  }

  /** @returns those that are gone; one that the destination refuses stays */
  async #removeEach(kind: ObjectKind, names: readonly string[]): Promise<Set<string>> {
    const gone = new Set<string>()
    for (const name of names) {
      this.#parts.onStep()
      if (await this.#remove(kind, name)) gone.add(name)
    }
    return gone
  }

  /** What came back is not to be removed: others hold it. @returns what is not owed any more */
  async #removeUnlisted(kind: 'snapshots' | 'index', names: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    for (const name of names) {
      this.#parts.onStep()
      if ((await this.#parts.isListed(kind, name)) || (await this.#remove(kind, name))) settled.add(name)
    }
    return settled
  }

  /**
   * Whoever read an index before it went is at work here, or has written a snapshot, when it is gone: then it is put back, and all stays
   * as it is until the next time.
   */
  async #removeIndexes(names: readonly string[], owedSnapshots: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    for (let rest = names; rest.length > 0; ) {
      if (await this.#isNeededHere(owedSnapshots)) return settled
      const some = await this.#loadSome(rest)
      const gone = await this.#removeUnlisted('index', [...some.keys()])
      if (await this.#isNeededHere(owedSnapshots)) {
        for (const name of gone) await this.#putBack(name, some.get(name))
        return settled
      }
      for (const name of gone) settled.add(name)
      if (gone.size < some.size) return settled
      rest = rest.slice(some.size)
    }
    return settled
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

  /** A pack that an index of this mirror names again lives again; one that only an index of the others names waits. */
  async #removePacks(names: readonly string[], owedSnapshots: readonly string[]): Promise<Set<string>> {
    const settled = new Set<string>()
    const namedHere = await this.#packsNamedBy([this.#parts.target])
    const namedElsewhere = await this.#packsNamedBy(this.#parts.sources)
    if (namedHere === undefined || namedElsewhere === undefined || (await this.#isNeededHere(owedSnapshots))) return settled
    for (const name of names) {
      this.#parts.onStep()
      if (namedHere.has(name) || (!namedElsewhere.has(name) && (await this.#remove('data', name)))) settled.add(name)
    }
    return settled
  }

  /**
   * Whether somebody uses what the target owes: another machine, or stock restic, that knows nothing of debts, has backed up to it alone,
   * or is doing so. What its snapshot needs is then on no other mirror.
   */
  async #isNeededHere(owedSnapshots: readonly string[]): Promise<boolean> {
    const signal = this.#parts.signal
    const now = Temporal.Now.instant()
    for (const { id, lock } of await listLocks(aloneWith(this.#parts.repository, this.#parts.target), signal)) {
      if (this.#parts.locks.some((own) => own.id === id) || (lock !== undefined && isStale(lock, now))) continue
      this.#parts.onFinding(
        'warning',
        'locks',
        id,
        'somebody is at work here: what was removed elsewhere stays until the next time',
      )
      return true
    }
    const known = new Set(owedSnapshots)
    for (const { storage } of this.#parts.sources) {
      for await (const { name } of storage.list('snapshots', { signal })) known.add(name)
    }
    for await (const { name } of this.#parts.target.storage.list('snapshots', { signal })) {
      if (known.has(name)) continue
      this.#parts.onFinding(
        'warning',
        'snapshots',
        name,
        'no other mirror has it: what was removed elsewhere stays here, for it may need that',
      )
      return true
    }
    return false
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

  /** Packs that any index of these mirrors names, marked ones too; undefined when one cannot be read, since it could name any. */
  async #packsNamedBy(mirrors: readonly Mirror[]): Promise<ReadonlySet<string> | undefined> {
    const { primitives, key } = this.#parts.repository
    const packs = new Set<string>()
    const names = new Set<string>()
    for (const mirror of mirrors) {
      for await (const { name } of mirror.list('index', { signal: this.#parts.signal })) names.add(name)
    }
    for (const name of names) {
      const right = await findRightBytes(this.#parts.repository, 'index', name, mirrors, { signal: this.#parts.signal })
      if (right === undefined) {
        this.#parts.onFinding('warning', 'index', name, 'cannot be read: no pack is removed before it is mended')
        return undefined
      }
      forEachIndexEntry(
        decodeUnpacked(primitives, key, right.bytes),
        (id) => packs.add(id.toHex()),
        () => undefined,
      )
    }
    return packs
  }
}

function owedByKind(keys: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const byKind = new Map<string, string[]>()
  for (const key of keys) {
    const [kind, name] = key.split('/') as [string, string]
    const names = byKind.get(kind) ?? []
    names.push(name)
    byKind.set(kind, names)
  }
  return byKind
}
