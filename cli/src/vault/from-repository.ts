/** The repository that is read from, beside the one that is written to: `copy`, and `init --copy-chunker-params`. */
import { openRepository, type Repository } from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import type { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { cacheFolder } from './cache.ts'
import { repositoryOptions } from './open.ts'
import { type GlobalOptions, readAddresses } from './options.ts'
import { findPassword, type PasswordFlags } from './passwords.ts'

export interface FromFlags {
  readonly fromRepo?: readonly string[]
  readonly fromRepositoryFile?: string
  readonly fromPasswordFile?: string
  readonly fromPasswordCommand?: string
  readonly fromKeyHint?: string
  readonly fromInsecureNoPassword?: boolean
}

export function addFromFlags(command: VerbCommand): void {
  command
    .flag(
      '--from-repo <address>',
      { fr: 'le dépôt lu (RESTIC_FROM_REPOSITORY)', en: 'the repository that is read (RESTIC_FROM_REPOSITORY)' },
      { many: true },
    )
    .flag('--from-repository-file <file>', {
      fr: 'fichier qui contient cette adresse (RESTIC_FROM_REPOSITORY_FILE)',
      en: 'file that holds that address (RESTIC_FROM_REPOSITORY_FILE)',
    })
    .flag('--from-password-file <file>', {
      fr: 'fichier qui contient son mot de passe (RESTIC_FROM_PASSWORD_FILE)',
      en: 'file that holds its password (RESTIC_FROM_PASSWORD_FILE)',
    })
    .flag('--from-password-command <command>', {
      fr: 'commande qui l’affiche (RESTIC_FROM_PASSWORD_COMMAND)',
      en: 'command that prints it (RESTIC_FROM_PASSWORD_COMMAND)',
    })
    .flag('--from-key-hint <id>', { fr: 'sa clé à essayer d’abord', en: 'its key to try first' }, { env: 'RESTIC_FROM_KEY_HINT' })
    .flag('--from-insecure-no-password', { fr: 'son mot de passe est vide', en: 'its password is empty' })
}

export async function openSource(
  options: FromFlags & GlobalOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Repository> {
  const { RESTIC_FROM_REPOSITORY, RESTIC_FROM_REPOSITORY_FILE } = process.env
  if (!(options.fromRepo || options.fromRepositoryFile || RESTIC_FROM_REPOSITORY || RESTIC_FROM_REPOSITORY_FILE))
    throw new WrongUse({
      fr: 'depuis quel dépôt ? Donnez --from-repo ADRESSE',
      en: 'from which repository? Give --from-repo ADDRESS',
    })
  const addresses = await readAddresses(
    {
      ...(options.fromRepo !== undefined && { repo: options.fromRepo }),
      ...(options.fromRepositoryFile !== undefined && { repositoryFile: options.fromRepositoryFile }),
    },
    { RESTIC_REPOSITORY: RESTIC_FROM_REPOSITORY, RESTIC_REPOSITORY_FILE: RESTIC_FROM_REPOSITORY_FILE },
  )
  const flags: PasswordFlags = {
    ...(options.fromPasswordFile !== undefined && { passwordFile: options.fromPasswordFile }),
    ...(options.fromPasswordCommand !== undefined && { passwordCommand: options.fromPasswordCommand }),
    ...(options.fromInsecureNoPassword && { insecureNoPassword: true }),
  }
  const sources = { flags, env: process.env, prefix: 'RESTIC_FROM_' as const, inputIsData: true, terminal }
  const { keyHint: _, ...shared } = await repositoryOptions(options, terminal, signal)
  return openRepository(addresses, {
    ...shared,
    ...(options.fromKeyHint !== undefined && { keyHint: options.fromKeyHint }),
    cacheFolder: cacheFolder(options),
    password: (await findPassword(sources)).password,
  })
}
