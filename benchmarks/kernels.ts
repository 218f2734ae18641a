// biome-ignore-all lint/style/noRestrictedImports: kernels and their twins are behind no door
/**
 * How fast the kernels are: each against its plain twin and, where there is one, what Node has. One thread, CPU time.
 *
 *     node benchmarks/kernels.ts
 */
import { cpus } from 'node:os'
import { Chunker } from '../vault/src/format/chunk.ts'
import { type Kernels, PlainChunker } from '../vault/src/format/index.ts'
import { instantiateKernels } from '../vault/src/format/kernels.ts'
import { plainPoly1305, plainROMix } from '../vault/src/format/twins.ts'
import { nodePrimitives, scryptLanes } from '../vault/src/primitives/index.ts'
import { nativeCodec } from '../vault/src/primitives/native.ts'
import { scryptNode } from '../vault/src/primitives/scrypt.ts'

const MIB = 1024 * 1024
const POLYNOMIAL = 0x3da3358b4dc173n
const ROUNDS = 5

/** Best MiB/s of CPU time over some rounds. */
function measure(mib: number, work: () => void): number {
  let best = 0
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    best = Math.max(best, mib / ((user + system) / 1e6))
  }
  return best
}

/** Best milliseconds of wall time over some rounds. */
async function measureWall(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    await work()
    best = Math.min(best, performance.now() - started)
  }
  return best
}

function print(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(58)} ${value.toFixed(0).padStart(7)} ${unit}`)
}

function cutAll(kernels: Kernels, at: number, length: number): void {
  const chunker = new Chunker(kernels, POLYNOMIAL, at + length)
  for (let from = 0; from < length; ) {
    const cut = chunker.next(at + from, length - from)
    from = cut < 0 ? length : from + cut
  }
}

function cutAllPlain(stream: Uint8Array): void {
  const chunker = new PlainChunker(POLYNOMIAL)
  for (let from = 0; from < stream.length; ) {
    const cut = chunker.next(stream.subarray(from))
    from = cut < 0 ? stream.length : from + cut
  }
}

function benchRabin(kernels: Kernels): void {
  const length = 64 * MIB
  const at = kernels.reserve(length + 8192)
  const random = kernels.bytes.subarray(at, at + length)
  for (let from = 0; from < length; from += MIB) random.set(nodePrimitives.randomBytes(MIB), from)
  print(
    'Rabin, random data (a third of it is below the minimum)',
    measure(64, () => cutAll(kernels, at, length)),
    'MiB/s',
  )
  random.fill(0xff)
  print(
    'Rabin, data that never cuts (every byte is hashed)',
    measure(64, () => cutAll(kernels, at, length)),
    'MiB/s',
  )
  print(
    '  its twin',
    measure(8, () => cutAllPlain(random.subarray(0, 8 * MIB))),
    'MiB/s',
  )
}

function benchPoly1305(kernels: Kernels): void {
  const at = kernels.reserve(MIB + 8192)
  const [state, key, tag] = [at + MIB, at + MIB + 1024, at + MIB + 2048]
  const message = nodePrimitives.randomBytes(MIB)
  const oneTimeKey = message.slice(0, 32)
  const native = nativeCodec(nodePrimitives)
  const repeat = (times: number, work: () => void) => () => {
    for (let i = 0; i < times; i++) work()
  }
  print(
    'Poly1305 in place',
    measure(
      256,
      repeat(256, () => kernels.poly1305(state, key, at, MIB, tag)),
    ),
    'MiB/s',
  )
  print(
    'Poly1305 of the primitives, copied into scratch',
    measure(
      256,
      repeat(256, () => nodePrimitives.poly1305(oneTimeKey, message)),
    ),
    'MiB/s',
  )
  print(
    '  its twin',
    measure(1, () => plainPoly1305(oneTimeKey, message)),
    'MiB/s',
  )
  print(
    "  Node's own OpenSSL, through node:ffi",
    measure(
      256,
      repeat(256, () => native.poly1305(oneTimeKey, message, new Uint8Array(16))),
    ),
    'MiB/s',
  )
}

async function benchScrypt(): Promise<void> {
  const [password, salt] = [nodePrimitives.randomBytes(12), nodePrimitives.randomBytes(64)]
  for (const p of [1, 2, 4, 8]) {
    print(`scrypt N=32768 r=8 p=${p}, lanes in threads`, await measureWall(() => scryptLanes(password, salt, 32768, 8, p)), 'ms')
    print("  Node's, in its thread pool", await measureWall(() => scryptNode(password, salt, 32768, 8, p)), 'ms')
  }
  print('  twin, N=1024 p=1', await measureWall(async () => plainROMix(new Uint8Array(1024).fill(1), 1024, 8)), 'ms')
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; MiB/s of CPU time, best of ${ROUNDS}`)
const kernels = instantiateKernels()
benchRabin(kernels)
benchPoly1305(kernels)
await benchScrypt()
