/**
 * What an account holds and may still take. Uploads reserve their bytes before they are read, so that several at once cannot pass
 * the quota together. Counted from the disk when the repository is first used, again when it seems full: a local prune frees space
 * that only the disk knows of.
 *
 * Locks are bounded by number and size, and their bytes count for nothing: without a lock restic neither restores nor prunes, and a full
 * account needs both.
 */
import { KINDS, type Kind } from './layout.ts'

export interface RepositoryUsage {
  /** Of all objects but locks. */
  readonly sizeBytes: number
  readonly objects: Readonly<Record<Kind, number>>
}

export interface UsageLimits {
  readonly quotaBytes: number
  readonly objectsMax: number
}

/** Space held for an upload. Given back by `release` unless it was kept; both may be called in any order, once each. */
export interface Reservation {
  /** Asks for more; false when it does not fit. For bodies of unknown length. */
  grow(bytes: number): boolean
  /** The object is stored, with this size. */
  keep(sizeBytes: number): void
  release(): void
}

export class Usage {
  #sizeBytes = 0
  #objects: Record<Kind, number> = noObjects()
  /** What was stored while a count is under way: counted perhaps twice, never forgotten. */
  #since: { sizeBytes: number; objects: Record<Kind, number> } | undefined
  #reservedBytes = 0
  readonly #reservedObjects: Record<Kind, number> = noObjects()

  get current(): RepositoryUsage {
    return { sizeBytes: this.#sizeBytes, objects: { ...this.#objects } }
  }

  /** Takes over what `count` finds on the disk. */
  async recount(count: () => Promise<RepositoryUsage>): Promise<void> {
    const since = { sizeBytes: 0, objects: noObjects() }
    this.#since = since
    try {
      const found = await count()
      this.#sizeBytes = found.sizeBytes + since.sizeBytes
      for (const kind of KINDS) this.#objects[kind] = found.objects[kind] + since.objects[kind]
    } finally {
      this.#since = undefined
    }
  }

  /** Space for one object more, or the word for what there is too much of. */
  reserve(kind: Kind, sizeBytes: number, limits: UsageLimits): Reservation | 'quota' | 'too-many-objects' {
    if (this.#objects[kind] + this.#reservedObjects[kind] >= limits.objectsMax) return 'too-many-objects'
    let reserved = 0
    const grow = (bytes: number) => {
      if (kind === 'locks') return true
      if (this.#sizeBytes + this.#reservedBytes + bytes > limits.quotaBytes) return false
      reserved += bytes
      this.#reservedBytes += bytes
      return true
    }
    if (!grow(sizeBytes)) return 'quota'
    this.#reservedObjects[kind]++
    let held = true
    const release = () => {
      if (!held) return
      held = false
      this.#reservedBytes -= reserved
      this.#reservedObjects[kind]--
    }
    return {
      grow,
      release,
      keep: (storedBytes) => {
        release()
        this.#add(kind, storedBytes)
      },
    }
  }

  removed(kind: Kind, sizeBytes: number): void {
    if (this.#since !== undefined) return
    this.#sizeBytes = Math.max(0, this.#sizeBytes - countedBytes(kind, sizeBytes))
    this.#objects[kind] = Math.max(0, this.#objects[kind] - 1)
  }

  #add(kind: Kind, sizeBytes: number): void {
    this.#sizeBytes += countedBytes(kind, sizeBytes)
    this.#objects[kind]++
    if (this.#since === undefined) return
    this.#since.sizeBytes += countedBytes(kind, sizeBytes)
    this.#since.objects[kind]++
  }
}

export function noObjects(): Record<Kind, number> {
  return { data: 0, keys: 0, locks: 0, snapshots: 0, index: 0, config: 0 }
}

/** What an object takes of the quota. */
export function countedBytes(kind: Kind, sizeBytes: number): number {
  return kind === 'locks' ? 0 : sizeBytes
}
