/**
 * Key files, `keys/<SHA-256 of the file>`: plain JSON that holds the master key, sealed under a password through scrypt.
 *
 *     {"created","username","hostname","kdf":"scrypt","N","r","p","salt":Base64 of 64 bytes,"data":Base64 of the sealed master key}
 */
import { FormatError } from '#errors'
import type { Primitives } from './primitives.ts'
import { parseMasterKey, printMasterKey, SEAL_OVERHEAD_BYTES, type SealKey, seal, unseal } from './seal.ts'
import { encodeText, parseJsonObject, readBase64, readCount, readString } from './text.ts'

/** Cost of a password guess: n·r·128 bytes of memory, n·r·p of work. */
export interface ScryptParameters {
  readonly n: number
  readonly r: number
  readonly p: number
}

export interface KeyFile {
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly kdf: 'scrypt'
  readonly n: number
  readonly r: number
  readonly p: number
  /** 64 bytes. */
  readonly salt: Uint8Array
  /** The master key's JSON, sealed. */
  readonly data: Uint8Array
}

const SALT_BYTES = 64
const N_MAX = 2 ** 20
const SCRYPT_BYTES_MAX = 2 ** 30
/** restic calibrates p to at most 8 or so and n·r·p to about 2^21; a foreign key file may not make us work for minutes. */
const P_MAX = 64
const WORK_MAX = 2 ** 28
const LANES_BYTES_MAX = 64 * 1024 * 1024
const DATA_BYTES_MAX = 4096

/**
 * A key file's content. Unknown members are ignored.
 *
 * @throws {FormatError} when it is no key file, or when its scrypt parameters are invalid or absurd: n must be a power of two from 2 to
 * 2^20, 128·n·r at most 1 GiB, 128·r·p at most 64 MiB, p at most 64, n·r·p at most 2^28
 */
export function decodeKeyFile(bytes: Uint8Array): KeyFile {
  const what = 'key file'
  const object = parseJsonObject(bytes, what)
  if (object.kdf !== 'scrypt') throw new FormatError('key file: "kdf" is not "scrypt"')
  const parameters = { n: readCount(object, 'N', what), r: readCount(object, 'r', what), p: readCount(object, 'p', what) }
  requireParameters(parameters)
  const data = readBase64(object, 'data', what)
  if (data.length < SEAL_OVERHEAD_BYTES || data.length > DATA_BYTES_MAX) {
    throw new FormatError(`key file: "data" has ${data.length} bytes`)
  }
  return {
    created: readString(object, 'created', what),
    username: readString(object, 'username', what),
    hostname: readString(object, 'hostname', what),
    kdf: 'scrypt',
    ...parameters,
    salt: readBase64(object, 'salt', what, SALT_BYTES),
    data,
  }
}

/** The file's bytes: members in restic's order, no newline. Their SHA-256 is the file's name. */
export function encodeKeyFile(file: KeyFile): Uint8Array {
  const { created, username, hostname, kdf, n, r, p } = file
  return encodeText(
    JSON.stringify({ created, username, hostname, kdf, N: n, r, p, salt: file.salt.toBase64(), data: file.data.toBase64() }),
  )
}

/**
 * The master key behind `password` (UTF-8 bytes; may be empty).
 *
 * @throws {SealBrokenError} when the password is another one, or `data` was altered
 * @throws {FormatError} when what was sealed is no master key
 */
export async function openKeyFile(primitives: Primitives, file: KeyFile, password: Uint8Array): Promise<SealKey> {
  requireParameters(file)
  const userKey = await deriveKey(primitives, password, file.salt, file)
  return parseMasterKey(unseal(primitives, userKey, file.data))
}

/** A new key file that opens `master` with `password`; it is opened once before it is returned. */
export async function makeKeyFile(
  primitives: Primitives,
  master: SealKey,
  password: Uint8Array,
  facts: { readonly created: string; readonly username: string; readonly hostname: string },
  parameters: ScryptParameters,
): Promise<KeyFile> {
  requireParameters(parameters)
  const { n, r, p } = parameters
  const salt = primitives.randomBytes(SALT_BYTES).slice()
  const userKey = await deriveKey(primitives, password, salt, parameters)
  const data = seal(primitives, userKey, printMasterKey(master))
  const { created, username, hostname } = facts
  const file: KeyFile = { created, username, hostname, kdf: 'scrypt', n, r, p, salt, data }
  const again = await openKeyFile(primitives, decodeKeyFile(encodeKeyFile(file)), password)
  if (!primitives.equal(printMasterKey(again), printMasterKey(master)))
    throw new FormatError('the new key file does not open the key')
  return file
}

/** The key that scrypt makes of a password: bytes 0-31 encrypt, 32-47 macK, 48-63 macR. */
export async function deriveKey(
  primitives: Primitives,
  password: Uint8Array,
  salt: Uint8Array,
  parameters: ScryptParameters,
): Promise<SealKey> {
  const bytes = await primitives.scrypt(password, salt, parameters.n, parameters.r, parameters.p)
  return { encrypt: bytes.slice(0, 32), macK: bytes.slice(32, 48), macR: bytes.slice(48, 64) }
}

function requireParameters({ n, r, p }: ScryptParameters): void {
  const whole = Number.isSafeInteger(n) && Number.isSafeInteger(r) && Number.isSafeInteger(p)
  if (!whole || n < 2 || n > N_MAX || (n & (n - 1)) !== 0 || r < 1 || p < 1) {
    throw new FormatError(`scrypt parameters N=${n} r=${r} p=${p} are not valid`)
  }
  if (128 * n * r > SCRYPT_BYTES_MAX || p > P_MAX || 128 * r * p > LANES_BYTES_MAX || n * r * p > WORK_MAX) {
    throw new FormatError(`scrypt parameters N=${n} r=${r} p=${p} are too costly`)
  }
}
