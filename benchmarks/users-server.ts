/**
 * The application with the sample practice, for the question `users`: prints its address and accounts, runs until its input ends, then prints
 * what it has used.
 *
 *     node benchmarks/users-server.ts sqlite|postgresql PATIENTS FOLDER
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { fillSamplePractice, SAMPLE_OWNER, startApp } from '@couronne/practice'
import { inventRecords, SeededRandom } from '@couronne/samples'
import { startPostgresql } from '../tests/peers/postgresql.ts'

/** What it prints at its start. */
export interface ServerReady {
  readonly address: string
  readonly accounts: readonly { readonly role: string; readonly login: string; readonly password: string }[]
}

/** What it prints at its end. */
export interface ServerUsed {
  readonly cpuMs: number
  readonly peakBytes: number
}

const [engine, patients, folder = ''] = process.argv.slice(2)
// Durable, as in a practice: the embedded database is, too.
await using server = engine === 'postgresql' ? await startPostgresql({ isDurable: true }) : undefined
const database = await server?.makeDatabase()
await using app = await startApp({
  folder: join(folder, 'data'),
  keyFolder: join(folder, 'keys'),
  host: '127.0.0.1',
  port: 0,
  version: 'benchmark',
  env: {},
  ...(database === undefined ? {} : { database }),
})
const { practice } = await app.installation.createPractice({
  name: 'Cabinet d’exemple',
  facts: {},
  owner: { ...SAMPLE_OWNER, language: 'fr' },
})
const random = new SeededRandom('users')
const accounts = await fillSamplePractice(
  practice,
  (options) => inventRecords(random, { ...options, patients: Number(patients) }),
  'fr',
)
const before = process.cpuUsage()
console.log(JSON.stringify({ address: app.address, accounts } satisfies ServerReady))
process.stdin.resume()
await once(process.stdin, 'end')
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies ServerUsed),
)
