/**
 * Loads a repository's index in a process of its own and prints, as JSON, by how much the process has grown. For the question `index`.
 *
 *     node --expose-gc benchmarks/index-memory-process.ts REPOSITORY      (password in RESTIC_PASSWORD)
 */
import { openRepository } from '@couronne/vault'
import type { IndexMemory } from './questions/index-memory.ts'

const [folder = ''] = process.argv.slice(2)
await using repository = await openRepository(folder, { password: process.env.RESTIC_PASSWORD ?? '' })
const before = residentBytes()
const started = performance.now()
await repository.loadIndex()
const loadMs = performance.now() - started
const after = residentBytes()
const { index } = repository
const memory: IndexMemory = {
  blobs: index.size,
  packs: index.packs.length,
  tableBytes: index.memoryBytes,
  grownBytes: after - before,
  residentBytes: after,
  loadMs,
}
console.log(JSON.stringify(memory))

function residentBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
