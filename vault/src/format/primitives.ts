/**
 * The primitives that the format stands on. `format` is pure and imports no Node module, so they arrive as an argument;
 * `#primitives` holds the one implementation used everywhere.
 */
export interface Primitives {
  /** SHA-256, 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array
  /** SHA-256 in lower-case hex. */
  sha256Hex(bytes: Uint8Array): string
  /** AES-256-CTR over `input` into a new array of the same length; `iv` is the initial 16-byte counter block. Encrypts and decrypts. */
  aes256Ctr(key: Uint8Array, iv: Uint8Array, input: Uint8Array): Uint8Array
  /** One AES-128-ECB block, 16 bytes in and out. */
  aes128Block(key: Uint8Array, block: Uint8Array): Uint8Array
  /** Poly1305 tag, 16 bytes, of `message` under the 32-byte one-time key `r || s` (r is clamped inside). */
  poly1305(oneTimeKey: Uint8Array, message: Uint8Array): Uint8Array
  /** Constant-time comparison of arrays of equal length; false when lengths differ. */
  equal(a: Uint8Array, b: Uint8Array): boolean
  /** Fresh bytes of the system's generator. */
  randomBytes(count: number): Uint8Array
  /** One standard zstd frame: content size present, no checksum, window 512 KiB. `level` is zstd's own (1…19). */
  zstdCompress(bytes: Uint8Array, level: number): Uint8Array
  /**
   * Decodes one zstd frame.
   * @throws {FormatError} when it is no valid frame, or when its content would exceed `maxBytes`: nothing larger is ever allocated
   */
  zstdDecompress(frame: Uint8Array, maxBytes: number): Uint8Array
  /** scrypt, 64 bytes out, in the thread pool. */
  scrypt(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array>
}
