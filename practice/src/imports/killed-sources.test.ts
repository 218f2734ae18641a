/**
 * kill -9 of an import of each kind of source, and of comparing who came with it, again and again until it comes to its end: what is there then is what a run that nothing stopped
 * has made, and a further run finds all of it there. Twenty kills each, on both engines, with COURONNE_CAMPAIGN=1. The seed is printed;
 * `COURONNE_SEED` repeats the moments.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, suite, test } from 'node:test'
import { SeededRandom } from '@couronne/samples'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import pg from 'pg'
import type { Engine } from '#database'
import { readObject } from '#documents'
import { compareDue } from '#duplicates'
import { importDicomFolder } from '#images'
import { verifyJournal } from '#journal'
import { verifyRecord } from '#patients'
import { databaseFor, makeTestPractice, type TestPractice } from '#testing'
import { type AskedImport, importUnderKills, tellingStatements } from './import-under-kills.ts'
import { importFolder } from './index.ts'

const IS_CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const KILLS = IS_CAMPAIGN ? 20 : 1
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const PEOPLE = IS_CAMPAIGN ? 40 : 12
const ACTS_EACH = 4
const VECTORS = join(import.meta.dirname, '../../../tests/vectors')
const SAMPLES = join(import.meta.dirname, '../../../samples/dicom')

const top = mkdtempSync(join(tmpdir(), 'couronne-killed-sources-'))
after(() => rmSync(top, { recursive: true, force: true }))

type Steps = AskedImport['steps']

/** Each writes what it is about into a folder, and says what imports it. */
const SOURCES: Readonly<Record<string, (folder: string) => Steps | Promise<Steps>>> = {
  FHIR: (folder) => {
    writeFileSync(
      join(folder, 'export.ndjson'),
      resources()
        .map((each) => `${JSON.stringify(each)}\n`)
        .join(''),
    )
    for (const name of ['dossier-p1.json', 'dossier-p3.json']) cpSync(join(VECTORS, 'fhir', name), join(folder, name))
    return [{ profile: 'fhir', folder }]
  },
  'a portability archive': (folder) => {
    cpSync(join(VECTORS, 'portability/archive'), folder, { recursive: true })
    return [{ profile: 'xdm', folder }]
  },
  'cards and a diary': (folder) => {
    writeFileSync(join(folder, 'agenda.ics'), aDiary(people()))
    return [...writeCards(folder), { profile: 'icalendar', folder }]
  },
  'a database file': async (folder) => {
    const db = new Sqlite(join(folder, 'cabinet.db'))
    await fill((statement, values = []) => void db.prepare(statement).run(...values))
    db.close()
    const profile = join(folder, 'base.yaml')
    writeFileSync(profile, profileOf({ type: 'sqlite', file: 'cabinet.db' }, TABLES))
    return [{ profile, folder }]
  },
  'a database of PostgreSQL': async (folder) => {
    const address = new URL((await databaseFor('postgresql')) ?? '')
    const client = new pg.Client({ connectionString: address.href })
    await client.connect()
    await fill(async (statement, values = []) => {
      let at = 0
      const numbered = statement.replaceAll('?', () => `$${++at}`).replace('blob', 'bytea')
      await client.query(numbered, [...values])
    })
    await client.end()
    const profile = join(folder, 'base.yaml')
    const { hostname: host, username: user, pathname } = address
    const settings = { type: 'sql', server: 'postgresql', host, port: Number(address.port), user, database: pathname.slice(1) }
    writeFileSync(profile, profileOf(settings, TABLES))
    return [{ profile, folder }]
  },
  'files per patient': (top) => {
    const folder = join(top, 'files')
    for (const { number } of people()) {
      mkdirSync(join(folder, number, 'RADIO'), { recursive: true })
      writeFileSync(join(folder, number, 'RADIO/20260312_panoramique.txt'), `Panoramique ${number}`)
      writeFileSync(join(folder, number, 'ancien.txt'), `Lettre ${number}`)
      cpSync(join(SAMPLES, 'dental/p1_IO_36.dcm'), join(folder, number, 'image.dcm'))
    }
    return [...writeCards(top), { profile: 'files', folder }]
  },
  'images as an import': (folder) => {
    cpSync(SAMPLES, folder, { recursive: true })
    return [
      { profile: 'fhir', folder: join(VECTORS, 'fhir') },
      { profile: 'dicom', folder },
    ]
  },
  'people who come twice, compared': (folder) => {
    const all = people()
    const again = all.map((each, i) => ({ ...each, number: `Q${i + 1}` }))
    return [...writeCards(folder, [...all, ...again]), {}]
  },
  'a folder of images': (folder) => {
    cpSync(SAMPLES, folder, { recursive: true })
    return [{ folder }]
  },
}

/** They take the way of others of this list. */
const ONLY_IN_CAMPAIGN = ['a database of PostgreSQL', 'images as an import']
const engines: readonly Engine[] = IS_CAMPAIGN ? ['sqlite', 'postgresql'] : ['sqlite']
for (const engine of engines)
  suite(`imports under kill -9, ${engine}`, () => {
    for (const [name, write] of Object.entries(SOURCES)) {
      if (ONLY_IN_CAMPAIGN.includes(name) && !IS_CAMPAIGN) continue
      test(name, { timeout: 3_600_000 }, async (context) => {
        context.diagnostic(`COURONNE_SEED=${SEED}`)
        const random = new SeededRandom(`${name} ${SEED}`)
        const folder = join(top, `${engine} ${name}`)
        mkdirSync(folder)
        const steps = await write(folder)
        await using undisturbed = await makeTestPractice(engine)
        let statements = 0
        const practice = tellingStatements(undisturbed.practice, () => void statements++)
        await importAll({ ...undisturbed, practice }, steps)
        await using made = await makeTestPractice(engine)
        const { database } = made
        const asked = { data: dirname(made.practice.folder), steps, ...(database === undefined ? {} : { database }) }
        const kills = await importUnderKills(asked, KILLS, () => ({
          afterStatements: 1 + random.below(Math.max(1, statements >> random.below(3))),
          delayMs: random.below(4),
        }))
        context.diagnostic(`${kills} kills, in what takes ${statements} statements`)
        assert.ok(kills > 0, 'no kill came before the end')
        const contents = await contentsOf(undisturbed)
        assert.ok(contents.rows.length + contents.instances.length > 10, 'it takes something over')
        assert.deepEqual(await contentsOf(made), contents)
        assert.deepEqual(await importAll(made, steps), await importAll(undisturbed, steps))
        await requireSound(made)
      })
    }
  })

async function requireSound({ practice }: TestPractice): Promise<void> {
  assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
  const ids = await practice.db.selectFrom('patient').select('id').limit(20).execute()
  for (const { id } of ids) assert.deepEqual((await verifyRecord(practice.db, practice.id, id)).breaks, [])
}

/** @returns what the report says of each table, as far as it is the same in every practice */
async function importAll({ practice, owner }: Pick<TestPractice, 'practice' | 'owner'>, steps: Steps): Promise<unknown[]> {
  const said: unknown[] = []
  for (const { profile, folder } of steps) {
    if (folder === undefined) {
      said.push((await compareDue(practice)).found)
      continue
    }
    if (profile === undefined) {
      said.push((await importDicomFolder(practice, owner, folder, { isDry: false })).counts)
      continue
    }
    const options = { isDry: false, askPassword: async () => undefined }
    const { tables } = await importFolder(practice, owner, profile, folder, options)
    for (const { rows, added, changed, same, repeated, used, refused } of tables)
      assert.equal(rows, added + changed + same + repeated + used + refused, 'every row is accounted for')
    said.push(tables)
  }
  return said
}

/** What is there, without what differs from practice to practice. */
async function contentsOf({ practice }: TestPractice) {
  const { db, id: practiceId } = practice
  await compareDue(practice) // whoever has come meanwhile, and was compared by a run or not
  const versions = await db
    .selectFrom('record_version')
    .innerJoin('patient', 'patient.id', 'record_version.patient_id')
    .select(['file_number', 'kind', 'version', 'body'])
    .where('record_version.practice_id', '=', practiceId)
    .execute()
  const rows = await db.selectFrom('import_row').select(['table_name', 'key', 'digest']).execute()
  const instances = await db.selectFrom('image_instance').select(['sop_uid', 'sha256', 'flag', 'number']).execute()
  const pairs = await db
    .selectFrom('duplicate_pair as pair')
    .innerJoin('patient as one', 'one.id', 'pair.one_id')
    .innerJoin('patient as other', 'other.id', 'pair.other_id')
    .select(['one.file_number as oneNumber', 'other.file_number as otherNumber', 'score', 'reasons', 'state'])
    .execute()
  const studies = await db
    .selectFrom('image_study')
    .select(['study_uid', 'state', 'reason', 'instance_count', 'size_bytes', 'flagged', 'is_stale'])
    .execute()
  const documents: string[] = []
  for (const { id } of await db.selectFrom('document_object').select('id').execute()) {
    const digest = createHash('sha256')
    for await (const piece of (await readObject(practice, id)).stream) digest.update(piece)
    documents.push(digest.digest('hex'))
  }
  const sorted = (list: readonly object[]) => list.map((each) => JSON.stringify(each).replace(IDS, '#')).toSorted()
  return {
    versions: sorted(versions),
    rows: sorted(rows),
    pairs: sorted(pairs.map(({ oneNumber, otherNumber, ...pair }) => ({ ...pair, of: [oneNumber, otherNumber].toSorted() }))),
    instances: sorted(instances),
    studies: sorted(studies),
    documents: documents.toSorted(),
  }
}

const IDS = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

function people() {
  return Array.from({ length: PEOPLE }, (_, i) => ({
    number: `P${i + 1}`,
    name: `NOM ${i + 1}`,
    bornOn: `1985-0${1 + (i % 9)}-01`,
  }))
}

function resources(): object[] {
  return people().flatMap(({ number, name, bornOn }) => {
    const subject = { reference: `Patient/${number}` }
    const acts = Array.from({ length: ACTS_EACH }, (_, i) => ({
      resourceType: 'Procedure',
      id: `${number}-${i}`,
      status: 'completed',
      code: { text: 'Détartrage' },
      performedDateTime: `2026-03-1${i}`,
      subject,
    }))
    const data = Buffer.from(`Lettre ${number}`).toString('base64')
    const letter = {
      resourceType: 'DocumentReference',
      id: `${number}-letter`,
      status: 'current',
      type: { text: 'Lettre' },
      content: [{ attachment: { contentType: 'text/plain', title: 'lettre.txt', data } }],
      subject,
    }
    const patient = { resourceType: 'Patient', id: number, name: [{ use: 'official', family: name, given: ['Zoé'] }] }
    return [{ ...patient, gender: 'female', birthDate: bornOn }, ...acts, letter]
  })
}

/** Whose the diary and the files are. */
function writeCards(folder: string, all = people()): Steps {
  const profile = join(folder, 'cards.yaml')
  writeFileSync(profile, profileOf({ type: 'vcard', fileNumber: 'X-DOSSIER' }))
  writeFileSync(join(folder, 'patients.vcf'), all.map(aCard).join(''))
  return [{ profile, folder }]
}

function aCard({ number, name, bornOn }: ReturnType<typeof people>[number]): string {
  return `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé ${name}\r\nN:${name};Zoé;;;\r\nBDAY:${bornOn}\r\nX-DOSSIER:${number}\r\nEND:VCARD\r\n`
}

function aDiary(all: ReturnType<typeof people>): string {
  const events = all.map(
    ({ number }, i) =>
      `BEGIN:VEVENT\r\nUID:${number}\r\nDTSTART:20260401T${10 + (i % 8)}1500\r\nDTEND:20260401T${10 + (i % 8)}4500\r\nSUMMARY:Dossier ${number}\r\nEND:VEVENT\r\n`,
  )
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events.join('')}END:VCALENDAR\r\n`
}

const TABLES = [
  { from: 'patients', entity: 'patient', key: 'id', fields: { birthName: 'nom' } },
  { from: 'actes', entity: 'procedure', key: 'id', patient: 'patient', fields: { label: 'libelle' } },
  {
    from: 'lettres',
    entity: 'document',
    key: 'id',
    patient: 'patient',
    fields: { fileName: 'nom', title: 'nom', bytes: 'contenu' },
  },
]

function profileOf(source: object, tables?: readonly object[]): string {
  const title = { fr: 'Un logiciel' }
  return JSON.stringify({
    couronne: 'import-profile',
    name: 'killed',
    title,
    source,
    ...(tables === undefined ? {} : { tables }),
  })
}

async function fill(ask: (statement: string, values?: readonly unknown[]) => void | Promise<void>): Promise<void> {
  await ask('create table patients (id varchar(9), nom varchar(40))')
  await ask('create table actes (id varchar(20), patient varchar(9), libelle varchar(40))')
  await ask('create table lettres (id varchar(20), patient varchar(9), nom varchar(40), contenu blob)')
  for (const { number, name } of people()) {
    await ask('insert into patients values (?, ?)', [number, name])
    for (let i = 0; i < ACTS_EACH; i++)
      await ask('insert into actes values (?, ?, ?)', [`${number}-${i}`, number, `Détartrage ${i}`])
    const letter = Buffer.from(`Lettre ${number}`)
    await ask('insert into lettres values (?, ?, ?, ?)', [`${number}-l`, number, `${number}.txt`, letter])
  }
}
