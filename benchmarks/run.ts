/**
 * `npm run bench`: ours, restic and borg side by side on the data of `data.ts`. One file a question, in `questions/`; prints as it goes and
 * writes a report.
 *
 *     npm run bench -- [--size 2GiB] [--rounds 4] [--only first,unchanged,…] [--folder DIR] [--report FILE] [--blobs 5000000]
 *         [--patients 200000] [--records 100000] [--people 50] [--seconds 300] [--quick]
 *
 * A run of all questions writes `benchmarks/RESULTS.md`; a part of them, or `--quick` (256 MiB, one round), writes a report only where
 * `--report` says. Works in a folder of its own inside `--folder` (the system's temporary folder), which is removed at the end; it takes
 * about five times the size of the data.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bench } from './bench.ts'
import { parseOptions } from './options.ts'
import { changed } from './questions/changed.ts'
import { check } from './questions/check.ts'
import { completeness } from './questions/completeness.ts'
import { duplicates } from './questions/duplicates.ts'
import { first } from './questions/first.ts'
import { imports } from './questions/imports.ts'
import { indexMemory } from './questions/index-memory.ts'
import { mirrors } from './questions/mirrors.ts'
import { prune } from './questions/prune.ts'
import { reception } from './questions/reception.ts'
import { restore } from './questions/restore.ts'
import { search } from './questions/search.ts'
import { startup } from './questions/startup.ts'
import { unchanged } from './questions/unchanged.ts'
import { users } from './questions/users.ts'
import { circumstances, printReport, printSeries, printTable, printTargets, reachedBy } from './report.ts'
import type { Answer, Question } from './rounds.ts'

/** In this order: later questions use the repositories that earlier ones leave. */
const QUESTIONS: readonly Question[] = [
  first,
  mirrors,
  unchanged,
  changed,
  check,
  restore,
  prune,
  startup,
  indexMemory,
  search,
  duplicates,
  imports,
  reception,
  users,
  completeness,
]

const args = process.argv.slice(2)
const names = QUESTIONS.map(({ name }) => name)
const options = parseOptions(args, names)
const known = circumstances(['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '))
const started = performance.now()
{
  using bench = new Bench(options, say)
  removeWhenInterrupted(bench)
  await bench.prepare()
  const answers: Answer[] = []
  for (const question of QUESTIONS.filter(({ name }) => options.only.includes(name))) {
    say(`${question.name}:`)
    const answer = await question.ask(bench)
    answers.push(answer)
    if (answer.series.length > 0) say(`\n${printSeries(answer.series)}\n`)
    if (answer.table !== undefined) say(`${printTable(answer.table.head, answer.table.rows)}\n`)
  }
  const reached = reachedBy(answers)
  say(printTargets(reached))
  const report = options.report ?? (options.isWhole ? join(import.meta.dirname, 'RESULTS.md') : undefined)
  if (report !== undefined) {
    writeFileSync(report, printReport(bench, known, answers, performance.now() - started))
    say(`\nreport: ${report}`)
  }
}

function removeWhenInterrupted(bench: Bench): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      bench[Symbol.dispose]()
      process.exit(130)
    })
  }
}

function say(line: string): void {
  console.log(line)
}
