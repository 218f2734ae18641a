import { EXIT } from '../exit-codes.ts'
import { withMirrors } from './mirrors.ts'
import { addPruneOptions, type PruneFlags, planAndPrune } from './prune-run.ts'
import type { Verb } from './verb.ts'

export const verb: Verb<PruneFlags> = {
  summary: { fr: 'rend la place de ce que plus aucun instantané n’utilise', en: 'give back the room of what no snapshot needs' },
  example: 'couronne vault prune -r /mnt/copie --dry-run',
  define(command) {
    addPruneOptions(command)
    command.option('-n, --dry-run', 'print the plan only')
  },
  async run({ options, terminal, signal, open }) {
    const { repository } = await withMirrors(await open(), options, signal)
    await planAndPrune({ repository, flags: options, terminal, signal })
    return EXIT.done
  },
}
