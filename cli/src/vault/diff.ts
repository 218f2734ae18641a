import { type DiffCounts, type DiffSummary, diff, printName } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printNumber, printSize, type Terminal } from '../terminal.ts'
import { printFinding } from './finding-words.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface DiffFlags {
  readonly metadata?: boolean
}

export const verb: Verb<DiffFlags> = {
  summary: { fr: 'ce qui diffère entre deux instantanés', en: 'what differs between two snapshots' },
  details: {
    fr: '+ ajouté, - retiré, M modifié, T type changé, U métadonnées changées, ? contenu douteux.',
    en: '+ added, - removed, M modified, T type changed, U metadata changed, ? doubtful content.',
  },
  example: {
    fr: 'couronne vault diff -r /media/disque/coffre latest~1 latest',
    en: 'couronne vault diff -r /media/disk/vault latest~1 latest',
  },
  define(command) {
    command
      .argument('<before>', {
        fr: 'l’instantané d’avant (« id:dossier » pour une partie)',
        en: 'the earlier snapshot (“id:folder” for a part)',
      })
      .argument('<after>', { fr: 'celui d’après', en: 'the later one' })
      .flag('--metadata', { fr: 'aussi les changements de métadonnées seules', en: 'changes of metadata alone too' })
  },
  async run({ args: [before = '', after = ''], options, terminal, signal, open }) {
    let isDamaged = false
    const settings = { metadata: options.metadata ?? false, ...reading(options, signal) }
    for await (const event of diff(await open(), before, after, settings)) {
      if (event.kind === 'change') {
        const path = printName(event.path)
        terminal.json({ message_type: 'change', path, modifier: event.modifier })
        terminal.line(`${event.modifier.padEnd(4)} ${path}`)
      } else if (event.kind === 'finding') {
        isDamaged = true
        printFinding(event.finding, terminal)
      } else if (event.kind === 'summary') printSummary(event.summary, [before, after], terminal)
    }
    return isDamaged ? EXIT.failed : EXIT.done
  },
}

function printSummary(
  { changedFiles, added, removed }: DiffSummary,
  [source, target]: readonly [string, string],
  terminal: Terminal,
): void {
  terminal.json({
    message_type: 'statistics',
    source_snapshot: source,
    target_snapshot: target,
    changed_files: changedFiles,
    added: countsJson(added),
    removed: countsJson(removed),
  })
  const { language } = terminal
  const number = (value: number) => printNumber(value, language)
  const count = (value: number, one: string, several?: string) => printCount(value, 'fr', one, several)
  const size = (counts: DiffCounts) => printSize(counts.bytes, language)
  terminal.line({
    fr: `\nfichiers : ${count(added.files, 'nouveau', 'nouveaux')}, ${count(removed.files, 'retiré')}, ${count(changedFiles, 'modifié')}\ndossiers : ${count(added.dirs, 'nouveau', 'nouveaux')}, ${count(removed.dirs, 'retiré')}\nplace :    ${size(added)} de plus, ${size(removed)} qui ne servent qu’au premier`,
    en: `\nfiles:   ${number(added.files)} new, ${number(removed.files)} removed, ${number(changedFiles)} modified\nfolders: ${number(added.dirs)} new, ${number(removed.dirs)} removed\nroom:    ${size(added)} more, ${size(removed)} that only the first one needs`,
  })
}

function countsJson({ files, dirs, others, dataBlobs, treeBlobs, bytes }: DiffCounts): Record<string, number> {
  return { files, dirs, others, data_blobs: dataBlobs, tree_blobs: treeBlobs, bytes }
}
