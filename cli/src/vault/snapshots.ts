import { parseGroupBy, snapshots } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printSize } from '../terminal.ts'
import { addFilterOptions, type FilterFlags, filterOf, snapshotJson } from './filters.ts'
import { reading } from './locking.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

interface SnapshotsFlags extends FilterFlags {
  readonly groupBy?: string
  readonly latest?: string
}

export const verb: Verb<SnapshotsFlags> = {
  summary: { fr: 'les instantanés, du plus ancien au plus récent', en: 'the snapshots, oldest first' },
  example: 'couronne vault snapshots -r /mnt/copie --latest 5',
  define(command) {
    addFilterOptions(command)
    command
      .argument('[ids...]')
      .option('-g, --group-by <list>', 'host, paths, tags')
      .option('--latest <n>', 'only the newest of each group')
  },
  async run({ args, options, terminal, signal, open }) {
    const groups = await snapshots(await open(), {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterOf(options),
      ...(options.groupBy !== undefined && { groupBy: parseGroupBy(options.groupBy) }),
      ...(options.latest !== undefined && { latest: Number(options.latest) }),
      ...reading(options, signal),
    })
    if (options.groupBy === undefined) terminal.json(groups.flatMap(({ snapshots: entries }) => entries.map(snapshotJson)))
    else {
      terminal.json(
        groups.map(({ host, paths, tags, snapshots: entries }) => ({
          group_key: { hostname: host, paths, tags },
          snapshots: entries.map(snapshotJson),
        })),
      )
    }
    const head =
      terminal.language === 'fr'
        ? ['Instantané', 'Date', 'Machine', 'Étiquettes', 'Chemins', 'Taille']
        : ['ID', 'Time', 'Host', 'Tags', 'Paths', 'Size']
    for (const { snapshots: entries } of groups) {
      const rows = entries.map(({ id, time, hostname, tags, paths, summary }) => [
        id.slice(0, 8),
        time.slice(0, 19).replace('T', ' '),
        hostname,
        tags.join(','),
        paths.join(' '),
        summary === undefined ? '' : printSize(summary.total_bytes_processed, terminal.language),
      ])
      terminal.line(printTable(head, rows))
      terminal.line({ fr: `${entries.length} instantané(s)`, en: `${entries.length} snapshot(s)` })
    }
    return EXIT.done
  },
}
