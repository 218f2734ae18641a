/**
 * System calls that Node's `fs` lacks: times in nanoseconds without following links, fifos and devices, and the `…at` family that names
 * an entry by the open folder it is in, so that nobody can slip a link in between. Linux (x64, arm64); times and fifos on macOS too.
 */
import { lutimesSync } from 'node:fs'
import { constants } from './constants.ts'
import { type Native, native, systemError } from './native.ts'

/** Entries named by an open folder and their last name. Descriptors work with every call of `fs`. Failures throw as in `fs`. */
export interface FolderCalls {
  /** @param flags as in `fs.constants`; closed on exec whatever they say */
  open(folder: number, name: Uint8Array, flags: number, mode: number): number
  makeFolder(folder: number, name: Uint8Array, mode: number): void
  unlink(folder: number, name: Uint8Array): void
  removeFolder(folder: number, name: Uint8Array): void
  rename(fromFolder: number, from: Uint8Array, toFolder: number, to: Uint8Array): void
  symlink(target: Uint8Array, folder: number, name: Uint8Array): void
  /** A second name for an existing entry; a link as source is not followed. */
  link(fromFolder: number, from: Uint8Array, toFolder: number, to: Uint8Array): void
  /** @param mode with its S_IF… bits */
  makeNode(folder: number, name: Uint8Array, mode: number, device: bigint): void
  /** Writes everything of the file system that `folder` is on to its disk. */
  syncFileSystem(folder: number): void
}

/** The calls, or `undefined` where there are none: not Linux, no FFI, or no /proc, through which descriptors are listed and changed. */
export function folderCalls(): FolderCalls | undefined {
  if (folders === null) folders = process.platform === 'linux' ? bindFolderCalls() : undefined
  return folders
}

let folders: FolderCalls | undefined | null = null

function bindFolderCalls(): FolderCalls | undefined {
  const c = native()
  if (c === undefined) return undefined
  const openat = c.bind('openat', 'ipiu')
  const mkdirat = c.bind('mkdirat', 'ipu')
  const unlinkat = c.bind('unlinkat', 'ipi')
  const renameat = c.bind('renameat', 'ipip')
  const symlinkat = c.bind('symlinkat', 'pip')
  const linkat = c.bind('linkat', 'ipipi')
  const mknodat = c.bind('mknodat', 'ipup')
  const syncfs = c.bind('syncfs', 'i')
  const AT_REMOVEDIR = 0x200
  return {
    open: (folder, name, flags, mode) =>
      c.check(openat(folder, c.putFirst(name), flags | constants.O_CLOEXEC, mode), 'openat', name),
    makeFolder: (folder, name, mode) => void c.check(mkdirat(folder, c.putFirst(name), mode), 'mkdirat', name),
    unlink: (folder, name) => void c.check(unlinkat(folder, c.putFirst(name), 0), 'unlinkat', name),
    removeFolder: (folder, name) => void c.check(unlinkat(folder, c.putFirst(name), AT_REMOVEDIR), 'unlinkat', name),
    rename: (fromFolder, from, toFolder, to) =>
      void c.check(renameat(fromFolder, c.putFirst(from), toFolder, c.putSecond(to)), 'renameat', from),
    symlink: (target, folder, name) => void c.check(symlinkat(c.putFirst(target), folder, c.putSecond(name)), 'symlinkat', name),
    link: (fromFolder, from, toFolder, to) =>
      void c.check(linkat(fromFolder, c.putFirst(from), toFolder, c.putSecond(to), 0), 'linkat', to),
    makeNode: (folder, name, mode, device) => void c.check(mknodat(folder, c.putFirst(name), mode, device), 'mknodat', name),
    syncFileSystem: (folder) => void c.check(syncfs(folder), 'syncfs', EMPTY),
  }
}

const EMPTY = new Uint8Array(0)
const AT_FDCWD = process.platform === 'darwin' ? -2 : -100
const AT_SYMLINK_NOFOLLOW = process.platform === 'darwin' ? 0x20 : 0x100

/**
 * Sets both times of an entry, in nanoseconds since 1970. Without FFI: to the microsecond.
 * @param path of the entry; `/proc/self/fd/…` with `follow` for an open one
 */
export function setTimes(path: Uint8Array, atimeNs: bigint, mtimeNs: bigint, links: 'follow' | 'keep'): void {
  const c = native()
  if (c === undefined) {
    lutimesSync(Buffer.from(path), Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9)
    return
  }
  utimensat ??= c.bind('utimensat', 'ippi')
  putTime(c.value.bytes, 0, atimeNs)
  putTime(c.value.bytes, 16, mtimeNs)
  const flags = links === 'keep' ? AT_SYMLINK_NOFOLLOW : 0
  c.check(utimensat(AT_FDCWD, c.putFirst(path), c.value.pointer, flags), 'utimensat', path)
}

let utimensat: ReturnType<Native['bind']> | undefined

/** A struct timespec: seconds, then nanoseconds, counted up from a whole second for times before 1970 too. */
function putTime(target: Buffer, at: number, ns: bigint): void {
  const nanoseconds = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  target.writeBigInt64LE((ns - nanoseconds) / 1_000_000_000n, at)
  target.writeBigInt64LE(nanoseconds, at + 8)
}

/** Makes a fifo. @throws system errors; `ENOSYS` where this Node cannot */
export function makeFifo(path: Uint8Array, mode: number): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'mkfifo', path)
  c.check(c.bind('mkfifo', 'pu')(c.putFirst(path), mode), 'mkfifo', path)
}

/** The account's name as the system's name services know it (LDAP, Open Directory…), `undefined` when they do not. */
export function lookUpUser(uid: number): string | undefined {
  return lookUp('getpwuid_r', uid)
}

/** The group's name as the system's name services know it. */
export function lookUpGroup(gid: number): string | undefined {
  return lookUp('getgrgid_r', gid)
}

function lookUp(name: string, id: number): string | undefined {
  const c = native()
  if (c === undefined) return undefined
  const { bytes, pointer } = c.value
  // Layout of the scratch: the address of the answer, the record, the texts that it points to.
  const [record, texts] = [pointer + 16n, pointer + 1024n]
  if (c.bind(name, 'upppp')(id, record, texts, BigInt(bytes.length - 1024), pointer) !== 0) return undefined
  if (c.ffi.getUint64(pointer) === 0n) return undefined
  // struct passwd and struct group both begin with the address of the name, on every system served here.
  return c.ffi.toString(c.ffi.getUint64(record)) ?? undefined
}
