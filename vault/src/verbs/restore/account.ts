/** Counts what a restore does, and tells it. */

import { VaultError } from '#errors'
import { type Finding, findingOf } from '#files'
import { paced } from '../event-stream.ts'
import type { RestoreAction, RestoreEvent, RestoreFinding, RestoreSummary } from './events.ts'

export class RestoreAccount {
  readonly #emit: (event: RestoreEvent) => void
  readonly #reportsItems: boolean
  readonly #started = performance.now()
  readonly #tick: () => void
  readonly #files: Record<RestoreAction, number> = { restored: 0, updated: 0, unchanged: 0, skipped: 0, deleted: 0 }
  readonly #isRoot = process.geteuid?.() === 0
  #folders = 0
  #others = 0
  #bytesRestored = 0
  #bytesWritten = 0
  #bytesKept = 0
  #failed = 0
  #warnings = 0
  #ownersNotSet = 0
  #entriesDone = 0
  entriesKnown = 0
  bytesKnown = 0
  verified: number | undefined
  isPlanned = false

  constructor(emit: (event: RestoreEvent) => void, reportsItems: boolean) {
    this.#emit = emit
    this.#reportsItems = reportsItems
    this.#tick = paced(() => this.progress())
  }

  /** `keptBytes` of the file were right already. */
  file(path: Uint8Array, action: RestoreAction, sizeBytes: number): void {
    this.#files[action]++
    if (action === 'restored' || action === 'updated') this.#bytesRestored += sizeBytes
    else if (action !== 'deleted') this.#bytesKept += sizeBytes
    this.#done(path, 'file', action, sizeBytes)
  }

  folder(path: Uint8Array, action: RestoreAction): void {
    this.#folders++
    this.#done(path, 'dir', action, 0)
  }

  other(path: Uint8Array, action: RestoreAction): void {
    this.#others++
    this.#done(path, 'other', action, 0)
  }

  /** Removed, since the snapshot does not have it. */
  deleted(path: Uint8Array, count: number): void {
    this.#files.deleted += count
    if (this.#reportsItems) this.#emit({ kind: 'item', path, type: 'other', action: 'deleted', sizeBytes: 0 })
  }

  wrote(bytes: number): void {
    this.#bytesWritten += bytes
    this.#tick()
  }

  /** An entry, or its content, is not as in the snapshot. */
  fail(finding: Omit<RestoreFinding, 'severity'>): void {
    this.#failed++
    this.#note({ ...finding, severity: 'error' })
  }

  warn(finding: Finding): void {
    if (finding.operation === 'chown' && finding.code === 'EPERM' && !this.#isRoot) {
      this.#ownersNotSet++
      return
    }
    this.#warnings++
    this.#note({ ...finding, severity: 'warning' })
  }

  /** What a step on one entry threw: a finding, unless it is the end of everything. */
  failBy(path: Uint8Array, operation: string, error: unknown): void {
    if (error instanceof VaultError) this.fail({ path, operation, code: error.code, message: error.message })
    else if (error instanceof Error && 'code' in error) this.fail(findingOf(path, operation, error))
    else throw error
  }

  progress(): void {
    this.#emit({
      kind: 'progress',
      progress: {
        entriesDone: this.#entriesDone,
        entriesKnown: this.entriesKnown,
        bytesDone: this.#bytesWritten + this.#bytesKept,
        bytesKnown: this.bytesKnown,
        isPlanned: this.isPlanned,
        findings: this.#failed + this.#warnings,
        elapsedMs: performance.now() - this.#started,
      },
    })
  }

  summary(facts: Pick<RestoreSummary, 'snapshot' | 'target' | 'isDryRun'>): RestoreSummary {
    return {
      ...facts,
      files: this.#files,
      folders: this.#folders,
      others: this.#others,
      bytesRestored: this.#bytesRestored,
      bytesWritten: this.#bytesWritten,
      bytesKept: this.#bytesKept,
      ...(this.verified !== undefined && { verified: this.verified }),
      failed: this.#failed,
      warnings: this.#warnings,
      ownersNotSet: this.#ownersNotSet,
      elapsedMs: performance.now() - this.#started,
    }
  }

  #done(path: Uint8Array, type: 'file' | 'dir' | 'other', action: RestoreAction, sizeBytes: number): void {
    this.#entriesDone++
    if (this.#reportsItems) this.#emit({ kind: 'item', path, type, action, sizeBytes })
    this.#tick()
  }

  #note(finding: RestoreFinding): void {
    this.#emit({ kind: 'finding', finding })
  }
}
