/**
 * Puts a node's metadata on an entry: owner, attributes, permissions, times, in this order, since each step may undo a later one (a new
 * owner clears setuid, everything moves the change time). What cannot be put is a finding; the rest is put all the same.
 */
import { type BigIntStats, chmodSync, chownSync, fchmodSync, fchownSync, lchownSync } from 'node:fs'
import { parseTimeNs, type TreeNode, unixPermissions } from '#format'
import { groupId, userId } from './accounts.ts'
import { type Finding, findingOf } from './finding.ts'
import type { Pinned } from './jail.ts'
import { setTimes } from './syscalls.ts'
import { getXattr, hasXattrs, listXattrs, removeXattr, setXattr } from './xattrs.ts'

export interface MetadataOptions {
  /**
   * Owners by the numbers of the node (default), by its names where this system knows them, or left as they are. Who is not root can give
   * files to nobody: that is a finding for each entry whose owner differs. An entry that does not get its owner does not get setuid and
   * setgid either (as by cp, tar and rsync): they would lend the rights of somebody else than the one who set them.
   */
  readonly ownership?: 'numbers' | 'names' | 'none'
  /** Which extended attributes are put (and, when the node lacks them, removed); all by default. */
  readonly keepsXattr?: (name: string) => boolean
}

/** What is known about the entry before. */
export interface EntryFacts {
  /** What findings call it. */
  readonly pathOf: () => Uint8Array
  /** It has no attributes, since it is new and nothing is handed down by its folder: they need not be listed. */
  readonly hasNoXattrs: boolean
}

export function writeMetadata(
  pinned: Pinned,
  node: TreeNode,
  facts: EntryFacts,
  options: MetadataOptions,
  onFinding: (finding: Finding) => void,
): void {
  const attempt: Attempt = (operation, step) => {
    try {
      step()
      return true
    } catch (error) {
      onFinding(findingOf(facts.pathOf(), operation, error))
      return false
    }
  }
  const isOwned =
    hasOwner(pinned.stat, node, options.ownership) ||
    (options.ownership !== 'none' && attempt('chown', () => writeOwner(pinned, wantedOwner(node, options.ownership))))
  if (hasXattrs() && !(facts.hasNoXattrs && node.xattrs.length === 0))
    writeXattrs(pinned, node, options.keepsXattr ?? keepsAll, attempt)
  if (node.type !== 'symlink') attempt('chmod', () => writeMode(pinned, permissionsFor(node, isOwned)))
  attempt('utimes', () => writeTimes(pinned, node))
}

/** Whether an entry has a node's owner, attributes, permissions and modification time already: nothing would be written. */
export function hasMetadata({ stat, entry, links }: Pinned, node: TreeNode, options: MetadataOptions): boolean {
  const { ownership, keepsXattr = keepsAll } = options
  const isOwned = hasOwner(stat, node, ownership)
  const isPermitted = (Number(stat.mode) & 0o7777) === permissionsFor(node, isOwned)
  if (!(isOwned || ownership === 'none') || !isPermitted || stat.mtimeNs !== parseTimeNs(node.mtime)) return false
  const present = listXattrs(entry, links).filter(keepsXattr)
  const wanted = node.xattrs.filter(({ name, value }) => value !== null && keepsXattr(name))
  return (
    present.length === wanted.length &&
    wanted.every(({ name, value }) => {
      const current = present.includes(name) ? getXattr(entry, name, links) : undefined
      return current !== undefined && Buffer.compare(current, value!) === 0
    })
  )
}

/** Whether an entry has the owner and the group that it is to have; always so on Windows, where owners are not restored. */
function hasOwner(stat: BigIntStats, node: TreeNode, ownership: MetadataOptions['ownership']): boolean {
  const { uid, gid } = wantedOwner(node, ownership)
  return process.platform === 'win32' || (Number(stat.uid) === uid && Number(stat.gid) === gid)
}

/** Which permissions a node's entry gets: setuid and setgid only with its owner. */
function permissionsFor(node: TreeNode, isOwned: boolean): number {
  return unixPermissions(node.mode) & (isOwned ? 0o7777 : ~0o6000)
}

/** @returns whether it could be done */
type Attempt = (operation: string, step: () => void) => boolean

function keepsAll(): boolean {
  return true
}

function wantedOwner({ user, group, uid, gid }: TreeNode, ownership: MetadataOptions['ownership']) {
  if (ownership !== 'names') return { uid, gid }
  return { uid: userId(user) ?? uid, gid: groupId(group) ?? gid }
}

function writeOwner({ entry, links }: Pinned, { uid, gid }: { uid: number; gid: number }): void {
  if (typeof entry === 'number') fchownSync(entry, uid, gid)
  else if (links === 'keep') lchownSync(entry as Buffer, uid, gid)
  else chownSync(entry as Buffer, uid, gid)
}

function writeMode({ entry }: Pinned, mode: number): void {
  if (typeof entry === 'number') fchmodSync(entry, mode)
  else chmodSync(entry as Buffer, mode)
}

function writeTimes({ entry, links }: Pinned, node: TreeNode): void {
  const mtimeNs = parseTimeNs(node.mtime)
  setTimes(entry, node.atime === node.mtime ? mtimeNs : parseTimeNs(node.atime), mtimeNs, links)
}

/** Attributes that are taken away when the node lacks them: access lists inherited from the folder, leftovers of an earlier file. */
const REMOVABLE = /^(user\.|trusted\.|system\.posix_acl_|security\.capability$)/

function writeXattrs({ entry, links }: Pinned, node: TreeNode, keeps: (name: string) => boolean, attempt: Attempt): void {
  let present: readonly string[] = []
  attempt('xattr', () => {
    present = listXattrs(entry, links)
  })
  const wanted = node.xattrs.filter(({ name, value }) => value !== null && keeps(name))
  for (const { name, value } of wanted) {
    attempt('xattr', () => {
      const bytes = value as Uint8Array
      const current = present.includes(name) ? getXattr(entry, name, links) : undefined
      if (current === undefined || Buffer.compare(current, bytes) !== 0) setXattr(entry, name, bytes, links)
    })
  }
  for (const name of present) {
    if (!REMOVABLE.test(name) || !keeps(name) || wanted.some((one) => one.name === name)) continue
    attempt('xattr', () => removeXattr(entry, name, links))
  }
}
