/**
 * Stores a small practice in the database's present form, on each engine, for `stored-practices.test.ts`: run by hand when a migration is
 * added, so that the next one has data of the version before. Until the first release the first form may change: then it is made anew.
 *
 *   node practice/src/store-practice.ts
 */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MIGRATIONS } from '#database'
import { Desk, serverOptions } from '#testing'
import { run, runSqlcipher } from '../../tests/peers/peers.ts'
import { startPostgresql } from '../../tests/peers/postgresql.ts'
import { startApp } from './app.ts'

const STORED = join(import.meta.dirname, '../../tests/vectors/practices')

const target = join(STORED, MIGRATIONS.at(-1)?.name ?? '')
rmSync(target, { recursive: true, force: true })
await using postgresql = await startPostgresql()
await storePractice(join(target, 'sqlite'), undefined)
await storePractice(join(target, 'postgresql'), await postgresql.makeDatabase())

async function storePractice(folder: string, database: string | undefined): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-stored-'))
  try {
    const recordsKey = await fillPractice(top, database)
    const records = join(top, 'data', 'practice', 'records.db')
    const dump =
      database === undefined
        ? await runSqlcipher(records, recordsKey, '.dump')
        : await run('pg_dump', ['--no-owner', '--dbname', database])
    // Text is an eighth of the sealed file, and can be read.
    rmSync(records, { force: true })
    cpSync(join(top, 'data', 'practice'), join(folder, 'practice'), { recursive: true })
    // The planner's figures are told anew at each start, and not every program that reads this keeps all of them.
    const kept = dump.stdout.replaceAll(/^(\\(un)?restrict .*|ANALYZE sqlite_schema;|INSERT INTO sqlite_stat.*)\n/gm, '')
    writeFileSync(join(folder, 'records.sql'), kept)
    for (const name of readdirSync(join(top, 'keys'))) renameSync(join(top, 'keys', name), join(folder, 'machine.key'))
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

/** A patient with an alert that was corrected, one that was withdrawn, and a letter. @returns the key of the records */
async function fillPractice(top: string, database: string | undefined): Promise<Uint8Array> {
  await using app = await startApp({
    ...serverOptions(top),
    now: () => Temporal.Instant.from('2026-03-02T08:00:00Z'),
    ...(database === undefined ? {} : { database }),
  })
  const desk = await Desk.setUp(app)
  const patientId = await desk.addPatient('DOSSIER-1')
  const entries = `/api/patients/${patientId}/entries`
  const alert = (label: string) => ({ kind: 'alert', body: { category: 'allergy', state: 'present', label } })
  const { json: kept } = await desk.ask('POST', entries, alert('Pénicilline'))
  await desk.ask('PUT', `${entries}/${kept.id}`, { ...alert('Amoxicilline'), expectedVersion: 1, reason: 'précisée' })
  const { json: withdrawn } = await desk.ask('POST', entries, alert('Latex'))
  await desk.ask('POST', `${entries}/${withdrawn.id}/withdraw`, { expectedVersion: 1, reason: 'autre patient' })
  await desk.file(patientId, Buffer.from('Cher confrère, merci.'), 'lettre.txt')
  return app.installation.practice().master.derive('records')
}
