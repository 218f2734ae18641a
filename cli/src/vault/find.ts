import { type FindEvent, type FindQuery, find, printName, UsageError } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf, many } from './filters.ts'
import { reading } from './locking.ts'
import { entryJson } from './ls.ts'
import type { Verb } from './verb.ts'

interface FindFlags extends FilterFlags {
  readonly ignoreCase?: boolean
  readonly oldest?: string
  readonly newest?: string
  readonly snapshot?: readonly string[]
  readonly blob?: boolean
  readonly tree?: boolean
  readonly pack?: boolean
  readonly showPackId?: boolean
  readonly reverse?: boolean
}

export const verb: Verb<FindFlags> = {
  summary: { fr: 'cherche un fichier dans tous les instantanés', en: 'find a file in all snapshots' },
  example: 'couronne vault find -r /mnt/copie "*DUPONT*"',
  define(command) {
    addFilterOptions(command)
    command
      .argument('<patterns...>', 'patterns, or IDs with --blob, --tree, --pack')
      .option('-i, --ignore-case', 'whatever the case')
      .option('-O, --oldest <time>', 'modified at or after')
      .option('-N, --newest <time>', 'modified at or before')
      .addOption(new Option('-s, --snapshot <id>', 'only in this snapshot').argParser(many))
      .option('--blob', 'the arguments are blob IDs')
      .option('--tree', 'the arguments are tree IDs')
      .option('--pack', 'the arguments are pack IDs')
      .option('--show-pack-id', 'say which packs hold a blob')
      .option('-R, --reverse', 'oldest snapshots first')
  },
  async run({ args, options, terminal, signal, open }) {
    const events: FindEvent[] = []
    const found = find(await open(), queryOf(args, options), {
      ...(options.snapshot && { snapshots: options.snapshot }),
      filter: filterOf(options),
      oldestFirst: options.reverse ?? false,
      withPacks: options.showPackId ?? false,
      ...reading(options, signal),
    })
    let current = ''
    for await (const event of found) {
      if (terminal.isJson) events.push(event)
      if (event.kind === 'finding') {
        terminal.warn(event.finding.message)
        continue
      }
      if (event.snapshot.id !== current) {
        current = event.snapshot.id
        terminal.line({
          fr: `dans l’instantané ${current.slice(0, 8)} du ${event.snapshot.time.slice(0, 19).replace('T', ' ')} :`,
          en: `in snapshot ${current.slice(0, 8)} of ${event.snapshot.time.slice(0, 19).replace('T', ' ')}:`,
        })
      }
      if (event.kind === 'entry') terminal.line(printName(event.entry.path))
      else
        terminal.line(
          `${event.type} ${event.id}  ${event.entry === undefined ? '/' : printName(event.entry.path)}${(event.packs ?? []).map(({ pack }) => ` pack ${pack}`).join('')}`,
        )
    }
    terminal.json(hitsJson(events))
    return EXIT.done
  },
}

function queryOf(args: readonly string[], { blob, tree, pack, ignoreCase, oldest, newest }: FindFlags): FindQuery {
  if (blob || tree || pack) return { kind: blob ? 'blob' : tree ? 'tree' : 'pack', ids: args }
  return {
    kind: 'pattern',
    patterns: args,
    ignoreCase: ignoreCase ?? false,
    ...(oldest !== undefined && { oldest: parseMoment(oldest) }),
    ...(newest !== undefined && { newest: parseMoment(newest) }),
  }
}

/** A day or a time, local, as restic takes them. */
function parseMoment(text: string): Temporal.Instant {
  try {
    return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(Temporal.Now.timeZoneId()).toInstant()
  } catch (cause) {
    throw new UsageError(`${text}: expected a time such as 2026-11-23 or 2026-11-23 10:00`, { cause })
  }
}

function hitsJson(events: readonly FindEvent[]): unknown[] {
  const objects = events.filter((event) => event.kind === 'object')
  if (objects.length > 0) {
    return objects.map(({ snapshot, type, id, entry }) => ({
      object_type: type,
      id,
      ...(entry !== undefined && { path: printName(entry.path), parent_tree: entry.tree }),
      snapshot: snapshot.id,
      time: snapshot.time,
    }))
  }
  const groups = Map.groupBy(
    events.filter((event) => event.kind === 'entry'),
    ({ snapshot }) => snapshot.id,
  )
  return [...groups].map(([snapshot, hits]) => ({
    matches: hits.map(({ entry }) => entryJson(entry)),
    hits: hits.length,
    snapshot,
  }))
}
