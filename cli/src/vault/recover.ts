import { planRecover, recover } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'retrouve les dossiers qu’aucun instantané ne montre plus', en: 'find folders that no snapshot shows any more' },
  details: {
    fr: 'Après un « forget » de trop, tant que « prune » n’a pas effacé : un nouvel instantané les rassemble.',
    en: 'After a “forget” too many, as long as “prune” has deleted nothing: a new snapshot gathers them.',
  },
  example: { fr: 'couronne vault recover -r /media/disque/coffre', en: 'couronne vault recover -r /media/disk/vault' },
  define() {},
  async run(context) {
    const { options, terminal, signal } = context
    const { repository } = await withMirrors(await context.open(), context)
    const plan = await planRecover(repository, { signal })
    for await (const event of recover(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'nothing') {
        terminal.json({ message_type: 'summary', roots: 0 })
        terminal.info({ fr: 'rien à retrouver', en: 'nothing to recover' })
      } else {
        terminal.json({ message_type: 'summary', roots: event.roots, snapshot_id: event.snapshot })
        terminal.info({
          fr: `${printCount(event.roots, 'fr', 'dossier')} dans l’instantané ${event.snapshot.slice(0, 8)}`,
          en: `${printCount(event.roots, 'en', 'folder')} in snapshot ${event.snapshot.slice(0, 8)}`,
        })
      }
    }
    return EXIT.done
  },
}
