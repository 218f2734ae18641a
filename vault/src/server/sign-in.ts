/**
 * Who is asking. A password is checked by scrypt once; after that it is recognised, so that requests cost microseconds. Failures slow down
 * the address that made them, for that account and, later, for all; a password recognised from before is never slowed, so nobody can lock
 * a practice out.
 */
import { createHash } from 'node:crypto'
import type { Account, Role, WatchedAccounts } from './accounts.ts'
import { decoyHash, isPassword } from './password.ts'
import type { Recognised } from './recognised.ts'
import { addressGroup, type Credential, parseBasic } from './request.ts'

export type SignIn =
  | { readonly outcome: 'in'; readonly account: Account; readonly role: Role }
  | { readonly outcome: 'unknown'; readonly name: string | undefined }
  | { readonly outcome: 'slowed'; readonly name: string; readonly waitMs: number }
  | { readonly outcome: 'busy'; readonly name: string }

const FAILURES_FREE_PER_ACCOUNT = 5
const FAILURES_FREE_PER_ADDRESS = 30
/** Checks that may wait for their turn; one runs at a time, which leaves a core to those who are in. */
const CHECKS_WAITING_MAX = 64
/** The other places are kept for the first check of addresses that have not failed: who floods has used that up. */
const CHECKS_WAITING_AFTER_FAILURE_MAX = 32
const CHECKS_WAITING_PER_ADDRESS_MAX = 8
const NAME_CHARACTERS_MAX = 64

export interface GateOptions {
  readonly accounts: WatchedAccounts
  readonly recognised: Recognised
  readonly monotonicMs: () => number
  /**
   * Whether clients come with addresses of their own. Behind a proxy all come with the proxy's, and what one of them does must not be held
   * against the others: there each name stands for an address.
   */
  readonly addressesDiffer: boolean
}

interface Found {
  readonly account: Account
  readonly role: Role
}

export class Gate {
  readonly #accounts: WatchedAccounts
  readonly #recognised: Recognised
  readonly #addressesDiffer: boolean
  readonly #running = new Map<string, Promise<Found | 'wrong' | 'busy'>>()
  readonly #waiting = new Map<string, number>()
  readonly #failures: Failures
  readonly #decoy = decoyHash()
  #turn: Promise<unknown> = Promise.resolve()

  constructor({ accounts, recognised, monotonicMs, addressesDiffer }: GateOptions) {
    this.#accounts = accounts
    this.#recognised = recognised
    this.#addressesDiffer = addressesDiffer
    this.#failures = new Failures(monotonicMs)
  }

  /** Judges an `Authorization` header that came from `address`. */
  async check(header: string | undefined, address: string | undefined): Promise<SignIn> {
    const credential = parseBasic(header)
    if (credential === undefined) return { outcome: 'unknown', name: undefined }
    const { name, password } = credential
    const account = (await this.#accounts.all()).get(name)
    const role = this.#recognised.roleOf(account, password)
    if (account !== undefined && role !== undefined) return { outcome: 'in', account, role }

    const group = this.#addressesDiffer ? addressGroup(address) : name.slice(0, NAME_CHARACTERS_MAX)
    const waitMs = this.#pauseMs(group, name)
    if (waitMs > 0) return { outcome: 'slowed', name, waitMs }
    const found = await this.#verifyOnce(`${group} ${hashOf(credential)}`, credential, group)
    if (typeof found === 'string') return found === 'busy' ? { outcome: 'busy', name } : { outcome: 'unknown', name }
    return { outcome: 'in', ...found }
  }

  #pauseMs(group: string, name: string): number {
    return Math.max(this.#failures.pauseMs(accountKey(group, name)), this.#failures.pauseMs(group))
  }

  /** The connections of one client arrive together: their password is checked once. */
  #verifyOnce(key: string, credential: Credential, group: string): Promise<Found | 'wrong' | 'busy'> {
    const running = this.#running.get(key)
    if (running !== undefined) return running
    const ofGroup = this.#waiting.get(group) ?? 0
    const isFirst = ofGroup === 0 && !this.#failures.hasAny(group)
    const waitingMax = isFirst ? CHECKS_WAITING_MAX : CHECKS_WAITING_AFTER_FAILURE_MAX
    if (this.#running.size >= waitingMax || ofGroup >= CHECKS_WAITING_PER_ADDRESS_MAX) return Promise.resolve('busy')
    this.#waiting.set(group, ofGroup + 1)
    const check = this.#turn.then(() => this.#verifyInTurn(credential, group))
    this.#turn = check.catch(() => {})
    const tidied = check.finally(() => {
      this.#running.delete(key)
      const left = (this.#waiting.get(group) ?? 1) - 1
      if (left === 0) this.#waiting.delete(group)
      else this.#waiting.set(group, left)
    })
    this.#running.set(key, tidied)
    return tidied
  }

  /** Those that waited while others of their address failed are slowed like them, unchecked. */
  async #verifyInTurn(credential: Credential, group: string): Promise<Found | 'wrong' | 'busy'> {
    if (this.#pauseMs(group, credential.name) > 0) return 'busy'
    const found = await this.#verify(credential)
    if (found !== undefined) return found
    this.#failures.add(accountKey(group, credential.name), FAILURES_FREE_PER_ACCOUNT)
    this.#failures.add(group, FAILURES_FREE_PER_ADDRESS)
    return 'wrong'
  }

  /** Both roles are tried whatever the first says, and unknown names too, so that the time taken tells nothing. */
  async #verify({ name, password }: Credential): Promise<Found | undefined> {
    const account = (await this.#accounts.all()).get(name)
    const isWriter = await isPassword(password, account?.writer ?? this.#decoy)
    const isOwner = await isPassword(password, account?.owner ?? this.#decoy)
    if (account === undefined) return undefined
    if (isOwner && account.owner !== undefined) return this.#letIn(account, 'owner', password)
    return isWriter ? this.#letIn(account, 'writer', password) : undefined
  }

  /** A password counts only while the account still has the hash that it was checked against. */
  async #letIn(checked: Account, role: Role, password: string): Promise<Found | undefined> {
    const accounts = await this.#accounts.all()
    const account = accounts.get(checked.name)
    if (account === undefined || account[role] !== checked[role]) return undefined
    this.#recognised.remember(account, role, password, accounts)
    return { account, role }
  }
}

/** Tells credentials under way apart, without keeping them. */
function hashOf({ name, password }: Credential): string {
  return createHash('sha256').update(`${name.length} ${name} ${password}`).digest('base64')
}

function accountKey(group: string, name: string): string {
  return `${group} ${name.slice(0, NAME_CHARACTERS_MAX)}`
}

const FORGET_AFTER_MS = 15 * 60_000
const PAUSE_MS_MAX = 5 * 60_000
const KEYS_MAX = 10_000

/** Failures by key. Beyond the free ones each doubles the pause, up to five minutes; a quarter of an hour without any forgets them. */
class Failures {
  readonly #monotonicMs: () => number
  readonly #byKey = new Map<string, { count: number; until: number; last: number }>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  pauseMs(key: string): number {
    const until = this.#byKey.get(key)?.until ?? 0
    return Math.max(0, until - this.#monotonicMs())
  }

  hasAny(key: string): boolean {
    const last = this.#byKey.get(key)?.last ?? Number.NEGATIVE_INFINITY
    return this.#monotonicMs() - last < FORGET_AFTER_MS
  }

  add(key: string, free: number): void {
    const now = this.#monotonicMs()
    const count = (this.hasAny(key) ? this.#byKey.get(key)!.count : 0) + 1
    const pause = count < free ? 0 : Math.min(PAUSE_MS_MAX, 1000 * 2 ** (count - free))
    this.#byKey.delete(key)
    this.#byKey.set(key, { count, until: now + pause, last: now })
    const oldest = this.#byKey.keys().next()
    if (this.#byKey.size > KEYS_MAX && !oldest.done) this.#byKey.delete(oldest.value)
  }
}
