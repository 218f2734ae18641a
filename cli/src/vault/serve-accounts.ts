/** `couronne vault serve account …`: who may store here. New passwords are made here and shown once. */
import {
  type AccountSummary,
  accountsFileOf,
  addAccount,
  listAccounts,
  measureRepository,
  newPassword,
  readJournal,
  removeAccount,
  setOwnerMayDelete,
  setPassword,
  setQuota,
} from '@couronne/vault/server'
import { EXIT } from '../exit-codes.ts'
import { printSize, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import type { GlobalOptions } from './options.ts'
import { passwordIn } from './passwords.ts'
import { printTable } from './table.ts'

export interface AccountFlags extends GlobalOptions {
  readonly folder: string
  readonly quota: string
  readonly role: string
  readonly ownerMayDelete?: boolean
}

interface Request {
  readonly name: string
  readonly file: string
  readonly flags: AccountFlags
  readonly terminal: Terminal
  readonly quotaBytes: number
}

/** @returns the exit code */
export async function runAccountAction(
  args: readonly string[],
  flags: AccountFlags,
  terminal: Terminal,
  quotaBytes: number,
): Promise<number> {
  const [subject, action, name, value] = args
  if (subject === 'journal' && action !== undefined) return printJournal(flags.folder, action)
  if (subject !== 'account') throw notUnderstood()
  const file = accountsFileOf(flags.folder)
  if (action === 'list') return printAccounts(file, flags.folder, terminal)
  if (name === undefined) throw notUnderstood()
  const request = { name, file, flags, terminal, quotaBytes }
  switch (action) {
    case 'add':
      return add(request)
    case 'remove':
      await removeAccount(file, name)
      return done(terminal, {
        fr: `compte ${name} retiré ; son dépôt reste dans ${flags.folder}`,
        en: `account ${name} removed; its repository stays in ${flags.folder}`,
      })
    case 'quota':
      await setQuota(file, name, quotaBytes)
      return done(terminal, {
        fr: `compte ${name} : ${printSize(quotaBytes, 'fr')}`,
        en: `account ${name}: ${printSize(quotaBytes, 'en')}`,
      })
    case 'deletion':
      return changeDeletion(request, value)
    case 'password':
      return changePassword(request)
    default:
      throw notUnderstood()
  }
}

function notUnderstood(): WrongUse {
  return new WrongUse({
    fr: 'serve : account add NOM, account list, account quota NOM, account password NOM, account deletion NOM on|off, account remove NOM, ou journal NOM',
    en: 'serve: expected account add NAME, account list, account quota NAME, account password NAME, account deletion NAME on|off, account remove NAME, or journal NAME',
  })
}

function done(terminal: Terminal, text: { fr: string; en: string }): number {
  terminal.info(text)
  return EXIT.done
}

async function add({ name, file, flags, terminal, quotaBytes }: Request): Promise<number> {
  const [ownerPassword, writerPassword] = [newPassword(), newPassword()]
  await addAccount(file, { name, quotaBytes, ownerPassword, writerPassword, ownerMayDelete: flags.ownerMayDelete ?? false })
  terminal.json({ name, quota_bytes: quotaBytes, owner_password: ownerPassword, writer_password: writerPassword })
  terminal.line({
    fr: `compte ${name}, ${printSize(quotaBytes, 'fr')}. Ses mots de passe, montrés cette seule fois :\n  propriétaire, pour créer la copie et gérer ses clés : ${ownerPassword}\n  écriture, pour les sauvegardes :                      ${writerPassword}\nÀ donner au cabinet, avec l’adresse rest:https://CETTE-MACHINE:8000/${name}/`,
    en: `account ${name}, ${printSize(quotaBytes, 'en')}. Its passwords, shown this once:\n  owner, to create the mirror and manage its keys: ${ownerPassword}\n  writer, for backups:                             ${writerPassword}\nGive them to the practice, with the address rest:https://THIS-MACHINE:8000/${name}/`,
  })
  return EXIT.done
}

async function changeDeletion({ name, file, terminal }: Request, value: string | undefined): Promise<number> {
  if (value !== 'on' && value !== 'off') throw notUnderstood()
  await setOwnerMayDelete(file, name, value === 'on')
  return done(
    terminal,
    value === 'on'
      ? { fr: `compte ${name} : le propriétaire peut effacer`, en: `account ${name}: the owner may delete` }
      : { fr: `compte ${name} : personne n’efface par le réseau`, en: `account ${name}: nobody deletes over the network` },
  )
}

async function changePassword({ name, file, flags, terminal }: Request): Promise<number> {
  const role = flags.role === 'owner' ? 'owner' : 'writer'
  const given = flags.passwordFile === undefined ? undefined : await passwordIn(flags.passwordFile)
  const password = given ?? newPassword()
  await setPassword(file, name, role, password)
  terminal.json({ name, role, ...(given === undefined && { password }) })
  // One that came from a file is not repeated.
  if (given === undefined) terminal.line(password)
  else terminal.info({ fr: `compte ${name} : mot de passe changé`, en: `account ${name}: password changed` })
  return EXIT.done
}

async function printAccounts(file: string, folder: string, terminal: Terminal): Promise<number> {
  const accounts = await Promise.all(
    (await listAccounts(file)).map(async (account) => ({ ...account, ...(await measureRepository(folder, account.name)) })),
  )
  terminal.json(
    accounts.map(({ name, quotaBytes, ownerMayDelete, hasOwner, addedAt, sizeBytes }) => ({
      name,
      used_bytes: sizeBytes,
      quota_bytes: quotaBytes,
      owner_may_delete: ownerMayDelete,
      has_owner: hasOwner,
      added_at: addedAt.toString(),
    })),
  )
  if (accounts.length === 0) {
    terminal.line({ fr: 'aucun compte', en: 'no account' })
    return EXIT.done
  }
  const head =
    terminal.language === 'fr'
      ? ['Compte', 'Pris', 'Quota', 'Efface', 'Depuis']
      : ['Account', 'Used', 'Quota', 'Deletes', 'Since']
  terminal.line(
    printTable(
      head,
      accounts.map((account) => accountRow(account, terminal)),
    ),
  )
  return EXIT.done
}

function accountRow(
  { name, sizeBytes, quotaBytes, ownerMayDelete, addedAt }: AccountSummary & { readonly sizeBytes: number },
  terminal: Terminal,
): readonly string[] {
  return [
    name,
    printSize(sizeBytes, terminal.language),
    printSize(quotaBytes, terminal.language),
    ownerMayDelete ? terminal.say({ fr: 'le propriétaire', en: 'the owner' }) : terminal.say({ fr: 'personne', en: 'nobody' }),
    addedAt.toString().slice(0, 10),
  ]
}

async function printJournal(folder: string, account: string): Promise<number> {
  for await (const entry of readJournal(folder, account)) process.stdout.write(`${JSON.stringify(entry)}\n`)
  return EXIT.done
}
