/**
 * Passwords: argon2id in the usual PHC string, so that any program can check them, and the parameters may grow.
 *
 * @see RFC 9106; PHC string format; OWASP Password Storage Cheat Sheet (at least 19 MiB, 2 passes)
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { TooManyAttemptsError } from './errors.ts'

const argon2Async = promisify(argon2)

/** What it costs to make a hash, on one lane. */
export interface PasswordWork {
  readonly memoryKib: number
  readonly passes: number
}

/** RFC 9106, section 4, second recommendation. */
export const PASSWORD_WORK: PasswordWork = { memoryKib: 64 * 1024, passes: 3 }
const LANES = 1
const SALT_BYTES = 16
const TAG_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Each takes 64 MiB: more at once would let strangers fill the memory and take the threads that files and databases need. */
const AT_ONCE_MAX = 2
const WAITING_MAX = 100

let work = PASSWORD_WORK

/** What hashes cost from now on. For tests, which make a thousand of them; nothing else calls it (`tests/walls.test.ts` sees to that). */
export function usePasswordWork(wanted: PasswordWork): void {
  work = wanted
}

/** @returns a PHC string; takes about a fifth of a second and 64 MiB */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const { memoryKib, passes } = work
  const tag = await derive(password, salt, { memory: memoryKib, passes, parallelism: LANES }, 'known')
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${LANES}$${unpadded(salt)}$${unpadded(tag)}`
}

/**
 * Whether it is the password; compares in constant time.
 *
 * @param who is not kept waiting by strangers, when somebody known here asks
 */
export async function isPassword(password: string, phc: string, who: Asker = 'stranger'): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(phc) ?? []
  if (salt === undefined || tag === undefined) return false
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const found = await derive(password, Buffer.from(salt, 'base64'), cost, who)
  const expected = Buffer.from(tag, 'base64')
  return expected.length === found.length && timingSafeEqual(expected, found)
}

/** As much work as {@link isPassword}, for accounts that do not exist: the time must not tell. */
export async function pretendToCheck(password: string): Promise<false> {
  const { memoryKib, passes } = work
  await derive(password, randomBytes(SALT_BYTES), { memory: memoryKib, passes, parallelism: LANES }, 'stranger')
  return false
}

/** Whether a stored hash was made with less work than today's: the next sign-in makes it anew. */
export function isOutdated(phc: string): boolean {
  const [, memory, passes, parallelism] = PHC.exec(phc) ?? []
  return Number(memory) < work.memoryKib || Number(passes) < work.passes || Number(parallelism) < LANES
}

/** Typed the same, whatever the keyboard composes: Unicode NFKC (RFC 8265 asks for NFC; NIST SP 800-63B for NFKC or NFKD). */
async function derive(
  password: string,
  salt: Uint8Array,
  cost: { readonly memory: number; readonly passes: number; readonly parallelism: number },
  who: Asker,
): Promise<Buffer> {
  await takeTurn(who)
  try {
    const message = Buffer.from(password.normalize('NFKC'))
    return await argon2Async('argon2id', { message, nonce: salt, ...cost, tagLength: TAG_BYTES })
  } finally {
    giveTurn()
  }
}

/** known: signed in, or in a browser from which the account has signed in before. */
export type Asker = 'known' | 'stranger'

let atWork = 0
const waiting: Readonly<Record<Asker, (() => void)[]>> = { known: [], stranger: [] }

async function takeTurn(who: Asker): Promise<void> {
  if (atWork < AT_ONCE_MAX) {
    atWork++
    return
  }
  if (waiting[who].length >= WAITING_MAX)
    throw new TooManyAttemptsError('too many are signing in at once', { about: { seconds: 5 } })
  await new Promise<void>((resolve) => waiting[who].push(resolve))
}

/** The turn goes to whoever has waited longest, those who are known first, without being free in between. */
function giveTurn(): void {
  const next = waiting.known.shift() ?? waiting.stranger.shift()
  if (next === undefined) atWork--
  else next()
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}
