import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { memoryStorage } from '#storage'
import { Pipeline } from './engine/pipeline.ts'
import { planBuffers } from './engine/regions.ts'
import { initRepository } from './repository.ts'

const MIB = 1024 * 1024
const scrypt = { n: 2, r: 1, p: 1 }

/** Sizes of the packs that a stream of 40 MiB is stored in, in MiB. */
async function packSizes(packBytes: number): Promise<number[]> {
  const storage = memoryStorage()
  await using repository = await initRepository(storage, { password: 'p', scrypt, packBytes })
  await repository.loadIndex()
  const { indexWriter } = repository.writer()
  await using pipeline = new Pipeline(repository, 2, { level: 'off', indexWriter })
  let left = 40 * MIB
  await pipeline.storeStream(async (view) => {
    const bytes = Math.min(view.length, left)
    view.set(randomBytes(bytes))
    left -= bytes
    return bytes
  })
  await pipeline.finish()
  const packs = await Array.fromAsync(storage.list('data'))
  return packs.map(({ sizeBytes }) => sizeBytes / MIB).sort((a, b) => b - a)
}

test('packs of data are complete from the size that was asked for', async () => {
  const small = await packSizes(4 * MIB)
  assert.ok(small.length >= 5 && small[0]! < 10.1, `${small}`)
  // Each of two workers fills a pack of its own: neither reaches 64 MiB.
  const large = await packSizes(64 * MIB)
  assert.ok(large.length <= 2, `${large}`)
})

test('packs of blobs that are saved one by one are complete from the size that was asked for, too', async () => {
  const storage = memoryStorage()
  await using repository = await initRepository(storage, { password: 'p', scrypt, packBytes: 5 * MIB })
  await repository.loadIndex()
  const writer = repository.writer({ level: 'off' })
  for (let i = 0; i < 30; i++) await writer.save('data', randomBytes(MIB))
  await writer.flush()
  const sizes = (await Array.fromAsync(storage.list('data'))).map(({ sizeBytes }) => sizeBytes / MIB)
  assert.ok(sizes.length >= 5 && sizes.every((size) => size < 6.1), `${sizes}`)
})

test('sizes that restic would not take are refused before anything is stored', async () => {
  for (const packBytes of [4 * MIB - 1, 128 * MIB + 1, Number.NaN]) {
    await assert.rejects(initRepository(memoryStorage(), { password: 'p', scrypt, packBytes }), { code: 'usage' })
  }
})

test('the buffers of a backup fit in the shared memory, whatever the packs and the workers', () => {
  for (const packMib of [4, 16, 32, 33, 64, 128]) {
    for (let workers = 1; workers <= 16; workers++) {
      const plan = planBuffers(packMib * MIB, workers)
      assert.ok(plan.workers >= 1 && plan.workers <= workers)
      assert.ok(plan.buffers > plan.workers, 'a pack that is on its way leaves every worker its own')
      assert.ok(plan.buffers * plan.bufferBytes <= 1600 * MIB, `${packMib} MiB, ${workers} workers`)
    }
  }
  assert.equal((planBuffers(16 * MIB, 2).buffers * planBuffers(16 * MIB, 2).bufferBytes) / MIB, 88)
  assert.equal((planBuffers(128 * MIB, 2).buffers * planBuffers(128 * MIB, 2).bufferBytes) / MIB, 402)
})
