/**
 * Fills a practice with a crowd, searches it, and prints what that took, as JSON. For the question `search`.
 *
 *     node benchmarks/search-process.ts sqlite|postgresql PATIENTS FOLDER
 */
import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { findPatients, Installation, indexPatients, type PatientWords, parseQuery, sortNameOf } from '@couronne/practice'
import { type CrowdMember, inventCrowd, SeededRandom } from '@couronne/samples'
import { run } from '../tests/peers/peers.ts'
import { startPostgresql } from '../tests/peers/postgresql.ts'
import { questionsAbout } from './search-questions.ts'

export interface SearchFigures {
  readonly patients: number
  /** making the practice's patients and their words */
  readonly fillMs: number
  readonly fillCpuMs: number
  /** largest resident set of the process */
  readonly peakBytes: number
  /** of the words alone, without the patients themselves; the processor's time, for the machine may be busy */
  readonly indexCpuMs: number
  readonly kinds: readonly SearchKindFigures[]
}

/** Of one kind of question, or of all. */
export interface SearchKindFigures {
  readonly kind: string
  readonly asked: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** processor time of this process: without PostgreSQL's own */
  readonly cpuP99Ms: number
}

type OpenPractice = Awaited<ReturnType<Installation['createPractice']>>['practice']

const SEED = 'search'
const BATCH = 10_000
const LIMIT = 20
const QUESTIONS_A_KIND = 200

if (import.meta.main) {
  const [engine, patients, folder = ''] = process.argv.slice(2)
  const server = engine === 'postgresql' ? await startPostgresql() : undefined
  try {
    const database = await server?.makeDatabase()
    await using installation = await Installation.start({
      folder: join(folder, 'data'),
      keyFolder: join(folder, 'keys'),
      now: () => Temporal.Now.instant(),
      env: {},
      ...(database === undefined ? {} : { database }),
    })
    const owner = { login: 'camille', displayName: 'Dr Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' } as const
    const { practice } = await installation.createPractice({ name: 'Cabinet d’exemple', facts: {}, owner })
    const filled = await fill(practice, Number(patients))
    // As PostgreSQL does by itself within minutes of such a change.
    if (database !== undefined) await run('psql', ['-q', '-d', database, '-c', 'vacuum analyze'])
    console.log(JSON.stringify({ ...filled, kinds: await ask(practice, Number(patients)) } satisfies SearchFigures))
  } finally {
    await server?.stop()
  }
}

async function fill(practice: OpenPractice, count: number): Promise<Omit<SearchFigures, 'kinds'>> {
  const started = performance.now()
  const before = process.cpuUsage()
  let indexCpuMs = 0
  let batch: NewPatient[] = []
  for (const member of inventCrowd(new SeededRandom(SEED), count)) {
    batch.push({ member, words: wordsOf(member) })
    if (batch.length < BATCH && member.number < count) continue
    indexCpuMs += await addPatients(practice, batch)
    batch = []
  }
  const fillMs = performance.now() - started
  return { patients: count, fillMs, fillCpuMs: cpuMs(before), indexCpuMs, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

interface NewPatient {
  readonly member: CrowdMember
  readonly words: PatientWords
}

async function addPatients(practice: OpenPractice, patients: readonly NewPatient[]): Promise<number> {
  return practice.db.transaction().execute(async (tx) => {
    for (let done = 0; done < patients.length; done += 500)
      await tx
        .insertInto('patient')
        .values(patients.slice(done, done + 500).map((patient) => rowOf(practice.id, patient)))
        .execute()
    const before = process.cpuUsage()
    await indexPatients(
      tx,
      practice.id,
      patients.map(({ words }) => words),
    )
    return cpuMs(before)
  })
}

/** Asks each question once, kinds by turns, after a warm-up of one in ten. */
export async function ask(practice: OpenPractice, count: number): Promise<SearchKindFigures[]> {
  const questions = questionsAbout(inventCrowd(new SeededRandom(SEED), count), QUESTIONS_A_KIND)
  const samples: { kind: string; wallMs: number; cpuMs: number }[] = []
  for (const { text } of questions.filter((_, i) => i % 10 === 0)) await search(practice, text)
  for (const { kind, text } of questions) {
    const before = process.cpuUsage()
    const started = performance.now()
    await search(practice, text)
    samples.push({ kind, wallMs: performance.now() - started, cpuMs: cpuMs(before) })
  }
  const kinds = Map.groupBy(samples, ({ kind }) => kind)
  return [...kinds, ['all of them', samples] as const].map(([kind, of]) => {
    const walls = of.map(({ wallMs }) => wallMs)
    const figures = { p50Ms: percentile(walls, 0.5), p99Ms: percentile(walls, 0.99), maxMs: Math.max(...walls) }
    return {
      kind,
      asked: of.length,
      ...figures,
      cpuP99Ms: percentile(
        of.map((each) => each.cpuMs),
        0.99,
      ),
    }
  })
}

async function search(practice: OpenPractice, text: string): Promise<void> {
  await findPatients(practice.db, practice.id, parseQuery(text), { limit: LIMIT })
}

/** The least value that so large a share of the values does not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function wordsOf(member: CrowdMember): PatientWords {
  return { ...member, id: randomUUIDv7(), sortName: sortNameOf(member), fileNumber: String(member.number).padStart(6, '0') }
}

function rowOf(practiceId: string, { member, words }: NewPatient) {
  const at = '2026-01-05T08:00:00.000Z'
  return {
    id: words.id,
    practice_id: practiceId,
    file_number: words.fileNumber,
    identity_id: words.id,
    birth_name: member.birthName,
    used_name: member.usedName ?? null,
    given_names: member.givenNames.join(' '),
    used_given_name: null,
    sex: member.sex,
    born_on: member.bornOn,
    died_on: null,
    ins: member.ins ?? null,
    telephone: member.telephones[0] ?? null,
    sort_name: words.sortName,
    created_at: at,
    changed_at: at,
  }
}
