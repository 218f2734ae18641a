/**
 * `node:ffi`, made safe: functions of the C library, of OpenSSL and of zstd that the process image exports. The only place that loads it.
 *
 * V8 may inline what FFI calls into optimized code, and reads the description of the C function while it compiles, on a thread of its
 * own. When a thread of ours ends, Node 26.10 frees these descriptions first: a compilation that still runs then reads freed memory, and
 * the whole process dies ("Check failed: FastApiCallNode::ArityForArgc", "unreachable code", SIGSEGV). It needs calls that just became
 * hot, and a worker that ends: the end of any short backup, check or restore. Without the inlining nothing is read. That costs 0.06 µs a
 * call (measured on Node 26.10, x64: seven calls in 1.97 instead of 1.59 µs).
 */
import { setFlagsFromString } from 'node:v8'

export type Ffi = typeof import('node:ffi')

/**
 * The module, `undefined` where there is none: an older Node, `--permission` without `--allow-ffi`. Without its warning, which tells users
 * nothing they could act on: only that one, only while it loads. The flag of V8 is the process's, and stays.
 */
export function loadFfi(): Ffi | undefined {
  setFlagsFromString('--no-turbo-fast-api-calls')
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('FFI ')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return process.getBuiltinModule('node:ffi') as Ffi | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}
