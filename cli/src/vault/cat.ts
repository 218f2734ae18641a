import { type CatQuery, cat, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface CatFlags {
  readonly reveal?: boolean
}

const WITH_ID = ['index', 'snapshot', 'key', 'lock', 'pack', 'blob', 'tree'] as const

export const verb: Verb<CatFlags> = {
  summary: { fr: 'un objet du dépôt, déchiffré', en: 'an object of the repository, decrypted' },
  example: 'couronne vault cat -r /mnt/copie snapshot latest',
  define(command) {
    command
      .argument('<kind>', `config, masterkey, ${WITH_ID.join(', ')}`)
      .argument('[id]')
      .option('--reveal', 'print the master key: whoever has it reads everything, for ever')
  },
  async run({ args, options, signal, open, terminal }) {
    const query = queryOf(args, options)
    const { bytes, isJson, damage } = await cat(await open(), query, reading(options, signal))
    process.stdout.write(bytes)
    if (isJson) process.stdout.write('\n')
    if (damage !== undefined) terminal.warn(damage)
    return damage === undefined ? EXIT.done : EXIT.failed
  },
}

function queryOf([kind, id]: readonly string[], { reveal }: CatFlags): CatQuery {
  if (kind === 'config') return { kind }
  if (kind === 'masterkey') return { kind, reveal: reveal ?? false }
  const known = WITH_ID.find((each) => each === kind)
  if (known === undefined || id === undefined)
    throw new UsageError(`expected config, masterkey, or one of ${WITH_ID.join(', ')} and an ID`)
  return { kind: known, id }
}
