import { unlock } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount } from '../terminal.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

interface UnlockFlags {
  readonly removeAll?: boolean
}

export const verb: Verb<UnlockFlags> = {
  summary: { fr: 'retire les verrous abandonnés', en: 'remove stale locks' },
  details: {
    fr: 'Seuls partent les verrous d’une opération sûrement morte : plus de 30 minutes sans signe, ou un processus de cette machine qui n’existe plus.',
    en: 'Only locks of work that is surely dead go: no sign of life for 30 minutes, or a process of this machine that is gone.',
  },
  example: { fr: 'couronne vault unlock -r /media/disque/coffre', en: 'couronne vault unlock -r /media/disk/vault' },
  define(command) {
    command.flag('--remove-all', {
      fr: 'tous, même vivants : quand on est sûr que personne ne travaille sur le dépôt',
      en: 'all, living ones too: only when nobody works on the repository',
    })
  },
  async run(context) {
    const { options, terminal } = context
    const { repository } = await withMirrors(await context.open(), context)
    const removed = await unlock(repository, { all: options.removeAll ?? false })
    terminal.json({ message_type: 'summary', removed: removed.map(({ id, mirror }) => ({ id, mirror })) })
    terminal.info({
      fr: printCount(removed.length, 'fr', 'verrou retiré', 'verrous retirés'),
      en: `${printCount(removed.length, 'en', 'lock')} removed`,
    })
    return EXIT.done
  },
}
