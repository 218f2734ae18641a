import { type FindEvent, type FindQuery, find, printMode, printName, type TreeEntry } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printMoment, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { parseMoment } from './durations.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
import { printFinding } from './finding-words.ts'
import { reading } from './locking.ts'
import { entryLine } from './ls.ts'
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
  readonly long?: boolean
  readonly humanReadable?: boolean
}

export const verb: Verb<FindFlags> = {
  summary: { fr: 'cherche un fichier dans tous les instantanés', en: 'find a file in all snapshots' },
  example: {
    fr: 'couronne vault find -r /media/disque/coffre "*dupont*" --ignore-case',
    en: 'couronne vault find -r /media/disk/vault "*dupont*" --ignore-case',
  },
  define(command) {
    command
      .argument('<patterns...>', {
        fr: 'des noms ou des motifs ; des identifiants avec --blob, --tree ou --pack',
        en: 'names or patterns; IDs with --blob, --tree or --pack',
      })
      .flag('-i, --ignore-case', { fr: 'quelle que soit la casse', en: 'whatever the case' })
      .flag('-O, --oldest <time>', { fr: 'modifié à cette date ou après', en: 'modified then or later' })
      .flag('-N, --newest <time>', { fr: 'modifié à cette date ou avant', en: 'modified then or earlier' })
      .flag('-s, --snapshot <id>', { fr: 'seulement dans cet instantané', en: 'only in this snapshot' }, { many: true })
      .flag('-l, --long', { fr: 'avec droits, propriétaires, tailles, dates', en: 'with rights, owners, sizes, times' })
      .flag('--human-readable', { fr: 'tailles en Kio, Mio, Gio', en: 'sizes in KiB, MiB, GiB' })
      .flag('-R, --reverse', { fr: 'du plus ancien au plus récent', en: 'oldest snapshots first' })
      .flag('--blob', { fr: 'quels fichiers ont ces morceaux', en: 'which files have these blobs' })
      .flag('--tree', { fr: 'quels dossiers ont ces arbres', en: 'which folders have these trees' })
      .flag('--pack', { fr: 'ce qui est dans ces paquets', en: 'what is in these packs' })
      .flag('--show-pack-id', { fr: 'dans quels paquets sont les morceaux', en: 'which packs hold the blobs' })
    addFilterFlags(command)
  },
  async run({ args, options, terminal, signal, open }) {
    const query = queryOf(args, options)
    const found = find(await open(), query, {
      ...(options.snapshot && { snapshots: options.snapshot }),
      filter: filterBeside(options.snapshot ?? [], options),
      oldestFirst: options.reverse ?? false,
      withPacks: options.showPackId ?? false,
      ...reading(options, signal),
    })
    const hits: FoundEvent[] = []
    let current = ''
    let isDamaged = false
    for await (const event of found) {
      if (event.kind === 'finding') {
        isDamaged = true
        printFinding(event.finding, terminal)
        continue
      }
      if (terminal.isJson) hits.push(event)
      if (event.snapshot.id !== current) printSnapshot(event, current === '', terminal)
      current = event.snapshot.id
      terminal.line(event.kind === 'entry' ? entryLine(event.entry, options, terminal) : objectLine(event))
    }
    terminal.json(query.kind === 'pattern' ? matchesJson(hits) : hits.flatMap(objectJson))
    if (current === '') terminal.info({ fr: 'rien trouvé', en: 'nothing found' })
    return isDamaged ? EXIT.failed : EXIT.done
  },
}

type FoundEvent = Exclude<FindEvent, { kind: 'finding' }>

function queryOf(args: readonly string[], { blob, tree, pack, ignoreCase, oldest, newest }: FindFlags): FindQuery {
  const kinds = [blob && 'blob', tree && 'tree', pack && 'pack'].filter((kind) => kind !== undefined && kind !== false)
  if (kinds.length > 1)
    throw new WrongUse({ fr: '--blob, --tree et --pack s’excluent', en: '--blob, --tree and --pack exclude each other' })
  if (blob || tree || pack) return { kind: blob ? 'blob' : tree ? 'tree' : 'pack', ids: args }
  return {
    kind: 'pattern',
    patterns: args,
    ignoreCase: ignoreCase ?? false,
    ...(oldest !== undefined && { oldest: parseMoment('--oldest', oldest).toInstant() }),
    ...(newest !== undefined && { newest: parseMoment('--newest', newest).toInstant() }),
  }
}

function printSnapshot({ snapshot }: FoundEvent, isFirst: boolean, terminal: Terminal): void {
  const blank = isFirst ? '' : '\n'
  terminal.line({
    fr: `${blank}dans l’instantané ${snapshot.id.slice(0, 8)} du ${printMoment(snapshot.time)} :`,
    en: `${blank}in snapshot ${snapshot.id.slice(0, 8)} of ${printMoment(snapshot.time)}:`,
  })
}

function objectLine({ type, id, entry, packs = [] }: FoundEvent & { kind: 'object' }): string {
  const where = entry === undefined ? '/' : printName(entry.path)
  return `${type} ${id}  ${where}${packs.map(({ pack }) => ` pack ${pack}`).join('')}`
}

/** By snapshot, as restic has it. */
function matchesJson(hits: readonly FoundEvent[]): unknown[] {
  const entries = hits.filter((hit) => hit.kind === 'entry')
  const groups = Map.groupBy(entries, ({ snapshot }) => snapshot.id)
  return [...groups].map(([snapshot, found]) => ({
    matches: found.map(({ entry }) => matchJson(entry)),
    hits: found.length,
    snapshot,
  }))
}

/** An entry as `restic find` prints it in JSON. */
function matchJson({ path, node }: TreeEntry): Record<string, unknown> {
  return {
    path: printName(path),
    permissions: printMode(node.mode),
    type: node.type,
    ...(node.mode !== 0 && { mode: node.mode }),
    mtime: node.mtime,
    atime: node.atime,
    ctime: node.ctime,
    uid: node.uid,
    gid: node.gid,
    ...(node.user !== '' && { user: node.user }),
    ...(node.group !== '' && { group: node.group }),
    ...(node.inode !== 0n && { inode: Number(node.inode) }),
    ...(node.deviceId !== 0n && { device_id: Number(node.deviceId) }),
    ...(node.size !== 0 && { size: node.size }),
    ...(node.links !== 0 && { links: node.links }),
    ...(node.linktarget !== undefined && { linktarget: printName(node.linktarget) }),
  }
}

function objectJson(hit: FoundEvent): unknown[] {
  if (hit.kind !== 'object') return []
  const { type, id, entry, snapshot, packs } = hit
  return [
    {
      object_type: type === 'data' ? 'blob' : type,
      id,
      ...(entry !== undefined && { path: printName(entry.path) }),
      ...(entry !== undefined && type === 'data' && { parent_tree: entry.tree }),
      snapshot: snapshot.id,
      time: snapshot.time,
      ...(packs !== undefined && { packs: packs.map(({ pack, offset, length }) => ({ pack, offset, length })) }),
    },
  ]
}
