/**
 * The hot primitives in place: from a view of memory into a view of memory, nothing allocated.
 *
 * Node exports the functions of its own OpenSSL and zstd (an add-on may link against them); `node:ffi` calls them on shared
 * memory. Measured on 2 MiB, one core, against Node's documented API: AES-256-CTR 5,700 against 950 MiB/s (the API allocates its
 * output), Poly1305 5,800 against none, zstd 292 against 213 and 5,000-byte texts in 29 against 44 µs. Node is pinned to the byte
 * (decision 10), and {@link nativeCodec} tries every function against known answers before it hands them out; where one is missing
 * (Windows has no symbols of the process image) the same interface stands on {@link Primitives}, slower and equally right.
 *
 * Every length is checked here, because nothing checks it on the other side.
 */
import { FormatError } from '#errors'
import { loadFfi } from '#ffi'
import { BLOB_BYTES_MAX, type Primitives } from '#format'

/** Codec over views of memory. `out` never overlaps `input`, except in {@link Codec.aes256Ctr}, which may work in place. */
export interface Codec {
  /** SHA-256 of `input` into the first 32 bytes of `out`. */
  sha256(input: Uint8Array, out: Uint8Array): void
  /** AES-256-CTR with `iv` as the initial counter block; `out` has at least the length of `input`. */
  aes256Ctr(key: Uint8Array, iv: Uint8Array, input: Uint8Array, out: Uint8Array): void
  /** Poly1305 under the 32-byte one-time key into the first 16 bytes of `tag`. */
  poly1305(oneTimeKey: Uint8Array, input: Uint8Array, tag: Uint8Array): void
  /** One zstd frame (content size, no checksum, window 512 KiB) of `input` into `out`; its length, or -1 when `out` is too short. */
  zstdCompress(input: Uint8Array, out: Uint8Array, level: number): number
  /** Decodes one zstd frame into `out`; its length. @throws {FormatError} when it is damaged or its content is larger than `out` */
  zstdDecompress(frame: Uint8Array, out: Uint8Array): number
  /** As {@link Codec.zstdCompress}, of pieces that make up `sizeBytes` together; each is done with when the next is asked for. */
  zstdCompressPieces(pieces: Iterable<Uint8Array>, sizeBytes: number, out: Uint8Array, level: number): number
  /** Gives what one frame decodes to, piece by piece, each in `room` and valid until the next. @throws {FormatError} when it is damaged */
  zstdDecompressPieces(frame: Uint8Array, room: Uint8Array, onPiece: (piece: Uint8Array) => void): void
}

/** Largest output of {@link Codec.zstdCompress} for so many bytes (zstd.h, ZSTD_COMPRESSBOUND). */
export function zstdBound(bytes: number): number {
  return bytes + (bytes >>> 8) + (bytes < 131072 ? (131072 - bytes) >>> 11 : 0) + 64
}

// zstd.h: ZSTD_cParameter
const ZSTD_C_COMPRESSION_LEVEL = 100
const ZSTD_C_WINDOW_LOG = 101
const ZSTD_C_CONTENT_SIZE_FLAG = 200
const ZSTD_C_CHECKSUM_FLAG = 201
const ZSTD_C_MIN_MATCH = 105
const WINDOW_LOG = 19
const ZSTD_E_CONTINUE = 0
const ZSTD_E_END = 2
const ZSTD_RESET_SESSION_ONLY = 1
/**
 * Level 1 looks for matches of 7 bytes; of 5 it stores 16-bit radiographs in 4 % less at four fifths of the speed, which is what brings
 * it to the size that restic's own compressor reaches. Other levels keep zstd's choice (0).
 */
const MIN_MATCH_OF_LEVEL_1 = 5

function loadNative(): Codec {
  const ffi = loadFfi()
  if (ffi === undefined) throw new Error('no node:ffi here')
  const { functions: native } = ffi.dlopen(null, {
    ZSTD_createCCtx: { return: 'pointer', arguments: [] },
    ZSTD_createDCtx: { return: 'pointer', arguments: [] },
    ZSTD_isError: { return: 'u32', arguments: ['u64'] },
    ZSTD_CCtx_setParameter: { return: 'u64', arguments: ['pointer', 'i32', 'i32'] },
    ZSTD_compress2: { return: 'u64', arguments: ['pointer', 'buffer', 'u64', 'buffer', 'u64'] },
    ZSTD_decompressDCtx: { return: 'u64', arguments: ['pointer', 'buffer', 'u64', 'buffer', 'u64'] },
    ZSTD_CCtx_reset: { return: 'u64', arguments: ['pointer', 'i32'] },
    ZSTD_DCtx_reset: { return: 'u64', arguments: ['pointer', 'i32'] },
    ZSTD_CCtx_setPledgedSrcSize: { return: 'u64', arguments: ['pointer', 'u64'] },
    ZSTD_compressStream2_simpleArgs: {
      return: 'u64',
      arguments: ['pointer', 'buffer', 'u64', 'buffer', 'buffer', 'u64', 'buffer', 'i32'],
    },
    ZSTD_decompressStream_simpleArgs: {
      return: 'u64',
      arguments: ['pointer', 'buffer', 'u64', 'buffer', 'buffer', 'u64', 'buffer'],
    },
    SHA256: { return: 'pointer', arguments: ['buffer', 'u64', 'buffer'] },
    Poly1305_ctx_size: { return: 'u64', arguments: [] },
    Poly1305_Init: { return: 'void', arguments: ['buffer', 'buffer'] },
    Poly1305_Update: { return: 'void', arguments: ['buffer', 'buffer', 'u64'] },
    Poly1305_Final: { return: 'void', arguments: ['buffer', 'buffer'] },
    EVP_CIPHER_CTX_new: { return: 'pointer', arguments: [] },
    EVP_aes_256_ctr: { return: 'pointer', arguments: [] },
    EVP_EncryptInit_ex: { return: 'i32', arguments: ['pointer', 'pointer', 'pointer', 'buffer', 'buffer'] },
    EVP_EncryptUpdate: { return: 'i32', arguments: ['pointer', 'buffer', 'buffer', 'buffer', 'i32'] },
  })
  const compressor = native.ZSTD_createCCtx()
  const decompressor = native.ZSTD_createDCtx()
  native.ZSTD_CCtx_setParameter(compressor, ZSTD_C_WINDOW_LOG, WINDOW_LOG)
  native.ZSTD_CCtx_setParameter(compressor, ZSTD_C_CONTENT_SIZE_FLAG, 1)
  native.ZSTD_CCtx_setParameter(compressor, ZSTD_C_CHECKSUM_FLAG, 0)
  let currentLevel = 0
  const cipher = native.EVP_CIPHER_CTX_new()
  const aes = native.EVP_aes_256_ctr()
  const written = new Int32Array(1)
  const polyState = new Uint8Array(Number(native.Poly1305_ctx_size()))
  const outAt = new BigUint64Array(1)
  const inAt = new BigUint64Array(1)
  const nothing = new Uint8Array(1)

  const setLevel = (level: number) => {
    if (level === currentLevel) return
    native.ZSTD_CCtx_setParameter(compressor, ZSTD_C_COMPRESSION_LEVEL, level)
    native.ZSTD_CCtx_setParameter(compressor, ZSTD_C_MIN_MATCH, level === 1 ? MIN_MATCH_OF_LEVEL_1 : 0)
    currentLevel = level
  }

  return {
    sha256(input, out) {
      need(out, 32)
      native.SHA256(input, BigInt(input.length), out)
    },
    aes256Ctr(key, iv, input, out) {
      need(key, 32)
      need(iv, 16)
      need(out, input.length)
      if (input.length === 0) return
      if (input.length > 0x7fffffff) throw new FormatError('more than 2 GiB in one piece')
      if (native.EVP_EncryptInit_ex(cipher, aes, 0n, key, iv) !== 1) throw new Error('AES-256-CTR could not start')
      if (native.EVP_EncryptUpdate(cipher, out, written, input, input.length) !== 1) throw new Error('AES-256-CTR failed')
    },
    poly1305(oneTimeKey, input, tag) {
      need(oneTimeKey, 32)
      need(tag, 16)
      native.Poly1305_Init(polyState, oneTimeKey)
      native.Poly1305_Update(polyState, input, BigInt(input.length))
      native.Poly1305_Final(polyState, tag)
    },
    zstdCompress(input, out, level) {
      setLevel(level)
      const length = native.ZSTD_compress2(compressor, out, BigInt(out.length), input, BigInt(input.length))
      return native.ZSTD_isError(length) === 0 ? Number(length) : -1
    },
    zstdDecompress(frame, out) {
      const length = native.ZSTD_decompressDCtx(decompressor, out, BigInt(out.length), frame, BigInt(frame.length))
      if (native.ZSTD_isError(length) !== 0) throw new FormatError('not a zstd frame, damaged, or larger than it may be')
      return Number(length)
    },
    zstdCompressPieces(pieces, sizeBytes, out, level) {
      let at = 0n
      // Whether all of a piece was taken: an error, or no room, is the end. What the iterator does meanwhile leaves no trace here.
      const add = (piece: Uint8Array, length: number, mode: number) => {
        outAt[0] = at
        inAt[0] = 0n
        const [room, size] = [BigInt(out.length), BigInt(length)]
        const left = native.ZSTD_compressStream2_simpleArgs(compressor, out, room, outAt, piece, size, inAt, mode)
        at = outAt[0]
        return inAt[0] === size && (mode === ZSTD_E_END ? left === 0n : native.ZSTD_isError(left) === 0)
      }
      setLevel(level)
      native.ZSTD_CCtx_setPledgedSrcSize(compressor, BigInt(sizeBytes))
      try {
        for (const piece of pieces) if (piece.length > 0 && !add(piece, piece.length, ZSTD_E_CONTINUE)) return -1
        return add(nothing, 0, ZSTD_E_END) ? Number(at) : -1
      } finally {
        // What is not at its end would wait in the context.
        native.ZSTD_CCtx_reset(compressor, ZSTD_RESET_SESSION_ONLY)
      }
    },
    zstdDecompressPieces(frame, room, onPiece) {
      native.ZSTD_DCtx_reset(decompressor, ZSTD_RESET_SESSION_ONLY)
      inAt[0] = 0n
      for (let left = 1n; left !== 0n; ) {
        const from = inAt[0]
        outAt[0] = 0n
        const [space, length] = [BigInt(room.length), BigInt(frame.length)]
        left = native.ZSTD_decompressStream_simpleArgs(decompressor, room, space, outAt, frame, length, inAt)
        const isStuck = outAt[0] === 0n && inAt[0] === from && left !== 0n
        if (isStuck || native.ZSTD_isError(left) !== 0) throw new FormatError('not a zstd frame, damaged, or cut short')
        onPiece(room.subarray(0, Number(outAt[0])))
      }
      if (inAt[0] !== BigInt(frame.length)) throw new FormatError(`something follows the zstd frame, from byte ${inAt[0]}`)
    },
  }
}

function need(bytes: Uint8Array, length: number): void {
  if (bytes.length < length) throw new RangeError(`expected ${length} bytes of memory, got ${bytes.length}`)
}

/** The same interface over {@link Primitives}: portable, allocates. */
export function portableCodec(primitives: Primitives): Codec {
  return {
    sha256: (input, out) => out.set(primitives.sha256(input)),
    aes256Ctr: (key, iv, input, out) => out.set(primitives.aes256Ctr(key, iv, input)),
    poly1305: (oneTimeKey, input, tag) => tag.set(primitives.poly1305(oneTimeKey, input)),
    zstdCompress(input, out, level) {
      const frame = primitives.zstdCompress(input, level)
      if (frame.length > out.length) return -1
      out.set(frame)
      return frame.length
    },
    zstdDecompress(frame, out) {
      const content = primitives.zstdDecompress(frame, out.length)
      out.set(content)
      return content.length
    },
    zstdCompressPieces(pieces, _sizeBytes, out, level) {
      return this.zstdCompress(Buffer.concat(Array.from(pieces, (piece) => piece.slice())), out, level)
    },
    zstdDecompressPieces: (frame, _room, onPiece) => onPiece(primitives.zstdDecompress(frame, BLOB_BYTES_MAX)),
  }
}

/** Known answers: FIPS 180-4 "abc", RFC 8439 §2.5.2, AES-256-CTR of NIST SP 800-38A F.5.5 (first block), and a zstd round trip. */
export function codecIsRight(codec: Codec): boolean {
  const out = new Uint8Array(256)
  const hex = (text: string) => Uint8Array.fromHex(text)
  const gives = (expected: string) => out.subarray(0, expected.length / 2).toHex() === expected
  codec.sha256(hex('616263'), out)
  if (!gives('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')) return false
  const oneTimeKey = hex('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b')
  codec.poly1305(oneTimeKey, hex('43727970746f6772617068696320466f72756d2052657365617263682047726f7570'), out)
  if (!gives('a8061dc1305136c6c22b8baf0c0127a9')) return false
  const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
  codec.aes256Ctr(key, hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'), hex('6bc1bee22e409f96e93d7e117393172a'), out)
  if (!gives('601ec313775789a5b7a7f504bbf3d228')) return false
  const text = new Uint8Array(4096).fill(0x61)
  const length = codec.zstdCompress(text, out, 1)
  const back = new Uint8Array(4096)
  const isText = () => back.every((byte) => byte === 0x61)
  if (length <= 0 || codec.zstdDecompress(out.subarray(0, length), back) !== 4096 || !isText()) return false
  back.fill(0)
  let at = 0
  const inPieces = codec.zstdCompressPieces([text.subarray(0, 3000), text.subarray(3000)], 4096, out, 3)
  codec.zstdDecompressPieces(out.subarray(0, Math.max(0, inPieces)), new Uint8Array(1000), (piece) => {
    back.set(piece, at)
    at += piece.length
  })
  return at === 4096 && isText()
}

let codec: Codec | undefined

/** The fastest codec that this machine has, tried against known answers; one a thread. `COURONNE_PORTABLE=1` asks for the plain one. */
export function nativeCodec(primitives: Primitives): Codec {
  if (codec !== undefined) return codec
  const portable = portableCodec(primitives)
  codec = portable
  if (process.env.COURONNE_PORTABLE === '1') return codec
  try {
    const native = loadNative()
    if (codecIsRight(native)) codec = native
  } catch {
    // No such symbols here: the portable codec stands.
  }
  return codec
}
