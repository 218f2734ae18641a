import { resolve } from 'node:path'
import { addPassword, changePassword, listAllKeys, type PasswordOptions, removeKeyFile, VaultError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printMoment, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { lockRetry } from './locking.ts'
import { type MirroredRepository, withMirrors } from './mirrors.ts'
import { askTwice, passwordIn } from './passwords.ts'
import { printTable } from './table.ts'
import type { Verb, VerbContext } from './verb.ts'

interface KeyFlags {
  readonly newPasswordFile?: string
  readonly newInsecureNoPassword?: boolean
  readonly user?: string
  readonly host?: string
  readonly mirror?: string
}

type Context = VerbContext<KeyFlags>

export const verb: Verb<KeyFlags> = {
  summary: { fr: 'les mots de passe : list, add, remove, passwd', en: 'the passwords: list, add, remove, passwd' },
  details: {
    fr: 'Chaque copie a ses propres fichiers de clé, tous autour de la même clé maîtresse : retirer un mot de passe n’enferme pas dehors qui a déjà ouvert le dépôt.',
    en: 'Each mirror has key files of its own, all around the same master key: taking a password away does not lock out who has opened the repository before.',
  },
  example: {
    fr: 'couronne vault key passwd -r /media/disque/coffre --new-password-file nouveau.txt',
    en: 'couronne vault key passwd -r /media/disk/vault --new-password-file new.txt',
  },
  define(command) {
    command
      .argument('<action>', {
        fr: 'list : les clés ; add : un mot de passe de plus ; passwd : le changer ; remove : en retirer un',
        en: 'list: the keys; add: another password; passwd: change it; remove: take one away',
      })
      .argument('[id]', { fr: 'remove : la clé à retirer', en: 'remove: the key to take away' })
      .flag('--new-password-file <file>', {
        fr: 'fichier du nouveau mot de passe ; demandé deux fois sinon',
        en: 'file that holds the new password; asked for twice otherwise',
      })
      .flag('--new-insecure-no-password', { fr: 'le nouveau mot de passe est vide', en: 'the new password is empty' })
      .flag('--user <name>', { fr: 'à qui est la clé', en: 'whose key it is' })
      .flag('--host <name>', { fr: 'pour quelle machine', en: 'for which machine' })
      .flag('--mirror <name>', {
        fr: 'sur cette copie seulement : son nom ou son adresse',
        en: 'on this mirror only: its name or address',
      })
  },
  async run(context) {
    const [action] = context.args
    switch (action) {
      case 'list':
        return list(context)
      case 'add':
        return add(context)
      case 'remove':
        return remove(context)
      case 'passwd':
        return change(context)
      default:
        throw new WrongUse({ fr: 'key : list, add, remove ou passwd', en: 'key: expected list, add, remove or passwd' })
    }
  },
}

/** The address of the mirror that `--mirror` names: by its name, its address, or its path as it is typed. */
function chosenMirror({ options }: Context, { repository, attached }: MirroredRepository): string | undefined {
  const { mirror: wanted } = options
  if (wanted === undefined) return undefined
  const { mirrors } = repository.storage
  const found = mirrors.find(
    (mirror) => attached.names.get(mirror) === wanted || mirror.location === wanted || mirror.location === resolve(wanted),
  )
  if (found !== undefined) return found.location
  const known = mirrors.map((mirror) => attached.names.get(mirror) ?? mirror.location).join(', ')
  throw new WrongUse({
    fr: `--mirror ${wanted} : aucune copie de ce dépôt ne s’appelle ainsi. Il y a : ${known}`,
    en: `--mirror ${wanted}: no mirror of this repository is named so. There are: ${known}`,
  })
}

function settingsOf({ options, signal }: Context, mirror: string | undefined): PasswordOptions {
  return {
    ...(options.user !== undefined && { username: options.user }),
    ...(options.host !== undefined && { hostname: options.host }),
    ...(mirror !== undefined && { mirror }),
    ...(options.newInsecureNoPassword && { allowEmptyPassword: true }),
    ...lockRetry(options),
    signal,
  }
}

async function newPassword({ options, terminal }: Context): Promise<string> {
  if (options.newInsecureNoPassword) return ''
  return options.newPasswordFile === undefined ? askTwice(terminal) : passwordIn(options.newPasswordFile)
}

async function add(context: Context): Promise<number> {
  const mirrored = await withMirrors(await context.open(), context)
  const chosen = chosenMirror(context, mirrored)
  const keys = await addPassword(mirrored.repository, await newPassword(context), settingsOf(context, chosen))
  for (const { id, mirror } of keys) {
    context.terminal.json({ message_type: 'added', id, mirror })
    context.terminal.info({
      fr: `clé ${id.slice(0, 8)} ajoutée sur ${mirror}`,
      en: `key ${id.slice(0, 8)} added on ${mirror}`,
    })
  }
  return EXIT.done
}

/**
 * On the mirrors that were named at once: while the old password opens any of them, the same command brings an interrupted change to its
 * end. One that is only known to the repository may have a password of its own, and keeps it then.
 */
async function change(context: Context): Promise<number> {
  const { terminal } = context
  const repository = await context.open()
  const named = new Set(repository.storage.mirrors.map(({ location }) => location))
  const only = chosenMirror(context, await withMirrors(repository, context))
  const passwords = { current: await context.password(), next: await newPassword(context) }
  const settings = settingsOf(context, only)
  const chosen = repository.storage.mirrors.filter(({ location }) => (only ?? location) === location)
  const current = chosen.filter(({ isCurrent }) => isCurrent).map(({ location }) => location)
  const together = current.filter((location) => named.has(location))
  if (together.length > 0) await changePassword(repository, passwords, { ...settings, mirror: together })
  for (const location of together) printChanged(location, terminal)
  for (const location of current.filter((each) => !named.has(each))) {
    try {
      await changePassword(repository, passwords, { ...settings, mirror: location })
      printChanged(location, terminal)
    } catch (error) {
      if (!(error instanceof VaultError && error.code === 'wrong-password')) throw error
      terminal.warn({ fr: `${location} : garde son propre mot de passe`, en: `${location}: keeps a password of its own` })
    }
  }
  const late = chosen.filter(({ isCurrent }) => !isCurrent)
  for (const { location } of late) printNotChanged(location, terminal)
  if (late.length === chosen.length) return EXIT.failed
  terminal.info({
    fr: 'Mettez à jour le papier et les fichiers qui contiennent l’ancien mot de passe.',
    en: 'Now change the paper and the files that hold the old password.',
  })
  return EXIT.done
}

function printChanged(location: string, terminal: Terminal): void {
  terminal.json({ message_type: 'changed', mirror: location })
  terminal.info({
    fr: `${location} : mot de passe changé, l’ancien n’ouvre plus rien`,
    en: `${location}: password changed, the old one opens nothing any more`,
  })
}

function printNotChanged(location: string, terminal: Terminal): void {
  terminal.problem(
    {
      fr: `${location} : en retard, garde l’ancien mot de passe. Quand elle répondra : key passwd --mirror ${location}, avec l’ancien`,
      en: `${location}: behind, keeps the old password. When it answers: key passwd --mirror ${location}, with the old one`,
    },
    { severity: 'warning', mirror: location, message: 'behind: it keeps the old password' },
  )
}

async function remove(context: Context): Promise<number> {
  const id = context.args[1]
  if (id === undefined)
    throw new WrongUse({
      fr: 'key remove : quelle clé ? « key list » les montre',
      en: 'key remove: which key? “key list” shows them',
    })
  const mirrored = await withMirrors(await context.open(), context)
  const { repository } = mirrored
  const settings = settingsOf(context, chosenMirror(context, mirrored))
  const before = await listAllKeys(repository, { signal: context.signal })
  const removed = await removeKeyFile(repository, id, settings)
  const places = before.filter((key) => key.id === removed).map(({ mirror }) => mirror)
  context.terminal.json({ message_type: 'removed', id: removed, mirrors: places })
  context.terminal.info({
    fr: `clé ${removed.slice(0, 8)} retirée de ${places.join(', ')} ; qui l’a déjà utilisée a pu garder la clé maîtresse`,
    en: `key ${removed.slice(0, 8)} removed from ${places.join(', ')}; whoever has used it may have kept the master key`,
  })
  warnOfOtherMirrors(mirrored, places, context.terminal)
  return EXIT.done
}

/** The same password has a key file of its own on each mirror. */
function warnOfOtherMirrors({ repository }: MirroredRepository, places: readonly string[], terminal: Terminal): void {
  for (const { location, isCurrent } of repository.storage.mirrors) {
    if (places.includes(location)) continue
    const text = isCurrent
      ? {
          fr: `${location} : a ses propres clés ; si ce mot de passe y a la sienne (key list), retirez-la aussi`,
          en: `${location}: has keys of its own; if this password has one there (key list), remove it too`,
        }
      : {
          fr: `${location} : en retard, ses clés n’ont pas été vues. Quand elle répondra : key list, puis key remove`,
          en: `${location}: behind, its keys were not looked at. When it answers: key list, then key remove`,
        }
    terminal.problem(text, { severity: 'warning', mirror: location, message: 'the password may have another key there' })
  }
}

async function list(context: Context): Promise<number> {
  const { terminal, signal } = context
  const { repository } = await withMirrors(await context.open(), context)
  const keys = await listAllKeys(repository, { signal })
  terminal.json(
    keys.map(({ id, isCurrent, file, mirror }) => ({
      current: isCurrent,
      id,
      userName: file?.username ?? '',
      hostName: file?.hostname ?? '',
      created: file === undefined ? '' : printMoment(file.created),
      mirror,
    })),
  )
  const rows = keys.map(({ id, isCurrent, file, mirror }) => [
    `${isCurrent ? '*' : ' '}${id.slice(0, 8)}`,
    file?.username ?? '?',
    file?.hostname ?? '?',
    file === undefined ? '?' : printMoment(file.created),
    mirror,
  ])
  const head =
    terminal.language === 'fr' ? [' Clé', 'Qui', 'Machine', 'Créée le', 'Copie'] : [' ID', 'User', 'Host', 'Created', 'Mirror']
  terminal.line(printTable(head, rows))
  return EXIT.done
}
