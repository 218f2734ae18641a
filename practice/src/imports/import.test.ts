import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyJournal } from '#journal'
import { correctEntry, loadAccess, readEntries, verifyRecord, writingIn } from '#patients'
import { openSource, parseProfile } from '#sources'
import { aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import type { ImportReport } from './report.ts'
import type { LookedAt } from './rows/table-run.ts'
import { runImport } from './run-import.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/legacy-export')
const yaml = readFileSync(join(import.meta.dirname, '../sources/profiles/csv.yaml'), 'utf8')
const profile = parseProfile(yaml)
const top = mkdtempSync(join(tmpdir(), 'couronne-imports-'))
after(() => rmSync(top, { recursive: true, force: true }))

let folders = 0

/** A copy of the old export, that a test may change. */
function anExport(): string {
  const folder = join(top, String(folders++))
  cpSync(VECTORS, folder, { recursive: true })
  return folder
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  const file = join(folder, name)
  writeFileSync(file, Buffer.from(change(readFileSync(file, 'latin1')), 'latin1'))
}

async function importFrom(
  { practice, owner }: TestPractice,
  folder: string,
  options: { isDry?: boolean; mayBeEmpty?: readonly string[] } = {},
): Promise<{ report: ImportReport; said: string[] }> {
  await using source = await openSource(folder, profile, 2026)
  const said: string[] = []
  const onRow = (table: string, { line, fate, findings }: LookedAt) => {
    said.push(`${table}:${line} ${fate} ${findings.map(({ code }) => code).join(' ')}`.trim())
  }
  return { report: await runImport(practice, owner, { profile, source, yaml }, { isDry: false, ...options, onRow }), said }
}

const counts = ({ tables }: ImportReport) =>
  tables.map(({ name, rows, added, changed, same, repeated, refused }) => [name, rows, added, changed, same, repeated, refused])

onBothEngines('an old practice program’s export', (engine) => {
  test('comes in with every trap named, every row accounted for, and a record that verifies', async () => {
    await using made = await makeTestPractice(engine)
    const martin = await aPractitioner(made, 'Martin')
    const dry = await importFrom(made, VECTORS, { isDry: true })
    const { db, id: practiceId } = made.practice
    assert.deepEqual(await db.selectFrom('patient').select('id').execute(), [], 'a dry run writes no record')
    const { report, said } = await importFrom(made, VECTORS)
    assert.deepEqual(counts(report), [
      ['patients.csv', 6, 4, 0, 0, 1, 1],
      ['actes.csv', 7, 6, 0, 0, 0, 1],
      ['documents.csv', 3, 2, 0, 0, 0, 1],
    ])
    assert.deepEqual(report.tables[1]?.unknownPractitioners, { DURAND: 2 })
    assert.deepEqual([counts(dry.report), dry.said], [counts(report), said], 'a dry run says what the real one does')
    assert.deepEqual(said, [
      'patients.csv:2 added insured-number-wrong',
      'patients.csv:4 repeated',
      'patients.csv:5 added birth-name-assumed day-unknown',
      'patients.csv:6 added birth-name-assumed day-wrong',
      'patients.csv:7 refused birth-name-assumed test-patient day-unknown',
      'actes.csv:6 refused patient-unknown',
      'actes.csv:7 added tooth-does-not-fit practitioner-unknown',
      'actes.csv:8 added tooth-unknown tooth-missing practitioner-unknown',
      'documents.csv:3 added format-differs',
      'documents.csv:4 refused file-missing',
    ])
    const anne = await db.selectFrom('patient').selectAll().where('file_number', '=', '123').executeTakeFirstOrThrow()
    assert.deepEqual([anne.birth_name, anne.used_name, anne.born_on], ['LEROY', 'VERSAIRE', '1985-01-24'])
    const access = await loadAccess({ db, practiceId, actor: made.owner, now: made.practice.now() }, anne.id)
    const { entries } = await readEntries({ db, practiceId, access })
    assert.deepEqual(entries.map(({ kind, code, practitionerId }) => [kind, code, practitionerId]).toSorted(), [
      ['document', '52040-3', undefined],
      ['document', '96349-6', undefined],
      ['procedure', 'HBFD008', martin],
      ['procedure', 'HBQK389', martin],
    ])
    const verdict = await verifyRecord(db, practiceId, anne.id)
    assert.deepEqual(verdict.breaks, [])
    assert.deepEqual((await verifyJournal(db, practiceId)).breaks, [])
    const refused = await db
      .selectFrom('import_left')
      .select(['table_name', 'line', 'raw'])
      .where('is_refused', '=', 1)
      .where('run_id', '=', report.runId)
      .execute()
    assert.deepEqual(refused.map(({ table_name, line, raw }) => [table_name, Number(line), raw]).toSorted(), [
      ['document', 4, '3;124;12/03/2026;RADIO;IMAGES\\00000124\\MANQUANT.jpg;RA 48 (fichier absent)'],
      ['patient', 7, '127;TEST;TEST;;01/01/1900;;;;;;;'],
      ['procedure', 6, '5;999;01/02/2020;HBJD001;;Détartrage (patient inexistant);28,92;DURAND'],
    ])
  })

  test('a second run finds everything as it is; a row that says something else becomes a correction', async () => {
    await using made = await makeTestPractice(engine)
    const folder = anExport()
    await importFrom(made, folder)
    const again = await importFrom(made, folder)
    assert.deepEqual(counts(again.report), [
      ['patients.csv', 6, 0, 0, 4, 1, 1],
      ['actes.csv', 7, 0, 0, 6, 0, 1],
      ['documents.csv', 3, 0, 0, 2, 0, 1],
    ])
    edit(folder, 'patients.csv', (text) => text.replace('01 99 00 00 00', '01 99 00 00 42'))
    edit(folder, 'actes.csv', (text) => `${text}8;123;13/03/2026;HBJD001;;D\xe9tartrage;28,92;MARTIN\r\n`)
    const third = await importFrom(made, folder)
    assert.deepEqual(
      counts(third.report).map((row) => row.slice(2, 5)),
      [
        [0, 1, 3],
        [1, 0, 6],
        [0, 0, 2],
      ],
    )
    const { db } = made.practice
    const anne = await db.selectFrom('patient').selectAll().where('file_number', '=', '123').executeTakeFirstOrThrow()
    assert.equal(anne.telephone, '01 99 00 00 42')
    const versions = await db
      .selectFrom('record_version')
      .select(['version', 'source', 'reason'])
      .where('entry_id', '=', anne.identity_id)
      .orderBy('version')
      .execute()
    assert.deepEqual(
      versions.map(({ version, source, reason }) => [Number(version), source?.split(':')[0], reason]),
      [
        [1, 'import', null],
        [2, 'source', 'import'],
      ],
    )
    assert.deepEqual((await verifyRecord(db, made.practice.id, anne.id)).breaks, [])
  })

  test('what somebody has corrected here stays, whatever the source says later', async () => {
    await using made = await makeTestPractice(engine)
    const folder = anExport()
    await importFrom(made, folder)
    const { practice, owner } = made
    const anne = await practice.db.selectFrom('patient').selectAll().where('file_number', '=', '123').executeTakeFirstOrThrow()
    const { body } = await practice.db
      .selectFrom('record_version')
      .select('body')
      .where('entry_id', '=', anne.identity_id)
      .executeTakeFirstOrThrow()
    await practice.db.transaction().execute((tx) =>
      correctEntry(writingIn(practice, owner, tx), {
        patientId: anne.id,
        entryId: anne.identity_id,
        expectedVersion: 1,
        kind: 'identity',
        body: { ...(JSON.parse(body ?? '') as object), telephones: [{ number: '06 99 00 00 07' }] },
        reason: 'new number',
      }),
    )
    edit(folder, 'patients.csv', (text) => text.replace('01 99 00 00 00', '01 99 00 00 42'))
    const { report } = await importFrom(made, folder)
    assert.equal(report.tables[0]?.findings['changed-here-too'], 1)
    const { telephone } = await practice.db.selectFrom('patient').selectAll().where('id', '=', anne.id).executeTakeFirstOrThrow()
    assert.equal(telephone, '06 99 00 00 07')
  })

  test('the patients are the company’s where the practice is one', async () => {
    await using made = await makeTestPractice(engine)
    const { db } = made.practice
    await db
      .updateTable('practice')
      .set({ facts: JSON.stringify({ legalForm: 'selarl' }) })
      .execute()
    await importFrom(made, VECTORS)
    const rows = await db.selectFrom('record_version').select('body').where('kind', '=', 'stewardship').execute()
    const bodies = rows.map(({ body }) => JSON.parse(body ?? '') as { steward: { kind: string }; basis: string; from: string })
    assert.deepEqual(
      bodies.map(({ steward, basis, from }) => [steward.kind, basis, from]),
      Array.from({ length: 4 }, () => ['company', 'company', '2026-03-02']),
    )
  })

  test('a file number that is somebody else’s already gets a sign behind it', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    await importFrom(made, anExport())
    await practice.db.updateTable('import_source').set({ name: 'another' }).execute()
    await practice.db.updateTable('import_row').set({ source_id: 'gone' }).execute()
    const { report } = await importFrom(made, anExport())
    assert.equal(report.tables[0]?.findings['file-number-taken'], 4)
    const rows = await practice.db.selectFrom('patient').select('file_number').orderBy('file_number').execute()
    assert.deepEqual(
      rows.map(({ file_number }) => file_number),
      ['123', '123-2', '124', '124-2', '125', '125-2', '126', '126-2'],
    )
  })
})

test('a table without a row stops the import, which asks', async () => {
  await using made = await makeTestPractice()
  const folder = anExport()
  edit(folder, 'actes.csv', (text) => `${text.split('\r\n')[0]}\r\n`)
  await assert.rejects(importFrom(made, folder), { code: 'import-source', message: /actes\.csv: not one row/ })
  assert.deepEqual(await made.practice.db.selectFrom('patient').select('id').execute(), [])
  const { report } = await importFrom(made, folder, { mayBeEmpty: ['actes.csv'] })
  assert.equal(report.tables[1]?.rows, 0)
})

test('a folder without the profile’s files or columns is refused, and what it has is said', async () => {
  const folder = anExport()
  edit(folder, 'actes.csv', (text) => text.replace('NumActe', 'Numero'))
  await assert.rejects(openSource(folder, profile, 2026), {
    message: /actes\.csv has no column NumActe; it has Numero, NumPat/,
  })
  rmSync(join(folder, 'actes.csv'))
  await assert.rejects(openSource(folder, profile, 2026), {
    message: /no file of the folder is called actes\.csv/,
  })
})

test('a profile that is wrong is refused, and where is said', () => {
  const wrong: readonly [string, RegExp][] = [
    [yaml.replace('entity: patient', 'entity: person'), /tables\.0\.entity/],
    [yaml.replace('fileNumber: NumPat', 'numero: NumPat'), /tables\.0\.fields\.numero: patient has no numero/],
    [yaml.replace('    patient: NumPat\n', ''), /tables\.1\.patient/],
    [
      yaml
        .replace('entity: document', 'entity: procedure')
        .replace(/ {4}fields:\n {6}path[\s\S]*/, '    fields: { label: Titre }\n'),
      /two tables of one entity/,
    ],
    ['couronne: [', /no YAML/],
    ['a: &a [1]\nb: *a', /./],
  ]
  for (const [text, message] of wrong) assert.throws(() => parseProfile(text), { code: 'import-source', message })
})
