import { LS_SORTS, type LsSort, ls, printMode, printName, type TreeEntry, UsageError } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf, snapshotJson } from './filters.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface LsFlags extends FilterFlags {
  readonly long?: boolean
  readonly recursive?: boolean
  readonly sort?: LsSort
  readonly reverse?: boolean
}

export const verb: Verb<LsFlags> = {
  summary: { fr: 'le contenu d’un instantané', en: 'what a snapshot holds' },
  example: 'couronne vault ls latest -r /mnt/copie --long /Cabinet/Patients',
  define(command) {
    addFilterOptions(command)
    command
      .argument('<snapshot>')
      .argument('[folders...]')
      .option('-l, --long', 'rights, owners, sizes, times')
      .option('--recursive', 'with folders: all that lies below them')
      .addOption(new Option('-s, --sort <by>', 'order').choices(LS_SORTS))
      .option('--reverse', 'the other way round')
  },
  async run({ args: [name, ...folders], options, terminal, signal, open }) {
    if (name === undefined) throw new UsageError('name a snapshot, such as latest')
    let damaged = false
    const events = ls(await open(), name, {
      ...(folders.length > 0 && { folders }),
      recursive: options.recursive ?? false,
      ...(options.sort && { sort: options.sort }),
      reverse: options.reverse ?? false,
      filter: filterOf(options),
      ...reading(options, signal),
    })
    for await (const event of events) {
      if (event.kind === 'snapshot')
        terminal.json({ ...snapshotJson(event.snapshot), message_type: 'snapshot', struct_type: 'snapshot' })
      else if (event.kind === 'entry') {
        terminal.json({ ...entryJson(event.entry), message_type: 'node', struct_type: 'node' })
        terminal.line(options.long ? longLine(event.entry) : printName(event.entry.path))
      } else {
        damaged = true
        terminal.warn(event.finding.message)
      }
    }
    return damaged ? EXIT.failed : EXIT.done
  },
}

/** An entry as restic prints it in JSON. */
export function entryJson({ path, node }: TreeEntry): Record<string, unknown> {
  return {
    name: printName(node.name),
    type: node.type,
    path: printName(path),
    uid: node.uid,
    gid: node.gid,
    ...(node.type === 'file' && { size: node.size }),
    mode: node.mode,
    permissions: printMode(node.mode),
    mtime: node.mtime,
    atime: node.atime,
    ctime: node.ctime,
    inode: Number(node.inode),
  }
}

function longLine({ path, node }: TreeEntry): string {
  const target = node.linktarget === undefined ? '' : ` -> ${printName(node.linktarget)}`
  const time = node.mtime.slice(0, 19).replace('T', ' ')
  return `${printMode(node.mode)} ${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)} ${String(node.size).padStart(12)} ${time} ${printName(path)}${target}`
}
