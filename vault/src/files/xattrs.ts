/** Extended attributes. Linux and macOS; elsewhere, and without FFI, there are none to be had. */
import { type Native, native, systemError, VALUE_BYTES } from './native.ts'

export interface Xattr {
  readonly name: string
  readonly value: Uint8Array
}

/** Of the entry itself (`keep`), or of what it leads to (`follow`: for `/proc/self/fd/…`). */
export type Links = 'keep' | 'follow'

interface Calls {
  list(path: bigint): number
  get(path: bigint, name: bigint): number
  set(path: bigint, name: bigint, length: number): number
  remove(path: bigint, name: bigint): number
}

/** Whether this system and this Node can read them at all. */
export function hasXattrs(): boolean {
  return native() !== undefined
}

/**
 * Names in the system's own order; none where the file system or this Node has no attributes.
 * @throws system errors other than that
 */
export function listXattrs(path: Uint8Array, links: Links = 'keep'): readonly string[] {
  const c = native()
  if (c === undefined) return NONE
  const length = callsOf(c, links).list(c.putFirst(path))
  if (length === 0) return NONE
  if (length > 0) return c.value.bytes.toString('utf8', 0, length - 1).split('\0')
  const code = c.lastError()
  if (MISSING.has(code)) return NONE
  throw systemError(code, 'llistxattr', path)
}

/** One attribute's value, or `undefined` when it is not there (any more). */
export function getXattr(path: Uint8Array, name: string, links: Links = 'keep'): Uint8Array | undefined {
  const c = native()
  if (c === undefined) return undefined
  const length = callsOf(c, links).get(c.putFirst(path), c.putSecond(Buffer.from(name)))
  if (length >= 0) return new Uint8Array(c.value.bytes.subarray(0, length))
  const code = c.lastError()
  if (MISSING.has(code)) return undefined
  throw systemError(code, 'lgetxattr', path)
}

/** Sets one attribute, over an older value too. @throws system errors; `ENOSYS` where this Node cannot */
export function setXattr(path: Uint8Array, name: string, value: Uint8Array, links: Links = 'keep'): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'lsetxattr', path)
  if (value.length > VALUE_BYTES) throw systemError('E2BIG', 'lsetxattr', path)
  c.value.bytes.set(value)
  c.check(callsOf(c, links).set(c.putFirst(path), c.putSecond(Buffer.from(name)), value.length), 'lsetxattr', path)
}

export function removeXattr(path: Uint8Array, name: string, links: Links = 'keep'): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'lremovexattr', path)
  c.check(callsOf(c, links).remove(c.putFirst(path), c.putSecond(Buffer.from(name))), 'lremovexattr', path)
}

const NONE: readonly string[] = []

/** No such attribute, or no attributes here: some network file systems answer the one for the other. */
const MISSING = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENODATA', 'ENOATTR'])

const calls: { keep?: Calls; follow?: Calls } = {}

function callsOf(c: Native, links: Links): Calls {
  const bound = calls[links] ?? (process.platform === 'darwin' ? darwinCalls(c, links) : linuxCalls(c, links))
  calls[links] = bound
  return bound
}

function linuxCalls(c: Native, links: Links): Calls {
  const l = links === 'keep' ? 'l' : ''
  const list = c.bind(`${l}listxattr`, 'ppp')
  const get = c.bind(`${l}getxattr`, 'pppp')
  const set = c.bind(`${l}setxattr`, 'ppppi')
  const remove = c.bind(`${l}removexattr`, 'pp')
  const { pointer } = c.value
  const room = BigInt(VALUE_BYTES)
  return {
    list: (path) => list(path, pointer, room),
    get: (path, name) => get(path, name, pointer, room),
    set: (path, name, length) => set(path, name, pointer, BigInt(length), 0),
    remove: (path, name) => remove(path, name),
  }
}

function darwinCalls(c: Native, links: Links): Calls {
  const list = c.bind('listxattr', 'pppi')
  const get = c.bind('getxattr', 'ppppui')
  const set = c.bind('setxattr', 'ppppui')
  const remove = c.bind('removexattr', 'ppi')
  const { pointer } = c.value
  const room = BigInt(VALUE_BYTES)
  const flags = links === 'keep' ? 1 /* XATTR_NOFOLLOW */ : 0
  return {
    list: (path) => list(path, pointer, room, flags),
    get: (path, name) => get(path, name, pointer, room, 0, flags),
    set: (path, name, length) => set(path, name, pointer, BigInt(length), 0, flags),
    remove: (path, name) => remove(path, name, flags),
  }
}
