import { copy, openRepository, planCopy } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf, many } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { repositoryOptions } from './open.ts'
import { readAddresses } from './options.ts'
import type { Verb } from './verb.ts'

export interface FromFlags {
  readonly fromRepo?: readonly string[]
  readonly fromRepositoryFile?: string
  readonly fromPasswordFile?: string
  readonly fromPasswordCommand?: string
  readonly fromInsecureNoPassword?: boolean
}

/** The repository that is read, as restic names its options. */
export function fromOptions(flags: FromFlags): {
  repo?: readonly string[]
  repositoryFile?: string
  passwordFile?: string
  passwordCommand?: string
  insecureNoPassword?: boolean
} {
  return {
    ...(flags.fromRepo !== undefined && { repo: flags.fromRepo }),
    ...(flags.fromRepositoryFile !== undefined && { repositoryFile: flags.fromRepositoryFile }),
    ...(flags.fromPasswordFile !== undefined && { passwordFile: flags.fromPasswordFile }),
    ...(flags.fromPasswordCommand !== undefined && { passwordCommand: flags.fromPasswordCommand }),
    ...(flags.fromInsecureNoPassword && { insecureNoPassword: true }),
  }
}

export const verb: Verb<FilterFlags & FromFlags> = {
  summary: {
    fr: 'copie des instantanés d’un autre dépôt (autre clé)',
    en: 'copy snapshots from another repository (another key)',
  },
  example: 'couronne vault copy -r /mnt/nouveau --from-repo /mnt/ancien --from-password-file ancien.txt',
  define(command) {
    addFilterOptions(command)
    command
      .argument('[ids...]')
      .addOption(new Option('--from-repo <address>', 'where it is copied from').env('RESTIC_FROM_REPOSITORY').argParser(many))
      .addOption(new Option('--from-repository-file <file>', 'file with that address').env('RESTIC_FROM_REPOSITORY_FILE'))
      .addOption(new Option('--from-password-file <file>', 'file with its password').env('RESTIC_FROM_PASSWORD_FILE'))
      .addOption(new Option('--from-password-command <command>', 'command that prints it').env('RESTIC_FROM_PASSWORD_COMMAND'))
      .option('--from-insecure-no-password', 'its password is empty')
  },
  async run({ args, options, terminal, signal, open }) {
    const { repository: destination } = await withMirrors(await open(), options, signal)
    const from = { ...fromOptions(options), lock: options.lock, cache: options.cache }
    // RESTIC_PASSWORD is the destination's; the source has a variable of its own.
    const password = process.env.RESTIC_FROM_PASSWORD
    await using source = await openRepository(await readAddresses(from), {
      ...(await repositoryOptions(from, terminal, signal)),
      ...(password !== undefined && { password }),
    })
    const plan = await planCopy(source, destination, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterOf(options),
      signal,
    })
    let failed = 0
    for await (const event of copy(source, destination, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'progress') terminal.progress(`${event.snapshot.slice(0, 8)} ${event.blobsDone}/${event.blobsTotal}`)
      else if (event.kind === 'copied')
        terminal.info({
          fr: `instantané ${event.snapshot.slice(0, 8)} copié sous ${event.copiedAs.slice(0, 8)}`,
          en: `snapshot ${event.snapshot.slice(0, 8)} copied as ${event.copiedAs.slice(0, 8)}`,
        })
      else if (event.kind === 'failed') terminal.error(`${event.snapshot.slice(0, 8)}: ${event.error.message}`)
      else {
        failed = event.failed
        terminal.json({
          message_type: 'summary',
          copied: event.copied,
          skipped: plan.skip.length,
          failed,
          blobs: event.blobs,
          bytes: event.packedBytes,
        })
        terminal.info({
          fr: `${event.copied} copié(s), ${plan.skip.length} déjà là, ${failed} en échec`,
          en: `${event.copied} copied, ${plan.skip.length} there already, ${failed} failed`,
        })
      }
    }
    return failed > 0 ? EXIT.failed : EXIT.done
  },
}
