import { snapshots } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printMoment, printSize, type Terminal } from '../terminal.ts'
import { addFilterFlags, type FilterFlags, filterBeside, groupByOf, nullWhenEmpty, snapshotJson } from './filters.ts'
import { reading } from './locking.ts'
import { countOf } from './options.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

interface SnapshotsFlags extends FilterFlags {
  readonly groupBy?: string
  readonly latest?: string
  readonly compact?: boolean
}

type Group = Awaited<ReturnType<typeof snapshots>>[number]

export const verb: Verb<SnapshotsFlags> = {
  summary: { fr: 'les instantanés, du plus ancien au plus récent', en: 'the snapshots, oldest first' },
  example: {
    fr: 'couronne vault snapshots -r /media/disque/coffre --latest 5',
    en: 'couronne vault snapshots -r /media/disk/vault --latest 5',
  },
  define(command) {
    command
      .argument('[ids...]', { fr: 'seulement ceux-ci', en: 'only these' })
      .flag('--latest <n>', { fr: 'les n plus récents de chaque groupe', en: 'the newest n of each group' })
      .flag('-g, --group-by <list>', { fr: 'par host, paths, tags', en: 'by host, paths, tags' })
      .flag('-c, --compact', { fr: 'sans les chemins', en: 'without the paths' })
    addFilterFlags(command)
  },
  async run({ args, options, terminal, signal, open }) {
    const latest = options.latest === undefined ? undefined : countOf('--latest', options.latest)
    const groups = await snapshots(await open(), {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterBeside(args, options),
      ...(options.groupBy !== undefined && { groupBy: groupByOf(options.groupBy) }),
      ...(latest !== undefined && latest > 0 && { latest }),
      ...reading(options, signal),
    })
    printJson(groups, options.groupBy !== undefined && options.groupBy !== '', terminal)
    const filled = groups.filter((group) => group.snapshots.length > 0)
    for (const group of filled) print(group, options, terminal)
    if (filled.length === 0)
      terminal.line({
        fr: 'Aucun instantané. Le premier : couronne vault backup DOSSIER',
        en: 'No snapshot. The first one: couronne vault backup FOLDER',
      })
    return EXIT.done
  },
}

function printJson(groups: readonly Group[], isGrouped: boolean, terminal: Terminal): void {
  if (!isGrouped) terminal.json(groups.flatMap(({ snapshots: entries }) => entries.map(snapshotJson)))
  else {
    terminal.json(
      groups.map(({ host, paths, tags, snapshots: entries }) => ({
        group_key: { hostname: host, paths: nullWhenEmpty(paths), tags: nullWhenEmpty(tags) },
        snapshots: entries.map(snapshotJson),
      })),
    )
  }
}

function print({ host, paths, tags, snapshots: entries }: Group, { compact, groupBy }: SnapshotsFlags, terminal: Terminal): void {
  const { language } = terminal
  if (groupBy) terminal.line([host, ...paths, ...tags].filter((each) => each !== '').join(' '))
  const head = language === 'fr' ? ['Instantané', 'Date', 'Machine', 'Taille'] : ['ID', 'Time', 'Host', 'Size']
  const more = language === 'fr' ? ['Chemins, étiquettes'] : ['Paths, tags']
  const rows = entries.map((entry) => [
    entry.id.slice(0, 8),
    printMoment(entry.time),
    entry.hostname,
    (entry.summary === undefined ? '' : printSize(entry.summary.total_bytes_processed, language)).padStart(8),
    ...(compact ? [] : [[...entry.paths, ...(entry.tags.length > 0 ? [`[${entry.tags.join(', ')}]`] : [])].join('\n')]),
  ])
  terminal.line(printTable(compact ? head : [...head, ...more], rows))
  const said = terminal.say({ fr: 'instantané', en: 'snapshot' })
  terminal.line(printCount(entries.length, language, said))
}
