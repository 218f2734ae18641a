/**
 * Mirrors that lie in what is backed up: each backup would then back up all earlier ones. Found by device and inode, whatever way leads
 * there.
 */
import { statSync } from 'node:fs'
import type { WalkEntry } from '#files'
import type { Repository } from '#repository'
import { parseAddress } from '#storage'

export class OwnFolders {
  readonly #locations = new Map<string, string>()
  readonly #met = new Set<string>()

  constructor({ storage }: Repository) {
    for (const { location } of storage.mirrors) {
      const key = keyOfFolder(location)
      if (key !== undefined) this.#locations.set(key, location)
    }
  }

  /** Told of each folder of the source that is not left out. */
  note({ stat: { dev, ino } }: WalkEntry): void {
    if (this.#locations.size === 0) return
    const location = this.#locations.get(`${dev}/${ino}`)
    if (location !== undefined) this.#met.add(location)
  }

  has(location: string): boolean {
    return this.#met.has(location)
  }
}

/** Undefined for a place that is no folder of this machine. */
function keyOfFolder(location: string): string | undefined {
  try {
    const address = parseAddress(location)
    if (address.kind !== 'local') return undefined
    const { dev, ino } = statSync(address.path, { bigint: true })
    return `${dev}/${ino}`
  } catch {
    return undefined
  }
}
