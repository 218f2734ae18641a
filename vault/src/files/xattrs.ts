/** Extended attributes. Linux and macOS; elsewhere, and without FFI, there are none to be had. */
import { rawBytes, rawText } from '#format'
import { type Native, native, systemError, VALUE_BYTES } from './native.ts'

/** A name in which bytes that are no UTF-8 are lone surrogates ({@link rawText}): trees have U+FFFD for them, the system has the bytes. */
export interface Xattr {
  readonly name: string
  readonly value: Uint8Array
}

/** An entry by its path, or by a descriptor that it was opened with. */
export type EntryRef = Uint8Array | number

/** What a path is about: the entry itself (`keep`), or what it leads to (`follow`: for `/proc/self/fd/…`). */
export type Links = 'keep' | 'follow'

interface Calls {
  list(entry: bigint | number): number
  get(entry: bigint | number, name: bigint): number
  set(entry: bigint | number, name: bigint, length: number): number
  remove(entry: bigint | number, name: bigint): number
}

/** Whether this system and this Node can read them at all. */
export function hasXattrs(): boolean {
  return native() !== undefined
}

/**
 * Names in the system's own order; none where the file system or this Node has no attributes.
 * @throws system errors other than that
 */
export function listXattrs(entry: EntryRef, links: Links = 'keep'): readonly string[] {
  const c = native()
  if (c === undefined) return NONE
  const length = callsOf(c, entry, links).list(first(c, entry))
  if (length === 0) return NONE
  if (length > 0) return rawText(c.value.bytes.subarray(0, length - 1)).split('\0')
  const code = c.lastError()
  if (MISSING.has(code)) return NONE
  throw systemError(code, 'llistxattr', entry)
}

/** One attribute's value, or `undefined` when it is not there (any more). */
export function getXattr(entry: EntryRef, name: string, links: Links = 'keep'): Uint8Array | undefined {
  const c = native()
  if (c === undefined) return undefined
  const length = callsOf(c, entry, links).get(first(c, entry), c.putSecond(rawBytes(name)))
  if (length >= 0) return new Uint8Array(c.value.bytes.subarray(0, length))
  const code = c.lastError()
  if (MISSING.has(code)) return undefined
  throw systemError(code, 'lgetxattr', entry)
}

/** Sets one attribute, over an older value too. @throws system errors; `ENOSYS` where this Node cannot */
export function setXattr(entry: EntryRef, name: string, value: Uint8Array, links: Links = 'keep'): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'lsetxattr', entry)
  if (value.length > VALUE_BYTES) throw systemError('E2BIG', 'lsetxattr', entry)
  c.value.bytes.set(value)
  c.check(callsOf(c, entry, links).set(first(c, entry), c.putSecond(rawBytes(name)), value.length), 'lsetxattr', entry)
}

export function removeXattr(entry: EntryRef, name: string, links: Links = 'keep'): void {
  const c = native()
  if (c === undefined) throw systemError('ENOSYS', 'lremovexattr', entry)
  c.check(callsOf(c, entry, links).remove(first(c, entry), c.putSecond(rawBytes(name))), 'lremovexattr', entry)
}

const NONE: readonly string[] = []

/** No such attribute, or no attributes here: some network file systems answer the one for the other. */
const MISSING = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENODATA', 'ENOATTR'])

type Kind = Links | 'open'

const bound: { [K in Kind]?: Calls } = {}

function callsOf(c: Native, entry: EntryRef, links: Links): Calls {
  const kind = typeof entry === 'number' ? 'open' : links
  const calls = bound[kind] ?? (process.platform === 'darwin' ? darwinCalls(c, kind) : linuxCalls(c, kind))
  bound[kind] = calls
  return calls
}

function first(c: Native, entry: EntryRef): bigint | number {
  return typeof entry === 'number' ? entry : c.putFirst(entry)
}

function linuxCalls(c: Native, kind: Kind): Calls {
  const prefix = { keep: 'l', follow: '', open: 'f' }[kind]
  const e = kind === 'open' ? 'i' : 'p'
  const list = c.bind(`${prefix}listxattr`, `${e}pp`)
  const get = c.bind(`${prefix}getxattr`, `${e}ppp`)
  const set = c.bind(`${prefix}setxattr`, `${e}pppi`)
  const remove = c.bind(`${prefix}removexattr`, `${e}p`)
  const { pointer } = c.value
  const room = BigInt(VALUE_BYTES)
  return {
    list: (entry) => list(entry, pointer, room),
    get: (entry, name) => get(entry, name, pointer, room),
    set: (entry, name, length) => set(entry, name, pointer, BigInt(length), 0),
    remove: (entry, name) => remove(entry, name),
  }
}

function darwinCalls(c: Native, kind: Kind): Calls {
  const prefix = kind === 'open' ? 'f' : ''
  const e = kind === 'open' ? 'i' : 'p'
  const list = c.bind(`${prefix}listxattr`, `${e}ppi`)
  const get = c.bind(`${prefix}getxattr`, `${e}pppui`)
  const set = c.bind(`${prefix}setxattr`, `${e}pppui`)
  const remove = c.bind(`${prefix}removexattr`, `${e}pi`)
  const { pointer } = c.value
  const room = BigInt(VALUE_BYTES)
  const flags = kind === 'keep' ? 1 /* XATTR_NOFOLLOW */ : 0
  return {
    list: (entry) => list(entry, pointer, room, flags),
    get: (entry, name) => get(entry, name, pointer, room, 0, flags),
    set: (entry, name, length) => set(entry, name, pointer, BigInt(length), 0, flags),
    remove: (entry, name) => remove(entry, name, flags),
  }
}
