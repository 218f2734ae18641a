/** System calls that Node's `fs` lacks: times in nanoseconds, fifos and devices, a whole file system's sync, name services. */
import { futimesSync, lutimesSync, utimesSync } from 'node:fs'
import { constants } from './constants.ts'
import { type Call, type Native, native, systemError } from './native.ts'
import type { EntryRef, Links } from './xattrs.ts'

const bound = new Map<string, Call>()

function bind(c: Native, name: string, signature: string): Call {
  const call = bound.get(name) ?? c.bind(name, signature)
  bound.set(name, call)
  return call
}

const AT_FDCWD = process.platform === 'darwin' ? -2 : -100
const AT_SYMLINK_NOFOLLOW = process.platform === 'darwin' ? 0x20 : 0x100

/** Sets both times of an entry, in nanoseconds since 1970. Without FFI: to the microsecond. */
export function setTimes(entry: EntryRef, atimeNs: bigint, mtimeNs: bigint, links: Links = 'keep'): void {
  const c = native()
  if (c === undefined) {
    const [atime, mtime] = [Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9]
    if (typeof entry === 'number') futimesSync(entry, atime, mtime)
    else if (links === 'keep') lutimesSync(Buffer.from(entry), atime, mtime)
    else utimesSync(Buffer.from(entry), atime, mtime)
    return
  }
  putTime(c.value.bytes, 0, atimeNs)
  putTime(c.value.bytes, 16, mtimeNs)
  if (typeof entry === 'number') {
    c.check(bind(c, 'futimens', 'ip')(entry, c.value.pointer), 'futimens', entry)
    return
  }
  const flags = links === 'keep' ? AT_SYMLINK_NOFOLLOW : 0
  c.check(bind(c, 'utimensat', 'ippi')(AT_FDCWD, c.putFirst(entry), c.value.pointer, flags), 'utimensat', entry)
}

/** A struct timespec: seconds, then nanoseconds, counted up from a whole second for times before 1970 too. */
function putTime(target: Buffer, at: number, ns: bigint): void {
  const nanoseconds = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  target.writeBigInt64LE((ns - nanoseconds) / 1_000_000_000n, at)
  target.writeBigInt64LE(nanoseconds, at + 8)
}

/**
 * Opens an entry of an open folder (Linux): quicker than `fs.openSync` of a path through /proc.
 * @returns a descriptor for any call of `fs`; `undefined` where there is no FFI
 */
export function openAt(folder: number, name: Uint8Array, flags: number, mode: number): number | undefined {
  const c = native()
  if (c === undefined) return undefined
  return c.check(bind(c, 'openat', 'ipiu')(folder, c.putFirst(name), flags | constants.O_CLOEXEC, mode), 'openat', name)
}

/** Makes a fifo. @throws system errors; `ENOSYS` where this Node cannot */
export function makeFifo(path: Uint8Array, mode: number): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'mkfifo', path)
  c.check(bind(c, 'mkfifo', 'pu')(c.putFirst(path), mode), 'mkfifo', path)
}

/**
 * Makes a device.
 * @param mode with its S_IF… bits
 * @throws system errors (`EPERM` unless root); `ENOSYS` where this Node or a C library before glibc 2.33 cannot
 */
export function makeDevice(path: Uint8Array, mode: number, device: bigint): void {
  const c = native()
  const call = c === undefined ? undefined : findMknod(c)
  if (c === undefined || call === undefined) throw systemError('ENOSYS', 'mknod', path)
  c.check(call(c.putFirst(path), mode, process.platform === 'darwin' ? Number(BigInt.asIntN(32, device)) : device), 'mknod', path)
}

function findMknod(c: Native): Call | undefined {
  try {
    return bind(c, 'mknod', process.platform === 'darwin' ? 'pui' : 'pup')
  } catch {
    return undefined
  }
}

/** Writes everything of the file system that an open file or folder is on to its disk. False where that cannot be asked for. */
export function syncFileSystem(descriptor: number): boolean {
  const c = native()
  if (c === undefined || process.platform !== 'linux') return false
  c.check(bind(c, 'syncfs', 'i')(descriptor), 'syncfs', new Uint8Array(0))
  return true
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
  if (bind(c, name, 'upppp')(id, record, texts, BigInt(bytes.length - 1024), pointer) !== 0) return undefined
  if (c.ffi.getUint64(pointer) === 0n) return undefined
  // struct passwd and struct group both begin with the address of the name, on every system served here.
  return c.ffi.toString(c.ffi.getUint64(record)) ?? undefined
}
