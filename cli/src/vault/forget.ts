import {
  type ForgetGroup,
  type ForgetPlan,
  type ForgetPolicy,
  forget,
  type KeptSnapshot,
  parseKeepCount,
  parseKeepDuration,
  planForget,
} from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import type { VerbCommand } from '../flags.ts'
import { printCount, printMoment, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { addFilterFlags, type FilterFlags, filterBeside, groupByOf, nullWhenEmpty, snapshotJson } from './filters.ts'
import { keepWords } from './keep-words.ts'
import { lockRetry, requireLock } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { parseValue } from './parse-value.ts'
import { addPruneFlags, type PruneFlags, planAndPrune, pruneRules } from './prune-run.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

/** With restic's letters and French words. */
const COUNTS = [
  ['last', 'l', 'les n derniers', 'the newest n'],
  ['hourly', 'H', 'un par heure, pour n heures', 'one an hour, for n hours'],
  ['daily', 'd', 'un par jour, pour n jours', 'one a day, for n days'],
  ['weekly', 'w', 'un par semaine, pour n semaines', 'one a week, for n weeks'],
  ['monthly', 'm', 'un par mois, pour n mois', 'one a month, for n months'],
  ['yearly', 'y', 'un par an, pour n ans', 'one a year, for n years'],
] as const
const WINDOWS = [
  ['', 'tous, pendant ce temps avant le dernier : 1y5m7d2h', 'all, so long before the newest: 1y5m7d2h'],
  ['Hourly', 'un par heure, pendant ce temps', 'one an hour, so long'],
  ['Daily', 'un par jour, pendant ce temps', 'one a day, so long'],
  ['Weekly', 'un par semaine, pendant ce temps', 'one a week, so long'],
  ['Monthly', 'un par mois, pendant ce temps', 'one a month, so long'],
  ['Yearly', 'un par an, pendant ce temps', 'one a year, so long'],
] as const
const A_COUNT = { fr: 'un nombre, ou unlimited', en: 'a number, or unlimited' }
const A_WINDOW = { fr: 'une durée, comme 1y5m7d2h', en: 'a length of time, such as 1y5m7d2h' }
type Count = (typeof COUNTS)[number][0]
type Window = `within${(typeof WINDOWS)[number][0]}`

interface ForgetFlags extends FilterFlags, PruneFlags, Partial<Record<`keep${Capitalize<Count | Window>}`, string>> {
  readonly keepTag?: readonly string[]
  readonly groupBy: string
  readonly prune?: boolean
  readonly compact?: boolean
  readonly unsafeAllowRemoveAll?: boolean
}

export const verb: Verb<ForgetFlags> = {
  summary: { fr: 'retire des instantanés, selon ce qui est à garder', en: 'remove snapshots, by what is to be kept' },
  details: {
    fr: 'Essayez d’abord avec --dry-run. La place n’est rendue que par « prune » (ou --prune). Jamais tous les instantanés d’un groupe ne partent sans qu’on le dise.',
    en: 'Try with --dry-run first. The room is given back by “prune” only (or --prune). Never do all snapshots of a group go unless that is said.',
  },
  example: {
    fr: 'couronne vault forget -r /media/disque/coffre --keep-daily 30 --keep-monthly 24 --keep-yearly 20 --dry-run',
    en: 'couronne vault forget -r /media/disk/vault --keep-daily 30 --keep-monthly 24 --keep-yearly 20 --dry-run',
  },
  define(command) {
    command
      .argument('[ids...]', { fr: 'instantanés à retirer, sans règle', en: 'snapshots to remove, without a rule' })
      .flag('-n, --dry-run', { fr: 'montrer ce qui partirait', en: 'show what would go' })
    addKeepFlags(command)
    command
      .flag(
        '-g, --group-by <list>',
        { fr: 'la règle vaut dans chaque groupe', en: 'the rule holds within each group' },
        { default: 'host,paths' },
      )
      .flag('--prune', {
        fr: 'puis rendre la place, si quelque chose est parti',
        en: 'then give back the room, when something went',
      })
      .flag('--unsafe-allow-remove-all', {
        fr: 'permettre que tous les instantanés du filtre partent',
        en: 'allow that all snapshots of the filter go',
      })
      .flag('-c, --compact', { fr: 'sans les raisons', en: 'without the reasons' })
    addFilterFlags(command, { shortHost: false })
    addPruneFlags(command)
  },
  async run(context) {
    const { args, options, terminal, signal } = context
    requireLock(options)
    const policy = policyOf(options)
    const groupBy = groupByOf(options.groupBy)
    requireRule(args, options)
    const rules = options.prune ? pruneRules(options) : undefined
    const { repository } = await withMirrors(await context.open(), context)
    const plan = await planForget(repository, {
      policy,
      filter: filterBeside(args, options),
      groupBy,
      ...(args.length > 0 && { snapshots: args }),
      allowRemoveAll: options.unsafeAllowRemoveAll ?? false,
      signal,
    })
    print(plan, terminal, options)
    let failed = 0
    if (!options.dryRun) {
      for await (const event of forget(repository, plan, { ...lockRetry(options), signal })) {
        if (event.kind === 'removed') terminal.progress(`${event.done}/${event.total}`)
        else failed = event.notRemoved.length
      }
    }
    printOutcome(plan.remove.length - failed, terminal, options)
    if (rules !== undefined && plan.remove.length > 0) {
      const ignoreSnapshots = options.dryRun ? plan.remove.map(({ id }) => id) : []
      await planAndPrune({ repository, rules, flags: options, terminal, signal, ignoreSnapshots })
    }
    return failed > 0 ? EXIT.incomplete : EXIT.done
  },
}

/** Without a rule restic's forget does nothing and says little: who typed it wants to know what is missing. */
function requireRule(ids: readonly string[], options: ForgetFlags): void {
  if (ids.length > 0 || Object.keys(options).some((name) => name.startsWith('keep')) || options.unsafeAllowRemoveAll) return
  throw new WrongUse({
    fr: 'forget : que garder ? Donnez au moins une règle, comme --keep-daily 31, et d’abord --dry-run',
    en: 'forget: keep what? Give one rule at least, such as --keep-daily 31, and --dry-run first',
  })
}

function addKeepFlags(command: VerbCommand): void {
  for (const [name, letter, fr, en] of COUNTS)
    command.flag(`-${letter}, --keep-${name} <n>`, { fr: `garder ${fr}`, en: `keep ${en}` })
  for (const [name, fr, en] of WINDOWS) command.flag(`${windowFlag(name)} <duration>`, { fr: `garder ${fr}`, en: `keep ${en}` })
  command.flag(
    '--keep-tag <tags>',
    { fr: 'garder ceux qui ont ces étiquettes : a,b', en: 'keep those with these tags: a,b' },
    { many: true },
  )
}

function windowFlag(name: (typeof WINDOWS)[number][0]): string {
  return name === '' ? '--keep-within' : `--keep-within-${name.toLowerCase()}`
}

function policyOf(flags: ForgetFlags): ForgetPolicy {
  const counts = COUNTS.flatMap(([name]) => {
    const value = flags[`keep${name[0]!.toUpperCase()}${name.slice(1)}` as keyof ForgetFlags] as string | undefined
    return value === undefined ? [] : [[name, parseValue(`--keep-${name}`, value, parseKeepCount, A_COUNT)]]
  })
  const windows = WINDOWS.flatMap(([name]) => {
    const value = flags[`keepWithin${name}`]
    return value === undefined ? [] : [[`within${name}`, parseValue(windowFlag(name), value, parseKeepDuration, A_WINDOW)]]
  })
  return {
    ...(Object.fromEntries([...counts, ...windows]) as ForgetPolicy),
    ...(flags.keepTag !== undefined && { tags: flags.keepTag.map((list) => list.split(',')) }),
  }
}

function print({ groups, remove }: ForgetPlan, terminal: Terminal, { compact }: ForgetFlags): void {
  if (groups.length > 0) terminal.json(groups.map(groupJson))
  for (const { host, paths, tags, keep, remove: going } of groups) {
    const { language } = terminal
    terminal.info({
      fr: `${[host, ...paths, ...tags].join(' ')} : ${printCount(keep.length, 'fr', 'gardé')}, ${printCount(going.length, 'fr', 'retiré')}`,
      en: `${[host, ...paths, ...tags].join(' ')}: ${keep.length} kept, ${going.length} removed`,
    })
    const gone = terminal.say({ fr: '— retiré', en: '— removed' })
    const rows = [
      ...keep.map(({ snapshot, matches }) => [
        snapshot.id.slice(0, 8),
        printMoment(snapshot.time),
        compact ? '' : matches.map((match) => keepWords(match, language)).join(', '),
      ]),
      ...going.map(({ id, time }) => [id.slice(0, 8), printMoment(time), gone]),
    ]
    if (!terminal.isQuiet)
      terminal.line(`${printTable(language === 'fr' ? ['Instantané', 'Date', 'Raison'] : ['ID', 'Time', 'Reason'], rows)}\n`)
  }
  if (groups.length > 0) return
  terminal.json({ message_type: 'summary', remove: remove.map(({ id }) => id) })
  for (const { id, time } of remove) terminal.info(`${id.slice(0, 8)}  ${printMoment(time)}`)
}

function printOutcome(removed: number, terminal: Terminal, { dryRun, prune }: ForgetFlags): void {
  const [fr, en] = [printCount(removed, 'fr', 'instantané'), printCount(removed, 'en', 'snapshot')]
  if (dryRun) {
    terminal.info({ fr: `essai : ${fr} à retirer ; rien n’a été fait`, en: `a trial: ${en} to remove; nothing was done` })
    return
  }
  const hint = removed > 0 && !prune
  terminal.info({
    fr: `${fr} retiré${removed < 2 ? '' : 's'}${hint ? ' ; « couronne vault prune » rendra la place' : ''}`,
    en: `${en} removed${hint ? '; “couronne vault prune” gives back the room' : ''}`,
  })
}

function groupJson({ host, paths, tags, keep, remove }: ForgetGroup): Record<string, unknown> {
  return {
    tags: nullWhenEmpty(tags),
    host,
    paths: nullWhenEmpty(paths),
    keep: nullWhenEmpty(keep.map(({ snapshot }) => snapshotJson(snapshot))),
    remove: nullWhenEmpty(remove.map(snapshotJson)),
    reasons: nullWhenEmpty(keep.map(reasonJson)),
  }
}

function reasonJson({ snapshot, matches }: KeptSnapshot): Record<string, unknown> {
  return { snapshot: snapshotJson(snapshot), matches }
}
