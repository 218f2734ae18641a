import { migrate, planMigrate } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { WrongUse } from '../wrong-use.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

const MIGRATION = 'upgrade_repo_v2'

export const verb: Verb<{ readonly force?: boolean }> = {
  summary: { fr: 'passe un dépôt de la version 1 à la version 2', en: 'bring a repository from version 1 to version 2' },
  details: {
    fr: 'Sans nom, dit ce qui est possible. La version 2 permet de comprimer ; « prune --repack-uncompressed » comprime ensuite ce qui est déjà là.',
    en: 'Without a name, says what is possible. Version 2 can compress; “prune --repack-uncompressed” then compresses what is there already.',
  },
  example: {
    fr: `couronne vault migrate -r /media/disque/coffre ${MIGRATION}`,
    en: `couronne vault migrate -r /media/disk/vault ${MIGRATION}`,
  },
  define(command) {
    command.argument('[migration]', { fr: MIGRATION, en: MIGRATION }).flag('-f, --force', { fr: '', en: '' }, { hidden: true })
  },
  async run(context) {
    const { args, options, terminal, signal } = context
    const [name] = args
    if (name !== undefined && name !== MIGRATION)
      throw new WrongUse({ fr: `migrate ${name} : il y a ${MIGRATION}`, en: `migrate ${name}: there is ${MIGRATION}` })
    const { repository } = await withMirrors(await context.open(), context)
    if (name === undefined && repository.config.version !== 1) {
      terminal.info({ fr: 'rien à faire : le dépôt est en version 2', en: 'nothing to do: the repository has version 2' })
      return EXIT.done
    }
    const plan = await planMigrate(repository, { signal })
    if (name === undefined) {
      terminal.info({
        fr: `possible : ${MIGRATION} (de la version ${plan.from} à la version ${plan.to})`,
        en: `possible: ${MIGRATION} (version ${plan.from} to ${plan.to})`,
      })
      return EXIT.done
    }
    await migrate(repository, plan, { ...lockRetry(options), signal })
    terminal.json({ message_type: 'summary', version: plan.to })
    terminal.info({ fr: 'Le dépôt est en version 2.', en: 'The repository has version 2.' })
    return EXIT.done
  },
}
