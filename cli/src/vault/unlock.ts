import { unlock } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import type { Verb } from './verb.ts'

interface UnlockFlags {
  readonly removeAll?: boolean
}

export const verb: Verb<UnlockFlags> = {
  summary: { fr: 'retire les verrous abandonnés', en: 'remove stale locks' },
  example: 'couronne vault unlock -r /mnt/copie',
  define(command) {
    command.option('--remove-all', 'remove every lock: only when nobody works on the repository')
  },
  async run({ options, terminal, open }) {
    const removed = await unlock(await open(), { all: options.removeAll ?? false })
    terminal.info({ fr: `${removed.length} verrou(s) retiré(s)`, en: `${removed.length} lock(s) removed` })
    return EXIT.done
  },
}
