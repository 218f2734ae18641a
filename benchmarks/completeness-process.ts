/**
 * Fills a practice with records and judges them: all from their entries, all again from facts that are kept, and after a day's changes. Prints
 * what that took, as JSON. For the question `completeness`.
 *
 *     node benchmarks/completeness-process.ts sqlite|postgresql RECORDS FOLDER
 */
import { join } from 'node:path'
import { Installation, importEntries, refreshAll } from '@couronne/practice'
import { SeededRandom } from '@couronne/samples'
import { run } from '../tests/peers/peers.ts'
import { startPostgresql } from '../tests/peers/postgresql.ts'
import { inventRecords } from './completeness-records.ts'

/** Of one way of judging all records. */
export interface JudgingFigures {
  readonly wallMs: number
  /** of this process: without PostgreSQL's own */
  readonly cpuMs: number
  readonly judged: number
  readonly written: number
}

export interface CompletenessFigures {
  readonly records: number
  readonly entries: number
  readonly findings: number
  /** from the entries, nothing kept yet: once, after an import */
  readonly first: JudgingFigures
  /** all of them again from the facts that are kept: when rules or the chosen day change */
  readonly again: JudgingFigures
  /** nothing has changed: each night */
  readonly unchanged: JudgingFigures
  /** one record in a hundred has */
  readonly changed: JudgingFigures
  /** largest resident set of the process, which filled the practice too */
  readonly peakBytes: number
}

type OpenPractice = Awaited<ReturnType<Installation['createPractice']>>['practice']

if (import.meta.main) {
  const [engine, records, folder = ''] = process.argv.slice(2)
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
    const entries = await fill(practice, Number(records))
    // As PostgreSQL does by itself within minutes of such a change.
    if (database !== undefined) await run('psql', ['-q', '-d', database, '-c', 'vacuum analyze'])
    console.log(JSON.stringify(await measureAll(practice, Number(records), entries)))
  } finally {
    await server?.stop()
  }
}

async function fill(practice: OpenPractice, records: number): Promise<number> {
  const { id } = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()
  const actor = { accountId: id, role: 'owner', address: 'benchmark' } as const
  const random = new SeededRandom('completeness')
  const { entries } = await importEntries(practice, actor, inventRecords(random, records, await addPractitioners(practice)))
  return entries
}

async function addPractitioners(practice: OpenPractice): Promise<readonly string[]> {
  const ids = ['martin', 'durand', 'leroy']
  await practice.db
    .insertInto('practitioner')
    .values(
      ids.map((id) => ({
        id,
        practice_id: practice.id,
        family_name: id,
        given_name: 'Claude',
        rpps: null,
        created_at: '2026-01-05T08:00:00.000Z',
      })),
    )
    .execute()
  return ids
}

async function measureAll(practice: OpenPractice, records: number, entries: number): Promise<CompletenessFigures> {
  const first = await measure(() => refreshAll(practice))
  const again = await measure(() => refreshAll(practice, { isAgain: true }))
  const unchanged = await measure(() => refreshAll(practice))
  await changeSome(practice, Math.ceil(records / 100))
  const changed = await measure(() => refreshAll(practice))
  const { count } = await practice.db
    .selectFrom('completeness_finding')
    .select((row) => row.fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow()
  const peakBytes = process.resourceUsage().maxRSS * 1024
  return { records, entries, findings: Number(count), first, again, unchanged, changed, peakBytes }
}

async function measure(judge: () => ReturnType<typeof refreshAll>): Promise<JudgingFigures> {
  const started = performance.now()
  const before = process.cpuUsage()
  const { judged, written } = await judge()
  const { user, system } = process.cpuUsage(before)
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000, judged, written }
}

/** A note in each of some records, as a day's work leaves them. */
async function changeSome(practice: OpenPractice, count: number): Promise<void> {
  const account = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()
  const patients = await practice.db.selectFrom('patient').select('id').limit(count).execute()
  const on = Temporal.Now.plainDateISO().toString()
  const entries = patients.map(({ id }) => ({
    patientId: id,
    kind: 'observation' as const,
    body: { category: 'note' as const, on, text: 'Revoir dans six mois.', teeth: [] },
  }))
  const actor = { accountId: account.id, role: 'owner', address: 'benchmark' } as const
  await importEntries(practice, actor, [{ source: 'benchmark', patients: [], entries }])
}
