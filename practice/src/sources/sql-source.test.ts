import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import pg from 'pg'
import { heldBytes } from '../../../tests/held-bytes.ts'
import { FIREBIRD_PASSWORD, type FirebirdServer, startFirebird } from '../../../tests/peers/firebird.ts'
import { type MariadbServer, startMariadb } from '../../../tests/peers/mariadb.ts'
import { type PostgresqlServer, startPostgresql } from '../../../tests/peers/postgresql.ts'
import { type Certificates, makeCertificates } from '../../../tests/peers/serving.ts'
import { openSource } from './open-source.ts'
import { type Profile, parseProfile } from './profile.ts'
import type { Row } from './row-reader.ts'
import type { ColumnSource } from './source.ts'
import { openSqlSource } from './sql/sql-source.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-sql-source-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function profileOf(source: object, from: string, { key = 'id', name = 'nom' } = {}): Profile {
  return parseProfile(
    JSON.stringify({
      couronne: 'import-profile',
      name: 'database',
      title: { fr: 'Une base' },
      source: { type: 'sql', host: '127.0.0.1', ...source },
      tables: [{ from, entity: 'patient', key, fields: { birthName: name } }],
    }),
  )
}

function open(profile: Profile, password?: string): Promise<ColumnSource> {
  if (profile.source.type !== 'sql') throw new Error('a database is meant')
  return openSqlSource(folder, profile, profile.source, 2026, async () => password)
}

async function rowsOf(profile: Profile, password?: string): Promise<Row[]> {
  await using source = await open(profile, password)
  return (await Array.fromAsync(source.tables[0]!.rows())).map(({ row }) => row)
}

suite('PostgreSQL', () => {
  let server: PostgresqlServer
  let address: URL
  const settings = () => ({ server: 'postgresql', port: server.port, user: 'postgres', database: address.pathname.slice(1) })

  async function query(text: string, at = address): Promise<void> {
    const client = new pg.Client({ connectionString: at.href })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  before(async () => {
    server = await startPostgresql()
    address = new URL(await server.makeDatabase())
    await query(`create table "Les patients" (id bigint, nom text, ne date, vu timestamp, du time, note numeric(30,12), solde float8,
      photo bytea, oui boolean, rien text, sigle char(4), vu_a timestamptz)`)
    await query(`set datestyle = 'SQL, DMY'; insert into "Les patients" values (9007199254740993, 'L’Héritier œ', '1899-12-30',
      '2026-03-29 02:30:00.123456', '23:59', 123456789012345678.123456789012, 0.1, '\\x00ff', true, null, 'ab', '2026-03-12 10:15:00+00')`)
  })
  after(() => server.stop())

  test('every value comes as the server writes it, days by no clock of ours', async () => {
    await query(`alter database "${settings().database}" set timezone = 'Europe/Paris'`)
    assert.deepEqual(await rowsOf(profileOf(settings(), 'Les patients')), [
      {
        id: '9007199254740993',
        nom: 'L’Héritier œ',
        ne: '1899-12-30',
        vu: '2026-03-29 02:30:00.123456',
        du: '23:59:00',
        note: '123456789012345678.123456789012',
        solde: '0.1',
        photo: 'AP8=',
        oui: 't',
        rien: '',
        sigle: 'ab  ',
        vu_a: '2026-03-12 11:15:00+01',
      },
    ])
  })

  test('a query may join; one that writes is refused, and so is what is no query', async () => {
    assert.deepEqual(await rowsOf(profileOf(settings(), 'select 1 as id, nom from "Les patients"')), [
      { id: '1', nom: 'L’Héritier œ' },
    ])
    const wrong = [
      'with gone as (delete from "Les patients" returning *) select id, nom from gone',
      'select 1 as id, nom from "Les patients"; drop table "Les patients"',
      'les_patients',
      'select * from',
    ]
    for (const from of wrong) await assert.rejects(rowsOf(profileOf(settings(), from)), { code: 'import-source' }, from)
    assert.equal((await rowsOf(profileOf(settings(), 'Les patients'))).length, 1)
  })

  test('an error over a value tells its code and not the value', async () => {
    const from = 'select id, cast(nom as integer) as nom from "Les patients"'
    await assert.rejects(rowsOf(profileOf(settings(), from)), (error: Error) => {
      assert.match(error.message, /row 1: the database refuses \(22P02\)/)
      assert.doesNotMatch(`${error.message}${error.cause}`, /Héritier/)
      return true
    })
  })

  test('what is written meanwhile is not seen', async () => {
    await query('create table moving (id int, nom text)')
    await query(`insert into moving values (1, 'A')`)
    await using source = await open(profileOf(settings(), 'moving'))
    await query(`insert into moving values (2, 'B')`)
    assert.equal(source.tables[0]?.rowCount, 1)
    assert.equal((await Array.fromAsync(source.tables[0]!.rows())).length, 1)
  })

  test('a database that knows no character set is read as UTF-8 where it is, as windows-1252 elsewhere', async () => {
    await query(`create database raw template template0 encoding 'SQL_ASCII' locale 'C'`)
    const raw = new URL(address)
    raw.pathname = '/raw'
    await query('create table t (id int, nom text, photo bytea)', raw)
    await query(`set client_encoding = 'SQL_ASCII'; insert into t values (1, E'Ren\\351 \\200', '\\xff')`, raw)
    await query(`insert into t values (2, 'René')`, raw)
    assert.deepEqual(await rowsOf(profileOf({ ...settings(), database: 'raw' }, 'select * from t order by id')), [
      { id: '1', nom: 'René €', photo: '/w==' },
      { id: '2', nom: 'René', photo: '' },
    ])
  })

  test('hundreds of thousands of rows are read in bounded memory, by a reader that is slow', { timeout: 120_000 }, async () => {
    const rows = process.env.COURONNE_CAMPAIGN === '1' ? 5_000_000 : 200_000
    const from = `select n as id, repeat(md5(n::text), 20) as nom from generate_series(1, ${rows}) as n`
    await using source = await open(profileOf(settings(), from))
    const before = heldBytes()
    let most = 0
    let count = 0
    for await (const _ of source.tables[0]!.rows())
      if (++count % 20_000 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 100)) // the server sends on meanwhile, if nobody holds it back
        most = Math.max(most, heldBytes())
      }
    assert.equal(count, rows)
    // All of them are 130 MB of text, and more as strings.
    assert.ok(most - before < 30 * 1024 ** 2, `${Math.round((most - before) / 1024 ** 2)} MiB more`)
  })

  test('without a way to ask for a password no database is read: whom this machine calls is chosen where it stands', async () => {
    await assert.rejects(openSource(folder, profileOf(settings(), 'moving'), 2026), {
      code: 'import-source',
      message: /not read here/,
    })
  })

  test('a server that is not there is named', async () => {
    await assert.rejects(rowsOf(profileOf({ ...settings(), port: 1 }, 'moving')), {
      code: 'import-source',
      message: /postgresql, 127\.0\.0\.1, .* lets us not in/,
    })
  })
})

suite('MariaDB', () => {
  let server: MariadbServer
  let certificates: Certificates
  const settings = { server: 'mysql', user: 'root', database: 'cabinet' }

  before(async () => {
    certificates = await makeCertificates(join(folder, 'tls'))
    server = await startMariadb(certificates)
    await server.makeDatabase(
      'cabinet',
      `create table patients (id bigint unsigned, nom varchar(50), ne date, vu datetime(6), du time, note decimal(30,12), solde double,
         prix float, photo blob, cle varbinary(8), oui bit(1), rien text, an year, memo longtext, genre enum('F','H'), js json)
         default charset utf8mb4;
       insert into patients values (18446744073709551615, 'L’Héritier œ', '0000-00-00', '2026-03-29 02:30:00.123456', '-12:30:00',
         123456789012345678.123456789012, 0.1, 12.1, x'00ff', x'01', b'1', null, 2026, 'é', 'F', '{"a":"é"}');
       create table lettres (id int, nom varchar(50), autre varchar(50)) default charset latin1;
       insert into lettres values (1, 'René €', 'x');`,
    )
    // What old programs do: UTF-8 sent over a connection that was never told so.
    await server.makeDatabase(
      'ancien',
      "create table lettres (id int, nom varchar(50)) default charset latin1; insert into lettres values (1, 'René');",
      'latin1',
    )
    await server.makeDatabase('cyrillique', 'create table lettres (id int, nom varchar(50) character set koi8r);')
    await server.makeDatabase('seul', "create user lecteur identified by 'mot de passe'; grant select on cabinet.* to lecteur;")
  })
  after(() => server.stop())
  const at = (source: object = {}) => ({ ...settings, port: server.port, ...source })

  test('every value comes as the server writes it, also a day that is none', async () => {
    const [row] = await rowsOf(profileOf(at(), 'patients'))
    assert.deepEqual(row, {
      id: '18446744073709551615',
      nom: 'L’Héritier œ',
      ne: '0000-00-00',
      vu: '2026-03-29 02:30:00.123456',
      du: '-12:30:00',
      note: '123456789012345678.123456789012',
      solde: '0.1',
      prix: '12.1',
      photo: 'AP8=',
      cle: 'AQ==',
      oui: 'AQ==',
      rien: '',
      an: '2026',
      memo: 'é',
      genre: 'F',
      js: '{"a":"é"}',
    })
  })

  test('letters of latin1 are read, and so is UTF-8 that a program wrote into latin1', async () => {
    assert.deepEqual(await rowsOf(profileOf(at(), 'lettres')), [{ id: '1', nom: 'René €', autre: 'x' }])
    assert.deepEqual(await rowsOf(profileOf(at({ database: 'ancien' }), 'lettres')), [{ id: '1', nom: 'René' }])
  })

  test('a column in letters of another alphabet is refused, with what to write in the query', async () => {
    await assert.rejects(rowsOf(profileOf(at({ database: 'cyrillique' }), 'lettres')), {
      message: /nom.*convert\(… using utf8mb4\)/,
    })
    const from = 'select id, convert(nom using utf8mb4) as nom from lettres where id = 0 or true'
    assert.deepEqual(await rowsOf(profileOf(at({ database: 'cyrillique' }), from)), [])
  })

  test('a query that writes is refused, and so are two in one', async () => {
    for (const from of [
      'select 1 as id, 2 as nom; drop table patients',
      'select * from patients into outfile "/tmp/x"',
      'patient',
    ])
      await assert.rejects(rowsOf(profileOf(at(), from)), { code: 'import-source' }, from)
    assert.equal((await rowsOf(profileOf(at(), 'patients'))).length, 1)
  })

  test('what is written meanwhile is not seen', async () => {
    await server.makeDatabase('mouvant', "create table t (id int, nom text); insert into t values (1, 'A');")
    await using source = await open(profileOf(at({ database: 'mouvant' }), 't'))
    await server.makeDatabase('autre', "insert into mouvant.t values (2, 'B');")
    assert.equal((await Array.fromAsync(source.tables[0]!.rows())).length, 1)
  })

  test('the server proves who it is: its authority is named by the profile, or it is not spoken to', async () => {
    writeFileSync(join(folder, 'ca.pem'), certificates.authority)
    const good = profileOf(at({ tls: 'verify', authority: 'ca.pem' }), 'lettres')
    assert.equal((await rowsOf(good)).length, 1)
    await assert.rejects(rowsOf(profileOf(at({ tls: 'verify' }), 'lettres')), {
      code: 'import-source',
      message: /lets us not in/,
    })
    assert.equal((await rowsOf(profileOf(at({ tls: 'unverified' }), 'lettres'))).length, 1)
  })

  test('a password that is wrong is refused, and stands in no error', async () => {
    const profile = profileOf(at({ user: 'lecteur' }), 'lettres')
    assert.equal((await rowsOf(profile, 'mot de passe')).length, 1)
    await assert.rejects(rowsOf(profile, 'secret-de-trop'), (error: Error) => {
      assert.match(error.message, /lets us not in: Access denied/)
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}${error.cause}`, /secret-de-trop/)
      return true
    })
  })
})

suite('Firebird', () => {
  let server: FirebirdServer
  let file: string
  const at = (source: object = {}) => ({ server: 'firebird', user: 'SYSDBA', port: server.port, database: file, ...source })
  const read = (from: string, source: object = {}) =>
    rowsOf(profileOf(at(source), from, { key: 'ID', name: 'NOM' }), FIREBIRD_PASSWORD)

  before(async () => {
    server = await startFirebird()
    const statements = `create table PATIENTS (ID bigint, NOM varchar(40), NE date, VU timestamp, DU time, NOTE numeric(18,4), SOLDE double precision,
        PRIX float, PHOTO blob, MEMO blob sub_type text, OUI boolean, RIEN varchar(10), SIGLE char(4), PETIT numeric(4,2));
      commit;
      insert into PATIENTS values (9007199254740993, x'52656EE92080', '1899-12-30', '2026-03-29 02:30:00.250', '23:59', 12345678901234.5678, 0.1,
        12.1, x'00ff', x'6DE96D6F', true, null, 'ab', 28.92);
      commit;
      create table VIDE (ID int, NOM varchar(10));
      commit;\n`
    file = await server.makeDatabase('none.fdb', 'NONE', statements)
  })
  after(() => server.stop())

  test('every value comes as it is written, letters of a database that knows none as windows-1252', async () => {
    assert.deepEqual(await read('PATIENTS'), [
      {
        ID: '9007199254740993',
        NOM: 'René €',
        NE: '1899-12-30',
        VU: '2026-03-29T02:30:00.250',
        DU: '23:59:00',
        NOTE: '12345678901234.5678',
        SOLDE: '0.1',
        PRIX: '12.1',
        PHOTO: 'AP8=',
        MEMO: 'mémo',
        OUI: 'true',
        RIEN: '',
        SIGLE: 'ab  ',
        PETIT: '28.92',
      },
    ])
    assert.deepEqual(await read('VIDE'), [])
  })

  test('letters are read as each column has them', async () => {
    const statements =
      "create table T (ID int, NOM varchar(40), AUTRE varchar(40) character set NONE);\ncommit;\ninsert into T values (1, _UTF8 'L’Héritier œ', x'52656EE9');\ncommit;\n"
    const database = await server.makeDatabase('utf8.fdb', 'UTF8', statements)
    assert.deepEqual(await read('T', { database }), [{ ID: '1', NOM: 'L’Héritier œ', AUTRE: 'René' }])
  })

  test('a query may join; what is no query is refused', async () => {
    assert.deepEqual(await read('select 1 as ID, NOM from PATIENTS'), [{ ID: '1', NOM: 'René €' }])
    for (const from of ['select * from', 'PATIENT', 'with X as (select 1 from RDB$DATABASE) delete from PATIENTS'])
      await assert.rejects(read(from), { code: 'import-source' }, from)
    assert.equal((await read('PATIENTS')).length, 1)
  })

  test('what is written meanwhile is not seen', async () => {
    const profile = profileOf(at(), 'VIDE', { key: 'ID', name: 'NOM' })
    await using source = await open(profile, FIREBIRD_PASSWORD)
    const { attachAsync } = await import('node-firebird')
    const db = await attachAsync({
      host: '127.0.0.1',
      port: server.port,
      database: file,
      user: 'SYSDBA',
      password: FIREBIRD_PASSWORD,
    })
    await db.queryAsync("insert into VIDE values (1, 'A')")
    await db.detachAsync()
    assert.equal((await Array.fromAsync(source.tables[0]!.rows())).length, 0)
  })

  test('a password that is wrong is refused, and stands in no error', async () => {
    await assert.rejects(rowsOf(profileOf(at(), 'VIDE', { key: 'ID', name: 'NOM' }), 'secret-de-trop'), (error: Error) => {
      assert.match(error.message, /lets us not in/)
      assert.doesNotMatch(`${error.stack}${error.cause}`, /secret-de-trop/)
      return true
    })
  })

  test('many rows are read in bounded memory', { timeout: 120_000 }, async () => {
    const ten = (from: string) => `(select first 40 1 as N from ${from})`
    const from = `select row_number() over () as ID, rpad('', 1500, 'x') as NOM from ${ten('RDB$FIELDS')} a, ${ten('RDB$FIELDS')} b, ${ten('RDB$FIELDS')} c`
    const profile = profileOf(at(), from, { key: 'ID', name: 'NOM' })
    await using source = await open(profile, FIREBIRD_PASSWORD)
    const before = heldBytes()
    let most = 0
    let count = 0
    for await (const _ of source.tables[0]!.rows()) if (++count % 10_000 === 0) most = Math.max(most, heldBytes())
    assert.equal(count, 40 ** 3)
    assert.ok(most - before < 30 * 1024 ** 2, `${Math.round((most - before) / 1024 ** 2)} MiB more`)
  })
})
