/** Bytes ⇄ text and JSON, with typed errors: what every file of the repository that is JSON goes through. */
import { FormatError } from '#errors'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** UTF-8 as Go reads it in JSON: each invalid sequence becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new FormatError(`text of ${bytes.length} bytes is too long`, { cause: error })
  }
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Pieces as one; a single one as it is. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Small documents: a value made of JSON may take ten times the memory of its text. */
const JSON_BYTES_MAX = 1024 * 1024

/**
 * The JSON object that `bytes` spell.
 * @throws {FormatError} when they are not JSON, not an object, or more than `maxBytes` (1 MiB when absent)
 */
export function parseJsonObject(bytes: Uint8Array, what: string, maxBytes = JSON_BYTES_MAX): JsonObject {
  if (bytes.length > maxBytes) throw new FormatError(`${what}: ${bytes.length} bytes, at most ${maxBytes} are read`)
  const value = parseJson(decodeText(bytes), what)
  if (!isObject(value)) throw new FormatError(`${what}: expected a JSON object`)
  return value
}

/** @throws {FormatError} when `text` is not JSON */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FormatError(`${what}: not valid JSON`, { cause: error })
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is a string; `''` when it is absent or null. */
export function readString(object: JsonObject, member: string, what: string): string {
  const value = object[member] ?? ''
  if (typeof value !== 'string') throw new FormatError(`${what}: "${member}" is not a string`)
  return value
}

/** A member that is a whole number from 0 to 2^53 - 1; 0 when it is absent or null. */
export function readCount(object: JsonObject, member: string, what: string): number {
  const value = object[member] ?? 0
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new FormatError(`${what}: "${member}" is not a whole number`)
  }
  return value
}

/** A member that is an array of strings; empty when it is absent or null. */
export function readStrings(object: JsonObject, member: string, what: string): readonly string[] {
  const value = object[member] ?? []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new FormatError(`${what}: "${member}" is not a list of strings`)
  }
  return value
}

/** A member that is Base64; `lengthBytes` is what it must decode to. */
export function readBase64(object: JsonObject, member: string, what: string, lengthBytes?: number): Uint8Array {
  const bytes = parseBase64(readString(object, member, what), `${what}: "${member}"`)
  if (lengthBytes !== undefined && bytes.length !== lengthBytes) {
    throw new FormatError(`${what}: "${member}" has ${bytes.length} bytes, expected ${lengthBytes}`)
  }
  return bytes
}

/** @throws {FormatError} when `text` is not Base64 of the standard alphabet with padding */
export function parseBase64(text: string, what: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' })
  } catch (error) {
    throw new FormatError(`${what} is not Base64`, { cause: error })
  }
}
