/**
 * Passwords that were found right before: recognising one costs microseconds instead of a run of scrypt, and after a restart of the
 * server nobody who was in has to queue with strangers. The latest of each account and role, in a file that only its owner can read:
 *
 *     { "version": 1, "key": "…", "known": { "writer cabinet": "…" } }
 *
 * What is kept is an HMAC of the password together with its present scrypt hash: once the accounts hold another hash it matches nothing.
 * An HMAC is quick to try passwords against, so only those go to the disk that are too long to be found by trying, as all are that
 * `newPassword` makes.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Account, Role } from './accounts.ts'
import { readPrivateFile, replaceFile } from './disk.ts'
import { decoyHash } from './password.ts'

const ROLES = ['owner', 'writer'] as const
const KEPT_CHARACTERS_MIN = 32
const KEY_BYTES = 32
const FINGERPRINT_BYTES = 32
const NO_FINGERPRINT = Buffer.alloc(FINGERPRINT_BYTES)

interface Known {
  readonly fingerprint: Buffer
  readonly isKept: boolean
}

export class Recognised {
  readonly #file: string
  readonly #onTrouble: (error: unknown) => void
  readonly #decoy = decoyHash()
  readonly #key: Buffer
  /** By {@link keyOf}. */
  readonly #known: Map<string, Known>
  #saving: Promise<void> = Promise.resolve()

  private constructor(file: string, onTrouble: (error: unknown) => void, key: Buffer, known: Map<string, Known>) {
    this.#file = file
    this.#onTrouble = onTrouble
    this.#key = key
    this.#known = known
  }

  /** A file that cannot be used is told and begun anew: all that it saves is time. */
  static async open(file: string, onTrouble: (error: unknown) => void): Promise<Recognised> {
    try {
      const text = await readPrivateFile(file, () => new Error('others can read recognised.json'))
      if (text !== undefined) return new Recognised(file, onTrouble, ...parse(text))
    } catch (error) {
      onTrouble(error)
    }
    return new Recognised(file, onTrouble, randomBytes(KEY_BYTES), new Map())
  }

  /** The role whose password this is known to be. As slow for a name that nobody has. */
  roleOf(account: Account | undefined, password: string): Role | undefined {
    let found: Role | undefined
    for (const role of ROLES) {
      const known = account === undefined ? undefined : this.#known.get(keyOf(account, role))
      const fingerprint = this.#fingerprint(account?.[role] ?? this.#decoy, password)
      const isEqual = timingSafeEqual(fingerprint, known?.fingerprint ?? NO_FINGERPRINT)
      if (isEqual && known !== undefined) found = role
    }
    return found
  }

  /**
   * Takes down what scrypt has found right. The disk may come later: {@link settle}.
   * @param accounts those that there are; what is known of others goes
   */
  remember(account: Account, role: Role, password: string, accounts: ReadonlyMap<string, Account>): void {
    const hash = account[role]
    if (hash === undefined) return
    const isKept = password.length >= KEPT_CHARACTERS_MIN
    this.#known.set(keyOf(account, role), { fingerprint: this.#fingerprint(hash, password), isKept })
    for (const key of this.#known.keys()) if (!accounts.has(nameIn(key))) this.#known.delete(key)
    if (isKept) this.#saving = this.#saving.then(() => this.#save())
  }

  async settle(): Promise<void> {
    await this.#saving
  }

  #fingerprint(hash: string, password: string): Buffer {
    return createHmac('sha256', this.#key).update(`${hash} ${password}`).digest()
  }

  async #save(): Promise<void> {
    const kept = [...this.#known].filter(([, { isKept }]) => isKept)
    const known = Object.fromEntries(kept.map(([key, { fingerprint }]) => [key, fingerprint.toString('base64')]))
    const text = JSON.stringify({ version: 1, key: this.#key.toString('base64'), known }, null, 2)
    await replaceFile(this.#file, `${text}\n`).catch(this.#onTrouble)
  }
}

function keyOf({ name }: Account, role: Role): string {
  return `${role} ${name}`
}

function nameIn(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

function parse(text: string): [key: Buffer, known: Map<string, Known>] {
  try {
    const { version, key, known } = JSON.parse(text) as { version: unknown; key: string; known: Record<string, string> }
    const bytes = Buffer.from(key, 'base64')
    const entries = Object.entries(known).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const)
    const sound = version === 1 && bytes.length === KEY_BYTES && entries.every(([, { length }]) => length === FINGERPRINT_BYTES)
    if (sound) return [bytes, new Map(entries.map(([name, fingerprint]) => [name, { fingerprint, isKept: true }]))]
  } catch {
    // The parser's own message quotes the text, and the text holds the key.
  }
  throw new Error('recognised.json is not understood')
}
