/** How long it takes to judge what 100,000 records lack, on both engines. */
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import type { CompletenessFigures, JudgingFigures } from '../completeness-process.ts'
import { STEP_TIMEOUT_MS } from '../measure.ts'
import type { Answer, Question } from '../rounds.ts'

export const completeness: Question = { name: 'completeness', ask }

const ENGINES = [
  { engine: 'sqlite', candidate: 'embedded (SQLCipher)' },
  { engine: 'postgresql', candidate: 'PostgreSQL' },
] as const
const WAYS = ['first', 'again', 'unchanged', 'changed'] as const
const WAY_WORDS: Readonly<Record<(typeof WAYS)[number], string>> = {
  first: 'all, from the entries',
  again: 'all again, from kept facts',
  unchanged: 'nothing has changed',
  changed: 'one in a hundred has',
}

async function ask(bench: Bench): Promise<Answer> {
  const figures: CompletenessFigures[] = []
  for (const { engine, candidate } of ENGINES) {
    figures.push(await measureEngine(bench, engine))
    const { first, again } = figures.at(-1) as CompletenessFigures
    bench.say(`      ${candidate}: first ${seconds(first)} s, again ${seconds(again)} s`)
  }
  const [embedded] = figures as [CompletenessFigures, CompletenessFigures]
  return {
    title: `What ${embedded.records.toLocaleString('en')} records lack`,
    series: ENGINES.map(({ candidate }, i) => ({
      candidate,
      samples: [sampleOf(figures[i] as CompletenessFigures)],
    })),
    table: {
      head: ['seconds', ...ENGINES.flatMap(({ candidate }) => [candidate, 'CPU', 'judged', 'written'])],
      rows: WAYS.map((way) => [WAY_WORDS[way], ...figures.flatMap((each) => cells(each[way]))]),
    },
    reached: { completeness: embedded.again.wallMs },
    notes: [
      `The first table: judging all of them again from the facts that are kept, as when rules change; the peak is of the whole process, which filled the practice too. ${embedded.entries.toLocaleString('en')} entries, ${embedded.findings.toLocaleString('en')} findings.`,
      'The second: from the entries, once after an import; again; when nothing has changed, as each night; after a day’s work. One process, one thread. CPU: of this process alone, without PostgreSQL’s own.',
      'PostgreSQL runs on the same machine, as the tests start it: fsync off, everything else as Debian ships it.',
    ],
  }
}

async function measureEngine(bench: Bench, engine: string): Promise<CompletenessFigures> {
  const script = join(import.meta.dirname, '..', 'completeness-process.ts')
  const args = [script, engine, String(bench.options.records), bench.newFolder(`completeness-${engine}`)]
  const { stdout } = await run(process.execPath, args, { timeoutMs: FILL_TIMEOUT_MS })
  return JSON.parse(stdout) as CompletenessFigures
}

/** Filling takes longer than what is measured: three million entries are hashed and sealed. */
const FILL_TIMEOUT_MS = 6 * STEP_TIMEOUT_MS

function sampleOf({ again, peakBytes }: CompletenessFigures) {
  return { wallMs: again.wallMs, cpuMs: again.cpuMs, peakBytes }
}

function cells({ wallMs, cpuMs, judged, written }: JudgingFigures): string[] {
  return [(wallMs / 1000).toFixed(1), (cpuMs / 1000).toFixed(1), String(judged), String(written)]
}

function seconds({ wallMs }: JudgingFigures): string {
  return (wallMs / 1000).toFixed(1)
}
