/**
 * Encryption and authentication of everything in a repository: AES-256-CTR, then Poly1305-AES over the ciphertext.
 *
 *     IV (16) || ciphertext (as long as the plaintext) || tag (16)
 *
 * Nothing binds sealed bytes to their name, type or place: what they mean is checked by their SHA-256 (docs/format-notes.md#seal).
 */
import { FormatError, SealBrokenError } from '#errors'
import type { Primitives } from './primitives.ts'
import { encodeText, isObject, parseJsonObject, readBase64 } from './text.ts'

/** One key of a repository in its three parts. */
export interface SealKey {
  /** AES-256 key, 32 bytes. */
  readonly encrypt: Uint8Array
  /** AES-128 key that makes the one-time pad of the tag, 16 bytes. */
  readonly macK: Uint8Array
  /** Poly1305's r, 16 bytes, as stored (clamped when used). */
  readonly macR: Uint8Array
}

/** By how much sealing lengthens. */
export const SEAL_OVERHEAD_BYTES = 32
const IV_BYTES = 16
const TAG_BYTES = 16

/**
 * `plaintext`, encrypted and authenticated under `key`.
 *
 * @param iv 16 bytes, never used twice under one key; fresh random bytes when absent
 * @throws {FormatError} for an all-zero IV or a key that {@link isValidSealKey} refuses
 */
export function seal(primitives: Primitives, key: SealKey, plaintext: Uint8Array, iv?: Uint8Array): Uint8Array {
  const nonce = iv ?? primitives.randomBytes(IV_BYTES)
  requireKey(key)
  if (nonce.length !== IV_BYTES || isZero(nonce)) throw new FormatError('the IV must be 16 bytes, not all zero')
  const ciphertext = primitives.aes256Ctr(key.encrypt, nonce, plaintext)
  const sealed = new Uint8Array(plaintext.length + SEAL_OVERHEAD_BYTES)
  sealed.set(nonce)
  sealed.set(ciphertext, IV_BYTES)
  sealed.set(tagOf(primitives, key, nonce, ciphertext), IV_BYTES + ciphertext.length)
  return sealed
}

/**
 * The plaintext of what {@link seal} made.
 *
 * @throws {FormatError} when `sealed` is shorter than 32 bytes or starts with an all-zero IV
 * @throws {SealBrokenError} when the tag does not match: altered bytes or another key
 */
export function unseal(primitives: Primitives, key: SealKey, sealed: Uint8Array): Uint8Array {
  requireKey(key)
  if (sealed.length < SEAL_OVERHEAD_BYTES) {
    throw new FormatError(`sealed bytes are at least ${SEAL_OVERHEAD_BYTES} long, found ${sealed.length}`)
  }
  const nonce = sealed.subarray(0, IV_BYTES)
  if (isZero(nonce)) throw new FormatError('the IV is all zero', { at: 0 })
  const ciphertext = sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)
  const tag = sealed.subarray(sealed.length - TAG_BYTES)
  if (!primitives.equal(tagOf(primitives, key, nonce, ciphertext), tag)) {
    throw new SealBrokenError(`the tag of ${sealed.length} sealed bytes does not match`)
  }
  return primitives.aes256Ctr(key.encrypt, nonce, ciphertext)
}

function tagOf(primitives: Primitives, key: SealKey, nonce: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const oneTimeKey = new Uint8Array(32)
  oneTimeKey.set(key.macR)
  oneTimeKey.set(primitives.aes128Block(key.macK, nonce), 16)
  return primitives.poly1305(oneTimeKey, ciphertext)
}

/** Whether the parts have their lengths and none is all zero. */
export function isValidSealKey(key: SealKey): boolean {
  const lengths = key.encrypt.length === 32 && key.macK.length === 16 && key.macR.length === 16
  return lengths && !isZero(key.encrypt) && !isZero(key.macK) && !isZero(key.macR)
}

function requireKey(key: SealKey): void {
  if (!isValidSealKey(key)) throw new FormatError('the key has a part of a wrong length or all zero')
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false
  return true
}

/**
 * The master key from the JSON inside a key file, `{"mac":{"k","r"},"encrypt"}` with Base64 parts.
 * @throws {FormatError} when it is something else, or no valid key
 */
export function parseMasterKey(json: Uint8Array): SealKey {
  const object = parseJsonObject(json, 'master key')
  if (!isObject(object.mac)) throw new FormatError('master key: "mac" is not an object')
  const key = {
    encrypt: readBase64(object, 'encrypt', 'master key', 32),
    macK: readBase64(object.mac, 'k', 'master key', 16),
    macR: readBase64(object.mac, 'r', 'master key', 16),
  }
  requireKey(key)
  return key
}

/** The JSON of {@link parseMasterKey}, as restic writes it. */
export function printMasterKey(key: SealKey): Uint8Array {
  requireKey(key)
  const mac = { k: key.macK.toBase64(), r: key.macR.toBase64() }
  return encodeText(JSON.stringify({ mac, encrypt: key.encrypt.toBase64() }))
}
