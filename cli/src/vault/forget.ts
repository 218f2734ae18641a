import {
  type ForgetGroup,
  type ForgetPlan,
  type ForgetPolicy,
  forget,
  type KeptSnapshot,
  parseGroupBy,
  parseKeepCount,
  parseKeepDuration,
  planForget,
} from '@couronne/vault'
import { type Command, Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { addFilterOptions, type FilterFlags, filterOf, many, snapshotJson } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { addPruneOptions, type PruneFlags, planAndPrune } from './prune-run.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

const COUNTS = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
const WINDOWS = ['within', 'withinHourly', 'withinDaily', 'withinWeekly', 'withinMonthly', 'withinYearly'] as const
type KeepFlag = `keep${Capitalize<(typeof COUNTS)[number] | (typeof WINDOWS)[number]>}`

interface ForgetFlags extends FilterFlags, PruneFlags, Partial<Record<KeepFlag, string>> {
  readonly keepTag?: readonly string[]
  readonly groupBy: string
  readonly prune?: boolean
  readonly unsafeAllowRemoveAll?: boolean
}

export const verb: Verb<ForgetFlags> = {
  summary: { fr: 'retire des instantanés selon une règle', en: 'remove snapshots by a rule' },
  example: 'couronne vault forget -r /mnt/copie --keep-daily 30 --keep-monthly 24 --keep-yearly 20 --dry-run',
  define(command) {
    addKeepOptions(command)
    addFilterOptions(command)
    addPruneOptions(command)
    command
      .argument('[ids...]', 'snapshots to remove, without a rule')
      .option('-g, --group-by <list>', 'the rule holds within each group', 'host,paths')
      .option('-n, --dry-run', 'print what would go')
      .option('--prune', 'give back the room too, when something went')
      .option('--unsafe-allow-remove-all', 'allow that all snapshots of a filter go')
      .option('-c, --compact', 'accepted for restic’s sake')
  },
  async run({ args, options, terminal, signal, open }) {
    const { repository } = await withMirrors(await open(), options, signal)
    const plan = await planForget(repository, {
      policy: policyOf(options),
      filter: filterOf(options),
      groupBy: parseGroupBy(options.groupBy),
      ...(args.length > 0 && { snapshots: args }),
      allowRemoveAll: options.unsafeAllowRemoveAll ?? false,
      signal,
    })
    print(plan, terminal)
    let failed = 0
    if (!options.dryRun) {
      for await (const event of forget(repository, plan, { ...lockRetry(options), signal })) {
        if (event.kind === 'removed') terminal.progress(`${event.done}/${event.total}`)
        else failed = event.notRemoved.length
      }
      terminal.info({
        fr: `${plan.remove.length - failed} instantané(s) retiré(s)`,
        en: `${plan.remove.length - failed} snapshot(s) removed`,
      })
    }
    if (options.prune && plan.remove.length > 0) {
      const ignoreSnapshots = options.dryRun ? plan.remove.map(({ id }) => id) : []
      await planAndPrune({ repository, flags: options, terminal, signal, ignoreSnapshots })
    }
    return failed > 0 ? EXIT.incomplete : EXIT.done
  },
}

function addKeepOptions(command: Command): void {
  for (const name of COUNTS)
    command.option(`--keep-${name} <n>`, name === 'last' ? 'keep the newest n' : `keep the last n ${name} snapshots`)
  for (const name of WINDOWS)
    command.option(
      `--keep-${name.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)} <duration>`,
      'such as 1y5m7d2h, before the newest',
    )
  command.addOption(new Option('--keep-tag <tags>', 'keep snapshots with all of these tags').argParser(many))
}

function policyOf(flags: ForgetFlags): ForgetPolicy {
  const flag = (name: string) => flags[`keep${name[0]!.toUpperCase()}${name.slice(1)}` as KeepFlag]
  const counts = COUNTS.flatMap((name) => (flag(name) === undefined ? [] : [[name, parseKeepCount(flag(name)!)]]))
  const windows = WINDOWS.flatMap((name) => (flag(name) === undefined ? [] : [[name, parseKeepDuration(flag(name)!)]]))
  return {
    ...(Object.fromEntries([...counts, ...windows]) as ForgetPolicy),
    ...(flags.keepTag !== undefined && { tags: flags.keepTag.map((list) => list.split(',')) }),
  }
}

function print({ groups, remove }: ForgetPlan, terminal: Terminal): void {
  if (groups.length > 0) terminal.json(groups.map(groupJson))
  for (const { host, paths, keep, remove: going } of groups) {
    terminal.info({
      fr: `\n${host} ${paths.join(' ')} : ${keep.length} gardés, ${going.length} retirés`,
      en: `\n${host} ${paths.join(' ')}: ${keep.length} kept, ${going.length} removed`,
    })
    const rows = [
      ...keep.map(({ snapshot, matches }) => [
        snapshot.id.slice(0, 8),
        snapshot.time.slice(0, 19).replace('T', ' '),
        matches.join(', '),
      ]),
      ...going.map(({ id, time }) => [
        id.slice(0, 8),
        time.slice(0, 19).replace('T', ' '),
        terminal.language === 'fr' ? '— retiré' : '— removed',
      ]),
    ]
    terminal.info(printTable(terminal.language === 'fr' ? ['Instantané', 'Date', 'Raison'] : ['ID', 'Time', 'Reason'], rows))
  }
  if (groups.length === 0) for (const { id } of remove) terminal.info(id)
}

function groupJson({ host, paths, tags, keep, remove }: ForgetGroup): Record<string, unknown> {
  const list = <T>(values: readonly T[]) => (values.length === 0 ? null : values)
  return {
    tags: list(tags),
    host,
    paths: list(paths),
    keep: list(keep.map(({ snapshot }) => snapshotJson(snapshot))),
    remove: list(remove.map(snapshotJson)),
    reasons: list(keep.map(reasonJson)),
  }
}

function reasonJson({ snapshot, matches, counters }: KeptSnapshot): Record<string, unknown> {
  const left = Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0))
  return { snapshot: snapshotJson(snapshot), matches, counters: left }
}
