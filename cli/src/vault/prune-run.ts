/** `prune`, alone or after `forget`: the plan is printed, then carried out. */
import {
  type Lock,
  MAX_UNUSED_DEFAULT,
  type MaxUnused,
  type PruneStatistics,
  parseMaxUnused,
  planPrune,
  prune,
  type Repository,
  type SnapshotId,
} from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import { printCount, printNumber, printSize, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { lockRetry } from './locking.ts'
import { type GlobalOptions, sizeOf } from './options.ts'
import { parseValue } from './parse-value.ts'
import { sayStep } from './progress-words.ts'

const A_SHARE = { fr: '5%, 2G ou unlimited', en: '5%, 2G or unlimited' }
/** Of the target size: below it, restic calls a pack small. */
const SMALL_SHARE = 0.8

export interface PruneFlags extends GlobalOptions {
  readonly dryRun?: boolean
  readonly maxUnused?: string
  readonly maxRepackSize?: string
  readonly repackCacheableOnly?: boolean
  readonly repackUncompressed?: boolean
  readonly repackSmall?: boolean
  readonly repackSmallerThan?: string
  readonly unsafeRecoverNoFreeSpace?: string
  readonly instantDelete?: boolean
}

export function addPruneFlags(command: VerbCommand): void {
  command
    .flag(
      '--max-unused <limit>',
      { fr: 'ce qui peut rester d’inutile : 5%, 200M ou unlimited', en: 'unneeded data that may stay: 5%, 200M or unlimited' },
      { default: '5%' },
    )
    .flag('--max-repack-size <size>', { fr: 'ne pas réécrire plus que cela', en: 'repack at most so much' })
    .flag('--repack-cacheable-only', { fr: 'ne réécrire que des dossiers', en: 'repack folders only' })
    .flag('--repack-uncompressed', { fr: 'réécrire ce qui n’est pas compressé', en: 'repack what is stored raw' })
    .flag('--repack-small', { fr: 'réunir les petits paquets', en: 'merge small packs' })
    .flag('--repack-smaller-than <size>', { fr: 'réunir les paquets plus petits que cela', en: 'merge packs below this size' })
    .flag('--instant-delete', {
      fr: 'effacer tout de suite, seul sur le dépôt, comme restic ; sinon les paquets partent un jour plus tard, et personne n’attend',
      en: 'delete at once, alone in the repository, as restic does; otherwise packs go a day later, and nobody waits',
    })
    .flag('--unsafe-recover-no-free-space <id>', { fr: '', en: '' }, { hidden: true })
}

export interface PruneRules {
  readonly maxUnused: MaxUnused
  readonly maxRepackBytes?: number
  readonly smallPackBytes?: number
}

export interface PruneContext {
  readonly repository: Repository
  readonly flags: PruneFlags
  readonly rules: PruneRules
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** Counted as gone in a dry run of `forget --prune`. */
  readonly ignoreSnapshots?: readonly SnapshotId[]
  readonly lock?: Lock
}

/** What the flags ask for, before anything is done. @throws {WrongUse} */
export function pruneRules(flags: PruneFlags): PruneRules {
  refuseWhatWeLack(flags)
  const { maxUnused, maxRepackSize, repackSmallerThan } = flags
  return {
    maxUnused: maxUnused === undefined ? MAX_UNUSED_DEFAULT : parseValue('--max-unused', maxUnused, parseMaxUnused, A_SHARE),
    ...(maxRepackSize !== undefined && { maxRepackBytes: sizeOf('--max-repack-size', maxRepackSize) }),
    ...(repackSmallerThan !== undefined && { smallPackBytes: sizeOf('--repack-smaller-than', repackSmallerThan) }),
  }
}

/** Plans, prints, and, unless it is a dry run, carries out; under one lock, so that what is printed is what is done. */
export async function planAndPrune(context: PruneContext): Promise<void> {
  const { repository, rules, flags, terminal, signal, ignoreSnapshots } = context
  const exclusive = flags.instantDelete ?? false
  const isOwn = context.lock === undefined && !flags.dryRun
  const retryMs = lockRetry(flags).lockRetryMs ?? 0
  await using own = isOwn ? await repository.lock({ exclusive, purpose: 'prune', retryMs, signal }) : undefined
  const lock = context.lock ?? own
  const plan = await planPrune(repository, {
    mode: flags.instantDelete ? 'instant' : 'two-phase',
    ...(flags.repackSmall && { smallPackBytes: repository.packBytes * SMALL_SHARE }),
    ...rules,
    repackCacheableOnly: flags.repackCacheableOnly ?? false,
    repackUncompressed: flags.repackUncompressed ?? false,
    ...(ignoreSnapshots !== undefined && { ignoreSnapshots }),
    ...(lock !== undefined && { lock }),
    onProgress: ({ step, done }) => sayStep(terminal, step, done),
    signal,
  })
  printPlan(plan.statistics, flags.instantDelete ?? false, terminal)
  if (flags.dryRun) return
  for await (const event of prune(repository, plan, { ...lockRetry(flags), signal })) {
    if (event.kind === 'progress') sayStep(terminal, event.step, event.done, event.total)
    else {
      const { repackedPacks, newPacks, markedPacks, deletedPacks, recoveredPacks, notDeleted } = event.summary
      terminal.json({
        message_type: 'summary',
        repacked_packs: repackedPacks,
        new_packs: newPacks,
        marked_packs: markedPacks,
        deleted_packs: deletedPacks,
        recovered_packs: recoveredPacks,
        not_deleted: notDeleted,
      })
      const rewritten = printCount(repackedPacks, 'fr', 'paquet réécrit', 'paquets réécrits')
      const later = markedPacks > 0
      terminal.info({
        fr: `terminé : ${rewritten}, ${printCount(deletedPacks, 'fr', 'supprimé')}${later ? `, ${printCount(markedPacks, 'fr', 'marqué')} : un « prune » dans un jour rendra leur place` : ''}`,
        en: `done: ${printCount(repackedPacks, 'en', 'pack')} repacked, ${deletedPacks} deleted${later ? `, ${markedPacks} marked: a “prune” in a day gives back their room` : ''}`,
      })
      for (const pack of notDeleted)
        terminal.warn({ fr: `paquet ${pack} : n’a pas pu être supprimé`, en: `pack ${pack}: could not be deleted` })
    }
  }
}

function refuseWhatWeLack({ unsafeRecoverNoFreeSpace }: PruneFlags): void {
  if (unsafeRecoverNoFreeSpace === undefined) return
  throw new WrongUse({
    fr: 'couronne n’a pas --unsafe-recover-no-free-space. Essayez --instant-delete --max-repack-size 0, qui efface tout de suite sans rien réécrire',
    en: 'couronne has no --unsafe-recover-no-free-space. Try --instant-delete --max-repack-size 0, which deletes at once without repacking',
  })
}

function printPlan({ blobs, bytes, packfiles, marks }: PruneStatistics, isInstant: boolean, terminal: Terminal): void {
  terminal.json({ message_type: 'statistics', blobs, bytes, packfiles, marks })
  const { language } = terminal
  const size = (value: number) => printSize(value, language)
  const number = (value: number) => printNumber(value, language)
  terminal.info({
    fr: `utilisé : ${size(bytes.used)} (${number(blobs.used)} morceaux) ; inutile : ${size(bytes.unused + bytes.duplicate)} ; non indexé : ${size(bytes.unreferenced)}`,
    en: `used: ${size(bytes.used)} (${number(blobs.used)} blobs); unneeded: ${size(bytes.unused + bytes.duplicate)}; unindexed: ${size(bytes.unreferenced)}`,
  })
  terminal.info({
    fr: `à réécrire : ${printCount(packfiles.repack, 'fr', 'paquet')} ; à ${isInstant ? 'supprimer' : 'marquer'} : ${number(packfiles.remove_total)} ; reste : ${size(bytes.remaining)}, dont ${size(bytes.remaining_unused)} inutiles`,
    en: `to repack: ${number(packfiles.repack)} packs; to ${isInstant ? 'delete' : 'mark'}: ${number(packfiles.remove_total)}; what stays: ${size(bytes.remaining)}, of it ${size(bytes.remaining_unused)} unneeded`,
  })
  if (marks.delete + marks.waiting + marks.recover > 0) {
    terminal.info({
      fr: `marqués lors d’un passage précédent : ${number(marks.delete)} à supprimer (${size(marks.delete_bytes)}), ${number(marks.waiting)} attendent encore, ${number(marks.recover)} redevenus utiles`,
      en: `marked by an earlier run: ${number(marks.delete)} to delete (${size(marks.delete_bytes)}), ${number(marks.waiting)} still wait, ${number(marks.recover)} needed again`,
    })
  }
}
