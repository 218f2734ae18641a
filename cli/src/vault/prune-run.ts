/** `prune`, alone or after `forget`: the plan is printed, then carried out. */
import {
  type Lock,
  MAX_UNUSED_DEFAULT,
  type MaxUnused,
  type PruneStatistics,
  parseMaxUnused,
  parseSize,
  planPrune,
  prune,
  type Repository,
  type SnapshotId,
} from '@couronne/vault'
import type { Command } from 'commander'
import { printNumber, printSize, type Terminal } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import type { GlobalOptions } from './options.ts'

export interface PruneFlags extends GlobalOptions {
  readonly dryRun?: boolean
  readonly maxUnused?: string
  readonly maxRepackSize?: string
  readonly repackCacheableOnly?: boolean
  readonly repackUncompressed?: boolean
  readonly repackSmallerThan?: string
  readonly instantDelete?: boolean
}

export function addPruneOptions(command: Command): void {
  command
    .option('--max-unused <limit>', 'unused data that may stay: 5%, 200M or unlimited', '5%')
    .option('--max-repack-size <size>', 'repack at most so much')
    .option('--repack-cacheable-only', 'repack trees only')
    .option('--repack-uncompressed', 'repack what is stored raw')
    .option('--repack-smaller-than <size>', 'merge packs below this size')
    .option('--instant-delete', 'delete at once, alone in the repository, as stock restic; otherwise packs go a day later')
}

export interface PruneContext {
  readonly repository: Repository
  readonly flags: PruneFlags
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** Counted as gone in a dry run of `forget --prune`. */
  readonly ignoreSnapshots?: readonly SnapshotId[]
  readonly lock?: Lock
}

/** Plans, prints, and, unless it is a dry run, carries out; under one lock, so that what is printed is what is done. */
export async function planAndPrune(context: PruneContext): Promise<void> {
  const { repository, flags, terminal, signal, ignoreSnapshots } = context
  const exclusive = flags.instantDelete ?? false
  const isOwn = context.lock === undefined && !flags.dryRun
  await using own = isOwn ? await repository.lock({ exclusive, retryMs: lockRetry(flags).lockRetryMs ?? 0, signal }) : undefined
  const lock = context.lock ?? own
  const maxUnused: MaxUnused = flags.maxUnused === undefined ? MAX_UNUSED_DEFAULT : parseMaxUnused(flags.maxUnused)
  const plan = await planPrune(repository, {
    mode: flags.instantDelete ? 'instant' : 'two-phase',
    maxUnused,
    ...(flags.maxRepackSize !== undefined && { maxRepackBytes: parseSize(flags.maxRepackSize) }),
    repackCacheableOnly: flags.repackCacheableOnly ?? false,
    repackUncompressed: flags.repackUncompressed ?? false,
    ...(flags.repackSmallerThan !== undefined && { smallPackBytes: parseSize(flags.repackSmallerThan) }),
    ...(ignoreSnapshots !== undefined && { ignoreSnapshots }),
    ...(lock !== undefined && { lock }),
    onProgress: ({ step, done }) => terminal.progress(`${step} ${done}`),
    signal,
  })
  printPlan(plan.statistics, flags.instantDelete ?? false, terminal)
  if (flags.dryRun) return
  for await (const event of prune(repository, plan, { ...lockRetry(flags), signal })) {
    if (event.kind === 'progress') terminal.progress(`${event.step} ${event.done}/${event.total}`)
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
      terminal.info({
        fr: `terminé : ${repackedPacks} paquets réécrits, ${deletedPacks} supprimés, ${markedPacks} marqués pour suppression`,
        en: `done: ${repackedPacks} packs repacked, ${deletedPacks} deleted, ${markedPacks} marked for deletion`,
      })
      for (const pack of notDeleted)
        terminal.warn({ fr: `paquet ${pack} : n’a pas pu être supprimé`, en: `pack ${pack}: could not be deleted` })
    }
  }
}

function printPlan({ blobs, bytes, packfiles, marks }: PruneStatistics, isInstant: boolean, terminal: Terminal): void {
  terminal.json({ message_type: 'statistics', blobs, bytes, packfiles, marks })
  const { language } = terminal
  const size = (value: number) => printSize(value, language)
  const number = (value: number) => printNumber(value, language)
  terminal.info({
    fr: `utilisé : ${size(bytes.used)} (${number(blobs.used)} blobs) ; inutile : ${size(bytes.unused + bytes.duplicate)} ; non indexé : ${size(bytes.unreferenced)}`,
    en: `used: ${size(bytes.used)} (${number(blobs.used)} blobs); unneeded: ${size(bytes.unused + bytes.duplicate)}; unindexed: ${size(bytes.unreferenced)}`,
  })
  terminal.info({
    fr: `à réécrire : ${number(packfiles.repack)} paquets ; à ${isInstant ? 'supprimer' : 'marquer'} : ${number(packfiles.remove_total)} ; reste : ${size(bytes.remaining)}, dont ${size(bytes.remaining_unused)} inutiles`,
    en: `to repack: ${number(packfiles.repack)} packs; to ${isInstant ? 'delete' : 'mark'}: ${number(packfiles.remove_total)}; what stays: ${size(bytes.remaining)}, of it ${size(bytes.remaining_unused)} unneeded`,
  })
  if (marks.delete + marks.waiting + marks.recover > 0) {
    terminal.info({
      fr: `marqués lors d’un passage précédent : ${number(marks.delete)} à supprimer (${size(marks.delete_bytes)}), ${number(marks.waiting)} attendent encore, ${number(marks.recover)} redevenus utiles`,
      en: `marked by an earlier run: ${number(marks.delete)} to delete (${size(marks.delete_bytes)}), ${number(marks.waiting)} still wait, ${number(marks.recover)} needed again`,
    })
  }
}
