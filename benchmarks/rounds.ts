/** Asking candidates the same thing in turn, so that what else the machine does meets them all alike. */
import type { Bench } from './bench.ts'
import { medianWallMs, type Sample, type Series } from './measure.ts'
import { MB, type Reached } from './targets.ts'

/** One who takes part in a question. */
export interface Candidate {
  readonly name: string
  /** Does what is not measured and gives what is. */
  readonly run: (round: number) => Promise<Sample>
}

/** What a question found out. */
export interface Answer {
  readonly title: string
  /** The first one is what the others are compared with. */
  readonly series: readonly Series[]
  /** Figures of another kind, printed after the series. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  readonly reached: Reached
  /** What a reader must know to read the figures right; Markdown. */
  readonly notes: readonly string[]
}

export interface Question {
  readonly name: string
  ask(bench: Bench): Promise<Answer>
}

/** Each candidate once a round; every second round in the opposite order. */
export async function inRounds(bench: Bench, candidates: readonly Candidate[], rounds = bench.options.rounds): Promise<Series[]> {
  const samples = candidates.map((): Sample[] => [])
  for (let round = 0; round < rounds; round++) {
    const order = candidates.map((_, place) => (round % 2 === 0 ? place : candidates.length - 1 - place))
    for (const place of order) {
      const { name, run } = candidates[place]!
      const sample = await run(round)
      samples[place]!.push(sample)
      bench.say(`  ${`${round + 1}`.padStart(2)}  ${name.padEnd(38)} ${printSample(sample)}`)
    }
  }
  return candidates.map(({ name }, place) => ({ candidate: name, samples: samples[place]! }))
}

/** The series of a candidate. @throws when there is none */
export function seriesOf(series: readonly Series[], candidate: string): Series {
  const found = series.find((each) => each.candidate === candidate)
  if (found === undefined) throw new Error(`no candidate is called ${candidate}`)
  return found
}

/** How many times as fast `candidate` is as `reference`, by medians. */
export function timesAsFast(series: readonly Series[], reference: string, candidate: string): number {
  return medianWallMs(seriesOf(series, reference)) / medianWallMs(seriesOf(series, candidate))
}

function printSample({ wallMs, cpuMs, peakBytes }: Sample): string {
  const [wall, cpu, peak] = [(wallMs / 1000).toFixed(2), (cpuMs / 1000).toFixed(2), (peakBytes / MB).toFixed(0)]
  return `${wall.padStart(7)} s  ${cpu.padStart(7)} s CPU  ${peak.padStart(5)} MB`
}
