/** How long it takes to find who was entered twice among 200,000 patients, on both engines. */
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import type { DuplicatesFigures } from '../duplicates-process.ts'
import { STEP_TIMEOUT_MS } from '../measure.ts'
import type { Answer, Question } from '../rounds.ts'

export const duplicates: Question = { name: 'duplicates', ask }

const ENGINES = [
  { engine: 'sqlite', candidate: 'embedded (SQLCipher)' },
  { engine: 'postgresql', candidate: 'PostgreSQL' },
] as const

async function ask(bench: Bench): Promise<Answer> {
  const figures: DuplicatesFigures[] = []
  for (const { engine, candidate } of ENGINES) {
    const measured = await measureEngine(bench, engine)
    figures.push(measured)
    bench.say(`      ${candidate}: ${(measured.wallMs / 1000).toFixed(1)} s, ${measured.found} pairs`)
  }
  const [{ patients, doubles, wallMs }] = figures as [DuplicatesFigures, ...DuplicatesFigures[]]
  return {
    title: `Finding who was entered twice among ${patients.toLocaleString('en')} patients`,
    series: ENGINES.map(({ candidate }, i) => ({ candidate, samples: [sampleOf(figures[i]!)] })),
    table: {
      head: ['', 'entered twice', 'pairs found', 'one record more, ms'],
      rows: ENGINES.map(({ candidate }, i) => {
        const { found, oneMs } = figures[i]!
        return [candidate, String(doubles), String(found), oneMs.toFixed(1)]
      }),
    },
    reached: { duplicates: wallMs },
    notes: [
      'Every record is new: keys are made, and everybody is compared with whoever shares one. One in a hundred was entered twice; the other pairs are namesakes born on one day, and the like, whom a person has to tell apart.',
      'PostgreSQL runs on the same machine, as the tests start it: fsync off, everything else as Debian ships it.',
    ],
  }
}

async function measureEngine(bench: Bench, engine: string): Promise<DuplicatesFigures> {
  const script = join(import.meta.dirname, '..', 'duplicates-process.ts')
  const args = [script, engine, String(bench.options.patients), bench.newFolder(`duplicates-${engine}`)]
  const { stdout } = await run(process.execPath, args, { timeoutMs: STEP_TIMEOUT_MS })
  return JSON.parse(stdout) as DuplicatesFigures
}

function sampleOf({ wallMs, cpuMs, peakBytes }: DuplicatesFigures) {
  return { wallMs, cpuMs, peakBytes }
}
