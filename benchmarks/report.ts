/** The report of a run, as Markdown: `benchmarks/RESULTS.md`. */
import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { borg, restic018 } from '../tests/peers/peers.ts'
import type { Bench } from './bench.ts'
import { median, medianWallMs, type Series } from './measure.ts'
import type { Answer } from './rounds.ts'
import { isReached, MB, printFigure, printWanted, type Reached, TARGETS, type Target, type TargetName } from './targets.ts'
import { versionOf } from './tools.ts'

/** What is known before the first question. */
export interface Circumstances {
  readonly startedAt: Temporal.Instant
  readonly commandLine: string
  /** Processes that wanted a processor in the minute before. */
  readonly loadBefore: number
}

export function circumstances(commandLine: string): Circumstances {
  return { startedAt: Temporal.Now.instant(), commandLine, loadBefore: loadavg()[0] ?? 0 }
}

/** @param tookMs the whole run */
export function printReport(bench: Bench, known: Circumstances, answers: readonly Answer[], tookMs: number): string {
  const sections = [
    '# Results',
    `Written by \`${known.commandLine}\`. What is measured and how: [README.md](README.md).`,
    printSurroundings(bench, known, tookMs),
    '## Targets',
    printTargets(reachedBy(answers)),
    ...answers.flatMap((answer) => [
      `## ${answer.title}`,
      ...(answer.series.length === 0 ? [] : [printSeries(answer.series)]),
      ...(answer.table === undefined ? [] : [printTable(answer.table.head, answer.table.rows)]),
      answer.notes.map((note) => `- ${note}`).join('\n'),
    ]),
  ]
  return `${sections.join('\n\n')}\n`
}

/** The figures of all answers, and the peak over all of them. */
export function reachedBy(answers: readonly Answer[]): Reached {
  // The index of a repository of many terabytes has a target of its own; searching is no verb.
  const onData = answers.filter(({ reached }) => !('index' in reached) && !('search' in reached))
  const ours = onData.flatMap(({ series }) => series.filter(({ candidate }) => candidate.startsWith('couronne')))
  const peaks = ours.flatMap(({ samples }) => samples.map(({ peakBytes }) => peakBytes / MB))
  return { ...Object.assign({}, ...answers.map(({ reached }) => reached)), ...(peaks.length > 0 && { peak: Math.max(...peaks) }) }
}

export function printTargets(reached: Reached): string {
  const rows = (Object.entries(TARGETS) as [TargetName, Target][]).map(([name, target]) => {
    const figure = reached[name]
    const verdict =
      figure === undefined ? ['not measured', ''] : [printFigure(target, figure), isReached(target, figure) ? 'yes' : '**no**']
    return [target.what, printWanted(target), ...verdict]
  })
  return printTable(['target', 'wanted', 'measured', 'reached'], rows)
}

/** Ratios say how many times as fast as the first row a row is: above 1 it is faster. */
export function printSeries(series: readonly Series[]): string {
  const [reference] = series
  const rows = series.map((each) => {
    const { candidate, samples } = each
    const walls = samples.map(({ wallMs }) => wallMs)
    return [
      candidate,
      seconds(medianWallMs(each)),
      seconds(Math.min(...walls)),
      seconds(Math.max(...walls)),
      ratio(medianWallMs(reference!), medianWallMs(each)),
      ratio(minimumWallMs(reference!), minimumWallMs(each)),
      seconds(median(samples.map(({ cpuMs }) => cpuMs))),
      (Math.max(...samples.map(({ peakBytes }) => peakBytes)) / MB).toFixed(0),
      String(samples.length),
    ]
  })
  return printTable(
    ['', 'median, s', 'minimum, s', 'maximum, s', 'times as fast, medians', '… minima', 'CPU, s', 'peak, MB', 'runs'],
    rows,
  )
}

function printSurroundings(bench: Bench, { startedAt, loadBefore }: Circumstances, tookMs: number): string {
  const { n, r, p } = bench.scrypt
  const { files, bytes } = bench.data
  const rows = [
    ['date', startedAt.toString({ smallestUnit: 'minute' })],
    [
      'machine',
      `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB of memory, ${fileSystemOf(bench.folder)}`,
    ],
    ['system', `${process.platform} ${release()}, Node ${process.version}`],
    ['Couronne', ownVersion()],
    [
      'others',
      `${versionOf(restic018(), 'version').split(' compiled')[0]}; ${versionOf(borg(), '--version')}, repokey, ${bench.tools.borg.name.slice(5)} unless said otherwise`,
    ],
    ['data', `${files.toLocaleString('en')} files, ${bytes.toLocaleString('en')} bytes`],
    [
      'key',
      `scrypt N = ${n}, r = ${r}, p = ${p}, as stock restic chose when it made the repository; ours is a copy, with the same key file`,
    ],
    [
      'load',
      `${loadBefore.toFixed(2)} processes in the minute before${loadBefore > BUSY_FROM ? ': **the machine was busy, and the figures mean little**' : ''}`,
    ],
    ['took', `${(tookMs / 60_000).toFixed(1)} minutes`],
  ]
  return printTable(['', ''], rows)
}

const BUSY_FROM = 0.7

function ownVersion(): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['--no-optional-locks', ...args], { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('log', '-1', '--format=%h')}${changed ? ' with changes that are not committed' : ''}`
  } catch {
    return 'without its history'
  }
}

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs (memory)',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
}

function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder)
  return FILE_SYSTEMS[type] ?? `file system ${type.toString(16)}`
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function minimumWallMs({ samples }: Series): number {
  return Math.min(...samples.map(({ wallMs }) => wallMs))
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2)
}

function ratio(reference: number, candidate: number): string {
  return `${(reference / candidate).toFixed(2)}×`
}
