import { type CatQuery, type CatResult, cat } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { WrongUse } from '../wrong-use.ts'
import { reading } from './locking.ts'
import type { Verb } from './verb.ts'

interface CatFlags {
  readonly reveal?: boolean
}

const WITH_ID = ['index', 'snapshot', 'key', 'lock', 'pack', 'blob', 'tree'] as const
/** Objects that restic prints on several lines; of the others it prints the bytes as they are. */
const INDENTED = new Set(['config', 'snapshot', 'key', 'lock', 'masterkey'])

export const verb: Verb<CatFlags> = {
  summary: { fr: 'un objet du dépôt, déchiffré', en: 'an object of the repository, decrypted' },
  example: {
    fr: 'couronne vault cat -r /media/disque/coffre snapshot latest',
    en: 'couronne vault cat -r /media/disk/vault snapshot latest',
  },
  define(command) {
    command
      .argument('<kind>', { fr: `config, masterkey, ${WITH_ID.join(', ')}`, en: `config, masterkey, ${WITH_ID.join(', ')}` })
      .argument('[id]', { fr: 'son identifiant ; « latest:/dossier » pour un arbre', en: 'its ID; “latest:/folder” for a tree' })
      .flag('--reveal', {
        fr: 'montrer la clé maîtresse : qui l’a lit tout, pour toujours',
        en: 'print the master key: whoever has it reads everything, for ever',
      })
  },
  async run({ args, options, signal, open, terminal }) {
    const query = queryOf(args, options)
    const result = await cat(await open(), query, reading(options, signal))
    process.stdout.write(bytesOf(query.kind, result))
    if (result.isJson) process.stdout.write('\n')
    if (result.damage !== undefined) terminal.problem(result.damage, { message: result.damage })
    return result.damage === undefined ? EXIT.done : EXIT.failed
  },
}

function bytesOf(kind: string, { bytes, isJson }: CatResult): Uint8Array | string {
  if (!isJson || !INDENTED.has(kind)) return bytes
  return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2)
}

function queryOf([kind, id]: readonly string[], { reveal }: CatFlags): CatQuery {
  if (kind === 'config') return { kind }
  if (kind === 'masterkey') return { kind, reveal: reveal ?? false }
  const known = WITH_ID.find((each) => each === kind)
  if (known === undefined)
    throw new WrongUse({
      fr: `cat ${kind} : config, masterkey, ${WITH_ID.join(', ')}`,
      en: `cat ${kind}: expected config, masterkey, ${WITH_ID.join(', ')}`,
    })
  if (id === undefined) throw new WrongUse({ fr: `cat ${kind} : il manque l’identifiant`, en: `cat ${kind}: the ID is missing` })
  return { kind: known, id }
}
