import { LISTS, type ListKind, list } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { WrongUse } from '../wrong-use.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'les noms des objets d’un genre', en: 'the names of objects of a kind' },
  example: { fr: 'couronne vault list -r /media/disque/coffre packs', en: 'couronne vault list -r /media/disk/vault packs' },
  define(command) {
    command.argument('<kind>', { fr: LISTS.join(', '), en: LISTS.join(', ') })
  },
  async run({ args: [kind], options, terminal, signal, open }) {
    const known = LISTS.find((each): each is ListKind => each === kind)
    if (known === undefined)
      throw new WrongUse({ fr: `list ${kind} : ${LISTS.join(', ')}`, en: `list ${kind}: expected ${LISTS.join(', ')}` })
    for await (const entry of list(await open(), known, reading(options, signal))) {
      const { id } = entry
      terminal.json(entry.kind === 'blob' ? { type: entry.type, id } : { type: known, id })
      terminal.line(entry.kind === 'blob' ? `${entry.type} ${id}` : id)
    }
    return EXIT.done
  },
}
