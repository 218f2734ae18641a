/**
 * Short values sealed with AES-256-GCM (NIST SP 800-38D): `nonce (12) ‖ ciphertext ‖ tag (16)`. The context says what the value is for; it
 * is authenticated and not stored, so that a value cannot be put in another's place.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { WrongKeyError } from '#errors'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** @param key 32 bytes; at most 2^32 values under one key, since nonces are random */
export function seal(key: Uint8Array, value: Uint8Array, context: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()])
}

/** @throws {WrongKeyError} when the key, the context or a byte is not what it was */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const tag = sealed.subarray(sealed.length - TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new WrongKeyError('the key does not open this value, or it was changed', { cause })
  }
}
