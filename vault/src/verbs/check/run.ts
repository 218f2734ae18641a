/** What the parts of one check share: the repository, what its mirrors hold, and where findings go. */
import { ObjectMissingError, VaultError } from '#errors'
import type { PackId } from '#format'
import type { Finding, Mirror, Repository } from '#repository'
import type { ObjectKind } from '#storage'
import { type CheckCode, type CheckFinding, checkFinding } from './finding.ts'
import type { Inventory } from './inventory.ts'

export class CheckRun {
  readonly repository: Repository
  readonly inventory: Inventory
  readonly signal: AbortSignal
  /** An index file was removed between its listing and its reading. */
  hasVanishedIndex = false
  /** Packs that are damaged or missing somewhere. */
  readonly damagedPacks = new Set<PackId>()
  /** Objects that a mirror lacks because it is behind. */
  readonly behindCounts = new Map<Mirror, number>()
  readonly #emit: (finding: CheckFinding) => void
  readonly counts = { error: 0, warning: 0, hint: 0 }

  constructor(repository: Repository, inventory: Inventory, emit: (finding: CheckFinding) => void, signal: AbortSignal) {
    this.repository = repository
    this.inventory = inventory
    this.#emit = emit
    this.signal = signal
  }

  get mirrors(): readonly Mirror[] {
    return this.inventory.mirrors
  }

  report(
    code: CheckCode,
    severity: Finding['severity'],
    kind: Finding['kind'],
    object: string,
    message: string,
    mirror?: Mirror,
  ): void {
    this.counts[severity]++
    if (kind === 'data' && severity === 'error') this.damagedPacks.add(object as PackId)
    this.#emit(checkFinding(code, severity, kind, object, message, mirror?.location))
  }

  /** Bytes of a whole object on one mirror; the reason, as text, when it cannot be had. */
  async load(mirror: Mirror, kind: ObjectKind, name: string): Promise<Uint8Array | string> {
    try {
      return await mirror.storage.load(kind, name, { signal: this.signal })
    } catch (error) {
      this.signal.throwIfAborted()
      if (error instanceof VaultError) return error.message
      throw error
    }
  }

  /**
   * Reports an object that mirrors lack. Each is asked once more first: what a backup is just storing, or a prune has just removed, is
   * not missing.
   */
  async reportMissing(
    kind: 'data' | 'index' | 'snapshots',
    name: string,
    severity: Finding['severity'],
    holder: Mirror,
  ): Promise<void> {
    for (const place of this.inventory.lacking(kind, name)) {
      const mirror = this.mirrors[place]!
      if (!mirror.isCurrent) {
        this.behindCounts.set(mirror, (this.behindCounts.get(mirror) ?? 0) + 1)
        continue
      }
      if (await this.isThere(mirror, kind, name)) continue
      if (!(await this.isThere(holder, kind, name))) continue
      this.report('object-missing', severity, kind, name, `is missing here, ${holder.location} has it`, mirror)
    }
  }

  async isThere(mirror: Mirror, kind: ObjectKind, name: string): Promise<boolean> {
    try {
      return (await mirror.storage.stat(kind, name, { signal: this.signal })) !== undefined
    } catch (error) {
      this.signal.throwIfAborted()
      if (error instanceof ObjectMissingError) return false
      throw error
    }
  }
}
