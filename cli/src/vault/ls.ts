import { LS_SORTS, type LsSort, ls, printMode, printName, type TreeEntry } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printMoment, printSize, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { addFilterFlags, type FilterFlags, filterOf, snapshotJson } from './filters.ts'
import { printFinding } from './finding-words.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface LsFlags extends FilterFlags {
  readonly long?: boolean
  readonly recursive?: boolean
  readonly humanReadable?: boolean
  readonly sort?: string
  readonly reverse?: boolean
}

export const verb: Verb<LsFlags> = {
  summary: { fr: 'ce que contient un instantané', en: 'what a snapshot holds' },
  example: {
    fr: 'couronne vault ls latest -r /media/disque/coffre --long /srv/cabinet/patients',
    en: 'couronne vault ls latest -r /media/disk/vault --long /srv/practice/patients',
  },
  define(command) {
    command
      .argument('<snapshot>', { fr: 'un identifiant, ou latest', en: 'an ID, or latest' })
      .argument('[folders...]', { fr: 'seulement ces dossiers', en: 'only these folders' })
      .flag('-l, --long', { fr: 'avec droits, propriétaires, tailles, dates', en: 'with rights, owners, sizes, times' })
      .flag('--human-readable', { fr: 'tailles en Kio, Mio, Gio', en: 'sizes in KiB, MiB, GiB' })
      .flag('--recursive', { fr: 'avec tout ce qui est au-dessous des dossiers', en: 'with all that lies below the folders' })
      .flag('-s, --sort <by>', { fr: 'ordre', en: 'order' }, { choices: [...LS_SORTS, 'time'] })
      .flag('--reverse', { fr: 'dans l’autre sens', en: 'the other way round' })
    addFilterFlags(command)
  },
  async run({ args: [name = '', ...folders], options, terminal, signal, open }) {
    const relative = folders.find((folder) => !folder.startsWith('/'))
    if (relative !== undefined)
      throw new WrongUse({
        fr: `${relative} : dans un instantané, un dossier commence par /`,
        en: `${relative}: in a snapshot, a folder begins with /`,
      })
    let isDamaged = false
    let entries = 0
    const events = ls(await open(), name, {
      ...(folders.length > 0 && { folders }),
      recursive: options.recursive ?? false,
      ...(options.sort && { sort: sortOf(options.sort) }),
      reverse: options.reverse ?? false,
      filter: filterOf(options),
      ...reading(options, signal),
    })
    for await (const event of events) {
      if (event.kind === 'snapshot')
        terminal.json({ ...snapshotJson(event.snapshot), message_type: 'snapshot', struct_type: 'snapshot' })
      else if (event.kind === 'entry') {
        entries++
        terminal.json({ ...lsJson(event.entry), message_type: 'node', struct_type: 'node' })
        terminal.line(entryLine(event.entry, options, terminal))
      } else {
        isDamaged = true
        printFinding(event.finding, terminal)
      }
    }
    if (entries === 0 && folders.length > 0 && !isDamaged && !terminal.isJson)
      terminal.warn({
        fr: `${folders.join(', ')} : rien de tel dans cet instantané`,
        en: `${folders.join(', ')}: nothing of that name in this snapshot`,
      })
    return isDamaged ? EXIT.failed : EXIT.done
  },
}

function sortOf(sort: string): LsSort {
  return sort === 'time' ? 'mtime' : (sort as LsSort)
}

/** An entry as `restic ls` prints it in JSON. */
function lsJson({ path, node }: TreeEntry): Record<string, unknown> {
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

export interface LineOptions {
  readonly long?: boolean
  readonly humanReadable?: boolean
}

/** An entry for people, in restic's columns. */
export function entryLine({ path, node }: TreeEntry, { long, humanReadable }: LineOptions, { language }: Terminal): string {
  if (!long) return printName(path)
  const target = node.linktarget === undefined ? '' : ` -> ${printName(node.linktarget)}`
  const size = humanReadable ? printSize(node.size, language).padStart(11) : String(node.size).padStart(6)
  const owner = `${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)}`
  return `${printMode(node.mode)} ${owner} ${size} ${printMoment(node.mtime)} ${printName(path)}${target}`
}
