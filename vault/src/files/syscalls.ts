/**
 * System calls that Node's `fs` lacks, through `node:ffi`: extended attributes, nanosecond times without following links, device
 * nodes, and the `…at` family that names a file by an open folder. Linux (x64, arm64) and macOS.
 *
 * Every path goes through one fixed native buffer of this thread and every argument is an address or a number, never a Buffer:
 * that keeps the cost of a call at 0.1-0.3 µs above the system's own (measured: a Buffer argument adds 0.3-0.7 µs each).
 * Where Node has no FFI, or on Windows, {@link syscalls} is undefined and callers do with less; they say what in their own comments.
 */
import { constants, errno as errnoNumbers } from './constants.ts'

type Ffi = typeof import('node:ffi')
type Pointer = bigint

/** What the C library offers. Paths are raw bytes without a NUL inside. Every failure throws like `fs` does: an Error with `code` and `syscall`. */
export interface Syscalls {
  /** Names of the extended attributes in the system's own order, links not followed. `undefined` when the file system has none. */
  listXattrs(path: Uint8Array): string[] | undefined
  /** One attribute's value, links not followed. `undefined` when it is gone. */
  getXattr(path: Uint8Array, name: string): Uint8Array | undefined
  setXattr(path: Uint8Array, name: string, value: Uint8Array): void
  removeXattr(path: Uint8Array, name: string): void
  /** Both times in nanoseconds since 1970, of the entry itself when it is a link. */
  setTimes(folder: number, name: Uint8Array, atimeNs: bigint, mtimeNs: bigint): void
  /** Opens an entry of an open folder. `flags` as in `fs.constants`; the descriptor works with every `fs` call. */
  openAt(folder: number, name: Uint8Array, flags: number, mode: number): number
  makeFolderAt(folder: number, name: Uint8Array, mode: number): void
  unlinkAt(folder: number, name: Uint8Array, kind: 'file' | 'folder'): void
  renameAt(fromFolder: number, from: Uint8Array, toFolder: number, to: Uint8Array): void
  symlinkAt(target: Uint8Array, folder: number, name: Uint8Array): void
  /** A second name for an existing file; a link as source is not followed. */
  linkAt(fromFolder: number, from: Uint8Array, toFolder: number, to: Uint8Array): void
  /** `mode` with its S_IF… bits. */
  makeNodeAt(folder: number, name: Uint8Array, mode: number, device: bigint): void
  /** Owner of the entry itself, links not followed. */
  changeOwnerAt(folder: number, name: Uint8Array, uid: number, gid: number): void
  /** The account's name as the system's name services know it (LDAP, Open Directory…), `undefined` when they do not. */
  userName(uid: number): string | undefined
  groupName(gid: number): string | undefined
}

const PATH_BYTES = 64 * 1024
const VALUE_BYTES = 64 * 1024 + 4096

const p = 'pointer'
const fd = 'i32'
const u32 = 'u32'
const i32 = 'i32'

function symbols(darwin: boolean) {
  // size_t and ssize_t: sizes are passed as addresses (64 bits, the fast path of node:ffi), results fit 32 bits because buffers do.
  const xattr = darwin
    ? ({
        listxattr: { arguments: [p, p, p, i32], return: i32 },
        getxattr: { arguments: [p, p, p, p, u32, i32], return: i32 },
        setxattr: { arguments: [p, p, p, p, u32, i32], return: i32 },
        removexattr: { arguments: [p, p, i32], return: i32 },
        __error: { arguments: [], return: p },
      } as const)
    : ({
        llistxattr: { arguments: [p, p, p], return: i32 },
        lgetxattr: { arguments: [p, p, p, p], return: i32 },
        lsetxattr: { arguments: [p, p, p, p, i32], return: i32 },
        lremovexattr: { arguments: [p, p], return: i32 },
        __errno_location: { arguments: [], return: p },
      } as const)
  return {
    ...xattr,
    utimensat: { arguments: [fd, p, p, i32], return: i32 },
    openat: { arguments: [fd, p, i32, u32], return: i32 },
    mkdirat: { arguments: [fd, p, u32], return: i32 },
    unlinkat: { arguments: [fd, p, i32], return: i32 },
    renameat: { arguments: [fd, p, fd, p], return: i32 },
    symlinkat: { arguments: [p, fd, p], return: i32 },
    linkat: { arguments: [fd, p, fd, p, i32], return: i32 },
    mknodat: { arguments: [fd, p, u32, darwin ? i32 : p], return: i32 },
    fchownat: { arguments: [fd, p, u32, u32, i32], return: i32 },
    getpwuid_r: { arguments: [u32, p, p, p, p], return: i32 },
    getgrgid_r: { arguments: [u32, p, p, p, p], return: i32 },
  } as const
}

// Functions are looked up by name, and their signatures differ by platform: one loose type here, strict ones in Syscalls.
type Call = (...args: (number | bigint)[]) => number

/** The calls of this system, or `undefined` where there is no FFI (Windows, an older Node, `--permission` without `--allow-ffi`). */
export const syscalls: Syscalls | undefined = bindSyscalls()

function bindSyscalls(): Syscalls | undefined {
  const darwin = process.platform === 'darwin'
  if (!darwin && process.platform !== 'linux') return undefined
  try {
    const ffi = loadFfi()
    if (ffi === undefined) return undefined
    const { functions } = ffi.dlopen(null, symbols(darwin))
    return makeSyscalls(ffi, functions as unknown as Record<string, Call>, darwin)
  } catch {
    return undefined
  }
}

/** Loads `node:ffi` without its one-line warning, which tells users nothing: only that warning, only while it loads. */
function loadFfi(): Ffi | undefined {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('FFI ')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return process.getBuiltinModule('node:ffi') as Ffi | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

function makeSyscalls(ffi: Ffi, c: Record<string, Call>, darwin: boolean): Syscalls {
  const scratch = Buffer.alloc(3 * PATH_BYTES + VALUE_BYTES)
  const base: Pointer = ffi.getRawPointer(scratch)
  const first = { at: 0, pointer: base }
  const second = { at: PATH_BYTES, pointer: base + BigInt(PATH_BYTES) }
  const value = { at: 3 * PATH_BYTES, pointer: base + BigInt(3 * PATH_BYTES) }
  const valueBytes = BigInt(VALUE_BYTES)
  const errnoPointer = BigInt(call(darwin ? '__error' : '__errno_location')())
  const noFollow = darwin ? 0x20 : 0x100
  const removeFolder = darwin ? 0x80 : 0x200
  const XATTR_NOFOLLOW = 1

  function call(name: string): Call {
    return c[name] as Call
  }

  function put(place: { at: number }, bytes: Uint8Array): void {
    if (bytes.length >= PATH_BYTES) throw failure('ENAMETOOLONG', 'path', bytes)
    if (bytes.includes(0)) throw failure('EINVAL', 'path', bytes)
    scratch.set(bytes, place.at)
    scratch[place.at + bytes.length] = 0
  }

  function putText(place: { at: number }, text: string): void {
    const length = scratch.write(text, place.at, PATH_BYTES - 1, 'utf8')
    scratch[place.at + length] = 0
  }

  const lastError = (): string => errnoNumbers.get(ffi.getInt32(errnoPointer)) ?? `errno ${ffi.getInt32(errnoPointer)}`

  function check(result: number, name: string, path: Uint8Array): number {
    if (result >= 0) return result
    throw failure(lastError(), name, path)
  }

  const listNames: () => number = darwin
    ? () => call('listxattr')(first.pointer, value.pointer, valueBytes, XATTR_NOFOLLOW)
    : (
        (list) => () =>
          list(first.pointer, value.pointer, valueBytes)
      )(call('llistxattr'))
  const getValue: () => number = darwin
    ? () => call('getxattr')(first.pointer, second.pointer, value.pointer, valueBytes, 0, XATTR_NOFOLLOW)
    : () => call('lgetxattr')(first.pointer, second.pointer, value.pointer, valueBytes)

  function accountName(lookup: string, id: number): string | undefined {
    // struct passwd and struct group begin with the pointer to the name on every system served here.
    const record = value.pointer
    const answer = second.pointer
    const status = call(lookup)(id, record, value.pointer + 1024n, valueBytes - 1024n, answer)
    if (status !== 0 || ffi.getUint64(answer) === 0n) return undefined
    return ffi.toString(ffi.getUint64(record)) ?? undefined
  }

  return {
    listXattrs(path) {
      put(first, path)
      const length = listNames()
      if (length === 0) return NONE
      if (length < 0) {
        const code = lastError()
        if (code === 'ENOTSUP' || code === 'EOPNOTSUPP') return undefined
        if (code === 'ENODATA') return NONE
        throw failure(code, 'llistxattr', path)
      }
      return scratch.toString('utf8', value.at, value.at + length - 1).split('\0')
    },
    getXattr(path, name) {
      put(first, path)
      putText(second, name)
      const length = getValue()
      if (length >= 0) return Uint8Array.prototype.slice.call(scratch, value.at, value.at + length)
      const code = lastError()
      if (code === 'ENODATA' || code === 'ENOATTR' || code === 'ENOTSUP') return undefined
      throw failure(code, 'lgetxattr', path)
    },
    setXattr(path, name, bytes) {
      if (bytes.length > VALUE_BYTES) throw failure('E2BIG', 'lsetxattr', path)
      put(first, path)
      putText(second, name)
      scratch.set(bytes, value.at)
      const result = darwin
        ? call('setxattr')(first.pointer, second.pointer, value.pointer, BigInt(bytes.length), 0, XATTR_NOFOLLOW)
        : call('lsetxattr')(first.pointer, second.pointer, value.pointer, BigInt(bytes.length), 0)
      check(result, 'lsetxattr', path)
    },
    removeXattr(path, name) {
      put(first, path)
      putText(second, name)
      const result = darwin
        ? call('removexattr')(first.pointer, second.pointer, XATTR_NOFOLLOW)
        : call('lremovexattr')(first.pointer, second.pointer)
      check(result, 'lremovexattr', path)
    },
    setTimes(folder, name, atimeNs, mtimeNs) {
      put(first, name)
      putTime(scratch, value.at, atimeNs)
      putTime(scratch, value.at + 16, mtimeNs)
      check(call('utimensat')(folder, first.pointer, value.pointer, noFollow), 'utimensat', name)
    },
    openAt(folder, name, flags, mode) {
      put(first, name)
      return check(call('openat')(folder, first.pointer, flags | constants.O_CLOEXEC, mode), 'openat', name)
    },
    makeFolderAt(folder, name, mode) {
      put(first, name)
      check(call('mkdirat')(folder, first.pointer, mode), 'mkdirat', name)
    },
    unlinkAt(folder, name, kind) {
      put(first, name)
      check(call('unlinkat')(folder, first.pointer, kind === 'folder' ? removeFolder : 0), 'unlinkat', name)
    },
    renameAt(fromFolder, from, toFolder, to) {
      put(first, from)
      put(second, to)
      check(call('renameat')(fromFolder, first.pointer, toFolder, second.pointer), 'renameat', from)
    },
    symlinkAt(target, folder, name) {
      put(first, target)
      put(second, name)
      check(call('symlinkat')(first.pointer, folder, second.pointer), 'symlinkat', name)
    },
    linkAt(fromFolder, from, toFolder, to) {
      put(first, from)
      put(second, to)
      check(call('linkat')(fromFolder, first.pointer, toFolder, second.pointer, 0), 'linkat', to)
    },
    makeNodeAt(folder, name, mode, device) {
      put(first, name)
      check(call('mknodat')(folder, first.pointer, mode, darwin ? Number(BigInt.asIntN(32, device)) : device), 'mknodat', name)
    },
    changeOwnerAt(folder, name, uid, gid) {
      put(first, name)
      check(call('fchownat')(folder, first.pointer, uid, gid, noFollow), 'fchownat', name)
    },
    userName: (uid) => accountName('getpwuid_r', uid),
    groupName: (gid) => accountName('getgrgid_r', gid),
  }
}

const NONE: string[] = []

/** A struct timespec: seconds, then nanoseconds, rounded down for times before 1970. */
function putTime(target: Buffer, at: number, ns: bigint): void {
  const nanoseconds = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  target.writeBigInt64LE((ns - nanoseconds) / 1_000_000_000n, at)
  target.writeBigInt64LE(nanoseconds, at + 8)
}

/** An error shaped as those of `fs`, so that callers need not know which of the two made a call. */
function failure(code: string, syscall: string, path: Uint8Array): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${syscall} '${Buffer.from(path).toString()}'`)
  return Object.assign(error, { code, syscall, path: Buffer.from(path).toString() })
}
