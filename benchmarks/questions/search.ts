/** How long it takes to find patients among 200,000, on both engines. */
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import { type Sample, STEP_TIMEOUT_MS } from '../measure.ts'
import type { Answer, Question } from '../rounds.ts'
import type { SearchFigures, SearchKindFigures } from '../search-process.ts'

export const search: Question = { name: 'search', ask }

const ENGINES = [
  { engine: 'sqlite', candidate: 'embedded (SQLCipher)' },
  { engine: 'postgresql', candidate: 'PostgreSQL' },
] as const

async function ask(bench: Bench): Promise<Answer> {
  const figures: SearchFigures[] = []
  for (const { engine, candidate } of ENGINES) {
    figures.push(await measureEngine(bench, engine))
    const all = ofAll(figures.at(-1)!)
    bench.say(`      ${candidate}: p50 ${all.p50Ms.toFixed(1)} ms, p99 ${all.p99Ms.toFixed(1)} ms`)
  }
  const [embedded, postgresql] = figures as [SearchFigures, SearchFigures]
  const { patients } = embedded
  return {
    title: `Finding patients among ${patients.toLocaleString('en')}`,
    series: ENGINES.map(({ candidate }, i) => ({ candidate, samples: [sampleOf(figures[i]!)] })),
    table: {
      head: ['milliseconds', 'asked', ...ENGINES.flatMap(() => ['p50', 'p99', 'max', 'CPU p99'])],
      rows: embedded.kinds.map((kind, i) => [kind.kind, String(kind.asked), ...cells(kind), ...cells(postgresql.kinds[i]!)]),
    },
    reached: { search: ofAll(embedded).p99Ms },
    notes: [
      'The first table: making the practice and its patients, once, until everybody can be found. Indexing alone ' +
        figures.map(({ indexCpuMs }, i) => `${ENGINES[i]!.candidate} ${Math.round(patients / (indexCpuMs / 1000))}`).join(', ') +
        ' patients a second of our processor time.',
      'The second: embedded on the left, PostgreSQL on the right; the first 20 of each question, asked one after another in one process, kinds by turns, after a warm-up. CPU: of this process alone, without PostgreSQL’s own.',
      'PostgreSQL runs on the same machine, as the tests start it: fsync off, everything else as Debian ships it.',
    ],
  }
}

async function measureEngine(bench: Bench, engine: string): Promise<SearchFigures> {
  const script = join(import.meta.dirname, '..', 'search-process.ts')
  const args = [script, engine, String(bench.options.patients), bench.newFolder(`search-${engine}`)]
  const { stdout } = await run(process.execPath, args, { timeoutMs: STEP_TIMEOUT_MS })
  return JSON.parse(stdout) as SearchFigures
}

function ofAll({ kinds }: SearchFigures): SearchKindFigures {
  return kinds.at(-1)!
}

function sampleOf({ fillMs, fillCpuMs, peakBytes }: SearchFigures): Sample {
  return { wallMs: fillMs, cpuMs: fillCpuMs, peakBytes }
}

function cells({ p50Ms, p99Ms, maxMs, cpuP99Ms }: SearchKindFigures): string[] {
  return [p50Ms, p99Ms, maxMs, cpuP99Ms].map((ms) => ms.toFixed(1))
}
