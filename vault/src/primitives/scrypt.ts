/**
 * scrypt (RFC 7914): PBKDF2 makes p lanes of the password, each lane is mixed for itself, PBKDF2 makes the key of them.
 * Lanes are mixed in worker threads by the SIMD kernel: 70 ms for one of N=32768, r=8, and 27 ms to start the thread, where Node's
 * (OpenSSL without SIMD, lane after lane in one thread) takes 110 to 160 ms (benchmarks/kernels.ts).
 */
import { scrypt as nodeScrypt, pbkdf2 } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { kernelModule } from '#format'

const KEY_BYTES = 64
/** Memory of all lanes that are mixed at the same time. */
const LANES_BYTES_MAX = 1024 * 1024 * 1024
/** n·r·p below which starting a thread takes longer than it saves. */
const WORKERS_FROM = 2 ** 18
const derive = promisify(pbkdf2)

/** 64 bytes of scrypt, by whichever way is faster for this cost. Does not block the event loop. */
export async function scrypt(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array> {
  if (n * r * p < WORKERS_FROM) return scryptNode(password, salt, n, r, p)
  try {
    return await scryptLanes(password, salt, n, r, p)
  } catch {
    // Where threads or their memory are not to be had, Node's own may still do.
    return scryptNode(password, salt, n, r, p)
  }
}

/** 64 bytes of scrypt as Node computes it, one lane after the other in the thread pool. */
export function scryptNode(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array> {
  const maxmem = 128 * r * (n + p + 2) + 1024 * 1024
  return new Promise((resolve, reject) => {
    nodeScrypt(password.slice(), salt.slice(), KEY_BYTES, { N: n, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(new Uint8Array(key)),
    )
  })
}

/**
 * 64 bytes of scrypt, the same as Node's, with the lanes side by side in as many threads as the machine has cores, and no more than
 * fit into 1 GiB together. The threads end and their memory (n·r·128 bytes each) is given back before it returns.
 */
export async function scryptLanes(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array> {
  const secret = password.slice()
  const laneBytes = 128 * r
  const lanes = new Uint8Array(new SharedArrayBuffer(p * laneBytes))
  lanes.set(await derive(secret, salt.slice(), 1, lanes.length, 'sha256'))
  const step = Math.min(p, availableParallelism(), Math.max(1, Math.floor(LANES_BYTES_MAX / (n * laneBytes))))
  const module = kernelModule()
  await Promise.all(Array.from({ length: step }, (_, first) => runThread({ module, lanes, n, r, first, step })))
  const key = await derive(secret, lanes.slice(), 1, KEY_BYTES, 'sha256')
  lanes.fill(0)
  return new Uint8Array(key)
}

interface LaneWork {
  readonly module: WebAssembly.Module
  /** All lanes, 128·r bytes each, on shared memory; they are mixed in place. */
  readonly lanes: Uint8Array
  readonly n: number
  readonly r: number
  /** The thread mixes every `step`-th lane from `first` on. */
  readonly first: number
  readonly step: number
}

// The thread is given the text of a function: a file of its own would have its types stripped in each thread, which takes 50 ms more.
function runThread(workerData: LaneWork): Promise<void> {
  const worker = new Worker(`(${mixLanes})(require('node:worker_threads').workerData)`, { eval: true, workerData })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a scrypt thread ended with code ${code}`))))
  })
}

// Runs elsewhere: it may use nothing but its argument and what every thread has.
function mixLanes({ module, lanes, n, r, first, step }: LaneWork): void {
  const laneBytes = 128 * r
  // One lane, two blocks of scratch, then n blocks.
  const pages = Math.ceil(((n + 3) * laneBytes) / 65536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const { scryptROMix } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    scryptROMix(block: number, r: number, n: number, v: number, xy: number): void
  }
  const bytes = new Uint8Array(memory.buffer)
  for (let lane = first * laneBytes; lane < lanes.length; lane += step * laneBytes) {
    bytes.set(lanes.subarray(lane, lane + laneBytes))
    scryptROMix(0, r, n, 3 * laneBytes, laneBytes)
    lanes.set(bytes.subarray(0, laneBytes), lane)
  }
}
