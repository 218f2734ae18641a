/** Fifty people at once for five minutes (`--people`, `--seconds`), on both engines: how long each waits, and whether anything goes wrong. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import type { Bench } from '../bench.ts'
import type { BenchOptions } from '../options.ts'
import type { Answer, Question } from '../rounds.ts'
import type { ServerReady, ServerUsed } from '../users-server.ts'

export const users: Question = { name: 'users', ask }

const ENGINES = [
  { engine: 'sqlite', candidate: 'embedded (SQLCipher)' },
  { engine: 'postgresql', candidate: 'PostgreSQL' },
] as const
const PATIENTS_MAX = 3_000
/** Between two actions of one person: faster than anybody works. */
const PAUSE_MS = { least: 200, most: 1_800 }
const ROLES = ['owner', 'practitioner', 'assistant']

interface Outcome {
  readonly used: ServerUsed
  readonly seconds: number
  readonly waits: ReadonlyMap<string, readonly number[]>
  readonly errors: readonly string[]
}

async function ask(bench: Bench): Promise<Answer> {
  const patients = Math.min(PATIENTS_MAX, bench.options.patients)
  const outcomes: Outcome[] = []
  for (const { engine, candidate } of ENGINES) {
    const outcome = await withUsers([engine, String(patients), bench.newFolder(`users-${engine}`)], bench.options)
    const all = [...outcome.waits.values()].flat()
    bench.say(
      `      ${candidate}: ${all.length} requests, p99 ${quantile(all, 0.99).toFixed(1)} ms, ${outcome.errors.length} errors`,
    )
    outcomes.push(outcome)
  }
  const [embedded] = outcomes as [Outcome, Outcome]
  const kinds = [...embedded.waits.keys()]
  const wrong = outcomes.flatMap(({ errors }) => errors)
  if (wrong.length > 0) throw new Error(`something went wrong for somebody: ${wrong.slice(0, 5).join('; ')}`)
  return {
    title: `${bench.options.people} people at once for ${bench.options.seconds} seconds`,
    series: ENGINES.map(({ candidate }, i) => {
      const { used, seconds } = outcomes[i]!
      return { candidate, samples: [{ wallMs: seconds * 1000, cpuMs: used.cpuMs, peakBytes: used.peakBytes }] }
    }),
    table: {
      head: ['milliseconds', ...ENGINES.flatMap(() => ['asked', 'p50', 'p99', 'max'])],
      rows: [...kinds, 'all'].map((kind) => [kind, ...outcomes.flatMap((outcome) => cells(outcome, kind))]),
    },
    reached: { users: quantile([...embedded.waits.values()].flat(), 0.99) },
    notes: [
      `The sample practice of ${patients.toLocaleString('en')} patients; each person waits ${PAUSE_MS.least} to ${PAUSE_MS.most} ms between two actions: search, open a record with its timeline, look at the teeth, the week’s appointments, write a note. Every look is written to the journal, and on the disk before it is answered.`,
      'The second table: embedded on the left, PostgreSQL on the right. No answer was an error. The people are played by one process on the same two cores.',
    ],
  }
}

/** @param asked engine, patients, folder */
async function withUsers(asked: readonly string[], { people: count, seconds }: BenchOptions): Promise<Outcome> {
  const script = join(import.meta.dirname, '..', 'users-server.ts')
  const args = ['--disable-warning=ExperimentalWarning', script, ...asked]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async () => JSON.parse((await lines.next()).value as string) as unknown
  try {
    const ready = (await nextLine()) as ServerReady
    const waits = new Map<string, number[]>()
    const errors: string[] = []
    const people: Person[] = []
    for (let number = 0; number < count; number++) people.push(await signIn(ready, number))
    const start = performance.now()
    const endMs = start + seconds * 1000
    await Promise.all(people.map((person) => beSomebody(ready.address, person, { endMs, waits, errors })))
    const tookSeconds = (performance.now() - start) / 1000
    child.stdin.end()
    const used = (await nextLine()) as ServerUsed
    await once(child, 'exit')
    return { used, seconds: tookSeconds, waits, errors }
  } finally {
    child.kill('SIGKILL')
  }
}

interface Round {
  readonly endMs: number
  readonly waits: Map<string, number[]>
  readonly errors: string[]
}

interface Person {
  readonly number: number
  readonly cookie: string
  readonly mayCare: boolean
}

/** One after the other, as a practice comes in: each sign-in is meant to take a fifth of a second of a whole core. */
async function signIn({ address, accounts }: ServerReady, number: number): Promise<Person> {
  const account = accounts.find(({ role }) => role === ROLES[number % ROLES.length])
  const reply = await fetch(`${address}/api/sign-in/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ login: account?.login, password: account?.password }),
  })
  if (!reply.ok) throw new Error(`person ${number} cannot sign in: ${reply.status} ${await reply.text()}`)
  const cookie = reply.headers.getSetCookie().map((each) => each.split(';')[0])
  return { number, cookie: cookie.join('; '), mayCare: account?.role !== 'assistant' }
}

/** Works until the end. */
async function beSomebody(address: string, { number, cookie, mayCare }: Person, { endMs, waits, errors }: Round): Promise<void> {
  const random = new SeededRandom(`user ${number}`)
  const call = async (kind: string, path: string, body?: object): Promise<unknown> => {
    const startMs = performance.now()
    const reply = await fetch(`${address}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await reply.json()
    noteWait(waits, kind, performance.now() - startMs)
    if (!reply.ok) errors.push(`${kind}: ${reply.status} ${JSON.stringify(answer).slice(0, 200)}`)
    return answer
  }
  const { patients } = (await call('list', '/api/patients?limit=200')) as { patients: { id: string; birthName: string }[] }
  while (performance.now() < endMs) {
    const patient = random.pick(patients)
    const action = random.below(10)
    if (action < 3)
      await call('search', `/api/patients?query=${encodeURIComponent(patient.birthName.slice(0, random.between(2, 8)))}`)
    else if (action < 6) {
      await call('open a record', `/api/patients/${patient.id}`)
      await call('timeline', `/api/patients/${patient.id}/timeline`)
    } else if (action < 7 && mayCare) await call('teeth', `/api/patients/${patient.id}/chart`)
    else if (action < 9) await call('appointments', `/api/appointments?${weekOf(Temporal.Now.plainDateISO())}`)
    else {
      const body = mayCare
        ? { kind: 'observation', body: { category: 'note', on: '2026-03-02', text: 'Contrôle dans 6 mois.', teeth: [] } }
        : { kind: 'alert', body: { category: 'allergy', state: 'absent' } }
      await call('write', `/api/patients/${patient.id}/entries`, body)
    }
    await setTimeout(random.between(PAUSE_MS.least, PAUSE_MS.most))
  }
}

function noteWait(waits: Map<string, number[]>, kind: string, ms: number): void {
  const list = waits.get(kind)
  if (list === undefined) waits.set(kind, [ms])
  else list.push(ms)
}

function weekOf(today: Temporal.PlainDate): string {
  return `from=${today}&to=${today.add({ days: 6 })}`
}

function cells({ waits }: Outcome, kind: string): string[] {
  const ms = kind === 'all' ? [...waits.values()].flat() : (waits.get(kind) ?? [])
  return [String(ms.length), ...[0.5, 0.99, 1].map((share) => quantile(ms, share).toFixed(1))]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
