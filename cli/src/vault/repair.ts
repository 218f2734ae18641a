import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  planRepairIndex,
  planRepairPacks,
  planRepairSnapshots,
  type Repository,
  repairIndex,
  repairPacks,
  repairSnapshots,
  type SnapshotId,
  UsageError,
} from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { GlobalOptions } from './options.ts'
import type { Verb, VerbContext } from './verb.ts'

interface RepairFlags extends FilterFlags, GlobalOptions {
  readonly readAllPacks?: boolean
  readonly forget?: boolean
  readonly dryRun?: boolean
  readonly keepDamaged?: string
}

export const verb: Verb<RepairFlags> = {
  summary: {
    fr: 'remet d’aplomb un dépôt abîmé : index, packs, snapshots',
    en: 'mend a damaged repository: index, packs, snapshots',
  },
  example: 'couronne vault repair index -r /mnt/copie',
  define(command) {
    addFilterOptions(command)
    command
      .argument('<what>', 'index, packs or snapshots')
      .argument('[ids...]', 'of packs or snapshots')
      .option('--read-all-packs', 'index: believe no index, ask every pack')
      .option('--forget', 'snapshots: remove the damaged ones')
      .option('-n, --dry-run', 'say what would be done')
      .option('--keep-damaged <folder>', 'packs: put their bytes there before they are deleted')
  },
  async run(context) {
    const { args, options, signal, open } = context
    const { repository } = await withMirrors(await open(), options, signal)
    const [what, ...ids] = args
    if (what === 'index') return mendIndex(repository, context)
    if (what === 'packs') return mendPacks(repository, ids, context)
    if (what === 'snapshots') return mendSnapshots(repository, ids, context)
    throw new UsageError('expected index, packs or snapshots')
  },
}

type Context = VerbContext<RepairFlags>

async function mendIndex(repository: Repository, { options, terminal, signal }: Context): Promise<number> {
  const plan = await planRepairIndex(repository, { readAllPacks: options.readAllPacks ?? false, signal })
  terminal.info({
    fr: `index illisibles : ${plan.unreadableIndexes.length} ; paquets à relire : ${plan.packsToRead.length} ; paquets absents : ${plan.missingPacks.length}`,
    en: `unreadable indexes: ${plan.unreadableIndexes.length}; packs to read: ${plan.packsToRead.length}; missing packs: ${plan.missingPacks.length}`,
  })
  if (options.dryRun) return EXIT.done
  for await (const event of repairIndex(repository, plan, { ...lockRetry(options), signal })) {
    if (event.kind === 'progress') terminal.progress(`${event.done}/${event.total}`)
    else {
      const { packsRead, unreadablePacks, removedPacks, removedIndexes } = event.summary
      terminal.json({
        message_type: 'summary',
        packs_read: packsRead,
        unreadable_packs: unreadablePacks,
        removed_packs: removedPacks,
        removed_indexes: removedIndexes,
      })
      for (const pack of unreadablePacks)
        terminal.warn({
          fr: `paquet ${pack} : illisible, laissé hors de l’index`,
          en: `pack ${pack}: unreadable, left out of the index`,
        })
      terminal.info({ fr: `index reconstruit : ${packsRead} paquets relus`, en: `index rebuilt: ${packsRead} packs read` })
    }
  }
  return EXIT.done
}

async function mendPacks(
  repository: Repository,
  ids: readonly string[],
  { options, terminal, signal }: Context,
): Promise<number> {
  if (ids.length === 0) throw new UsageError('repair packs: name the packs, as check names them')
  const plan = await planRepairPacks(repository, ids as Parameters<typeof planRepairPacks>[1], { signal })
  for (const { pack, readable, elsewhere, lost } of plan.packs) {
    terminal.info({
      fr: `${pack} : ${readable} morceaux lisibles, ${elsewhere} ailleurs, ${lost.length} perdus`,
      en: `${pack}: ${readable} blobs readable, ${elsewhere} elsewhere, ${lost.length} lost`,
    })
  }
  if (options.dryRun) return EXIT.done
  const folder = options.keepDamaged ?? '.'
  await mkdir(folder, { recursive: true })
  const keepCopy = (pack: string, bytes: Uint8Array) =>
    writeFile(join(folder, `pack-${pack}`), bytes, { flag: 'wx', flush: true })
  for await (const event of repairPacks(repository, plan, { keepCopy, ...lockRetry(options), signal })) {
    if (event.kind !== 'summary') continue
    terminal.json({ message_type: 'summary', ...event.summary })
    terminal.info({
      fr: `${event.summary.savedBlobs} morceaux sauvés, ${event.summary.lostBlobs} perdus ; ensuite : repair snapshots`,
      en: `${event.summary.savedBlobs} blobs saved, ${event.summary.lostBlobs} lost; next: repair snapshots`,
    })
  }
  return EXIT.done
}

async function mendSnapshots(
  repository: Repository,
  ids: readonly string[],
  { options, terminal, signal }: Context,
): Promise<number> {
  const plan = await planRepairSnapshots(repository, {
    ...(ids.length > 0 && { snapshots: ids }),
    filter: filterOf(options),
    forget: options.forget ?? false,
    signal,
  })
  for (const { snapshot, losses } of plan.repairs) {
    terminal.info({
      fr: `${snapshot.id.slice(0, 8)} : ${losses.files} fichiers et ${losses.folders} dossiers perdent du contenu`,
      en: `${snapshot.id.slice(0, 8)}: ${losses.files} files and ${losses.folders} folders lose content`,
    })
  }
  if (options.dryRun) return EXIT.done
  const short = (id: SnapshotId) => id.slice(0, 8)
  for await (const event of repairSnapshots(repository, plan, { ...lockRetry(options), signal })) {
    if (event.kind === 'repaired') terminal.info(`${short(event.oldId)} → ${short(event.newId)}`)
    else if (event.kind === 'hopeless')
      terminal.warn({
        fr: `${short(event.oldId)} : plus rien à en tirer ; --forget le retire`,
        en: `${short(event.oldId)}: nothing of it is left; --forget removes it`,
      })
    else if (event.kind === 'summary') {
      terminal.json({ message_type: 'summary', repaired: event.repaired, removed: event.removed })
      terminal.info({
        fr: `${event.repaired} réparé(s), ${event.removed} retiré(s)`,
        en: `${event.repaired} repaired, ${event.removed} removed`,
      })
    }
  }
  return EXIT.done
}
