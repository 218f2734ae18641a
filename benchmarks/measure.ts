/**
 * One run of a program, measured: wall time by our clock, processor time and largest resident memory by GNU time, which starts the program
 * itself (a program forked off Node would bear Node's memory as its own).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gnuTime } from '../tests/peers/peers.ts'

/** No step of any benchmark may take longer; at 2 GiB the slowest takes about a minute. */
export const STEP_TIMEOUT_MS = 10 * 60_000
const OUTPUT_CHARACTERS_KEPT = 4000

/** A program and what it is to be run with. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** added to the present environment */
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** What one run took. */
export interface Sample {
  readonly wallMs: number
  /** user and system time of the program and all its threads */
  readonly cpuMs: number
  /** largest resident set; of the largest process, if there were several */
  readonly peakBytes: number
}

/** The samples of one candidate, in the order of the rounds. */
export interface Series {
  readonly candidate: string
  readonly samples: readonly Sample[]
}

/**
 * Runs a program to its end. Everything written before is on the disk when it starts.
 *
 * @throws when it does not end with exit code 0 within {@link STEP_TIMEOUT_MS}; the message has the end of what it printed
 */
export async function measure(command: Command): Promise<Sample> {
  flushDisks()
  const figures = join(tmpdir(), `couronne-bench-time-${process.pid}`)
  const { program, args, env, cwd } = command
  const started = performance.now()
  const child = spawn(gnuTime(), ['--quiet', '-f', '%U %S %M', '-o', figures, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const output = keepEnd(child)
  const timer = setTimeout(() => killChildrenOf(child), STEP_TIMEOUT_MS)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    const wallMs = performance.now() - started
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')}: ended with ${code ?? 'a signal'}\n${output()}`)
    const [user = 0, system = 0, peakKib = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number)
    return { wallMs, cpuMs: (user + system) * 1000, peakBytes: peakKib * 1024 }
  } finally {
    clearTimeout(timer)
    rmSync(figures, { force: true })
  }
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export function medianWallMs({ samples }: Series): number {
  return median(samples.map(({ wallMs }) => wallMs))
}

function flushDisks(): void {
  const { status } = spawnSync('sync', { stdio: 'ignore', timeout: STEP_TIMEOUT_MS })
  if (status !== 0) throw new Error('sync: could not flush the disks')
}

function keepEnd({ stdout, stderr }: ChildProcess): () => string {
  let end = ''
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      end = (end + text).slice(-OUTPUT_CHARACTERS_KEPT)
    })
  }
  return () => end.trim()
}

/** GNU time then ends by itself. */
function killChildrenOf({ pid }: ChildProcess): void {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/)
    for (const child of children.filter((text) => text !== '')) process.kill(Number(child), 'SIGKILL')
  } catch {
    // It has ended by itself in this very moment.
  }
}
