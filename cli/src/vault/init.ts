import { initRepository } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { repositoryOptions } from './open.ts'
import { readAddresses } from './options.ts'
import type { Verb } from './verb.ts'

interface InitOptions {
  readonly repositoryVersion?: string
}

export const verb: Verb<InitOptions> = {
  summary: { fr: 'crée un dépôt (ou ses miroirs)', en: 'create a repository (or its mirrors)' },
  example: 'couronne vault init -r /mnt/copie',
  define(command) {
    command.option('--repository-version <1|2|stable|latest>', 'format version', 'stable')
  },
  async run({ options, terminal, signal }) {
    const version = options.repositoryVersion === '1' ? 1 : 2
    const addresses = await readAddresses(options)
    await using repository = await initRepository(addresses, {
      ...(await repositoryOptions(options, terminal, signal)),
      version,
      ...(options.insecureNoPassword && { allowEmptyPassword: true }),
    })
    const { location } = repository.storage
    terminal.json({ message_type: 'initialized', id: repository.id, repository: location })
    terminal.info({
      fr: `dépôt ${repository.id.slice(0, 10)} créé : ${location}`,
      en: `created repository ${repository.id.slice(0, 10)} at ${location}`,
    })
    terminal.info({
      fr: 'Gardez le mot de passe hors de cette machine : sans lui, rien ne peut être relu.',
      en: 'Keep the password away from this machine: without it nothing can be read again.',
    })
    return EXIT.done
  },
}
