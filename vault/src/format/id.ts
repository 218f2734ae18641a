/**
 * Identifiers: 32 bytes of SHA-256, printed as 64 lower-case hex characters (restic design, "Terminology"; docs/format-notes §1).
 * In memory they travel as branded hex strings; tables that hold millions of them keep the raw bytes.
 */
import { FormatError } from '#errors'

declare const kind: unique symbol
type Hex<K extends string> = string & { readonly [kind]: K }

/** Hash of a plaintext blob. */
export type BlobId = Hex<'blob'>
export type PackId = Hex<'pack'>
export type SnapshotId = Hex<'snapshot'>
export type IndexId = Hex<'index'>
export type KeyId = Hex<'key'>
export type LockId = Hex<'lock'>

/** Whether `text` is a name that the repository could have given: exactly 64 lower-case hex characters. */
export function isId(text: string): boolean {
  if (text.length !== 64) return false
  for (let i = 0; i < 64; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x66 || (code > 0x39 && code < 0x61)) return false
  }
  return true
}

/**
 * The identifier that `text` spells.
 * @throws {FormatError} when it is not 64 lower-case hex characters
 */
export function parseId<T extends Hex<string>>(text: unknown): T {
  if (typeof text !== 'string' || !isId(text)) throw new FormatError('expected an ID of 64 hex characters')
  return text as T
}

/** The 32 bytes behind an identifier. */
export function idBytes(id: string): Uint8Array {
  return Uint8Array.fromHex(id)
}

/** The identifier of 32 bytes, at `offset`. */
export function idFromBytes<T extends Hex<string>>(bytes: Uint8Array, offset = 0): T {
  return bytes.subarray(offset, offset + 32).toHex() as T
}
