/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util'
import { BENCH_BYTES_DEFAULT } from './data.ts'

const MIB = 1024 ** 2
const UNITS = { MiB: MIB, GiB: 1024 * MIB } as const
const QUICK = { bytes: 256 * MIB, rounds: 1, blobs: 200_000, patients: 10_000, records: 2_000, people: 6, seconds: 10 } as const
/** Below this the data has not the proportions that it should have. */
const BYTES_MIN = 64 * MIB

export interface BenchOptions {
  readonly totalBytes: number
  readonly rounds: number
  /** Entries of the index that is measured. */
  readonly blobs: number
  /** Patients of the practice that is searched. */
  readonly patients: number
  /** Of the practice whose records are judged. */
  readonly records: number
  /** Of the practice, who work at once. */
  readonly people: number
  /** How long they work. */
  readonly seconds: number
  /** Names of the questions that are asked. */
  readonly only: readonly string[]
  /** Everything is asked at its full size. */
  readonly isWhole: boolean
  /** An existing folder to work in; one of the system's temporary folders when absent. */
  readonly folder: string | undefined
  /** Where the report is written, besides standard output. */
  readonly report: string | undefined
}

/**
 * @param names of all questions
 * @throws {Error} for what cannot be understood
 */
export function parseOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string' },
      rounds: { type: 'string' },
      blobs: { type: 'string' },
      patients: { type: 'string' },
      records: { type: 'string' },
      people: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      folder: { type: 'string' },
      report: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  })
  const defaults = values.quick
    ? QUICK
    : { bytes: BENCH_BYTES_DEFAULT, rounds: 4, blobs: 5_000_000, patients: 200_000, records: 100_000, people: 50, seconds: 300 }
  const only = values.only === undefined ? names : values.only.split(',')
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: expected some of ${names.join(',')}`)
  return {
    totalBytes: values.size === undefined ? defaults.bytes : parseBytes(values.size),
    rounds: values.rounds === undefined ? defaults.rounds : parseCount('--rounds', values.rounds),
    blobs: values.blobs === undefined ? defaults.blobs : parseCount('--blobs', values.blobs),
    patients: values.patients === undefined ? defaults.patients : parseCount('--patients', values.patients),
    records: values.records === undefined ? defaults.records : parseCount('--records', values.records),
    people: values.people === undefined ? defaults.people : parseCount('--people', values.people),
    seconds: values.seconds === undefined ? defaults.seconds : parseCount('--seconds', values.seconds),
    only,
    isWhole: only.length === names.length && !values.quick,
    folder: values.folder,
    report: values.report,
  }
}

function parseBytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(MiB|GiB)$/.exec(text) ?? []
  const bytes = Math.floor(Number(number) * UNITS[unit as keyof typeof UNITS])
  if (!(bytes >= BYTES_MIN)) throw new Error(`--size ${text}: expected 64MiB or more, such as 512MiB or 2GiB`)
  return bytes
}

function parseCount(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} ${text}: expected a number from 1`)
  return Number(text)
}
