import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { openSource } from './open-source.ts'
import { type Profile, parseProfile } from './profile.ts'
import type { ColumnRow, ColumnSource } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-sqlite-source-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function profileOf(from: string, key = 'id'): Profile {
  return parseProfile(`
couronne: import-profile
name: database
title: { fr: Une base }
source: { type: sqlite, file: Cabinet.DB }
tables:
  - from: ${JSON.stringify(from)}
    entity: patient
    key: ${key}
    fields: { birthName: nom, bornOn: naissance }
`)
}

before(() => {
  const db = new Sqlite(join(folder, 'cabinet.db'))
  db.exec('create table "Les patients" (id integer primary key, nom text, naissance text, photo blob, solde real)')
  const insert = db.prepare('insert into "Les patients" values (?, ?, ?, ?, ?)')
  insert.run(9_007_199_254_740_993n, 'L’Héritier', '1985-01-24 00:00:00', Buffer.from('photo'), 12.5)
  insert.run(2, 'Dupuy', null, null, null)
  db.exec('create trigger watching after insert on "Les patients" begin select 1; end')
  db.close()
})

async function rowsOf(profile: Profile): Promise<ColumnRow[]> {
  await using source = (await openSource(folder, profile, 2026)) as ColumnSource
  return await Array.fromAsync(source.tables[0]!.rows())
}

test('a table comes as text, whole numbers as they are, bytes as base64, nothing as nothing', async () => {
  const rows = await rowsOf(profileOf('Les patients'))
  assert.deepEqual(
    rows.map(({ row }) => row),
    [
      { id: '2', nom: 'Dupuy', naissance: '', photo: '', solde: '' },
      { id: '9007199254740993', nom: 'L’Héritier', naissance: '1985-01-24 00:00:00', photo: 'cGhvdG8=', solde: '12.5' },
    ],
  )
})

test('a query may join and choose, and its days are told', async () => {
  await using source = (await openSource(
    folder,
    profileOf('select id as numero, nom, naissance from "Les patients" where id > 2', 'numero'),
    2026,
  )) as ColumnSource
  assert.equal(source.tables[0]?.rowCount, 1)
  assert.equal(source.tables[0]?.dayFormats.get('naissance'), 'yyyy-MM-dd')
})

test('a profile cannot write, and what is no table is named', async () => {
  const before = readFileSync(join(folder, 'cabinet.db'))
  for (const from of ['with x as (select 1) delete from "Les patients"', 'Les patient', 'select * from', '"; drop table x; --'])
    await assert.rejects(rowsOf(profileOf(from)), { code: 'import-source' }, from)
  assert.ok(before.equals(readFileSync(join(folder, 'cabinet.db'))))
})

test('what is no database, and a damaged one, are refused in words', async () => {
  const good = readFileSync(join(folder, 'cabinet.db'))
  const file = join(folder, 'cabinet.db')
  for (const bytes of [Buffer.from('NumPat;Nom'), good.subarray(0, 5_000), Buffer.alloc(0), damaged(good)]) {
    writeFileSync(file, bytes)
    await assert.rejects(rowsOf(profileOf('Les patients')), { code: 'import-source' })
  }
  writeFileSync(file, good)
})

function damaged(good: Buffer): Buffer {
  const bytes = Buffer.from(good)
  bytes.fill(0xff, 4_096)
  return bytes
}
