/**
 * A source that changes under an import: between the look at a row and its writing, between a trial and the run, and while a file is read. Each
 * row is told as what it has become, and the next run takes what is there then.
 */
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { verifyJournal } from '#journal'
import { openSource, parseProfile } from '#sources'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import type { LookedAt } from './rows/table-run.ts'
import { type ImportedSource, runImport } from './run-import.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-changing-'))
after(() => rmSync(top, { recursive: true, force: true }))

let folders = 0
const aFolder = () => mkdtempSync(join(top, `${folders++}-`))

function profileOf(source: object, names: readonly string[]) {
  const [patients, acts, letters] = names
  const yaml = JSON.stringify({
    couronne: 'import-profile',
    name: 'changing',
    title: { fr: 'Un logiciel' },
    source,
    tables: [
      { from: patients, entity: 'patient', key: 'Num', fields: { birthName: 'Nom', bornOn: 'Ne' } },
      { from: acts, entity: 'procedure', key: 'Num', patient: 'Pat', fields: { label: 'Libelle' } },
      ...(letters === undefined
        ? []
        : [{ from: letters, entity: 'document', key: 'Num', patient: 'Pat', fields: { path: 'Fichier', title: 'Fichier' } }]),
    ],
  })
  return { profile: parseProfile(yaml), yaml }
}

const CSV = profileOf({ type: 'csv' }, ['patients.csv', 'actes.csv', 'lettres.csv'])
const PATIENTS = 'Num;Nom;Ne\r\n1;LEROY;24/01/1985\r\n2;PETIT;25/02/1986\r\n'
const ACTS = 'Num;Pat;Libelle\r\n1;1;Détartrage\r\n2;2;Couronne\r\n'
const NO_LETTERS = 'Num;Pat;Fichier\r\n'

/** The letter, or image, of a row as it is found, harmed when it is found for the n-th time: first to be looked at, then to be written. */
const HARMS: Readonly<Record<string, { readonly at: 1 | 2; readonly isFirst?: true; readonly harm: (path: string) => void }>> = {
  'gone-while-looked-at': { at: 1, harm: (path) => rmSync(path) },
  'gone-after-the-look': { at: 2, isFirst: true, harm: (path) => rmSync(path) },
  'gone-while-written': { at: 2, harm: (path) => rmSync(path) },
  'cut-while-written': { at: 2, harm: (path) => truncateSync(path, 10) },
  'grown-while-written': { at: 2, harm: (path) => appendFileSync(path, 'more') },
}
const IMAGE = readFileSync(join(import.meta.dirname, '../../../samples/dicom/CT_small.dcm'))

/** Large enough for the way of large images, when that is asked for. */
function anImage(serial: number, moreBytes = 0): Buffer {
  const uid = '1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
  assert.ok(IMAGE.includes(uid))
  const image = Buffer.from(IMAGE.toString('latin1').replaceAll(uid, `${uid.slice(0, -2)}${10 + serial}`), 'latin1')
  return Buffer.concat([image, Buffer.alloc(moreBytes)])
}

function filesOf(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>([['sound.txt', Buffer.from('Lettre')]])
  for (const [i, name] of Object.keys(HARMS).entries()) {
    files.set(`${name}.txt`, Buffer.from(`Lettre ${i}, assez longue`))
    files.set(`${name}.dcm`, anImage(i))
    files.set(`${name}-large.dcm`, anImage(i + 20, 9 * 1024 ** 2))
  }
  return files
}

/** The source, with each file harmed when its time has come. */
function harming(source: ImportedSource['source'], folder: string): ImportedSource['source'] {
  const times = new Map<string, number>()
  const findFile = async (path: string) => {
    const { at, isFirst, harm } = HARMS[path.replace(/(-large)?\.\w+$/, '')] ?? {}
    const time = (times.get(path) ?? 0) + 1
    times.set(path, time)
    if (time === at && isFirst) harm?.(join(folder, path))
    const file = await source.findFile(path)
    if (time === at && !isFirst) harm?.(join(folder, path))
    return file
  }
  return { ...source, findFile }
}

async function run(made: TestPractice, { profile, yaml, source }: ImportedSource, isDry = false) {
  const said: string[] = []
  const onRow = (_: string, { raw, fate, findings }: LookedAt) => {
    said.push(`${raw.split(';').at(-1)} ${fate} ${findings.map(({ code }) => code).join(' ')}`)
  }
  const report = await runImport(
    made.practice,
    made.owner,
    { profile, source, yaml },
    { isDry, onRow, mayBeEmpty: ['lettres.csv'] },
  )
  for (const { rows, added, changed, same, repeated, used, refused } of report.tables)
    assert.equal(rows, added + changed + same + repeated + used + refused, 'every row is accounted for')
  return {
    report,
    said,
    counts: report.tables.map(({ added, changed, same, refused }) => [added, changed, same, refused].join()),
  }
}

onBothEngines('a source that changes under its import', (engine) => {
  test('files that vanish or change between the look and the writing are rows that are told, and the next run takes them', async () => {
    await using made = await makeTestPractice(engine)
    const { db, id } = made.practice
    const folder = aFolder()
    const files = filesOf()
    const names = [...files.keys()]
    writeFileSync(join(folder, 'patients.csv'), PATIENTS)
    writeFileSync(join(folder, 'actes.csv'), ACTS)
    writeFileSync(join(folder, 'lettres.csv'), NO_LETTERS + names.map((name, i) => `${i};1;${name}\r\n`).join(''))
    const layOut = () => {
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes)
    }
    layOut()
    {
      await using source = await openSource(folder, CSV.profile, 2026)
      const { report, said, counts } = await run(made, { ...CSV, source: harming(source, folder) })
      assert.deepEqual(counts, ['2,0,0,0', '2,0,0,0', `1,0,0,${names.length - 1}`])
      const refused = said.filter((each) => each.includes(' refused '))
      assert.deepEqual(refused.filter((each) => each.includes('.txt')).toSorted(), [
        'cut-while-written.txt refused not-readable',
        'gone-after-the-look.txt refused file-missing',
        'gone-while-looked-at.txt refused file-missing',
        'gone-while-written.txt refused file-missing',
        'grown-while-written.txt refused not-readable',
      ])
      assert.equal(refused.length, names.length - 1)
      const left = await db
        .selectFrom('import_left')
        .select('raw')
        .where('run_id', '=', report.runId)
        .where('is_refused', '=', 1)
        .execute()
      assert.deepEqual(
        new Set(left.map(({ raw }) => raw?.split(';').at(-1))),
        new Set(names.slice(1)),
        'each is kept as it stood',
      )
    }
    assert.deepEqual(await db.selectFrom('document_upload').select('id').execute(), [], 'nothing is left half-way')
    assert.equal((await db.selectFrom('image_instance').select('id').execute()).length, 0)
    layOut()
    await using source = await openSource(folder, CSV.profile, 2026)
    assert.deepEqual((await run(made, { ...CSV, source })).counts, ['0,0,2,0', '0,0,2,0', `${names.length - 1},0,1,0`])
    const instances = await db.selectFrom('image_instance').select('sop_uid').execute()
    assert.equal(new Set(instances.map(({ sop_uid }) => sop_uid)).size, 2 * Object.keys(HARMS).length)
    assert.equal(instances.length, 2 * Object.keys(HARMS).length)
    assert.deepEqual((await verifyJournal(db, id)).breaks, [])
  })

  test('a table that changes between the trial and the run: the run does, and says, what is there then', async () => {
    await using made = await makeTestPractice(engine)
    const folder = aFolder()
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    const all = (patients: string, acts: string) => {
      write('patients.csv', patients)
      write('actes.csv', acts)
      write('lettres.csv', NO_LETTERS)
    }
    const importNow = async (isDry = false) => {
      await using source = await openSource(folder, CSV.profile, 2026)
      return await run(made, { ...CSV, source }, isDry)
    }
    all(PATIENTS, ACTS)
    assert.deepEqual((await importNow(true)).counts, ['2,0,0,0', '2,0,0,0', '0,0,0,0'])
    // A patient less, so that an act has nobody; another name, a row more, the columns in another order.
    all('Ne;Nom;Num\r\n24/01/1985;LEROI;1\r\n', `${ACTS}3;1;Bridge\r\n`)
    assert.deepEqual((await importNow()).counts, ['1,0,0,0', '2,0,0,1', '0,0,0,0'])
    const named = await made.practice.db.selectFrom('patient').select(['birth_name', 'born_on']).execute()
    assert.deepEqual(named, [{ birth_name: 'LEROI', born_on: '1985-01-24' }])
    all(PATIENTS, ACTS)
    assert.deepEqual((await importNow()).counts, ['1,1,0,0', '1,0,1,0', '0,0,0,0'], 'who was gone is back')
    all(PATIENTS.replace('Nom', 'Name'), ACTS)
    await assert.rejects(importNow(), { code: 'import-source', message: /Nom/ })
    all('Num;Nom;Ne\r\n', ACTS)
    await assert.rejects(importNow(), { code: 'import-source', about: { emptyTables: 1, tables: 'patients.csv' } })
  })

  test('a text that is another by the time its rows are read stops the run before one of them is believed', async () => {
    await using made = await makeTestPractice(engine)
    const folder = aFolder()
    writeFileSync(join(folder, 'patients.csv'), PATIENTS)
    writeFileSync(join(folder, 'actes.csv'), ACTS)
    writeFileSync(join(folder, 'lettres.csv'), NO_LETTERS)
    await using source = await openSource(folder, CSV.profile, 2026)
    // More than a batch: the end of the file would come too late.
    const others = Array.from({ length: 6_000 }, (_, i) => `LEROY;${i + 1};24/01/1985\r\n`)
    writeFileSync(join(folder, 'new.csv'), `Nom;Num;Ne\r\n${others.join('')}`)
    renameSync(join(folder, 'new.csv'), join(folder, 'patients.csv'))
    await assert.rejects(run(made, { ...CSV, source }), { code: 'import-source', message: /changes while it is read/ })
    assert.deepEqual(await made.practice.db.selectFrom('patient').select('id').execute(), [])
  })

  test('a database file shows all its tables as they stood when it was opened, whoever writes meanwhile', async () => {
    await using made = await makeTestPractice(engine)
    const folder = aFolder()
    const db = new Sqlite(join(folder, 'cabinet.db'))
    db.pragma('journal_mode = wal')
    db.exec(`create table patients (Num, Nom, Ne); insert into patients values (1, 'LEROY', '1985-01-24');
      create table actes (Num, Pat, Libelle); insert into actes values (1, 1, 'Détartrage')`)
    const sqlite = profileOf({ type: 'sqlite', file: 'cabinet.db' }, ['patients', 'actes'])
    const importNow = async (between = () => {}) => {
      await using source = await openSource(folder, sqlite.profile, 2026)
      between()
      return await run(made, { ...sqlite, source })
    }
    const change = () => {
      db.exec(`alter table patients drop column Nom; alter table patients add column Nom; update patients set Nom = 'LEROI'`)
      db.exec(`insert into patients (Num, Nom) values (2, 'PETIT'); insert into actes values (2, 2, 'Bridge')`)
    }
    assert.deepEqual((await importNow(change)).counts, ['1,0,0,0', '1,0,0,0'])
    const names = () => made.practice.db.selectFrom('patient').select('birth_name').orderBy('birth_name').execute()
    assert.deepEqual(await names(), [{ birth_name: 'LEROY' }])
    assert.deepEqual((await importNow()).counts, ['1,1,0,0', '1,0,1,0'])
    assert.deepEqual(await names(), [{ birth_name: 'LEROI' }, { birth_name: 'PETIT' }])
    db.close()
  })
})
