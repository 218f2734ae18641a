/** Documents that stand in a database, as bytes or as base64, or beside it: in the record byte for byte, once, and every one accounted for. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import pg from 'pg'
import { readObject } from '#documents'
import { BLOB_BYTES_MAX, openSource, parseProfile, takeBlob } from '#sources'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { startPostgresql } from '../../../tests/peers/postgresql.ts'
import { runImport } from './run-import.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-blobs-'))
after(() => rmSync(top, { recursive: true, force: true }))

const JPEG = readFileSync(join(import.meta.dirname, '../../../tests/vectors/legacy-export/IMAGES/00000123/20260312_101500.jpg'))
const LARGE = Buffer.alloc(9 * 1024 ** 2, Buffer.from('%PDF-1.4 a scan of many pages\n\u0000\xff'))
const TABLES = `create table patients (id int, nom varchar(40));
  create table pieces (id int, patient int, nom varchar(80), contenu BYTES, texte text, chemin varchar(80));
  insert into patients values (1, 'Dupuy'), (2, 'Lévy');`
const DOCUMENTS = [
  {
    from: 'select * from pieces where contenu is not null or (texte is null and chemin is null)',
    name: 'blobs',
    fields: { bytes: 'contenu' },
  },
  { from: 'select * from pieces where texte is not null', name: 'texts', fields: { bytes: 'texte' } },
  { from: 'select * from pieces where chemin is not null', name: 'files', fields: { path: 'chemin' } },
]

function profileOf(
  source: object,
  tables: readonly { from: string; name: string; fields: object }[] = DOCUMENTS,
  patientsFrom = 'patients',
) {
  const documents = tables.map(({ fields, ...table }) => ({
    ...table,
    entity: 'document',
    key: 'id',
    patient: 'patient',
    fields: { fileName: 'nom', title: 'nom', ...fields },
  }))
  const patients = { from: patientsFrom, entity: 'patient', key: 'id', fields: { birthName: 'nom' } }
  return JSON.stringify({ couronne: 'import-profile', name: 'x', title: { fr: 'X' }, source, tables: [patients, ...documents] })
}

async function importFrom({ practice, owner }: TestPractice, folder: string, yaml: string, isDry = false) {
  const said: string[] = []
  await using source = await openSource(folder, parseProfile(yaml), 2026, async () => undefined)
  const profile = parseProfile(yaml)
  const { tables } = await runImport(
    practice,
    owner,
    { profile, source, yaml },
    {
      isDry,
      onRow: (_, { key, fate, raw, findings }) => {
        said.push(`${key?.replace(/\|.*/, '')} ${fate} ${findings.map(({ code }) => code).join(' ')}`)
        assert.ok(raw.length < 2_000, 'bytes stand in no report of a database')
      },
    },
  )
  return { said, counts: tables.slice(1).map(({ added, same, refused }) => [added, same, refused].join()) }
}

async function documentsOf({ practice }: TestPractice) {
  const rows = await practice.db
    .selectFrom('record_version')
    .select(['body'])
    .where('kind', '=', 'document')
    .orderBy('recorded_at')
    .execute()
  const documents = new Map<string, { bytes: Buffer; mediaType: string }[]>()
  for (const { body } of rows) {
    const { fileName, objectId, mediaType } = JSON.parse(body ?? '') as Record<'fileName' | 'objectId' | 'mediaType', string>
    const opened = await readObject(practice, objectId)
    const bytes = Buffer.concat(await Array.fromAsync(opened.stream))
    documents.set(fileName, [...(documents.get(fileName) ?? []), { bytes, mediaType }])
  }
  return documents
}

/** Statements that fill the tables, on any engine. @param run with `?` for values */
async function fill(run: (statement: string, values: readonly unknown[]) => Promise<unknown> | unknown): Promise<void> {
  const rows: readonly (readonly unknown[])[] = [
    [1, 1, 'radio.jpg', JPEG, null, null],
    [2, 2, 'scan/ancien.pdf', LARGE, null, null],
    [3, 9, 'personne.jpg', JPEG, null, null],
    [4, 1, 'vide.jpg', null, null, null],
    [5, 2, 'texte.jpg', null, `data:image/jpeg;base64,${JPEG.toString('base64').replaceAll(/.{76}/g, '$&\r\n')}`, null],
    [6, 2, 'faux.jpg', null, 'ceci n’est pas du base64', null],
    [7, 1, 'à côté.jpg', null, null, 'docs\\PHOTO.JPG'],
    [8, 1, 'dehors.txt', null, null, '../dehors.txt'],
  ]
  for (const row of rows) await run('insert into pieces values (?, ?, ?, ?, ?, ?)', row)
}

function folderWithFiles(name: string): string {
  const folder = join(top, name)
  mkdirSync(join(folder, 'docs'), { recursive: true })
  writeFileSync(join(folder, 'docs/photo.jpg'), JPEG)
  writeFileSync(join(top, 'dehors.txt'), 'not of this source')
  return folder
}

const SAID = [
  '3 refused patient-unknown',
  '4 refused file-missing',
  '6 refused not-readable file-missing',
  '8 refused file-path-wrong',
]

async function tryAll(
  made: TestPractice,
  folder: string,
  source: object,
  change: () => Promise<unknown> | unknown,
): Promise<void> {
  const yaml = profileOf(source)
  const dry = await importFrom(made, folder, yaml, true)
  assert.deepEqual([dry.said, dry.counts], [SAID, ['2,0,2', '1,0,1', '1,0,1']])
  assert.equal((await documentsOf(made)).size, 0, 'a dry run files nothing')
  const first = await importFrom(made, folder, yaml)
  assert.deepEqual([first.said, first.counts], [dry.said, dry.counts])
  const documents = await documentsOf(made)
  assert.deepEqual([...documents.keys()].toSorted(), ['radio.jpg', 'scan-ancien.pdf', 'texte.jpg', 'à côté.jpg'])
  for (const [name, [document]] of documents) assert.ok(document?.bytes.equals(name.endsWith('pdf') ? LARGE : JPEG), name)
  assert.deepEqual((await importFrom(made, folder, yaml)).counts, ['0,2,2', '0,1,1', '0,1,1'])
  await change()
  assert.deepEqual((await importFrom(made, folder, yaml)).counts, ['1,1,2', '0,1,1', '0,1,1'])
  const radios = (await documentsOf(made)).get('radio.jpg')
  assert.deepEqual(
    radios?.map(({ bytes }) => bytes.length),
    [JPEG.length, JPEG.length + 1],
    'other bytes are another document, and the first stays',
  )
}

onBothEngines('documents of a database file', (engine) => {
  test('bytes, base64 and paths become documents, byte for byte, once', async () => {
    await using made = await makeTestPractice(engine)
    const folder = folderWithFiles(`sqlite-${engine}`)
    const db = new Sqlite(join(folder, 'cabinet.db'))
    db.exec(TABLES.replace('BYTES', 'blob'))
    await fill((statement, values) => db.prepare(statement).run(...values))
    await tryAll(made, folder, { type: 'sqlite', file: 'cabinet.db' }, () => {
      db.prepare('update pieces set contenu = ? where id = 1').run(Buffer.concat([JPEG, Buffer.from([0])]))
    })
    db.close()
  })
})

suite('documents of PostgreSQL', () => {
  test('bytes, base64 and paths become documents, byte for byte, once', async (context) => {
    const server = await startPostgresql()
    context.after(() => server.stop())
    const address = new URL(await server.makeDatabase())
    const client = new pg.Client({ connectionString: address.href })
    await client.connect()
    await client.query(TABLES.replace('BYTES', 'bytea'))
    const ask = (statement: string, values: readonly unknown[]) => {
      let at = 0
      return client.query(
        statement.replaceAll('?', () => `$${++at}`),
        [...values],
      )
    }
    await fill(ask)
    await using made = await makeTestPractice()
    const source = {
      type: 'sql',
      server: 'postgresql',
      host: '127.0.0.1',
      port: Number(address.port),
      database: address.pathname.slice(1),
      user: 'postgres',
    }
    await tryAll(made, folderWithFiles('postgresql'), source, () =>
      ask('update pieces set contenu = ? where id = 1', [Buffer.concat([JPEG, Buffer.from([0])])]),
    )
    await client.end()
  })
})

test('base64 in a text file becomes a document; the row that is refused stands in the report as it was', async () => {
  await using made = await makeTestPractice()
  const folder = join(top, 'csv')
  mkdirSync(folder)
  writeFileSync(join(folder, 'patients.csv'), 'id;nom\n1;Dupuy\n')
  writeFileSync(
    join(folder, 'pieces.csv'),
    `id;patient;nom;texte\n1;1;a.jpg;${JPEG.toString('base64')}\n2;9;b.txt;Ym9uam91cg==\n`,
  )
  const yaml = profileOf({ type: 'csv' }, [{ from: 'pieces.csv', name: 'texts', fields: { bytes: 'texte' } }], 'patients.csv')
  const { said, counts } = await importFrom(made, folder, yaml)
  assert.deepEqual([said, counts], [['2 refused patient-unknown'], ['1,0,1']])
  assert.ok((await documentsOf(made)).get('a.jpg')?.[0]?.bytes.equals(JPEG))
  const left = await made.practice.db.selectFrom('import_left').selectAll().execute()
  assert.ok(JSON.stringify(left).includes('Ym9uam91cg=='))
})

test('what is larger than memory should hold is refused by name', () => {
  assert.deepEqual(takeBlob('c', new Uint8Array(BLOB_BYTES_MAX + 1)).finding, { code: 'line-too-long', column: 'c' })
  assert.equal(takeBlob('c', new Uint8Array(1)).file?.sizeBytes, 1)
})
