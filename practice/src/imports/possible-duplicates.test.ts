import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { compareDue } from '#duplicates'
import { joinRecords, writingIn } from '#patients'
import { openSource, parseProfile } from '#sources'
import { aPatient, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { listFoundPairs } from './duplicate-store.ts'
import type { ImportReport } from './report.ts'
import { printReportCsv, printReportJson } from './report-files.ts'
import { runImport } from './run-import.ts'
import { getRun } from './run-store.ts'

const yaml = readFileSync(join(import.meta.dirname, '../sources/profiles/csv.yaml'), 'utf8')
const profile = parseProfile(yaml)
const folder = mkdtempSync(join(tmpdir(), 'couronne-import-duplicates-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const HEAD = 'NumPat;Nom;Prenom;NomNaiss;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel;Praticien'
/** Zoé is at the practice; the two of line 4 and 5 are one person with a slip; nobody else is anybody else. */
const ROWS = [
  '1;DUPONT;Zoé;DUPONT;18/06/1972;F;;;;;;',
  '2;ROCHE;Paul;ROCHE;04/11/1964;M;;;;;;',
  '3;MARCHAND;Lucie;MARCHAND;24/01/1985;F;;;;;;',
  '4;MARCHANT;Lucie;MARCHANT;24/01/1985;F;;;;;;',
  '5;DUPONT;Anne;DUPONT;30/01/1999;F;;;;;;',
]
const ZOE = { birthName: 'Dupont', givenNames: ['Zoé'], sex: 'female' as const, bornOn: '1972-06-18' }

async function importRows(
  { practice, owner }: TestPractice,
  options: { readonly isDry?: boolean; readonly runId?: string } = {},
): Promise<ImportReport> {
  writeFileSync(join(folder, 'patients.csv'), Buffer.from(`${[HEAD, ...ROWS].join('\r\n')}\r\n`, 'latin1'))
  writeFileSync(join(folder, 'actes.csv'), 'NumActe;NumPat;Date;Code;Dent;Libelle;Montant;Prat\r\n')
  writeFileSync(join(folder, 'documents.csv'), 'NumDoc;NumPat;Date;Type;Fichier;Titre\r\n')
  await using source = await openSource(folder, profile, 2026)
  const mayBeEmpty = ['actes.csv', 'documents.csv']
  return runImport(practice, owner, { profile, source, yaml }, { isDry: false, mayBeEmpty, ...options })
}

async function pairsOf({ practice }: TestPractice, runId: string) {
  const ask = (which: 'practice' | 'source') => listFoundPairs(practice.db, practice.id, runId, { which, limit: 100 })
  const told = [...(await ask('practice')), ...(await ask('source'))]
  return told.map(({ person, other, score, certainty }) => [
    person.line,
    'person' in other ? other.person.line : other.patientId,
    score,
    certainty,
  ])
}

const countsOf = ({ tables }: ImportReport) => tables[0]?.duplicates

onBothEngines('patients of a source who are somebody already', (engine) => {
  test('are told of before anything is written, and stay two records until a person decides', async () => {
    await using made = await makeTestPractice(engine)
    const { db } = made.practice
    const zoe = await aPatient(made, { ...ZOE })
    const dry = await importRows(made, { isDry: true })
    assert.equal((await db.selectFrom('patient').select('id').execute()).length, 1)
    assert.deepEqual(countsOf(dry), { practice: 1, source: 1 })
    const expected = [
      [2, zoe, 95, 'sure'],
      [5, 4, 85, 'probable'],
    ]
    assert.deepEqual(await pairsOf(made, dry.runId), expected)
    const real = await importRows(made)
    assert.deepEqual(countsOf(real), countsOf(dry))
    assert.deepEqual(await pairsOf(made, real.runId), expected)
    assert.equal((await db.selectFrom('patient').select('id').execute()).length, 6)
    await compareDue(made.practice)
    const pairs = await db.selectFrom('duplicate_pair').select('state').execute()
    assert.deepEqual(
      pairs.map(({ state }) => state),
      ['open', 'open'],
    )
    assert.deepEqual(await db.selectFrom('patient_link').selectAll().execute(), [], 'nobody is joined')
    const again = await importRows(made)
    assert.deepEqual(countsOf(again), { practice: 0, source: 0 }, 'who came last night is no news')
    const kept = await db.selectFrom('import_person').select('line').where('run_id', '=', real.runId).execute()
    assert.deepEqual(kept.map(({ line }) => Number(line)).toSorted(), [2, 4, 5], 'of the others nothing is kept')
  })

  test('are the same when a run goes on that a kill has left, whoever was compared meanwhile', async () => {
    await using made = await makeTestPractice(engine)
    await aPatient(made, { ...ZOE })
    const first = await importRows(made)
    const before = await pairsOf(made, first.runId)
    await compareDue(made.practice)
    const again = await importRows(made, { runId: first.runId })
    assert.deepEqual(countsOf(again), { practice: 1, source: 1 })
    assert.deepEqual(await pairsOf(made, first.runId), before)
  })

  test('are found once in records that are shown as one', async () => {
    await using made = await makeTestPractice(engine)
    const keptId = await aPatient(made, { ...ZOE })
    const joinedId = await aPatient(made, { ...ZOE })
    await made.practice.db
      .transaction()
      .execute((tx) =>
        joinRecords(writingIn(made.practice, made.owner, tx), { keptId, joinedId, reason: 'deux fois la même personne' }),
      )
    const dry = await importRows(made, { isDry: true })
    assert.deepEqual((await pairsOf(made, dry.runId))[0]?.slice(0, 2), [2, keptId])
    assert.deepEqual(countsOf(dry), { practice: 1, source: 1 })
  })

  test('stand in the reports to keep by their lines and numbers, and by name in no journal', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const zoe = await aPatient(made, { ...ZOE })
    const { runId } = await importRows(made, { isDry: true })
    const run = await getRun(practice.db, practice.id, runId)
    const { file_number } = await practice.db.selectFrom('patient').select('file_number').executeTakeFirstOrThrow()
    const csv = (await Array.fromAsync(printReportCsv(practice.db, practice.id, run))).join('')
    assert.deepEqual(csv.split('\r\n').slice(1), [
      `"patient";"2";"1";"duplicate-in-practice (${file_number}), 95: +birth-date +birth-name +given-name +sex";""`,
      '"patient";"5";"4";"duplicate-in-source (4), 85: +birth-date +birth-name-alike +given-name +sex";""',
      '',
    ])
    const json = (await Array.fromAsync(printReportJson(practice.db, practice.id, run))).join('')
    const { duplicates } = JSON.parse(json) as { duplicates: Record<string, unknown>[] }
    assert.deepEqual(
      duplicates.map(({ line, otherLine, patientId }) => [line, otherLine ?? patientId]),
      [
        [2, zoe],
        [5, 4],
      ],
    )
    assert.doesNotMatch(json, /DUPONT|MARCHAN/)
    assert.doesNotMatch(JSON.stringify(await practice.db.selectFrom('journal_entry').selectAll().execute()), /DUPONT|MARCHAN/i)
  })
})
