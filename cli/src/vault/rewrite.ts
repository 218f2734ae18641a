import { planRewrite, rewrite, UsageError } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf, many } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

interface RewriteFlags extends FilterFlags {
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly newHost?: string
  readonly newTime?: string
  readonly forget?: boolean
  readonly dryRun?: boolean
}

export const verb: Verb<RewriteFlags> = {
  summary: { fr: 'retire des fichiers de l’historique', en: 'take files out of the history' },
  example: 'couronne vault rewrite -r /mnt/copie --exclude "*/telechargements" --forget',
  define(command) {
    addFilterOptions(command)
    command
      .argument('[ids...]')
      .addOption(new Option('-e, --exclude <pattern>', 'what is taken out').argParser(many))
      .addOption(new Option('--iexclude <pattern>', 'the same, whatever the case').argParser(many))
      .option('--new-host <name>', 'host of the new snapshots')
      .option('--new-time <time>', 'time of the new snapshots')
      .option('--forget', 'remove the old snapshots')
      .option('-n, --dry-run', 'say what would change')
  },
  async run({ args, options, terminal, signal, open }) {
    const { repository } = await withMirrors(await open(), options, signal)
    const plan = await planRewrite(repository, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterOf(options),
      exclude: options.exclude ?? [],
      iexclude: options.iexclude ?? [],
      ...(options.newHost !== undefined && { newHost: options.newHost }),
      ...(options.newTime !== undefined && { newTime: parseTime(options.newTime) }),
      forget: options.forget ?? false,
      signal,
    })
    for (const { snapshot } of plan.changes)
      terminal.info({ fr: `à réécrire : ${snapshot.id.slice(0, 8)}`, en: `to rewrite: ${snapshot.id.slice(0, 8)}` })
    if (options.dryRun) return EXIT.done
    for await (const event of rewrite(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'rewritten') terminal.info(`${event.oldId.slice(0, 8)} → ${event.newId.slice(0, 8)}`)
      else {
        terminal.json({ message_type: 'summary', rewritten: event.rewritten })
        terminal.info({ fr: `${event.rewritten} instantané(s) réécrit(s)`, en: `${event.rewritten} snapshot(s) rewritten` })
      }
    }
    return EXIT.done
  },
}

function parseTime(text: string): Temporal.ZonedDateTime {
  try {
    return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(Temporal.Now.timeZoneId())
  } catch (cause) {
    throw new UsageError(`--new-time ${text}: expected a time such as 2026-11-23 10:00:00`, { cause })
  }
}
