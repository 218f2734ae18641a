/** A clock that jumps between two runs of an import, ahead and back: nothing is there twice, and what came last is what the record says. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyJournal } from '#journal'
import { loadAccess, readEntries, verifyRecord } from '#patients'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { importFolder } from './index.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-clock-'))
after(() => rmSync(top, { recursive: true, force: true }))

const JUMPS = [{ hours: 24 * 400 }, { hours: -24 * 800 }, { minutes: -90 }, { hours: 24 * 400 }] as const

function write(folder: string, name: string, label: string, letters: number): void {
  const text = (file: string, head: string, lines: readonly string[]) =>
    writeFileSync(join(folder, file), `${head}\r\n${lines.join('\r\n')}\r\n`)
  text('patients.csv', 'NumPat;Nom;Prenom;NomNaiss;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel', [
    `1;${name};Zoé;;01/02/1985;F;;;;;`,
  ])
  text('actes.csv', 'NumActe;NumPat;Date;Code;Dent;Libelle;Montant;Prat', [`1;1;11/03/2020;HBJD001;;${label};28,92;MARTIN`])
  const files = Array.from({ length: letters }, (_, i) => `${i}.txt`)
  text(
    'documents.csv',
    'NumDoc;NumPat;Date;Type;Fichier;Titre',
    files.map((file, i) => `${i};1;12/03/2020;COURRIER;${file};Lettre ${i}`),
  )
  for (const file of files) writeFileSync(join(folder, file), `Lettre ${file}`)
}

async function countsOf({ practice, owner }: TestPractice, folder: string) {
  const { tables } = await importFolder(practice, owner, 'csv', folder, { isDry: false })
  return tables.map(({ added, changed, same, refused }) => [added, changed, same, refused].join())
}

onBothEngines('an import under a clock that jumps', (engine) => {
  test('takes each change over once, in the order in which it came', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    const folder = mkdtempSync(join(top, engine))
    write(folder, 'NOM 0', 'Acte 0', 1)
    assert.deepEqual(await countsOf(made, folder), ['1,0,0,0', '1,0,0,0', '1,0,0,0'])
    for (const [i, jump] of JUMPS.entries()) {
      made.pass(jump)
      assert.deepEqual(await countsOf(made, folder), ['0,0,1,0', '0,0,1,0', `0,0,${i + 1},0`])
      write(folder, `NOM ${i + 1}`, `Acte ${i + 1}`, i + 2)
      assert.deepEqual(await countsOf(made, folder), ['0,1,0,0', '0,1,0,0', `1,0,${i + 1},0`])
    }
    const { db, id: practiceId } = practice
    const [patient, ...others] = await db.selectFrom('patient').select(['id', 'birth_name']).execute()
    assert.ok(patient !== undefined && others.length === 0)
    assert.equal(patient.birth_name, `NOM ${JUMPS.length}`)
    const access = await loadAccess({ db, practiceId, actor: owner, now: practice.now() }, patient.id)
    const { entries } = await readEntries({ db, practiceId, access })
    assert.equal(entries.find(({ kind }) => kind === 'procedure')?.version, JUMPS.length + 1)
    const versionsOf = async (kind: 'identity' | 'procedure') => {
      const query = db.selectFrom('record_version').select(['version', 'body']).where('kind', '=', kind).orderBy('version')
      return (await query.execute()).map(({ version, body }) => [version, /(?:NOM|Acte) \d/.exec(body ?? '')?.[0]])
    }
    const wanted = (word: string) => Array.from({ length: JUMPS.length + 1 }, (_, i) => [i + 1, `${word} ${i}`])
    assert.deepEqual(await versionsOf('identity'), wanted('NOM'))
    assert.deepEqual(await versionsOf('procedure'), wanted('Acte'))
    assert.deepEqual((await verifyRecord(db, practiceId, patient.id)).breaks, [])
    assert.deepEqual((await verifyJournal(db, practiceId)).breaks, [])
  })
})
