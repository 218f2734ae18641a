/**
 * Who may come in: one account for each repository, in a JSON file that only its owner can read.
 *
 *     { "version": 1,
 *       "accounts": [{ "name", "writer": "scrypt$…", "owner": "scrypt$…" | absent, "quotaBytes", "ownerMayDelete", "addedAt" }],
 *       "retired": ["name of a removed account", …] }
 *
 * A running server reads the file again when it changes; what it can no longer read it reports, and keeps what it knew.
 */
import * as fs from 'node:fs/promises'
import { RefusedError, UsageError } from '#errors'
import { holdAlone } from './alone.ts'
import { readPrivateFile, replaceFile } from './disk.ts'
import { isAccountName } from './layout.ts'
import { hashPassword, isPassword, parseHash } from './password.ts'

/** `writer` backs up and reads; `owner` may also create the repository and change its keys, and delete where the account says so. */
export type Role = 'writer' | 'owner'

export interface Account {
  readonly name: string
  readonly quotaBytes: number
  readonly ownerMayDelete: boolean
  readonly addedAt: Temporal.Instant
  /** Hashes of the passwords; without `owner`, a repository is created on this machine. */
  readonly writer: string
  readonly owner: string | undefined
}

/** What is told of an account: no hash. */
export interface AccountSummary {
  readonly name: string
  readonly quotaBytes: number
  readonly ownerMayDelete: boolean
  readonly hasOwner: boolean
  readonly addedAt: Temporal.Instant
}

export interface NewAccount {
  readonly name: string
  readonly quotaBytes: number
  readonly writerPassword: string
  readonly ownerPassword?: string | undefined
  /** Lets the owner's password forget and prune. Off, nobody deletes over the network. */
  readonly ownerMayDelete?: boolean | undefined
  /** Gives a name again that a removed account had, with the repository that may still lie in its folder. */
  readonly reuseName?: boolean | undefined
  readonly now?: (() => Temporal.Instant) | undefined
}

interface AccountsOnFile {
  readonly accounts: readonly Account[]
  readonly retired: readonly string[]
}

const EDIT_WAIT_MS = 10_000

/**
 * Adds an account to the file, which is made when it is missing. The repository itself comes with the owner's `init`.
 *
 * @throws {UsageError} for a name, quota or password that cannot be; equal passwords; a name that is taken
 * @throws {RefusedError} for the name of a removed account, unless `reuseName`
 */
export async function addAccount(accountsFile: string, wanted: NewAccount): Promise<void> {
  if (!isAccountName(wanted.name)) {
    throw new UsageError(`an account is named by 1 to 63 of a-z 0-9 _ -, not ${JSON.stringify(wanted.name.slice(0, 80))}`)
  }
  if (wanted.writerPassword === wanted.ownerPassword) throw new UsageError('writer and owner need different passwords')
  const account: Account = {
    name: wanted.name,
    quotaBytes: checkQuota(wanted.quotaBytes),
    ownerMayDelete: wanted.ownerMayDelete ?? false,
    addedAt: (wanted.now ?? Temporal.Now.instant)(),
    writer: await hashPassword(wanted.writerPassword),
    owner: wanted.ownerPassword === undefined ? undefined : await hashPassword(wanted.ownerPassword),
  }
  await edit(accountsFile, ({ accounts, retired }) => {
    if (accounts.some(({ name }) => name === account.name)) throw new UsageError(`account ${account.name}: there is one already`)
    if (retired.includes(account.name) && wanted.reuseName !== true) {
      throw new RefusedError(`account ${account.name} existed and was removed: its repository may still lie in its folder`)
    }
    return { accounts: [...accounts, account], retired: retired.filter((name) => name !== account.name) }
  })
}

/**
 * Removes an account: its passwords stop working at once. Repository and journal stay, and the name is kept from strangers.
 * @throws {UsageError} when there is no such account
 */
export async function removeAccount(accountsFile: string, name: string): Promise<void> {
  await edit(accountsFile, ({ accounts, retired }) => {
    findIn(accounts, name)
    return { accounts: accounts.filter((account) => account.name !== name), retired: [...retired, name] }
  })
}

/** All accounts by name; none when there is no file. */
export async function listAccounts(accountsFile: string): Promise<AccountSummary[]> {
  const { accounts } = await loadAccounts(accountsFile)
  return accounts
    .map(({ name, quotaBytes, ownerMayDelete, owner, addedAt }) => {
      return { name, quotaBytes, ownerMayDelete, hasOwner: owner !== undefined, addedAt }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Changes how much an account may store. Below what it holds already, nothing is lost and nothing more fits.
 * @throws {UsageError} when there is no such account, or the quota is not a whole number of bytes
 */
export async function setQuota(accountsFile: string, name: string, quotaBytes: number): Promise<void> {
  checkQuota(quotaBytes)
  await editAccount(accountsFile, name, (account) => ({ ...account, quotaBytes }))
}

/**
 * Allows or forbids deletion with the owner's password.
 * @throws {UsageError} when there is no such account
 */
export async function setOwnerMayDelete(accountsFile: string, name: string, ownerMayDelete: boolean): Promise<void> {
  await editAccount(accountsFile, name, (account) => ({ ...account, ownerMayDelete }))
}

/**
 * Gives an account another password for a role, or its first for `owner`; the earlier one stops working at once.
 * @throws {UsageError} when there is no such account, the password is too weak, or the other role has it
 */
export async function setPassword(accountsFile: string, name: string, role: Role, password: string): Promise<void> {
  const hash = await hashPassword(password)
  const { accounts } = await loadAccounts(accountsFile)
  const other = findIn(accounts, name)[role === 'writer' ? 'owner' : 'writer']
  if (other !== undefined && (await isPassword(password, other)))
    throw new UsageError('writer and owner need different passwords')
  await editAccount(accountsFile, name, (account) => ({ ...account, [role]: hash }))
}

/** The accounts as a running server sees them: the file of this moment, or the last that could be read. */
export class WatchedAccounts {
  readonly #file: string
  readonly #onTrouble: (error: unknown) => void
  /** Of the file that the accounts are from: only one that was read counts. */
  #stamp = 'never read'
  #accounts: ReadonlyMap<string, Account> = new Map()
  #toldTrouble = ''
  /** One load at a time, so that an older one does not end last. */
  #turn: Promise<void> = Promise.resolve()

  private constructor(file: string, onTrouble: (error: unknown) => void) {
    this.#file = file
    this.#onTrouble = onTrouble
  }

  /** @throws {UsageError} when the file is there and cannot be used */
  static async open(file: string, onTrouble: (error: unknown) => void): Promise<WatchedAccounts> {
    const watched = new WatchedAccounts(file, onTrouble)
    await watched.#load(await stampOf(file))
    return watched
  }

  async all(): Promise<ReadonlyMap<string, Account>> {
    if ((await stampOf(this.#file)) !== this.#stamp) {
      this.#turn = this.#turn.then(() => this.#refresh())
      await this.#turn
    }
    return this.#accounts
  }

  async #refresh(): Promise<void> {
    const stamp = await stampOf(this.#file)
    if (stamp === this.#stamp) return
    try {
      await this.#load(stamp)
    } catch (error) {
      this.#tellOnce(`${stamp} ${error}`, error)
    }
  }

  async #load(stamp: string): Promise<void> {
    this.#accounts = byName((await loadAccounts(this.#file)).accounts)
    this.#stamp = stamp
    this.#toldTrouble = ''
  }

  /** It is tried again with each request, and told once. */
  #tellOnce(trouble: string, error: unknown): void {
    if (trouble === this.#toldTrouble) return
    this.#toldTrouble = trouble
    this.#onTrouble(error)
  }
}

function byName(accounts: readonly Account[]): ReadonlyMap<string, Account> {
  return new Map(accounts.map((account) => [account.name, account]))
}

async function stampOf(file: string): Promise<string> {
  const about = await fs.stat(file, { bigint: true }).catch(() => undefined)
  return about === undefined ? 'missing' : `${about.ino} ${about.size} ${about.mtimeNs} ${about.ctimeNs}`
}

async function editAccount(accountsFile: string, name: string, change: (account: Account) => Account): Promise<void> {
  await edit(accountsFile, ({ accounts, retired }) => {
    const before = findIn(accounts, name)
    return { accounts: accounts.map((account) => (account === before ? change(account) : account)), retired }
  })
}

async function edit(accountsFile: string, change: (before: AccountsOnFile) => AccountsOnFile): Promise<void> {
  const waiting = { waitMs: EDIT_WAIT_MS, refresh: false }
  await using _ = await holdAlone(`${accountsFile}.editing`, 'the accounts are being edited', waiting)
  const { accounts, retired } = change(await loadAccounts(accountsFile))
  await replaceFile(accountsFile, `${JSON.stringify({ version: 1, accounts, retired }, null, 2)}\n`)
}

async function loadAccounts(file: string): Promise<AccountsOnFile> {
  const text = await readPrivateFile(file, (mode) => {
    return new UsageError(`${file}: others can read the accounts (mode ${mode}); make it 600`)
  })
  if (text === undefined) return { accounts: [], retired: [] }
  const value = parseJson(file, text)
  const { version, accounts, retired } = value as { version?: unknown; accounts?: unknown; retired?: unknown }
  if (version !== 1) throw new UsageError(`${file}: expected accounts of version 1, found ${JSON.stringify(version)}`)
  if (!Array.isArray(accounts)) throw new UsageError(`${file}: expected a list "accounts"`)
  const parsed = accounts.map((account, at) => parseAccount(account, `${file}: account ${at + 1}`))
  if (byName(parsed).size !== parsed.length) throw new UsageError(`${file}: two accounts have the same name`)
  return { accounts: parsed, retired: Array.isArray(retired) ? retired.filter((name) => typeof name === 'string') : [] }
}

function parseJson(file: string, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds hashes.
    throw new UsageError(`${file}: expected JSON`)
  }
  if (typeof value !== 'object' || value === null) throw new UsageError(`${file}: expected an object`)
  return value
}

function parseAccount(value: unknown, where: string): Account {
  if (typeof value !== 'object' || value === null) throw new UsageError(`${where}: expected an object`)
  const { name, quotaBytes, ownerMayDelete, addedAt, writer, owner } = value as Record<string, unknown>
  if (typeof name !== 'string' || !isAccountName(name)) throw new UsageError(`${where}: "name" is no account name`)
  if (!isQuota(quotaBytes)) throw new UsageError(`${where}: "quotaBytes" is no whole number of bytes`)
  if (typeof ownerMayDelete !== 'boolean') throw new UsageError(`${where}: "ownerMayDelete" is neither true nor false`)
  for (const hash of owner === undefined ? [writer] : [writer, owner]) parseHash(hash)
  return {
    name,
    quotaBytes,
    ownerMayDelete,
    addedAt: parseInstant(addedAt, where),
    writer: writer as string,
    owner: owner as string | undefined,
  }
}

function parseInstant(value: unknown, where: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(value as string)
  } catch (cause) {
    throw new UsageError(`${where}: "addedAt" is no instant`, { cause })
  }
}

function isQuota(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function checkQuota(quotaBytes: number): number {
  if (!isQuota(quotaBytes)) throw new UsageError(`a quota is a whole number of bytes, not ${quotaBytes}`)
  return quotaBytes
}

function findIn(accounts: readonly Account[], name: string): Account {
  const account = accounts.find((one) => one.name === name)
  if (account === undefined) throw new UsageError(`account ${JSON.stringify(name.slice(0, 80))}: there is none of that name`)
  return account
}
