/** How many rows a second a practice program's export is taken over with: 200,000 patients and ten times as many procedures, on both engines. */
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import type { ImportsFigures } from '../imports-process.ts'
import { STEP_TIMEOUT_MS } from '../measure.ts'
import type { Answer, Question } from '../rounds.ts'

export const imports: Question = { name: 'imports', ask }

const ENGINES = [
  { engine: 'sqlite', candidate: 'embedded (SQLCipher)' },
  { engine: 'postgresql', candidate: 'PostgreSQL' },
] as const

async function ask(bench: Bench): Promise<Answer> {
  const figures: ImportsFigures[] = []
  for (const { engine, candidate } of ENGINES) {
    const measured = await measureEngine(bench, engine)
    figures.push(measured)
    bench.say(`      ${candidate}: ${rowsASecond(measured).toLocaleString('en')} rows a second`)
  }
  const [embedded] = figures as [ImportsFigures, ...ImportsFigures[]]
  return {
    title: `Taking over ${embedded.patients.toLocaleString('en')} patients and their procedures`,
    series: ENGINES.map(({ candidate }, i) => ({ candidate, samples: [figures[i]!] })),
    table: {
      head: ['', 'rows', 'rows a second', 'once more, s'],
      rows: ENGINES.map(({ candidate }, i) => {
        const { rows, againMs } = figures[i]!
        return [candidate, String(rows), String(rowsASecond(figures[i]!)), (againMs / 1000).toFixed(1)]
      }),
    },
    reached: { imports: (embedded.wallMs / embedded.rows) * 1000 },
    notes: [
      'Three CSV files in windows-1252, ten procedures a patient in the order of days, read twice each: once to know how they are written, once to take them over. Everything is checked, hashed, indexed for searching, kept as it stood, and in the journal. The same export once more changes nothing.',
      'PostgreSQL runs on the same machine, as the tests start it: fsync off, everything else as Debian ships it.',
    ],
  }
}

async function measureEngine(bench: Bench, engine: string): Promise<ImportsFigures> {
  const script = join(import.meta.dirname, '..', 'imports-process.ts')
  const args = [script, engine, String(bench.options.patients), bench.newFolder(`imports-${engine}`)]
  const { stdout } = await run(process.execPath, args, { timeoutMs: TWICE_TIMEOUT_MS })
  return JSON.parse(stdout) as ImportsFigures
}

/** Millions of rows, written once and compared once. */
const TWICE_TIMEOUT_MS = 4 * STEP_TIMEOUT_MS

function rowsASecond({ rows, wallMs }: ImportsFigures): number {
  return Math.round((rows / wallMs) * 1000)
}
