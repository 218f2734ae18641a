import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
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
} from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { sayStep } from './progress-words.ts'
import type { Verb, VerbContext } from './verb.ts'

interface RepairFlags extends FilterFlags {
  readonly readAllPacks?: boolean
  readonly forget?: boolean
  readonly dryRun?: boolean
  readonly keepDamaged?: string
}

type Context = VerbContext<RepairFlags>

export const verb: Verb<RepairFlags> = {
  summary: {
    fr: 'remet d’aplomb un dépôt sans autre copie : index, packs, snapshots',
    en: 'put a repository right without another mirror: index, packs, snapshots',
  },
  details: {
    fr: 'S’il y a une autre copie, « heal » fait mieux : il ne perd rien. Sinon, dans cet ordre : « repair index », « repair packs » avec les identifiants que « check » nomme, « repair snapshots ».',
    en: 'Where there is another mirror “heal” does better: it loses nothing. Otherwise, in this order: “repair index”, “repair packs” with the IDs that “check” names, “repair snapshots”.',
  },
  example: {
    fr: 'couronne vault repair index -r /media/disque/coffre --dry-run',
    en: 'couronne vault repair index -r /media/disk/vault --dry-run',
  },
  define(command) {
    command
      .argument('<what>', {
        fr: 'index : le refaire d’après les paquets ; packs : sauver ce qui se lit de paquets abîmés ; snapshots : en retirer ce qui est perdu',
        en: 'index: make it anew from the packs; packs: save what can be read of damaged packs; snapshots: take out of them what is lost',
      })
      .argument('[ids...]', { fr: 'des paquets ou des instantanés', en: 'of packs or snapshots' })
      .flag('-n, --dry-run', { fr: 'dire ce qui serait fait', en: 'say what would be done' })
      .flag('--read-all-packs', {
        fr: 'index : n’en croire aucun, relire chaque paquet',
        en: 'index: believe none, ask every pack',
      })
      .flag('--keep-damaged <folder>', {
        fr: 'packs : où garder leurs octets avant de les effacer ; ici d’office',
        en: 'packs: where their bytes are kept before they are deleted; here by default',
      })
      .flag('--forget', { fr: 'snapshots : retirer ceux qui sont abîmés', en: 'snapshots: remove the damaged ones' })
    addFilterFlags(command)
  },
  async run(context) {
    const [what, ...ids] = context.args
    const { repository } = await withMirrors(await context.open({ cached: false }), context)
    if (what === 'index') return mendIndex(repository, context)
    if (what === 'packs') return mendPacks(repository, ids, context)
    if (what === 'snapshots') return mendSnapshots(repository, ids, context)
    throw new WrongUse({ fr: 'repair : index, packs ou snapshots', en: 'repair: expected index, packs or snapshots' })
  },
}

function sayTrial(terminal: Terminal): void {
  terminal.info({ fr: 'essai : rien n’a été fait', en: 'a trial: nothing was done' })
}

async function mendIndex(repository: Repository, { options, terminal, signal }: Context): Promise<number> {
  const plan = await planRepairIndex(repository, { readAllPacks: options.readAllPacks ?? false, signal })
  terminal.info({
    fr: `index illisibles : ${plan.unreadableIndexes.length} ; paquets à relire : ${plan.packsToRead.length} ; paquets absents : ${plan.missingPacks.length}`,
    en: `unreadable indexes: ${plan.unreadableIndexes.length}; packs to read: ${plan.packsToRead.length}; missing packs: ${plan.missingPacks.length}`,
  })
  if (options.dryRun) {
    terminal.json({
      message_type: 'summary',
      unreadable_indexes: plan.unreadableIndexes,
      packs_to_read: plan.packsToRead.length,
      missing_packs: plan.missingPacks,
    })
    sayTrial(terminal)
    return EXIT.done
  }
  for await (const event of repairIndex(repository, plan, { ...lockRetry(options), signal })) {
    if (event.kind === 'progress') sayStep(terminal, 'data', event.done, event.total)
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
      terminal.info({
        fr: `index refait : ${printCount(packsRead, 'fr', 'paquet relu', 'paquets relus')}. Ensuite : couronne vault check`,
        en: `index made anew: ${printCount(packsRead, 'en', 'pack')} read. Next: couronne vault check`,
      })
    }
  }
  return EXIT.done
}

async function mendPacks(
  repository: Repository,
  ids: readonly string[],
  { options, terminal, signal }: Context,
): Promise<number> {
  if (ids.length === 0)
    throw new WrongUse({
      fr: 'repair packs : nommez les paquets, comme « check » les nomme',
      en: 'repair packs: name the packs, as “check” names them',
    })
  const plan = await planRepairPacks(repository, ids as Parameters<typeof planRepairPacks>[1], { signal })
  for (const { pack, readable, elsewhere, lost } of plan.packs) {
    terminal.info({
      fr: `${pack} : ${printCount(readable, 'fr', 'morceau lisible', 'morceaux lisibles')}, ${elsewhere} ailleurs, ${printCount(lost.length, 'fr', 'perdu')}`,
      en: `${pack}: ${printCount(readable, 'en', 'blob')} readable, ${elsewhere} elsewhere, ${lost.length} lost`,
    })
  }
  if (options.dryRun) {
    terminal.json({ message_type: 'summary', packs: plan.packs })
    sayTrial(terminal)
    return EXIT.done
  }
  const folder = options.keepDamaged ?? '.'
  await mkdir(folder, { recursive: true })
  const keepCopy = (pack: string, bytes: Uint8Array) => keepBeside(join(folder, `pack-${pack}`), bytes)
  for await (const event of repairPacks(repository, plan, { keepCopy, ...lockRetry(options), signal })) {
    if (event.kind !== 'summary') continue
    terminal.json({ message_type: 'summary', ...event.summary })
    terminal.info({
      fr: `${printCount(event.summary.savedBlobs, 'fr', 'morceau sauvé', 'morceaux sauvés')}, ${printCount(event.summary.lostBlobs, 'fr', 'perdu')}. Ensuite : couronne vault repair snapshots`,
      en: `${printCount(event.summary.savedBlobs, 'en', 'blob')} saved, ${event.summary.lostBlobs} lost. Next: couronne vault repair snapshots`,
    })
  }
  return EXIT.done
}

/** Under the next free name: another mirror, or an attempt that was interrupted, may have left its bytes of this pack there. */
async function keepBeside(path: string, bytes: Uint8Array): Promise<void> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? path : `${path}-${count}`
    try {
      return await writeFile(name, bytes, { flag: 'wx', flush: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      if (bytes.length === (await stat(name)).size && Buffer.from(bytes).equals(await readFile(name))) return
    }
  }
}

async function mendSnapshots(
  repository: Repository,
  ids: readonly string[],
  { options, terminal, signal }: Context,
): Promise<number> {
  const plan = await planRepairSnapshots(repository, {
    ...(ids.length > 0 && { snapshots: ids }),
    filter: filterBeside(ids, options),
    forget: options.forget ?? false,
    signal,
  })
  for (const { snapshot, losses } of plan.repairs) {
    terminal.info({
      fr: `${snapshot.id.slice(0, 8)} : ${printCount(losses.files, 'fr', 'fichier')} et ${printCount(losses.folders, 'fr', 'dossier')} perdent du contenu`,
      en: `${snapshot.id.slice(0, 8)}: ${printCount(losses.files, 'en', 'file')} and ${printCount(losses.folders, 'en', 'folder')} lose content`,
    })
  }
  if (options.dryRun) {
    terminal.json({ message_type: 'summary', to_repair: plan.repairs.map(({ snapshot }) => snapshot.id) })
    sayTrial(terminal)
    return EXIT.done
  }
  const short = (id: SnapshotId) => id.slice(0, 8)
  for await (const event of repairSnapshots(repository, plan, { ...lockRetry(options), signal })) {
    if (event.kind === 'repaired') {
      terminal.json({ message_type: 'changed', old_snapshot_id: event.oldId, new_snapshot_id: event.newId })
      terminal.info(`${short(event.oldId)} → ${short(event.newId)}`)
    } else if (event.kind === 'hopeless')
      terminal.warn({
        fr: `${short(event.oldId)} : plus rien à en tirer ; --forget le retire`,
        en: `${short(event.oldId)}: nothing of it is left; --forget removes it`,
      })
    else if (event.kind === 'summary') {
      terminal.json({ message_type: 'summary', changed_snapshots: event.repaired, removed: event.removed })
      terminal.info({
        fr: `${printCount(event.repaired, 'fr', 'instantané réparé', 'instantanés réparés')}, ${printCount(event.removed, 'fr', 'retiré')}`,
        en: `${printCount(event.repaired, 'en', 'snapshot')} repaired, ${event.removed} removed`,
      })
    }
  }
  return EXIT.done
}
