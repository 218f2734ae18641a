/**
 * Who is asking. A password is checked by scrypt once; after that its HMAC, under a key that never leaves memory, is recognised, so
 * that requests cost microseconds. Failures slow down the address that made them, for that account and, later, for all; a password
 * recognised from before is never slowed, so nobody can lock a practice out.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Account, Role, WatchedAccounts } from './accounts.ts'
import { decoyHash, isPassword } from './password.ts'
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
const CHECKS_WAITING_PER_ADDRESS_MAX = 8
const KNOWN_MAX = 4096

interface Known {
  readonly name: string
  readonly role: Role
  readonly hash: string
}

export class Gate {
  readonly #accounts: WatchedAccounts
  readonly #key = randomBytes(32)
  readonly #known = new Map<string, Known>()
  readonly #running = new Map<string, Promise<Known | 'wrong' | 'busy'>>()
  readonly #waiting = new Map<string, number>()
  readonly #failures: Failures
  readonly #decoy = decoyHash()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(accounts: WatchedAccounts, monotonicMs: () => number) {
    this.#accounts = accounts
    this.#failures = new Failures(monotonicMs)
  }

  /** Judges an `Authorization` header that came from `address`. */
  async check(header: string | undefined, address: string | undefined): Promise<SignIn> {
    const credential = parseBasic(header)
    if (credential === undefined) return { outcome: 'unknown', name: undefined }
    const { name } = credential
    const fingerprint = this.#fingerprint(credential)
    const known = await this.#recognise(fingerprint)
    if (known !== undefined) return known

    const group = addressGroup(address)
    const waitMs = this.#pauseMs(group, name)
    if (waitMs > 0) return { outcome: 'slowed', name, waitMs }
    const found = await this.#verifyOnce(`${group} ${fingerprint}`, credential, group)
    if (typeof found === 'string') return found === 'busy' ? { outcome: 'busy', name } : { outcome: 'unknown', name }
    this.#remember(fingerprint, found)
    return (await this.#recognise(fingerprint)) ?? { outcome: 'unknown', name }
  }

  /** A recognised password counts only while the account still has the hash that it was checked against. */
  async #recognise(fingerprint: string): Promise<SignIn | undefined> {
    const known = this.#known.get(fingerprint)
    if (known === undefined) return undefined
    const account = (await this.#accounts.all()).get(known.name)
    if (account !== undefined && account[known.role] === known.hash) return { outcome: 'in', account, role: known.role }
    this.#known.delete(fingerprint)
    return undefined
  }

  #remember(fingerprint: string, known: Known): void {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    this.#known.set(fingerprint, known)
  }

  #fingerprint({ name, password }: Credential): string {
    return createHmac('sha256', this.#key).update(`${name.length} ${name} ${password}`).digest('base64')
  }

  #pauseMs(group: string, name: string): number {
    return Math.max(this.#failures.pauseMs(accountKey(group, name)), this.#failures.pauseMs(group))
  }

  /** The connections of one client arrive together: their password is checked once. */
  #verifyOnce(key: string, credential: Credential, group: string): Promise<Known | 'wrong' | 'busy'> {
    const running = this.#running.get(key)
    if (running !== undefined) return running
    const ofGroup = this.#waiting.get(group) ?? 0
    if (this.#running.size >= CHECKS_WAITING_MAX || ofGroup >= CHECKS_WAITING_PER_ADDRESS_MAX) return Promise.resolve('busy')
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
  async #verifyInTurn(credential: Credential, group: string): Promise<Known | 'wrong' | 'busy'> {
    if (this.#pauseMs(group, credential.name) > 0) return 'busy'
    const found = await this.#verify(credential)
    if (found !== undefined) return found
    this.#failures.add(accountKey(group, credential.name), FAILURES_FREE_PER_ACCOUNT)
    this.#failures.add(group, FAILURES_FREE_PER_ADDRESS)
    return 'wrong'
  }

  /** Both roles are tried whatever the first says, and unknown names too, so that the time taken tells nothing. */
  async #verify({ name, password }: Credential): Promise<Known | undefined> {
    const account = (await this.#accounts.all()).get(name)
    const isWriter = await isPassword(password, account?.writer ?? this.#decoy)
    const isOwner = await isPassword(password, account?.owner ?? this.#decoy)
    if (isOwner && account?.owner !== undefined) return { name, role: 'owner', hash: account.owner }
    return isWriter && account !== undefined ? { name, role: 'writer', hash: account.writer } : undefined
  }
}

function accountKey(group: string, name: string): string {
  return `${group} ${name.slice(0, 64)}`
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

  add(key: string, free: number): void {
    const now = this.#monotonicMs()
    const before = this.#byKey.get(key)
    const count = (before !== undefined && now - before.last < FORGET_AFTER_MS ? before.count : 0) + 1
    const pause = count < free ? 0 : Math.min(PAUSE_MS_MAX, 1000 * 2 ** (count - free))
    this.#byKey.delete(key)
    this.#byKey.set(key, { count, until: now + pause, last: now })
    const oldest = this.#byKey.keys().next()
    if (this.#byKey.size > KEYS_MAX && !oldest.done) this.#byKey.delete(oldest.value)
  }
}
