/** What to do about an entry that is there already (restic's `--overwrite`). */
import type { BigIntStats } from 'node:fs'
import { parseTimeNs, type TreeNode } from '#format'
import { nodeType } from './metadata.ts'

export const OVERWRITE_POLICIES = ['always', 'if-changed', 'if-newer', 'never'] as const
/**
 * `always`: content is compared, what differs is written. `if-changed`: a file of the same size and modification time is believed to be the
 * same. `if-newer`: only what is older than the snapshot's. `never`: only what is missing.
 */
export type OverwritePolicy = (typeof OVERWRITE_POLICIES)[number]

/**
 * `create`: nothing there that could be used. `compare`: a file is there whose content may be right in part. `unchanged`: a file is there
 * and counts as the same; only its metadata is put. `keep`: not to be touched at all.
 */
export type OverwriteDecision = 'create' | 'compare' | 'unchanged' | 'keep'

/** @param existing what `Target.stat` says */
export function decideOverwrite(node: TreeNode, existing: BigIntStats | undefined, policy: OverwritePolicy): OverwriteDecision {
  if (existing === undefined) return 'create'
  if (policy === 'never') return 'keep'
  const mtimeNs = parseTimeNs(node.mtime)
  if (policy === 'if-newer' && mtimeNs <= existing.mtimeNs) return 'keep'
  if (node.type !== 'file' || nodeType(existing, node.name) !== 'file') return 'create'
  const looksSame = Number(existing.size) === node.size && existing.mtimeNs === mtimeNs
  return policy === 'if-changed' && looksSame ? 'unchanged' : 'compare'
}
