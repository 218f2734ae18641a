/** Passwords as scrypt hashes: `scrypt$<N>$<r>$<p>$<salt>$<hash>`, the last two in base64. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { UsageError } from '#errors'

/** About 0.2 s and 32 MiB: the OWASP profile with the smallest memory (2024), because strangers can ask for it. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const HASH_BYTES = 32
const SALT_BYTES = 16
const MEMORY_BYTES_MAX = 128 * 1024 * 1024
const PASSWORD_CHARACTERS_MIN = 12

interface PasswordHash {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number }
  readonly salt: Buffer
  readonly hash: Buffer
}

/** A password nobody can guess, safe in an address: 24 random bytes in base64url. */
export function newPassword(): string {
  return randomBytes(24).toBase64({ alphabet: 'base64url' })
}

/**
 * The hash to keep of a password; salted, so each call gives another one.
 * @throws {UsageError} when it is shorter than 12 characters, longer than 1024, or holds control characters
 */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < PASSWORD_CHARACTERS_MIN || password.length > 1024) {
    throw new UsageError(`a password needs ${PASSWORD_CHARACTERS_MIN} to 1024 characters, this one has ${password.length}`)
  }
  if (/\p{Cc}/u.test(password)) throw new UsageError('a password cannot hold control characters')
  const salt = randomBytes(SALT_BYTES)
  return printHash(salt, await derive(password, { cost: COST, salt, hash: Buffer.alloc(HASH_BYTES) }))
}

/** A hash that no password has, as slow to compare with as a real one: for names that nobody has. */
export function decoyHash(): string {
  return printHash(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES))
}

/** Whether a password has that hash; as slow for a wrong one as for the right one. */
export async function isPassword(password: string, text: string): Promise<boolean> {
  const kept = parseHash(text)
  return timingSafeEqual(await derive(password, kept), kept.hash)
}

/** @throws {UsageError} when the text is no hash, or would cost more than 128 MiB */
export function parseHash(text: unknown): PasswordHash {
  const match = typeof text === 'string' ? /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([^$]+)\$([^$]+)$/.exec(text) : null
  const [, N, r, p, salt, hash] = match ?? []
  const kept = {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt ?? '', 'base64'),
    hash: Buffer.from(hash ?? '', 'base64'),
  }
  const { cost } = kept
  const sound = cost.N >= 2 && Number.isInteger(Math.log2(cost.N)) && cost.r >= 1 && cost.p >= 1 && cost.p <= 16
  if (!sound || 128 * cost.N * cost.r > MEMORY_BYTES_MAX / 2) throw new UsageError('a password hash cannot be understood')
  if (kept.salt.length < SALT_BYTES || kept.hash.length !== HASH_BYTES) throw new UsageError('a password hash is cut short')
  return kept
}

function printHash(salt: Buffer, hash: Buffer): string {
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

function derive(password: string, { cost, salt }: PasswordHash): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  scrypt(password, salt, HASH_BYTES, { ...cost, maxmem: MEMORY_BYTES_MAX }, (error, key) =>
    error ? reject(error) : resolve(key),
  )
  return promise
}
