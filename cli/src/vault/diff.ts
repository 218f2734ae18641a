import { type DiffCounts, diff, printName, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printSize } from '../terminal.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface DiffFlags {
  readonly metadata?: boolean
}

export const verb: Verb<DiffFlags> = {
  summary: { fr: 'ce qui diffère entre deux instantanés', en: 'what differs between two snapshots' },
  example: 'couronne vault diff -r /mnt/copie 1a2b3c4d latest',
  define(command) {
    command.argument('<before>').argument('<after>').option('--metadata', 'changes of metadata alone too')
  },
  async run({ args: [before, after], options, terminal, signal, open }) {
    if (before === undefined || after === undefined) throw new UsageError('name two snapshots')
    let names: readonly [string, string] = ['', '']
    for await (const event of diff(await open(), before, after, {
      metadata: options.metadata ?? false,
      ...reading(options, signal),
    })) {
      if (event.kind === 'snapshots') names = [event.before.snapshot.id, event.after.snapshot.id]
      else if (event.kind === 'change') {
        const path = printName(event.path)
        terminal.json({ message_type: 'change', path, modifier: event.modifier })
        terminal.line(`${event.modifier.padEnd(4)} ${path}`)
      } else if (event.kind === 'finding') terminal.warn(event.finding.message)
      else {
        const { changedFiles, added, removed } = event.summary
        terminal.json({
          message_type: 'statistics',
          source_snapshot: names[0],
          target_snapshot: names[1],
          changed_files: changedFiles,
          added: countsJson(added),
          removed: countsJson(removed),
        })
        const size = (counts: DiffCounts) => printSize(counts.bytes, terminal.language)
        terminal.line({
          fr: `\nfichiers : ${added.files} nouveaux, ${removed.files} retirés, ${changedFiles} modifiés\najouté : ${size(added)}, retiré : ${size(removed)}`,
          en: `\nfiles: ${added.files} new, ${removed.files} removed, ${changedFiles} changed\nadded: ${size(added)}, removed: ${size(removed)}`,
        })
      }
    }
    return EXIT.done
  },
}

function countsJson({ files, dirs, others, dataBlobs, treeBlobs, bytes }: DiffCounts): Record<string, number> {
  return { files, dirs, others, data_blobs: dataBlobs, tree_blobs: treeBlobs, bytes }
}
