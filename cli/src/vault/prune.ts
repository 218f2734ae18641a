import { EXIT } from '../exit-codes.ts'
import { requireLock } from './locking.ts'
import { catchUpAll, isLateOrOwes, withMirrors } from './mirrors.ts'
import { addPruneFlags, type PruneFlags, planAndPrune, pruneRules } from './prune-run.ts'
import type { Verb } from './verb.ts'

export const verb: Verb<PruneFlags> = {
  summary: { fr: 'rend la place de ce que plus aucun instantané n’utilise', en: 'give back the room of what no snapshot needs' },
  details: {
    fr: 'Le plan est montré d’abord. Ce qui ne sert plus est marqué, et effacé par un « prune » d’un jour plus tard : une sauvegarde qui tourne en même temps ne perd rien.',
    en: 'The plan is shown first. What nobody needs is marked, and deleted by a “prune” a day later: a backup that runs meanwhile loses nothing.',
  },
  example: {
    fr: 'couronne vault prune -r /media/disque/coffre --dry-run',
    en: 'couronne vault prune -r /media/disk/vault --dry-run',
  },
  define(command) {
    command.flag('-n, --dry-run', { fr: 'montrer le plan seulement', en: 'show the plan only' })
    addPruneFlags(command)
  },
  async run(context) {
    const { options, terminal, signal } = context
    requireLock(options)
    const rules = pruneRules(options)
    const mirrored = await withMirrors(await context.open(), context)
    await planAndPrune({ repository: mirrored.repository, rules, flags: options, terminal, signal })
    if (!options.dryRun) await catchUpAll(mirrored, context, isLateOrOwes)
    return EXIT.done
  },
}
