/**
 * The C library, through `node:ffi`. Loaded when first needed, since a verb that touches no file should not pay for it.
 *
 * Every path goes through one fixed native buffer of this thread and every argument is an address or a number, never a Buffer:
 * a call then costs some 0.1 µs above the system's own, while each Buffer argument adds 0.3-0.7 µs (measured, Node 26.10, x64).
 */
import { type Ffi, loadFfi } from '#ffi'
import { errnoNames } from './constants.ts'

/** A C function bound to its signature. Sizes and structures are passed by address or as numbers of 64 bits. */
export type Call = (...args: (number | bigint)[]) => number

/** Types of arguments: `p` an address or a size_t, `i` an int, `u` an unsigned int. */
export type Signature = string

/** Where an argument is put before a call: two paths or names, and one value of up to {@link VALUE_BYTES} bytes. */
export interface Native {
  /** @param signature one letter an argument; every function here answers an int, or a ssize_t that fits one */
  bind(name: string, signature: Signature): Call
  /** Copies a path into the first or second place, NUL added. @throws `EINVAL`, `ENAMETOOLONG` */
  putFirst(bytes: Uint8Array): bigint
  putSecond(bytes: Uint8Array): bigint
  readonly value: { readonly bytes: Buffer; readonly pointer: bigint }
  readonly ffi: Ffi
  /** The name of what went wrong in the last call; ask at once. */
  lastError(): string
  /** Passes a result on. @throws an error shaped as those of `fs` when it is negative */
  check(result: number, syscall: string, path: Uint8Array | number): number
}

const PATH_BYTES = 16 * 1024
/** Room for the largest extended attribute of Linux, 64 KiB. */
export const VALUE_BYTES = 128 * 1024

const LETTERS = { p: 'pointer', i: 'i32', u: 'u32' } as const

let loaded: Native | undefined | null = null

/**
 * The C library, or `undefined` where there is no FFI: an older Node, `--permission` without `--allow-ffi`, and Windows, where nothing here
 * applies. Callers then do with what `fs` offers and say so.
 */
export function native(): Native | undefined {
  if (loaded === null) loaded = loadNative()
  return loaded
}

function loadNative(): Native | undefined {
  if (process.platform !== 'linux' && process.platform !== 'darwin') return undefined
  try {
    const ffi = loadFfi()
    return ffi === undefined ? undefined : makeNative(ffi)
  } catch {
    return undefined
  }
}

function makeNative(ffi: Ffi): Native {
  const { lib } = ffi.dlopen(null, {})
  const scratch = Buffer.alloc(2 * PATH_BYTES + VALUE_BYTES)
  const base = ffi.getRawPointer(scratch)
  const bind = (name: string, signature: Signature): Call => {
    const letters = [...signature] as (keyof typeof LETTERS)[]
    return lib.getFunction(name, { arguments: letters.map((letter) => LETTERS[letter]), return: 'i32' }) as unknown as Call
  }
  const errnoFunction = process.platform === 'darwin' ? '__error' : '__errno_location'
  const errnoPointer = lib.getFunction(errnoFunction, { arguments: [], return: 'pointer' })()
  const lastError = (): string => {
    const errno = ffi.getInt32(errnoPointer)
    return errnoNames.get(errno) ?? `errno ${errno}`
  }
  const put = (at: number, bytes: Uint8Array): bigint => {
    if (bytes.length >= PATH_BYTES) throw systemError('ENAMETOOLONG', 'path', bytes)
    if (bytes.includes(0)) throw systemError('EINVAL', 'path', bytes)
    scratch.set(bytes, at)
    scratch[at + bytes.length] = 0
    return at === 0 ? base : base + BigInt(at)
  }
  return {
    bind,
    putFirst: (bytes) => put(0, bytes),
    putSecond: (bytes) => put(PATH_BYTES, bytes),
    value: { bytes: scratch.subarray(2 * PATH_BYTES), pointer: base + BigInt(2 * PATH_BYTES) },
    ffi,
    lastError,
    check(result, syscall, path) {
      if (result < 0) throw systemError(lastError(), syscall, path)
      return result
    },
  }
}

/** An error shaped as those of `fs`, so that callers need not know which of the two made a call. */
export function systemError(code: string, syscall: string, path: Uint8Array | number): NodeJS.ErrnoException {
  const text = typeof path === 'number' ? `descriptor ${path}` : Buffer.from(path).toString()
  return Object.assign(new Error(`${code}: ${syscall} '${text}'`), { code, syscall, path: text })
}

/** The code that a failed call of `fs` or of this file carries, `UNKNOWN` for any other error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}
