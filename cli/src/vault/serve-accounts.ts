/** `couronne vault serve account …`: who may store here. New passwords are made here and shown once. */
import { readFile } from 'node:fs/promises'
import { UsageError } from '@couronne/vault'
import {
  accountsFileOf,
  addAccount,
  listAccounts,
  newPassword,
  readJournal,
  removeAccount,
  setPassword,
  setQuota,
} from '@couronne/vault/server'
import { EXIT } from '../exit-codes.ts'
import { printSize, type Terminal } from '../terminal.ts'
import type { GlobalOptions } from './options.ts'
import { printTable } from './table.ts'

export interface AccountFlags extends GlobalOptions {
  readonly folder: string
  readonly quota: string
  readonly role: string
  readonly ownerMayDelete?: boolean
}

/** @returns the exit code */
export async function runAccountAction(
  args: readonly string[],
  flags: AccountFlags,
  terminal: Terminal,
  quotaBytes: number,
): Promise<number> {
  const [subject, action, name] = args
  if (subject === 'journal' && action !== undefined) return printJournal(flags.folder, action)
  if (subject !== 'account')
    throw new UsageError(
      'expected: account add NAME, account remove NAME, account list, account quota NAME, account password NAME, or journal NAME',
    )
  const file = accountsFileOf(flags.folder)
  if (action === 'list') return printAccounts(file, terminal)
  if (name === undefined) throw new UsageError(`account ${action ?? ''}: name the account`)
  switch (action) {
    case 'add': {
      const [ownerPassword, writerPassword] = [newPassword(), newPassword()]
      await addAccount(file, { name, quotaBytes, ownerPassword, writerPassword, ownerMayDelete: flags.ownerMayDelete ?? false })
      terminal.json({ name, owner_password: ownerPassword, writer_password: writerPassword })
      terminal.line({
        fr: `compte ${name} : mots de passe (montrés une seule fois)\n  propriétaire, pour « init » et les clés : ${ownerPassword}\n  écriture, pour les sauvegardes :           ${writerPassword}`,
        en: `account ${name}: passwords (shown this once)\n  owner, for “init” and keys: ${ownerPassword}\n  writer, for backups:        ${writerPassword}`,
      })
      return EXIT.done
    }
    case 'remove':
      await removeAccount(file, name)
      return EXIT.done
    case 'quota':
      await setQuota(file, name, quotaBytes)
      return EXIT.done
    case 'password': {
      const role = flags.role === 'owner' ? 'owner' : 'writer'
      const password =
        flags.passwordFile === undefined ? newPassword() : (await readFile(flags.passwordFile, 'utf8')).split(/\r?\n/, 1)[0]!
      await setPassword(file, name, role, password)
      terminal.json({ name, role, ...(flags.passwordFile === undefined && { password }) })
      if (flags.passwordFile === undefined) terminal.line(password)
      return EXIT.done
    }
    default:
      throw new UsageError(`account ${action ?? ''}: expected add, remove, list, quota or password`)
  }
}

async function printAccounts(file: string, terminal: Terminal): Promise<number> {
  const accounts = await listAccounts(file)
  terminal.json(
    accounts.map(({ name, quotaBytes, ownerMayDelete, hasOwner, addedAt }) => ({
      name,
      quota_bytes: quotaBytes,
      owner_may_delete: ownerMayDelete,
      has_owner: hasOwner,
      added_at: addedAt.toString(),
    })),
  )
  const head =
    terminal.language === 'fr' ? ['Compte', 'Quota', 'Suppression', 'Depuis'] : ['Account', 'Quota', 'Deletion', 'Since']
  const rows = accounts.map(({ name, quotaBytes, ownerMayDelete, addedAt }) => [
    name,
    printSize(quotaBytes, terminal.language),
    ownerMayDelete ? terminal.say({ fr: 'propriétaire', en: 'owner' }) : '—',
    addedAt.toString().slice(0, 10),
  ])
  terminal.line(printTable(head, rows))
  return EXIT.done
}

async function printJournal(folder: string, account: string): Promise<number> {
  for await (const entry of readJournal(folder, account)) process.stdout.write(`${JSON.stringify(entry)}\n`)
  return EXIT.done
}
