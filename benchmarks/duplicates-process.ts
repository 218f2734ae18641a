/**
 * Fills a practice with a crowd, of whom some were entered twice, finds these, and prints what that took, as JSON. For the question `duplicates`.
 *
 *     node benchmarks/duplicates-process.ts sqlite|postgresql PATIENTS FOLDER
 */
import { join } from 'node:path'
import { compareDue, Installation } from '@couronne/practice'
import { inventCrowd, SeededRandom } from '@couronne/samples'
import { run } from '../tests/peers/peers.ts'
import { startPostgresql } from '../tests/peers/postgresql.ts'

export interface DuplicatesFigures {
  readonly patients: number
  /** entered twice, under other file numbers, in capitals */
  readonly doubles: number
  readonly found: number
  /** comparing everybody with everybody, once */
  readonly wallMs: number
  readonly cpuMs: number
  /** largest resident set of the process */
  readonly peakBytes: number
  /** comparing one record more, at the median of a hundred */
  readonly oneMs: number
}

type OpenPractice = Awaited<ReturnType<Installation['createPractice']>>['practice']
type Tx = Parameters<Parameters<ReturnType<OpenPractice['db']['transaction']>['execute']>[0]>[0]

const BATCH = 10_000
const ROWS_A_STATEMENT = 500
/** One in so many was entered twice. */
const TWICE_EVERY = 100
const ONE_BY_ONE = 100
const AT = '2026-01-05T08:00:00.000Z'

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
    const doubles = await fill(practice, Number(patients))
    // As PostgreSQL does by itself within minutes of such a change.
    if (database !== undefined) await run('psql', ['-q', '-d', database, '-c', 'vacuum analyze'])
    const before = process.cpuUsage()
    const started = performance.now()
    const { found } = await compareDue(practice)
    const wallMs = performance.now() - started
    if (found < doubles) throw new Error(`${doubles} were entered twice, and ${found} pairs were found`)
    const { user, system } = process.cpuUsage(before)
    const cpuMs = (user + system) / 1000
    const peakBytes = process.resourceUsage().maxRSS * 1024
    const oneMs = await compareOneByOne(practice)
    console.log(
      JSON.stringify({ patients: Number(patients), doubles, found, wallMs, cpuMs, peakBytes, oneMs } satisfies DuplicatesFigures),
    )
  } finally {
    await server?.stop()
  }
}

/** Rows as an import leaves them, without what is not compared: versions' hashes, words, the journal. @returns how many were entered twice */
async function fill(practice: OpenPractice, count: number): Promise<number> {
  let batch: Member[] = []
  let doubles = 0
  for (const { number, sex, telephones, ins, ...names } of inventCrowd(new SeededRandom('duplicates'), count)) {
    const identity = {
      ...names,
      fileNumber: `C${number}`,
      sex: sex === 'F' ? 'female' : 'male',
      telephones: telephones.map((telephone) => ({ number: telephone })),
      ...(ins === undefined ? {} : { ins: { number: ins, kind: 'nir' } }),
    }
    batch.push({ id: `p${number}`, identity })
    if (number % TWICE_EVERY === 0) {
      const { ins: _ins, ...again } = { ...identity, fileNumber: `D${number}`, birthName: identity.birthName.toUpperCase() }
      batch.push({ id: `p${number}-again`, identity: again })
      doubles++
    }
    if (batch.length < BATCH && number < count) continue
    await practice.db.transaction().execute((tx) => addPatients(tx, practice.id, batch))
    batch = []
  }
  return doubles
}

interface Member {
  readonly id: string
  readonly identity: { readonly fileNumber: string; readonly birthName: string; readonly sex: string; readonly bornOn: string }
}

async function addPatients(tx: Tx, practiceId: string, members: readonly Member[]): Promise<void> {
  for (let at = 0; at < members.length; at += ROWS_A_STATEMENT) {
    const some = members.slice(at, at + ROWS_A_STATEMENT)
    await tx
      .insertInto('patient')
      .values(some.map((member) => patientRow(practiceId, member)))
      .execute()
    await tx
      .insertInto('record_entry')
      .values(some.map((member) => entryRow(practiceId, member)))
      .execute()
    await tx
      .insertInto('record_version')
      .values(some.map((member) => versionRow(practiceId, member)))
      .execute()
    await tx
      .insertInto('match_due')
      .values(some.map(({ id }) => ({ practice_id: practiceId, patient_id: id, since: AT })))
      .execute()
  }
}

function patientRow(practiceId: string, { id, identity }: Member) {
  return {
    id,
    practice_id: practiceId,
    file_number: identity.fileNumber,
    identity_id: `${id}-identity`,
    birth_name: identity.birthName,
    used_name: null,
    given_names: '[]',
    used_given_name: null,
    sex: identity.sex,
    born_on: identity.bornOn,
    died_on: null,
    ins: null,
    telephone: null,
    sort_name: identity.birthName,
    created_at: AT,
    changed_at: AT,
  }
}

function entryRow(practiceId: string, { id, identity }: Member) {
  return {
    id: `${id}-identity`,
    practice_id: practiceId,
    patient_id: id,
    kind: 'identity',
    version: 1,
    state: 'current' as const,
    about_on: identity.bornOn,
    practitioner_id: null,
    code: null,
    class: 'administrative' as const,
    only_for: null,
    created_at: AT,
    changed_at: AT,
  }
}

function versionRow(practiceId: string, { id, identity }: Member) {
  return {
    entry_id: `${id}-identity`,
    version: 1,
    practice_id: practiceId,
    patient_id: id,
    kind: 'identity',
    state: 'current' as const,
    body: JSON.stringify(identity),
    body_salt: '',
    body_hash: '',
    recorded_at: AT,
    recorded_by: '',
    reason: null,
    source: 'import:bench crowd',
    previous_hash: '',
    hash: '',
  }
}

async function compareOneByOne(practice: OpenPractice): Promise<number> {
  const times: number[] = []
  for (let i = 1; i <= ONE_BY_ONE; i++) {
    const due = { practice_id: practice.id, patient_id: `p${i}`, since: AT }
    await practice.db.insertInto('match_due').values(due).execute()
    const started = performance.now()
    await compareDue(practice)
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[ONE_BY_ONE / 2] ?? 0
}
