/** How much memory the index of a large repository takes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import { measure, STEP_TIMEOUT_MS } from '../measure.ts'
import { type Answer, inRounds, type Question } from '../rounds.ts'
import { PASSWORD, type Place } from '../tools.ts'
import { fillIndex } from './many-blobs.ts'

export const indexMemory: Question = { name: 'index', ask }

/** What `index-memory-process.ts` prints. */
export interface IndexMemory {
  readonly blobs: number
  readonly packs: number
  /** Of the tables themselves. */
  readonly tableBytes: number
  /** By which the process has grown, after a garbage collection. */
  readonly grownBytes: number
  readonly residentBytes: number
  readonly loadMs: number
}

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic } = bench.tools
  const { blobs } = bench.options
  const place = bench.newPlace(couronne)
  await fillIndex(place.repository, blobs)
  const memory = await measureProcess(place)
  bench.say(
    `      ${blobs} blobs: ${(memory.grownBytes / blobs).toFixed(1)} bytes each, loaded in ${memory.loadMs.toFixed(0)} ms`,
  )
  const source = bench.newFolder('one-file')
  writeFileSync(join(source, 'letter.txt'), 'Lettre du cabinet d’exemple\n')
  const candidates = [restic, couronne].map((tool) => ({
    name: tool.name,
    async run() {
      const own = bench.copyPlace(place)
      const sample = await measure(tool.backup(own, source))
      bench.removePlace(own)
      return sample
    },
  }))
  const series = await inRounds(bench, candidates, 1)
  bench.removePlace(place)
  return {
    title: `The index at ${blobs.toLocaleString('en')} blobs`,
    series,
    reached: { index: memory.grownBytes / memory.blobs },
    notes: [
      `The repository has ${memory.packs.toLocaleString('en')} packs in its index files and nothing else. A process that loads this index grows by ${(memory.grownBytes / blobs).toFixed(1)} bytes a blob (tables ${(memory.tableBytes / blobs).toFixed(1)}; resident after a garbage collection ${(memory.residentBytes / 1e6).toFixed(0)} MB in all), in ${(memory.loadMs / 1000).toFixed(1)} s.`,
      'The table above: a whole process that backs up one file of 28 bytes into this repository, once.',
    ],
  }
}

async function measureProcess({ repository }: Place): Promise<IndexMemory> {
  const script = join(import.meta.dirname, '..', 'index-memory-process.ts')
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', script, repository]
  const { stdout } = await run(process.execPath, args, { env: { RESTIC_PASSWORD: PASSWORD }, timeoutMs: STEP_TIMEOUT_MS })
  return JSON.parse(stdout) as IndexMemory
}
