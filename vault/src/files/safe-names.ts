/**
 * Names that may be given to the target's file system: what a snapshot says is somebody else's word. And names that are one and the same to
 * a file system which does not tell upper from lower case (Windows, macOS, exFAT).
 */
import { closeSync } from 'node:fs'
import { RefusedError } from '#errors'
import { isSafeName, printName } from '#format'
import { constants } from './constants.ts'
import type { Finding } from './finding.ts'
import type { Jail, Place } from './jail.ts'

const WINDOWS_RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** Whether Windows takes this name for a plain entry: no stream (`a:b`), no other folder (`a\b`), no device, nothing that it would trim. */
export function isSafeOnWindows(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what Windows refuses
  return !/[<>:"|?*\\/\x00-\x1f]/.test(name) && !/[. ]$/.test(name) && !WINDOWS_RESERVED.test(name)
}

/** @throws {RefusedError} when one of the names could lead out of its folder, or mean something else than an entry */
export function placeOf(names: readonly Uint8Array[]): Place {
  return names.map((name) => {
    const safe = isSafeName(name) && (process.platform !== 'win32' || isSafeOnWindows(Buffer.from(name).toString()))
    if (!safe) throw new RefusedError(`the name "${printName(name)}" is not safe to restore`)
    return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1')
  })
}

/**
 * Gives each name of the snapshot a name of its own in the target. Only folders that take two spellings for one need that; which ones do
 * is found out by trying, once for the root and once for each other file system below.
 */
export class NameKeeper {
  readonly #jail: Jail
  readonly #onFinding: (finding: Finding) => void
  readonly #folds: (folder: Place) => boolean
  /** By place; a folder that is not listed is as the one above. */
  readonly #folding = new Map<string, boolean>()
  /** By place of the folder, by folded name: the names of the snapshot and what each became. */
  readonly #taken = new Map<string, Map<string, Map<string, string>>>()

  /** @param folds how to find out; given otherwise by tests only */
  constructor(jail: Jail, onFinding: (finding: Finding) => void, folds = (folder: Place) => foldsCase(jail, folder)) {
    this.#jail = jail
    this.#onFinding = onFinding
    this.#folds = folds
    this.#folding.set('', folds([]))
  }

  /** A folder that was there before may be on another file system than the one above it. */
  noteMount(folder: Place): void {
    const key = folder.join('/')
    if (!this.#folding.has(key)) this.#folding.set(key, this.#folds(folder))
  }

  /** Whether any folder of this target needs its names kept apart. */
  get isNeeded(): boolean {
    for (const folds of this.#folding.values()) if (folds) return true
    return false
  }

  /** The place on disk for a place of the snapshot; the same each time it is asked. */
  actual(place: Place): Place {
    if (!this.isNeeded) return place
    const actual: string[] = []
    for (const name of place) actual.push(this.#actualName(actual, name))
    return actual
  }

  /** Tells whether a name found on disk is one of these names of the same folder. */
  matcher(folder: Place, names: readonly string[]): (name: string) => boolean {
    const exact = new Set(names)
    if (!this.#foldsIn(folder)) return (name) => exact.has(name)
    const folded = new Set(names.map(foldName))
    return (name) => folded.has(foldName(name))
  }

  #actualName(folder: Place, name: string): string {
    if (!this.#foldsIn(folder)) return name
    const key = folder.join('/')
    const taken = this.#taken.get(key) ?? new Map<string, Map<string, string>>()
    this.#taken.set(key, taken)
    const folded = foldName(name)
    const spellings = taken.get(folded) ?? new Map<string, string>()
    taken.set(folded, spellings)
    const known = spellings.get(name)
    if (known !== undefined) return known
    const actual = spellings.size === 0 ? name : this.#freeName(taken, name)
    spellings.set(name, actual)
    if (actual !== name) this.#report([...folder, name], actual)
    return actual
  }

  #freeName(taken: Map<string, Map<string, string>>, name: string): string {
    for (let i = 2; ; i++) {
      const candidate = `${name}~${i}`
      if (taken.has(foldName(candidate))) continue
      taken.set(foldName(candidate), new Map([[candidate, candidate]]))
      return candidate
    }
  }

  #report(place: Place, actual: string): void {
    const path = Buffer.concat([Buffer.from(this.#jail.root), Buffer.from(['', ...place].join('/'), 'latin1')])
    const message = `the target does not tell this name from another one: kept as "${Buffer.from(actual, 'latin1').toString()}"`
    this.#onFinding({ path, operation: 'name', code: 'ECASEFOLD', message })
  }

  #foldsIn(folder: Place): boolean {
    for (let depth = folder.length; depth > 0; depth--) {
      const folds = this.#folding.get(folder.slice(0, depth).join('/'))
      if (folds !== undefined) return folds
    }
    return this.#folding.get('') === true
  }
}

/** FAT, exFAT and Windows drop dots and blanks at the end of a name as well. */
function foldName(binaryName: string): string {
  return Buffer.from(binaryName, 'latin1')
    .toString()
    .normalize('NFC')
    .toUpperCase()
    .toLowerCase()
    .replace(/[. ]+$/, '')
}

/** Tries it: makes an empty file and looks for it by another spelling. Where none can be made, by the habit of the system. */
export function foldsCase(jail: Jail, folder: Place): boolean {
  const name = `.couronne-Probe-${process.pid}-${Math.floor(performance.now() * 1000)}`
  try {
    closeSync(jail.open([...folder, name], constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600))
  } catch {
    return process.platform === 'win32' || process.platform === 'darwin'
  }
  try {
    return jail.stat([...folder, name.toUpperCase()]) !== undefined
  } finally {
    jail.unlink([...folder, name])
  }
}
