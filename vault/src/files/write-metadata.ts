/**
 * Puts a node's metadata on an entry: owner, attributes, permissions, times, in this order, since each step may undo a later one (a new
 * owner clears setuid, everything moves the change time). What cannot be put is a finding; the rest is put all the same.
 */
import { chmodSync, chownSync, lchownSync } from 'node:fs'
import { parseTimeNs, type TreeNode, unixPermissions } from '#format'
import { groupId, userId } from './accounts.ts'
import { type Finding, findingOf } from './finding.ts'
import type { Pinned } from './jail.ts'
import { setTimes } from './syscalls.ts'
import { getXattr, hasXattrs, listXattrs, removeXattr, setXattr } from './xattrs.ts'

export interface MetadataOptions {
  /**
   * Owners by the numbers of the node (default), by its names where this system knows them, or left as they are. Who is not root can give
   * files to nobody: that is a finding for each entry whose owner differs.
   */
  readonly ownership?: 'numbers' | 'names' | 'none'
  /** Which extended attributes are put (and, when the node lacks them, removed); all by default. */
  readonly keepsXattr?: (name: string) => boolean
}

/** @param path what findings call the entry */
export function writeMetadata(
  pinned: Pinned,
  node: TreeNode,
  path: Uint8Array,
  options: MetadataOptions,
  onFinding: (finding: Finding) => void,
): void {
  const attempt = (operation: string, step: () => void): void => {
    try {
      step()
    } catch (error) {
      onFinding(findingOf(path, operation, error))
    }
  }
  if (process.platform !== 'win32' && options.ownership !== 'none') {
    attempt('chown', () => writeOwner(pinned, node, options.ownership === 'names'))
  }
  if (hasXattrs()) writeXattrs(pinned, node, options.keepsXattr ?? (() => true), attempt)
  if (node.type !== 'symlink') attempt('chmod', () => chmodSync(pinned.path, unixPermissions(node.mode)))
  attempt('utimes', () => setTimes(pinned.path, parseTimeNs(node.atime), parseTimeNs(node.mtime), pinned.links))
}

function writeOwner(pinned: Pinned, node: TreeNode, byName: boolean): void {
  const uid = (byName ? userId(node.user) : undefined) ?? node.uid
  const gid = (byName ? groupId(node.group) : undefined) ?? node.gid
  if (Number(pinned.stat.uid) === uid && Number(pinned.stat.gid) === gid) return
  const change = pinned.links === 'keep' ? lchownSync : chownSync
  change(pinned.path, uid, gid)
}

/** Attributes that are taken away when the node lacks them: access lists inherited from the folder, leftovers of an earlier file. */
const REMOVABLE = /^(user\.|trusted\.|system\.posix_acl_|security\.capability$)/

function writeXattrs(
  { path, links }: Pinned,
  node: TreeNode,
  keeps: (name: string) => boolean,
  attempt: (operation: string, step: () => void) => void,
): void {
  let present: readonly string[] = []
  attempt('xattr', () => {
    present = listXattrs(path, links)
  })
  const wanted = node.xattrs.filter(({ name, value }) => value !== null && keeps(name))
  for (const { name, value } of wanted) {
    attempt('xattr', () => {
      const bytes = value as Uint8Array
      const current = present.includes(name) ? getXattr(path, name, links) : undefined
      if (current === undefined || Buffer.compare(current, bytes) !== 0) setXattr(path, name, bytes, links)
    })
  }
  for (const name of present) {
    if (!REMOVABLE.test(name) || !keeps(name) || wanted.some((one) => one.name === name)) continue
    attempt('xattr', () => removeXattr(path, name, links))
  }
}
