/** What a folder's list says of one file, folder, link or device; and Go's file modes, in which it says it. */
import type { BlobId } from './id.ts'

export const NODE_TYPES = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket'] as const
export type NodeType = (typeof NODE_TYPES)[number]

/** One entry of a folder's list. */
export interface TreeNode {
  /** Raw bytes, never empty. What a stranger wrote may hold `/` or be `..`: see {@link isSafeName}. */
  readonly name: Uint8Array
  readonly type: NodeType
  /** Go's FileMode, unsigned: permission bits and {@link MODE}. */
  readonly mode: number
  /** Times as written, so that encoding again gives the same id; `parseTimeNs` reads them. */
  readonly mtime: string
  readonly atime: string
  readonly ctime: string
  readonly uid: number
  readonly gid: number
  /** Names, `''` when unknown. */
  readonly user: string
  readonly group: string
  readonly inode: bigint
  readonly deviceId: bigint
  /** Bytes read; files only. */
  readonly size: number
  readonly links: number
  /** Raw bytes of a symlink's target. */
  readonly linktarget?: Uint8Array | undefined
  /** In the order in which the system lists them. */
  readonly xattrs: readonly ExtendedAttribute[]
  /** JSON text of the object of Windows attributes, as written. */
  readonly genericAttributes?: string | undefined
  /** st_rdev of a device. */
  readonly device: bigint
  /** Data blobs in order: empty for an empty file, null for everything that is no file (null on a file is damage). */
  readonly content: readonly BlobId[] | null
  /** Tree blob of a folder. */
  readonly subtree?: BlobId | undefined
  /** Written by very old versions. */
  readonly error: string
  /** Names of members that no restic writes; they are lost when the tree is encoded again. */
  readonly unknownMembers: readonly string[]
}

export interface ExtendedAttribute {
  readonly name: string
  readonly value: Uint8Array | null
}

/** Whether two nodes say the same in the same words, but for what the entry holds: content and subtree. */
export function isSameEntry(a: TreeNode, b: TreeNode): boolean {
  return (
    a.size === b.size &&
    a.mtime === b.mtime &&
    a.ctime === b.ctime &&
    a.atime === b.atime &&
    a.inode === b.inode &&
    a.mode === b.mode &&
    a.type === b.type &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.user === b.user &&
    a.group === b.group &&
    a.deviceId === b.deviceId &&
    a.links === b.links &&
    a.device === b.device &&
    a.error === b.error &&
    a.genericAttributes === b.genericAttributes &&
    a.unknownMembers.length + b.unknownMembers.length === 0 &&
    compareNames(a.name, b.name) === 0 &&
    isSameValue(a.linktarget, b.linktarget) &&
    a.xattrs.length === b.xattrs.length &&
    a.xattrs.every(({ name, value }, i) => name === b.xattrs[i]!.name && isSameValue(value, b.xattrs[i]!.value))
  )
}

function isSameValue(a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean {
  return a === b || (a != null && b != null && compareNames(a, b) === 0)
}

/** Order of names in a tree: by unsigned bytes. Negative when `a` comes first, 0 when they are the same. */
export function compareNames(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Whether a name may be given to a file system: not empty, no `/`, no NUL, neither `.` nor `..`. Windows has further rules. */
export function isSafeName(name: Uint8Array): boolean {
  if (name.length === 0 || name.includes(0x2f) || name.includes(0)) return false
  return !(name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e)))
}

/** Bits of Go's FileMode above the permissions. */
export const MODE = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  chardev: 2 ** 21,
  sticky: 2 ** 20,
  irregular: 2 ** 19,
} as const

// A map, not an object: Biome 2.5 rewrites octal property keys to other numbers.
const UNIX_KINDS: ReadonlyMap<number, number> = new Map([
  [0o140000, MODE.socket],
  [0o120000, MODE.symlink],
  [0o100000, 0],
  [0o060000, MODE.device],
  [0o040000, MODE.dir],
  [0o020000, MODE.device + MODE.chardev],
  [0o010000, MODE.fifo],
])

/** Go's FileMode of a `st_mode`; a kind that Go does not know is `irregular`. */
export function goMode(unixMode: number): number {
  const kind = UNIX_KINDS.get(unixMode & 0o170000) ?? MODE.irregular
  const setuid = unixMode & 0o4000 ? MODE.setuid : 0
  const setgid = unixMode & 0o2000 ? MODE.setgid : 0
  const sticky = unixMode & 0o1000 ? MODE.sticky : 0
  return kind + setuid + setgid + sticky + (unixMode & 0o777)
}

/** The bits 0o7777 of a Go FileMode, for chmod. */
export function unixPermissions(goMode: number): number {
  const special = (goMode & MODE.setuid ? 0o4000 : 0) | (goMode & MODE.setgid ? 0o2000 : 0) | (goMode & MODE.sticky ? 0o1000 : 0)
  return special | (goMode & 0o777)
}
