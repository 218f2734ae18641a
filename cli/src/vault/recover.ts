import { planRecover, recover } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'retrouve les dossiers qu’aucun instantané ne montre plus', en: 'find folders that no snapshot shows any more' },
  example: 'couronne vault recover -r /mnt/copie',
  define() {},
  async run({ options, terminal, signal, open }) {
    const { repository } = await withMirrors(await open(), options, signal)
    const plan = await planRecover(repository, { signal })
    for await (const event of recover(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'nothing') terminal.info({ fr: 'rien à retrouver', en: 'nothing to recover' })
      else
        terminal.info({
          fr: `${event.roots} dossier(s) dans l’instantané ${event.snapshot.slice(0, 8)}`,
          en: `${event.roots} folder(s) in snapshot ${event.snapshot.slice(0, 8)}`,
        })
    }
    return EXIT.done
  },
}
