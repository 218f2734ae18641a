/** What check finds: each with a code, and what to do about it. */
import type { Finding } from '#repository'

/** What to do about each kind of finding. */
export const CHECK_ADVICE = {
  'mirror-unreachable': 'make the mirror reachable and check again',
  'mirror-behind': 'let the mirror catch up',
  'config-damaged': 'heal: it is rebuilt from another mirror',
  'config-version': 'migrate: it was interrupted between two mirrors',
  'key-damaged': 'heal where another mirror holds the same key file; otherwise add the key anew and remove this file',
  'key-junk': 'remove this file: it is no key, and stock restic may refuse to open the repository',
  'keys-none': 'heal: the key file that opened the repository is stored here too',
  'keys-many': 'remove keys that nobody uses: stock restic gives up after 20',
  'lock-unreadable': 'unlock with all locks removed, once nobody works on the repository',
  'lock-stale': 'unlock',
  'object-missing': 'heal: it is copied from another mirror',
  'object-damaged': 'heal: it is rebuilt from another mirror, or what can be read of it is saved',
  'index-junk': 'repair index: no mirror holds readable bytes under this name',
  'snapshot-junk': 'repair snapshots with this ID and forget: no mirror holds readable bytes under this name',
  'pack-missing': 'repair index, then repair snapshots: no mirror holds it',
  'pack-size': 'heal: it is rebuilt from another mirror, or what can be read of it is saved',
  'pack-unindexed': 'nothing: prune removes it, or repair index makes it known again',
  'pack-mixed': 'nothing: prune separates trees from data',
  'pack-twice': 'repair index',
  'pack-contradictory': 'repair index reading all packs',
  'pack-index-differs': 'repair index reading all packs',
  'pack-contents': 'repair packs with this ID, then repair snapshots: it was damaged before it was stored',
  'pack-unsteady': 'check again: the destination gave different bytes at two readings',
  'tree-damaged': 'heal; if no mirror has it, repair snapshots',
  'tree-too-large': 'split the folder in the source; restore this snapshot with stock restic, which reads it',
  'tree-missing': 'heal, or repair index; if that does not bring it back, repair snapshots',
  'tree-node': 'repair snapshots',
  'blob-missing': 'heal, or repair index; if that does not bring it back, repair snapshots',
  'blob-marked': 'prune: it puts back into the index what was marked for deletion and is needed',
} as const
export type CheckCode = keyof typeof CHECK_ADVICE

/** A finding of {@link check}. `mirror` is absent when it concerns all of them. */
export interface CheckFinding extends Finding {
  readonly code: CheckCode
  /** What to do, for people. */
  readonly advice: string
}

export function checkFinding(
  code: CheckCode,
  severity: Finding['severity'],
  kind: Finding['kind'],
  object: string,
  message: string,
  mirror?: string,
): CheckFinding {
  const where = mirror === undefined ? {} : { mirror }
  return { code, severity, kind, object, message, advice: CHECK_ADVICE[code], ...where }
}
