import { planRewrite, rewrite } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount } from '../terminal.ts'
import { patternsIn } from './backup-options.ts'
import { parseMoment } from './durations.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

interface RewriteFlags extends FilterFlags {
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly excludeFile?: readonly string[]
  readonly iexcludeFile?: readonly string[]
  readonly newHost?: string
  readonly newTime?: string
  readonly forget?: boolean
  readonly dryRun?: boolean
}

export const verb: Verb<RewriteFlags> = {
  summary: { fr: 'retire des fichiers de l’historique', en: 'take files out of the history' },
  details: {
    fr: 'De nouveaux instantanés sont écrits sans ces fichiers. Les anciens restent, sauf avec --forget ; le contenu retiré part avec le « prune » qui suit.',
    en: 'New snapshots are written without these files. The old ones stay, but with --forget; what was taken out goes with the next “prune”.',
  },
  example: {
    fr: 'couronne vault rewrite -r /media/disque/coffre --exclude "/srv/cabinet/telechargements" --dry-run',
    en: 'couronne vault rewrite -r /media/disk/vault --exclude "/srv/practice/downloads" --dry-run',
  },
  define(command) {
    command
      .argument('[ids...]', { fr: 'seulement ceux-ci', en: 'only these' })
      .flag('-n, --dry-run', { fr: 'dire ce qui changerait', en: 'say what would change' })
      .flag('-e, --exclude <pattern>', { fr: 'ce qui est retiré', en: 'what is taken out' }, { many: true })
      .flag(
        '--iexclude <pattern>',
        { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' },
        { many: true },
      )
      .flag('--exclude-file <file>', { fr: 'motifs, un par ligne', en: 'patterns, one a line' }, { many: true })
      .flag(
        '--iexclude-file <file>',
        { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' },
        { many: true },
      )
      .flag('--new-host <name>', { fr: 'machine des nouveaux instantanés', en: 'host of the new snapshots' })
      .flag('--new-time <time>', { fr: 'date des nouveaux instantanés', en: 'time of the new snapshots' })
      .flag('--forget', { fr: 'retirer les anciens instantanés', en: 'remove the old snapshots' })
    addFilterFlags(command)
  },
  async run(context) {
    const { args, options, terminal, signal } = context
    const exclude = [...(options.exclude ?? []), ...(await patternsIn(options.excludeFile))]
    const iexclude = [...(options.iexclude ?? []), ...(await patternsIn(options.iexcludeFile))]
    const { repository } = await withMirrors(await context.open(), context)
    const plan = await planRewrite(repository, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterBeside(args, options),
      exclude,
      iexclude,
      ...(options.newHost !== undefined && { newHost: options.newHost }),
      ...(options.newTime !== undefined && { newTime: parseMoment('--new-time', options.newTime) }),
      forget: options.forget ?? false,
      signal,
    })
    if (options.dryRun) {
      const ids = plan.changes.map(({ snapshot }) => snapshot.id)
      terminal.json({ message_type: 'summary', to_rewrite: ids })
      terminal.info({
        fr: `essai : ${printCount(ids.length, 'fr', 'instantané')} à réécrire ; rien n’a été fait`,
        en: `a trial: ${printCount(ids.length, 'en', 'snapshot')} to rewrite; nothing was done`,
      })
      for (const id of ids) terminal.info(id.slice(0, 8))
      return EXIT.done
    }
    for await (const event of rewrite(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'rewritten') {
        terminal.json({ message_type: 'changed', old_snapshot_id: event.oldId, new_snapshot_id: event.newId })
        terminal.info(`${event.oldId.slice(0, 8)} → ${event.newId.slice(0, 8)}`)
      } else {
        terminal.json({ message_type: 'summary', changed_snapshots: event.rewritten })
        terminal.info({
          fr: printCount(event.rewritten, 'fr', 'instantané réécrit', 'instantanés réécrits'),
          en: `${printCount(event.rewritten, 'en', 'snapshot')} rewritten`,
        })
      }
    }
    return EXIT.done
  },
}
