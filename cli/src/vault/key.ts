import { readFile } from 'node:fs/promises'
import {
  addPassword,
  changePassword,
  listAllKeys,
  type PasswordOptions,
  type Repository,
  removeKeyFile,
  UsageError,
} from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import { type GlobalOptions, readPassword } from './options.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

interface KeyFlags extends GlobalOptions {
  readonly newPasswordFile?: string
  readonly newInsecureNoPassword?: boolean
  readonly user?: string
  readonly host?: string
  readonly mirror?: string
}

export const verb: Verb<KeyFlags> = {
  summary: { fr: 'les mots de passe : list, add, remove, passwd', en: 'the passwords: list, add, remove, passwd' },
  example: 'couronne vault key add -r /mnt/copie --new-password-file nouveau.txt',
  define(command) {
    command
      .argument('<action>', 'list, add, remove or passwd')
      .argument('[id]', 'of the key to remove')
      .option('--new-password-file <file>', 'file that holds the new password')
      .option('--new-insecure-no-password', 'the new password is empty')
      .option('--user <name>', 'whose key it is')
      .option('--host <name>', 'for which machine')
      .option('--mirror <address>', 'on this mirror only')
  },
  async run({ args: [action, id], options, terminal, signal, open }) {
    const settings: PasswordOptions = {
      ...(options.user !== undefined && { username: options.user }),
      ...(options.host !== undefined && { hostname: options.host }),
      ...(options.mirror !== undefined && { mirror: options.mirror }),
      ...(options.newInsecureNoPassword && { allowEmptyPassword: true }),
      ...lockRetry(options),
      signal,
    }
    switch (action) {
      case 'list':
        await printKeys(await open(), terminal, signal)
        break
      case 'add':
        for (const key of await addPassword(await open(), await newPassword(options), settings)) {
          terminal.info({
            fr: `clé ${key.id.slice(0, 8)} ajoutée sur ${key.mirror}`,
            en: `key ${key.id.slice(0, 8)} added on ${key.mirror}`,
          })
        }
        break
      case 'remove':
        await removeKeyFile(await open(), id ?? '', settings)
        terminal.info({
          fr: 'clé retirée ; qui l’a déjà utilisée a pu garder la clé maîtresse',
          en: 'key removed; whoever used it may have kept the master key',
        })
        break
      case 'passwd': {
        const next = await newPassword(options)
        await changePassword(await open(), { current: await readPassword(options), next }, settings)
        terminal.info({ fr: 'mot de passe changé', en: 'password changed' })
        break
      }
      default:
        throw new UsageError('expected list, add, remove or passwd')
    }
    return EXIT.done
  },
}

async function newPassword({ newPasswordFile, newInsecureNoPassword }: KeyFlags): Promise<string> {
  if (newInsecureNoPassword) return ''
  if (newPasswordFile !== undefined) {
    const text = await readFile(newPasswordFile, 'utf8').catch((cause: unknown) => {
      throw new UsageError(`${newPasswordFile}: cannot be read`, { cause })
    })
    return text.split(/\r?\n/, 1)[0]!
  }
  const { askPassword } = await import('./ask-password.ts')
  if (!process.stdin.isTTY) throw new UsageError('no new password: give --new-password-file')
  const first = await askPassword('new password: ')
  if (first !== (await askPassword('again: '))) throw new UsageError('the two passwords differ')
  return first
}

async function printKeys(repository: Repository, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const keys = await listAllKeys(repository, { signal })
  terminal.json(
    keys.map(({ id, isCurrent, file, mirror }) => ({
      current: isCurrent,
      id: id.slice(0, 8),
      userName: file?.username ?? '',
      hostName: file?.hostname ?? '',
      created: file?.created ?? '',
      mirror,
    })),
  )
  const rows = keys.map(({ id, isCurrent, file, mirror }) => [
    `${isCurrent ? '*' : ' '}${id.slice(0, 8)}`,
    file?.username ?? '?',
    file?.hostname ?? '?',
    file?.created.slice(0, 19).replace('T', ' ') ?? '?',
    mirror,
  ])
  terminal.line(
    printTable(
      terminal.language === 'fr'
        ? [' Clé', 'Utilisateur', 'Machine', 'Créée', 'Miroir']
        : [' ID', 'User', 'Host', 'Created', 'Mirror'],
      rows,
    ),
  )
}
