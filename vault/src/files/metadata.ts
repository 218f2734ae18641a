/**
 * What the file system says of one entry, as a node of a tree: field by field what stock restic writes, so that both give one
 * folder the same tree ID (docs/format-notes §10.2, §10.3, §10.5).
 */
import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs'
import { goMode, type NodeType, parseTimeNs, printTime, type TreeNode } from '#format'
import { groupName, userName } from './accounts.ts'
import { S_IF } from './constants.ts'
import { type Finding, findingOf } from './finding.ts'
import { localOffsetMinutes } from './local-zone.ts'
import { windowsAttributes, windowsMode } from './windows.ts'
import { getXattr, listXattrs, type Xattr } from './xattrs.ts'

export interface ReadNodeOptions {
  /** The node's name, when it is not the last part of the path. */
  readonly name?: Uint8Array
  /** Facts already at hand (`lstat` with `bigint`); looked up when absent. */
  readonly stat?: BigIntStats
  /** Keeps the time of last access; otherwise it is written equal to the modification time, as restic does. */
  readonly withAtime?: boolean
  /** Gets what could not be read although the node could: extended attributes. Without it such trouble throws. */
  readonly onFinding?: (finding: Finding) => void
}

type Xattrs = TreeNode['xattrs']

const NO_XATTRS: Xattrs = []
const WINDOWS = process.platform === 'win32'

/**
 * One entry's node. A file comes with `content` null and the size that the system claims, a folder without `subtree`: the backup
 * sets both. Links are not followed; a link's target comes as raw bytes. Sockets are described too: restic stores none, callers skip them.
 *
 * @param path absolute or relative to the working directory, raw bytes
 * @throws system errors as `fs` does (`ENOENT`…), with code `ENOTSUP` for an entry of an unknown type
 * On Windows there are neither owners nor inodes nor security descriptors (a known limit); creation time and attributes are kept.
 */
export function readNode(path: Uint8Array, options: ReadNodeOptions = {}): TreeNode {
  const bytes = asBuffer(path)
  const stat = options.stat ?? lstatSync(bytes, { bigint: true })
  const type = nodeType(stat, bytes)
  const mtime = printLocal(stat.mtimeNs)
  const uid = WINDOWS ? 0 : Number(stat.uid)
  const gid = WINDOWS ? 0 : Number(stat.gid)
  return {
    name: options.name ?? bytes.subarray(bytes.lastIndexOf(0x2f) + 1),
    type,
    mode: WINDOWS ? windowsMode(Number(stat.mode), type) : goMode(Number(stat.mode)),
    mtime,
    atime: options.withAtime === true ? printLocal(stat.atimeNs) : mtime,
    ctime: WINDOWS || stat.ctimeNs === stat.mtimeNs ? mtime : printLocal(stat.ctimeNs),
    uid,
    gid,
    user: WINDOWS ? '' : userName(uid),
    group: WINDOWS ? '' : groupName(gid),
    inode: WINDOWS ? 0n : stat.ino,
    deviceId: WINDOWS ? 0n : stat.dev,
    size: type === 'file' ? Number(stat.size) : 0,
    links: WINDOWS || !COUNTS_LINKS.has(type) ? 0 : Number(stat.nlink),
    linktarget: type === 'symlink' ? readlinkSync(bytes, { encoding: 'buffer' }) : undefined,
    xattrs: readXattrs(bytes, options.onFinding),
    genericAttributes: WINDOWS ? windowsAttributes(stat, bytes) : undefined,
    device: type === 'dev' || type === 'chardev' ? stat.rdev : 0n,
    content: null,
    subtree: undefined,
    error: '',
    unknownMembers: NO_MEMBERS,
  }
}

/** Folders, fifos and sockets have a count of links too; restic does not keep it. */
const COUNTS_LINKS: ReadonlySet<NodeType> = new Set(['file', 'symlink', 'dev', 'chardev'])
const NO_MEMBERS: readonly string[] = []

/** The type that a tree gives this entry. @throws with code `ENOTSUP` when it has no word for it */
export function nodeType(stat: BigIntStats, path: Uint8Array): NodeType {
  switch (Number(stat.mode) & S_IF.mask) {
    case S_IF.file:
      return 'file'
    case S_IF.folder:
      return 'dir'
    case S_IF.symlink:
      return 'symlink'
    case S_IF.block:
      return 'dev'
    case S_IF.character:
      return 'chardev'
    case S_IF.fifo:
      return 'fifo'
    case S_IF.socket:
      return 'socket'
    default:
      throw Object.assign(new Error(`ENOTSUP: irregular entry, '${asBuffer(path).toString()}'`), { code: 'ENOTSUP' })
  }
}

function readXattrs(path: Buffer, onFinding: ReadNodeOptions['onFinding']): Xattrs {
  try {
    const names = listXattrs(path)
    return names.length === 0 ? NO_XATTRS : readValues(path, names, onFinding)
  } catch (error) {
    if (onFinding === undefined) throw error
    onFinding(findingOf(path, 'xattr', error))
    return NO_XATTRS
  }
}

function readValues(path: Buffer, names: readonly string[], onFinding: ReadNodeOptions['onFinding']): Xattrs {
  const xattrs: Xattr[] = []
  for (const name of names) {
    try {
      const value = getXattr(path, name)
      if (value !== undefined) xattrs.push({ name, value })
    } catch (error) {
      if (onFinding === undefined) throw error
      onFinding(findingOf(path, 'xattr', error))
    }
  }
  return xattrs
}

function printLocal(ns: bigint): string {
  return printTime(ns, localOffsetMinutes(ns))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Facts of the system that leave a file's content as it was: what {@link isUnchanged} need not look at. */
export interface ChangeOptions {
  readonly ignoreInode?: boolean
  readonly ignoreCtime?: boolean
}

/**
 * Whether a file is, as far as the system says, the one that an earlier backup read: size, modification time, change time and inode are
 * the same (docs/format-notes §10.8). Times are compared by instant, whatever zone they were written in.
 */
export function isUnchanged(current: TreeNode, earlier: TreeNode, options: ChangeOptions = {}): boolean {
  return (
    current.type === 'file' &&
    earlier.type === 'file' &&
    current.size === earlier.size &&
    (options.ignoreInode === true || current.inode === earlier.inode) &&
    sameInstant(current.mtime, earlier.mtime) &&
    (options.ignoreCtime === true || sameInstant(current.ctime, earlier.ctime))
  )
}

function sameInstant(a: string, b: string): boolean {
  return a === b || parseTimeNs(a) === parseTimeNs(b)
}
