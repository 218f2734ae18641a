/**
 * Everything below one folder, and nothing else: entries are named by their components, no component is ever followed when it is a link.
 *
 * On Linux each folder on the way is opened (not following links) and its entries are named as `/proc/self/fd/N/name`: whoever swaps a
 * folder for a link in between gains nothing, since the open folder stays what it was. Elsewhere, and without /proc, the folders on the way
 * are looked at before each call; that leaves a moment in which someone with write access to the target could swap one.
 */
import {
  type BigIntStats,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { toNamespacedPath } from 'node:path'
import { constants } from './constants.ts'
import { systemError } from './native.ts'
import { openAt } from './syscalls.ts'
import type { EntryRef, Links } from './xattrs.ts'

/** Components below the root, as binary strings (one character a byte); never empty, `.`, `..` or with a slash: the caller sees to it. */
export type Place = readonly string[]

/** An entry held fast: what is done to `entry` is done to this very one, whatever takes its name meanwhile (Linux). */
export interface Pinned extends Disposable {
  readonly stat: BigIntStats
  readonly entry: EntryRef
  readonly links: Links
}

const FOLDERS_OPEN_MAX = 256
const FOLDER_FLAGS = constants.O_ENTRY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const PIN_FLAGS = constants.O_ENTRY | constants.O_NOFOLLOW

/** Whether folders can be held open and named through /proc. */
export const CAN_HOLD_FOLDERS = process.platform === 'linux' && existsSync('/proc/self/fd')

export class Jail implements Disposable {
  /** Absolute, real: itself free of links. */
  readonly root: string
  readonly #holds: boolean
  readonly #rootFolder: number | undefined
  /** Open folders by their place, the least recently used first. */
  readonly #folders = new Map<string, number>()

  /**
   * @param root an existing folder's real path
   * @param holdsFolders see {@link CAN_HOLD_FOLDERS}; given otherwise by tests only
   */
  constructor(root: string, holdsFolders = CAN_HOLD_FOLDERS) {
    this.root = root
    this.#holds = holdsFolders
    this.#rootFolder = holdsFolders ? openSync(root, FOLDER_FLAGS) : undefined
  }

  /** Facts of an entry, a link's own when it is one. `undefined` when there is nothing. @throws `ELOOP`, `ENOTDIR` for what leads there */
  stat(place: Place): BigIntStats | undefined {
    return lstatSync(this.#path(place), { bigint: true, throwIfNoEntry: false })
  }

  /** Opens a file, never through a link. */
  open(place: Place, flags: number, mode: number): number {
    if (this.#holds) {
      const name = Buffer.from(place.at(-1) as string, 'latin1')
      const opened = openAt(this.#folder(place.slice(0, -1)), name, flags | constants.O_NOFOLLOW, mode)
      if (opened !== undefined) return opened
    }
    const path = this.#path(place)
    if (constants.O_NOFOLLOW === 0 && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw systemError('ELOOP', 'open', Buffer.from(place.at(-1) as string, 'latin1'))
    }
    return openSync(path, flags | constants.O_NOFOLLOW, mode)
  }

  makeFolder(place: Place, mode: number): void {
    mkdirSync(this.#path(place), mode)
  }

  unlink(place: Place): void {
    unlinkSync(this.#path(place))
  }

  removeFolder(place: Place): void {
    this.#forget(place)
    rmdirSync(this.#path(place))
  }

  symlink(place: Place, target: Uint8Array): void {
    symlinkSync(Buffer.from(target), this.#path(place))
  }

  /** A second name; the first one is not followed when it is a link. */
  link(place: Place, existing: Place): void {
    linkSync(this.#path(existing), this.#path(place))
  }

  /** Gives an entry another name, a link itself when it is one. What has that name already is replaced: the caller looks first. */
  rename(place: Place, to: Place): void {
    renameSync(this.#path(place), this.#path(to))
  }

  /** Makes an entry that `fs` cannot make. */
  make(place: Place, how: (path: Buffer) => void): void {
    how(Buffer.from(this.#path(place)))
  }

  /** Names of a folder, as binary strings, ascending. */
  list(place: Place): string[] {
    // The trailing `.` is a name in the folder, so the folder itself is on the way and must be none.
    return readdirSync(this.#path([...place, '.']), { encoding: 'latin1' }).sort()
  }

  /** Holds an entry fast, without opening it in earnest: that may set a device in motion. */
  pin(place: Place): Pinned {
    const path = Buffer.from(this.#path(place))
    if (!this.#holds) return { stat: lstatSync(path, { bigint: true }), entry: path, links: 'keep', [Symbol.dispose]: () => {} }
    const named = openSync(path, PIN_FLAGS)
    const entry = Buffer.from(`/proc/self/fd/${named}`)
    return { stat: fstatSync(named, { bigint: true }), entry, links: 'follow', [Symbol.dispose]: () => closeSync(named) }
  }

  [Symbol.dispose](): void {
    for (const folder of this.#folders.values()) closeSync(folder)
    this.#folders.clear()
    if (this.#rootFolder !== undefined) closeSync(this.#rootFolder)
  }

  /** What a system call is given for a place. */
  #path(place: Place): Buffer | string {
    if (this.#holds) {
      if (place.length === 0) return `/proc/self/fd/${this.#rootFolder}/.`
      return Buffer.from(`/proc/self/fd/${this.#folder(place.slice(0, -1))}/${place.at(-1)}`, 'latin1')
    }
    this.#checkWay(place)
    return this.#plainPath(place)
  }

  #plainPath(place: Place): Buffer | string {
    const bytes = Buffer.concat([Buffer.from(this.root), Buffer.from(['', ...place].join('/'), 'latin1')])
    return process.platform === 'win32' ? toNamespacedPath(bytes.toString()) : bytes
  }

  /** Refuses a place that a link or a file leads to. */
  #checkWay(place: Place): void {
    for (let depth = 1; depth < place.length; depth++) {
      const stat = lstatSync(this.#plainPath(place.slice(0, depth)))
      const code = stat.isSymbolicLink() ? 'ELOOP' : 'ENOTDIR'
      if (!stat.isDirectory()) throw systemError(code, 'lstat', Buffer.from(place.slice(0, depth).join('/'), 'latin1'))
    }
  }

  #folder(place: Place): number {
    if (place.length === 0) return this.#rootFolder as number
    const key = place.join('/')
    const known = this.#folders.get(key)
    if (known !== undefined) {
      this.#folders.delete(key)
      this.#folders.set(key, known)
      return known
    }
    const opened = openSync(this.#path(place), FOLDER_FLAGS)
    this.#folders.set(key, opened)
    if (this.#folders.size > FOLDERS_OPEN_MAX) this.#closeOldest()
    return opened
  }

  #closeOldest(): void {
    for (const [key, folder] of this.#folders) {
      this.#folders.delete(key)
      closeSync(folder)
      return
    }
  }

  #forget(place: Place): void {
    const key = place.join('/')
    for (const [other, folder] of this.#folders) {
      if (other !== key && !other.startsWith(`${key}/`)) continue
      this.#folders.delete(other)
      closeSync(folder)
    }
  }
}
