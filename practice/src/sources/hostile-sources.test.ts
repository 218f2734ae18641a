/**
 * Sources that are broken or meant to harm: each is read, or refused with an error of ours, in bounded time. The seed is printed when one is
 * not; `COURONNE_SEED` repeats it, `COURONNE_CAMPAIGN=1` tries a hundred times as many.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { PracticeError } from '#errors'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { openSource } from './open-source.ts'
import { parseProfile } from './profile.ts'

const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 20_000 : 200
const RUN_MS_MAX = 30_000
const folder = mkdtempSync(join(tmpdir(), 'couronne-hostile-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** @returns how many were refused */
async function tryDamaged(sound: Uint8Array, read: (bytes: Uint8Array) => Promise<void>): Promise<number> {
  await read(sound)
  let refused = 0
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    try {
      await read(damage(sound, generator(FUZZ_SEED + run)))
    } catch (error) {
      assert.ok(
        error instanceof PracticeError,
        `COURONNE_SEED=${FUZZ_SEED + run}: ${error instanceof Error ? error.stack : error}`,
      )
      refused++
    }
    assert.ok(performance.now() - began < RUN_MS_MAX, `COURONNE_SEED=${FUZZ_SEED + run} takes too long`)
  }
  return refused
}

async function readAll(written: string): Promise<void> {
  await using source = await openSource(folder, parseProfile(written), 2026)
  for (const table of source.tables) if (table.kind !== 'images') for await (const { line } of table.rows()) assert.ok(line > 0)
}

function profileOf(source: object, from: string): string {
  const table = { from, entity: 'patient', key: 'id', fields: { birthName: 'nom', bornOn: 'ne' }, mayBeEmpty: true }
  return JSON.stringify({ couronne: 'import-profile', name: 'x', title: { fr: 'X' }, source, tables: [table] })
}

test('a profile that is damaged is read or refused', async () => {
  const sound = readFileSync(join(import.meta.dirname, 'profiles/csv.yaml'))
  const refused = await tryDamaged(sound, async (bytes) => void parseProfile(new TextDecoder().decode(bytes)))
  assert.ok(refused > RUNS / 10, `${refused} refused`)
})

test('a text file that is damaged is read or refused', async () => {
  const lines = Array.from({ length: 30 }, (_, i) => `${i};"L’Héritier ""${i}""";24/01/1985`)
  const sound = Buffer.from(`id;nom;ne\r\n${lines.join('\r\n')}\r\n`)
  await tryDamaged(sound, async (bytes) => {
    writeFileSync(join(folder, 'x.csv'), bytes)
    await readAll(profileOf({ type: 'csv' }, 'x.csv'))
  })
})

test('a database file that is damaged is read or refused', async () => {
  const file = join(folder, 'x.db')
  const db = new Sqlite(file)
  db.exec(
    'create table t (id integer primary key, nom text, ne text); create index by_nom on t (nom); create view v as select * from t',
  )
  for (let i = 0; i < 200; i++) db.prepare('insert into t values (?, ?, ?)').run(i, `Nom ${i}`.repeat(20), '1985-01-24')
  db.close()
  const refused = await tryDamaged(readFileSync(file), async (bytes) => {
    writeFileSync(file, bytes)
    await readAll(profileOf({ type: 'sqlite', file: 'x.db' }, 'v'))
  })
  assert.ok(refused > RUNS / 10, `${refused} refused`)
})

test('a database whose views never end, or call what they must not, is refused', async () => {
  const file = join(folder, 'hostile.db')
  const db = new Sqlite(file)
  db.exec(`create table t (id integer, nom text, ne text);
    create view itself as select * from itself;
    create view loads as select load_extension('/tmp/x.so') as id, '' as nom, '' as ne;
    create view reads as select readfile('/etc/passwd') as id, '' as nom, '' as ne;
    create virtual table texts using fts5(id, nom, ne)`)
  db.close()
  for (const from of ['itself', 'loads', 'reads', "select writefile('/tmp/x', 'x') as id, '' as nom, '' as ne"])
    await assert.rejects(readAll(profileOf({ type: 'sqlite', file: 'hostile.db' }, from)), { code: 'import-source' }, from)
})
