import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WorkerPool } from './pool.ts'

/** A worker that ends at its first job. */
const MORTAL = `import { parentPort } from 'node:worker_threads'
parentPort.once('message', () => process.exit(3))`

test('a job for a worker that has died is refused, not kept for ever', async () => {
  const module = new URL(`data:text/javascript,${encodeURIComponent(MORTAL)}`)
  await using pool = new WorkerPool<{ work: { argument: number; result: number } }>(module, {}, { count: 1 })
  await assert.rejects(pool.run('work', 1), { code: 'worker-died' })
  await assert.rejects(pool.run('work', 2), { code: 'worker-died' })
  await assert.rejects(pool.runOnAll('work', 3), { code: 'worker-died' })
})
