/**
 * Writing a snapshot back below one folder, and never outside it: names that could lead elsewhere are refused, links in the target are
 * replaced and never followed, a file that has other names (hard links) is replaced rather than written through.
 *
 * Files are written under their own name, in place, as restic does: what is right already is not written again and an interrupted restore
 * goes on where it was. Until {@link Target.applyMetadata} a file has mode 0600 and the time of the restore, never the snapshot's, so a
 * half-written one is not taken for a finished one by the next run, whatever the policy.
 */
import { type BigIntStats, closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, realpathSync } from 'node:fs'
import { RefusedError } from '#errors'
import type { TreeNode } from '#format'
import { makeFolders } from '#make-folders'
import { constants, S_IF } from './constants.ts'
import type { Finding } from './finding.ts'
import { Jail, type Pinned, type Place } from './jail.ts'
import { nodeType } from './metadata.ts'
import { codeOf, systemError } from './native.ts'
import { NameKeeper, placeOf } from './safe-names.ts'
import { makeDevice, makeFifo, syncFileSystem } from './syscalls.ts'
import { fileIdentity, TargetFile } from './target-file.ts'
import { hasMetadata, type MetadataOptions, writeMetadata } from './write-metadata.ts'
import { listXattrs } from './xattrs.ts'

/** Components of a path below the target, raw bytes as in the snapshot; none is the target itself. */
export type RelativePath = readonly Uint8Array[]

export interface TargetOptions extends MetadataOptions {
  /** Leaves holes where a file has blocks of zeros. */
  readonly sparse?: boolean
  /** A folder with content may be removed when something else belongs there; otherwise that is an error. Goes with `--delete`. */
  readonly replacesFolders?: boolean
  /** Nothing will be written: the target is not even asked whether it tells upper from lower case. */
  readonly readsOnly?: boolean
  /** Gets what could not be done to an entry that is otherwise restored: owner, attributes, a name that had to change. */
  readonly onFinding?: (finding: Finding) => void
}

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
const OPEN_FLAGS = constants.O_WRONLY | constants.O_NONBLOCK
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK
/** Bytes of a name, on nearly every file system. */
const NAME_BYTES_MAX = 255
/** What opening something says when it is no file that we may write in place. */
const NOT_WRITABLE = new Set(['ELOOP', 'EISDIR', 'ENXIO', 'EACCES', 'EPERM', 'ETXTBSY', 'ENODEV', 'EMLINK'])

/**
 * Opens a folder to restore into; it is made, with the folders above it, when it is not there. A link given as the target is followed:
 * that is the user's own word.
 *
 * @throws system errors; {@link RefusedError} when the path is no folder
 */
export async function openTarget(root: string, options: TargetOptions = {}): Promise<Target> {
  makeFolders(root, 0o700)
  const jail = new Jail(realpathSync(root))
  const names =
    options.readsOnly === true
      ? new NameKeeper(
          jail,
          () => {},
          () => false,
        )
      : undefined
  return new Target(jail, options, names)
}

/** Nothing is there, or what leads there is no folder (a link least of all). */
const LEADS_NOWHERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

interface OpenedFile {
  readonly descriptor: number
  readonly keptBytes: number
  readonly isNew: boolean
  readonly earlierMode?: number
}

/** An entry found in the target. */
export interface FoundEntry {
  /** Absolute, for people. */
  readonly path: Uint8Array
  readonly place: Place
}

/** A folder being restored into. Calls are synchronous; one target belongs to one thread. */
export class Target implements AsyncDisposable {
  readonly #jail: Jail
  readonly #options: TargetOptions
  readonly #names: NameKeeper
  readonly #onFinding: (finding: Finding) => void
  /** The last folder that was seen to, since entries of one folder come together. */
  #ensured: string | undefined
  /** The last folder asked whether it hands down attributes. */
  #handing: { readonly key: string; readonly isSo: boolean } | undefined

  /** @param names given by tests only */
  constructor(jail: Jail, options: TargetOptions, names?: NameKeeper) {
    this.#jail = jail
    this.#options = options
    this.#onFinding = options.onFinding ?? (() => {})
    this.#names = names ?? new NameKeeper(jail, this.#onFinding)
  }

  /** The target's real path. */
  get root(): string {
    return this.#jail.root
  }

  /** Whether upper and lower case are one in it (somewhere): two names of a snapshot may then not both keep theirs. */
  get foldsCase(): boolean {
    return this.#names.isNeeded
  }

  /** What is there, a link's own facts when it is one; `undefined` when nothing is. */
  stat(path: RelativePath): BigIntStats | undefined {
    try {
      return this.#jail.stat(this.#place(path))
    } catch (error) {
      if (LEADS_NOWHERE.has(codeOf(error))) return undefined
      throw error
    }
  }

  /**
   * Makes a folder and those above it, where they are not there; with mode 0700 until its metadata is put. What is in the way (a file, a
   * link, even one to a folder) is removed.
   */
  ensureDirectory(path: RelativePath): void {
    const place = this.#place(path)
    const key = place.join('/')
    if (this.#ensured === key) return
    for (let depth = 1; depth <= place.length; depth++) this.#ensureOne(place.slice(0, depth))
    this.#ensured = key
  }

  /**
   * Opens a file for writing, its folder being there.
   *
   * @param file.keep leaves the content of an existing file where it is, to write only what differs; `isFresh` of the answer says whether
   *   there was any
   * @throws {RefusedError} when a folder with content is in the way; system errors
   */
  openFile(path: RelativePath, file: { readonly sizeBytes: number; readonly keep: boolean }): TargetFile {
    const place = this.#place(path)
    return this.#targetFile(place, file.sizeBytes, this.#openOrCreate(place, file.keep))
  }

  /**
   * Opens a file again that was opened before, all of what is in it being kept.
   * @throws `ESTALE`, before anything is changed, when another file has its name now, or none
   */
  openAgain(path: RelativePath, file: { readonly sizeBytes: number; readonly identity: string }): TargetFile {
    const place = this.#place(path)
    const { descriptor } = this.stat(path) === undefined ? {} : (this.#openExisting(place) ?? {})
    if (descriptor === undefined || fileIdentity(descriptor) !== file.identity) {
      if (descriptor !== undefined) closeSync(descriptor)
      throw systemError('ESTALE', 'open', this.#pathOf(place))
    }
    return this.#targetFile(place, file.sizeBytes, { descriptor, keptBytes: fstatSync(descriptor).size, isNew: false })
  }
  /** A descriptor for reading what is there, to compare it; `undefined` when it is no file or may not be read. The caller closes it. */
  openForReading(path: RelativePath): number | undefined {
    let descriptor: number
    try {
      descriptor = this.#jail.open(this.#place(path), READ_FLAGS, 0)
    } catch (error) {
      if (LEADS_NOWHERE.has(codeOf(error)) || NOT_WRITABLE.has(codeOf(error))) return undefined
      throw error
    }
    if (fstatSync(descriptor).isFile()) return descriptor
    closeSync(descriptor)
    return undefined
  }

  /** Makes a link, in place of whatever is there. Its target is written as it is, wherever it leads. */
  symlink(path: RelativePath, target: Uint8Array): void {
    const place = this.#place(path)
    this.#clear(place)
    this.#jail.symlink(place, target)
  }

  /** Makes `path` a second name of the file `existing`, in place of whatever is there. */
  hardlink(path: RelativePath, existing: RelativePath): void {
    const [place, first] = [this.#place(path), this.#place(existing)]
    const [now, wanted] = [this.#jail.stat(place), this.#jail.stat(first)]
    if (now !== undefined && wanted !== undefined && now.ino === wanted.ino && now.dev === wanted.dev) return
    this.#clear(place)
    this.#jail.link(place, first)
  }

  /** Makes a block or character device, in place of whatever is there. @throws `EPERM` unless root */
  device(path: RelativePath, kind: 'dev' | 'chardev', device: bigint): void {
    const place = this.#place(path)
    this.#clear(place)
    const mode = (kind === 'dev' ? S_IF.block : S_IF.character) | 0o600
    this.#jail.make(place, (path) => makeDevice(path, mode, device))
  }

  /** Makes a fifo, in place of whatever is there. */
  fifo(path: RelativePath): void {
    const place = this.#place(path)
    this.#clear(place)
    this.#jail.make(place, (path) => makeFifo(path, 0o600))
  }

  /**
   * Puts a node's owner, attributes, permissions and times on an entry; for a folder, after everything in it is done. For files
   * {@link TargetFile.applyMetadata} is better: nobody can exchange an open file.
   *
   * @throws `ESTALE` when something else than the node's type is there, or a file with other names (they may be outside the target) on
   *   which anything would change
   */
  applyMetadata(path: RelativePath, node: TreeNode): void {
    const place = this.#place(path)
    using pinned = this.#jail.pin(place)
    const isOther = nodeType(pinned.stat, node.name) !== node.type
    const isShared = node.type === 'file' && pinned.stat.nlink > 1n
    if (isShared && !isOther && hasMetadata(pinned, node, this.#options)) return
    if (isOther || isShared) throw systemError('ESTALE', 'metadata', this.#pathOf(place))
    this.#write(pinned, node, place, false)
  }

  /** Whether an entry has a node's owner, attributes, permissions and modification time already; false when that cannot be told. */
  hasMetadata(path: RelativePath, node: TreeNode): boolean {
    try {
      using pinned = this.#jail.pin(this.#place(path))
      return hasMetadata(pinned, node, this.#options)
    } catch {
      return false
    }
  }

  /** Entries of a folder that the snapshot's folder does not have, ascending: what `--delete` removes. */
  unexpected(folder: RelativePath, expected: Iterable<Uint8Array>): FoundEntry[] {
    const given = placeOf(folder)
    const place = this.#names.actual(given)
    const names = placeOf([...expected]).map((name) => this.#names.actual([...given, name]).at(-1) as string)
    const isExpected = this.#names.matcher(place, names)
    return this.#list(place)
      .filter((name) => !isExpected(name))
      .map((name) => ({ place: [...place, name], path: this.#pathOf([...place, name]) }))
  }

  /** Removes an entry, a folder with all that it holds; links are removed, not followed. @returns how many entries */
  remove(entry: FoundEntry): number {
    this.#ensured = undefined
    return this.#removeTree(entry.place)
  }

  /** Which file has a name now ({@link TargetFile.identity}); `undefined` when nothing has it. */
  identity(path: RelativePath): string | undefined {
    const stat = this.stat(path)
    return stat && `${stat.dev}/${stat.ino}`
  }

  /** Removes a file that could not be completed. */
  discard(path: RelativePath): void {
    this.#jail.unlink(this.#place(path))
  }

  /** Gives a file that was there the first free name that begins like its own, in the same folder. @returns that name */
  putAside(path: RelativePath): Uint8Array {
    const [folder, name] = [path.slice(0, -1), path.at(-1)!]
    for (let i = 1; ; i++) {
      const aside = withEnding(name, i === 1 ? '.incomplete' : `.incomplete-${i}`)
      const place = this.#place([...folder, aside])
      if (this.#jail.stat(place) !== undefined) continue
      this.#jail.rename(this.#place(path), place)
      return aside
    }
  }

  /** Makes what was written survive a power cut, where the system can be asked for it (Linux); false elsewhere. */
  sync(): boolean {
    const folder = openSync(this.#jail.root, constants.O_RDONLY)
    try {
      return syncFileSystem(folder)
    } finally {
      closeSync(folder)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#jail[Symbol.dispose]()
  }

  #place(path: RelativePath): Place {
    return this.#names.actual(placeOf(path))
  }

  /** What messages call a place. */
  #pathOf(place: Place): Buffer {
    return Buffer.concat([Buffer.from(this.#jail.root), Buffer.from(['', ...place].join('/'), 'latin1')])
  }

  #ensureOne(place: Place): void {
    const stat = this.#jail.stat(place)
    if (stat?.isDirectory()) {
      if (stat.dev !== this.#jail.stat(place.slice(0, -1))?.dev) this.#names.noteMount(place)
      return
    }
    if (stat !== undefined) this.#jail.unlink(place)
    this.#jail.makeFolder(place, 0o700)
  }

  #targetFile(place: Place, sizeBytes: number, opened: OpenedFile): TargetFile {
    return new TargetFile({
      ...opened,
      sizeBytes,
      isSparse: this.#options.sparse === true,
      writeMetadata: (descriptor, node) => {
        const pinned = {
          stat: fstatSync(descriptor, { bigint: true }),
          entry: descriptor,
          links: 'keep',
          [Symbol.dispose]: () => {},
        } as const
        this.#write(pinned, node, place, opened.isNew && !this.#handsDown(place.slice(0, -1)))
      },
    })
  }

  #openOrCreate(place: Place, keep: boolean): OpenedFile {
    const created = this.#create(place)
    if (created !== undefined) return { descriptor: created, keptBytes: 0, isNew: true }
    const existing = this.#openExisting(place)
    if (existing !== undefined) {
      makePrivate(existing.descriptor, existing.earlierMode)
      if (!keep) ftruncateSync(existing.descriptor, 0)
      return { ...existing, keptBytes: keep ? existing.keptBytes : 0, isNew: false }
    }
    this.#clear(place)
    return { descriptor: this.#jail.open(place, CREATE_FLAGS, 0o600), keptBytes: 0, isNew: true }
  }

  #create(place: Place): number | undefined {
    try {
      return this.#jail.open(place, CREATE_FLAGS, 0o600)
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ELOOP') return undefined
      throw error
    }
  }

  /** An existing file that may be written in place: it is a file, and this is its only name. */
  #openExisting(place: Place): { descriptor: number; keptBytes: number; earlierMode: number } | undefined {
    let descriptor: number
    try {
      descriptor = this.#jail.open(place, OPEN_FLAGS, 0)
    } catch (error) {
      if (NOT_WRITABLE.has(codeOf(error))) return undefined
      throw error
    }
    const stat = fstatSync(descriptor)
    if (stat.isFile() && stat.nlink === 1) return { descriptor, keptBytes: stat.size, earlierMode: stat.mode & 0o7777 }
    closeSync(descriptor)
    return undefined
  }

  /** Removes what is in the way of an entry that is no folder. */
  #clear(place: Place): void {
    const stat = this.#jail.stat(place)
    if (stat === undefined) return
    if (stat.isDirectory()) this.#clearFolder(place)
    else this.#jail.unlink(place)
  }

  #clearFolder(place: Place): void {
    if (this.#options.replacesFolders !== true && this.#jail.list(place).length > 0) {
      throw new RefusedError(`${this.#pathOf(place).toString()}: a folder with content is where something else belongs`)
    }
    this.#ensured = undefined
    this.#removeTree(place)
  }

  #removeTree(place: Place): number {
    const stat = this.#jail.stat(place)
    if (stat === undefined) return 0
    if (!stat.isDirectory()) {
      this.#jail.unlink(place)
      return 1
    }
    let count = 1
    for (const name of this.#jail.list(place)) count += this.#removeTree([...place, name])
    this.#jail.removeFolder(place)
    return count
  }

  #list(place: Place): string[] {
    try {
      return this.#jail.list(place)
    } catch (error) {
      if (LEADS_NOWHERE.has(codeOf(error))) return []
      throw error
    }
  }

  /** Whether entries made in a folder get attributes from it: an access list for what is new. */
  #handsDown(folder: Place): boolean {
    const key = folder.join('/')
    if (this.#handing?.key !== key) {
      using pinned = this.#jail.pin(folder)
      this.#handing = { key, isSo: listXattrs(pinned.entry, pinned.links).includes('system.posix_acl_default') }
    }
    return this.#handing.isSo
  }

  #write(pinned: Pinned, node: TreeNode, place: Place, hasNoXattrs: boolean): void {
    writeMetadata(pinned, node, { pathOf: () => this.#pathOf(place), hasNoXattrs }, this.#options, this.#onFinding)
  }
}

/** What an earlier file may have shown to everybody, it does not show of what is written now. */
function makePrivate(descriptor: number, mode: number): void {
  if (mode === 0o600) return
  try {
    fchmodSync(descriptor, 0o600)
  } catch {
    // Not our file, or a file system without permissions: its own are not ours to change, and putting the snapshot's will say so.
  }
}

/** A name with an ending, cut before a character when the two are too long together. */
function withEnding(name: Uint8Array, ending: string): Uint8Array {
  let length = Math.min(name.length, NAME_BYTES_MAX - ending.length)
  while (length < name.length && length > 0 && (name[length]! & 0xc0) === 0x80) length--
  return Uint8Array.from([...name.subarray(0, length), ...Buffer.from(ending)])
}
