import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const ROUNDS = CAMPAIGN ? 500 : 60
/** So long a compilation waits before it begins: often, the thread is gone by then. */
const COMPILATION_DELAY_MS = 5

/** Ends threads, two at a time, around the moment when their calls become hot. */
const ENDING_THREADS = `
  import { parentPort } from 'node:worker_threads'
  import { loadFfi } from '#ffi'
  const { functions: native } = loadFfi().dlopen(null, {
    SHA256: { return: 'pointer', arguments: ['buffer', 'u64', 'buffer'] },
    Poly1305_Init: { return: 'void', arguments: ['buffer', 'buffer'] },
    Poly1305_Update: { return: 'void', arguments: ['buffer', 'buffer', 'u64'] },
    Poly1305_Final: { return: 'void', arguments: ['buffer', 'buffer'] },
    ZSTD_isError: { return: 'u32', arguments: ['u64'] },
    ZSTD_versionNumber: { return: 'u32', arguments: [] },
  })
  const [text, key, state] = [new Uint8Array(64), new Uint8Array(32), new Uint8Array(400)]
  function work() {
    native.Poly1305_Init(state, key)
    native.Poly1305_Update(state, text, BigInt(text.length))
    native.Poly1305_Final(state, key)
    native.SHA256(text, BigInt(text.length), key)
    native.ZSTD_isError(5n)
    native.ZSTD_isError(6n)
    native.ZSTD_versionNumber()
    native.Poly1305_Init(state, key)
    native.Poly1305_Update(state, text, BigInt(text.length))
    native.Poly1305_Final(state, key)
    native.SHA256(text, BigInt(text.length), key)
    native.ZSTD_isError(5n)
    native.ZSTD_isError(6n)
    native.ZSTD_versionNumber()
  }
  for (let left = 300 + Math.random() * 6000; left > 0; left--) work()
  parentPort.postMessage('hot')`

const PROGRAM = `
  import { once } from 'node:events'
  import { Worker } from 'node:worker_threads'
  const code = new URL('data:text/javascript,' + encodeURIComponent(process.env.ENDING_THREADS.replace('#ffi', process.env.FFI)))
  const oneThread = async (round) => {
    const worker = new Worker(code)
    const ended = once(worker, 'exit')
    await once(worker, 'message')
    if (round % 2 === 0) await worker.terminate()
    await ended
  }
  for (let round = 0; round < ${ROUNDS}; round++) await Promise.all([oneThread(round), oneThread(round)])`

test(`the process survives ${2 * ROUNDS} threads that end while their calls into C are being compiled`, async () => {
  // What is freed is overwritten, so that whoever reads it is found out.
  const env = { ...process.env, MALLOC_PERTURB_: '165', ENDING_THREADS, FFI: import.meta.resolve('./ffi.ts') }
  const child = spawn(
    process.execPath,
    [`--concurrent-recompilation-delay=${COMPILATION_DELAY_MS}`, '--input-type=module', '-e', PROGRAM],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.on('data', (bytes) => (stderr += bytes))
  const [code, signal] = await once(child, 'close')
  assert.deepEqual([code, signal], [0, null], stderr)
})
