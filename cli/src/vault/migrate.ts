import { migrate, planMigrate, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'passe un dépôt de la version 1 à la version 2', en: 'bring a repository from version 1 to version 2' },
  example: 'couronne vault migrate -r /mnt/copie upgrade_repo_v2',
  define(command) {
    command.argument('[migration]', 'upgrade_repo_v2')
  },
  async run({ args: [name], options, terminal, signal, open }) {
    if (name !== undefined && name !== 'upgrade_repo_v2') throw new UsageError(`${name}: expected upgrade_repo_v2`)
    const { repository } = await withMirrors(await open(), options, signal)
    const plan = await planMigrate(repository, { signal })
    if (name === undefined) {
      terminal.info({
        fr: `possible : upgrade_repo_v2 (version ${plan.from} vers ${plan.to})`,
        en: `possible: upgrade_repo_v2 (version ${plan.from} to ${plan.to})`,
      })
      return EXIT.done
    }
    await migrate(repository, plan, { ...lockRetry(options), signal })
    terminal.info({ fr: 'dépôt en version 2', en: 'the repository is of version 2' })
    return EXIT.done
  },
}
