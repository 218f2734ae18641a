import { LISTS, type ListKind, list, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'les noms des objets d’un genre', en: 'the names of objects of a kind' },
  example: 'couronne vault list -r /mnt/copie packs',
  define(command) {
    command.argument('<kind>', LISTS.join(', '))
  },
  async run({ args: [kind], options, signal, open }) {
    const known = LISTS.find((each): each is ListKind => each === kind)
    if (known === undefined) throw new UsageError(`expected one of ${LISTS.join(', ')}`)
    for await (const entry of list(await open(), known, reading(options, signal))) {
      process.stdout.write(entry.kind === 'blob' ? `${entry.type} ${entry.id}\n` : `${entry.id}\n`)
    }
    return EXIT.done
  },
}
