/**
 * kill -9 of an import at any moment, again and again until it comes to its end: every row is there once, nothing is half-written, and the
 * records and the journal verify. A hundred kills with COURONNE_CAMPAIGN=1. The seed is printed; `COURONNE_SEED` repeats the moments.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import type { Db } from '#database'
import { Installation } from '#installation'
import { verifyJournal } from '#journal'
import { verifyRecord } from '#patients'
import { databaseFor, onBothEngines, serverOptions, TEST_PASSWORD } from '#testing'
import { hasRows, importUnderKills } from './import-under-kills.ts'

const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 4
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const PATIENTS = KILLS * 30
const ACTS_EACH = 4
const DOCUMENTS = 40
const KILL_MS_MAX = 120

const top = mkdtempSync(join(tmpdir(), 'couronne-killed-import-'))
after(() => rmSync(top, { recursive: true, force: true }))

function writeExport(folder: string): void {
  mkdirSync(join(folder, 'DOCS'), { recursive: true })
  const numbers = Array.from({ length: PATIENTS }, (_, i) => i + 1)
  const lines = (head: string, rows: readonly string[]) => `${head}\r\n${rows.join('\r\n')}\r\n`
  const patients = numbers.map((n) => `${n};NOM ${n};Zoé;;0${1 + (n % 9)}/01/1985;F;;;;;;`)
  const acts = numbers.flatMap((n) =>
    Array.from({ length: ACTS_EACH }, (_, i) => `${n}-${i};${n};1${i}/03/2026;HBJD001;;Détartrage;28,92;MARTIN`),
  )
  const documents = numbers.slice(0, DOCUMENTS).map((n) => `${n};${n};12/03/2026;COURRIER;DOCS\\${n}.txt;Lettre ${n}`)
  writeFileSync(
    join(folder, 'patients.csv'),
    lines('NumPat;Nom;Prenom;NomNaiss;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel;Praticien', patients),
  )
  writeFileSync(join(folder, 'actes.csv'), lines('NumActe;NumPat;Date;Code;Dent;Libelle;Montant;Prat', acts))
  writeFileSync(join(folder, 'documents.csv'), lines('NumDoc;NumPat;Date;Type;Fichier;Titre', documents))
  for (const n of numbers.slice(0, DOCUMENTS)) writeFileSync(join(folder, 'DOCS', `${n}.txt`), `Lettre ${n}`)
}

onBothEngines('an import under kill -9', (engine) => {
  test('comes to its end with every row there once', { timeout: 3_600_000 }, async (context) => {
    context.diagnostic(`COURONNE_SEED=${SEED}`)
    const random = new SeededRandom(`import ${SEED}`)
    const place = join(top, engine)
    const folder = join(place, 'export')
    writeExport(folder)
    const options = serverOptions(place)
    const database = await databaseFor(engine)
    const withDatabase = database === undefined ? {} : { database }
    await using installation = await installed({ ...options, ...withDatabase })
    const { practice } = await installation.createPractice({
      name: 'Cabinet d’essai',
      facts: {},
      owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: TEST_PASSWORD, language: 'fr' },
    })
    const asked = { data: options.folder, ...withDatabase, steps: [{ profile: 'csv', folder }] }
    const kills = await importUnderKills(asked, KILLS, () => ({
      // Somewhere after the first rows of this run, or before its first ones.
      moment: async (child) => {
        await (random.below(10) < 8 ? hasRows(child) : setTimeout(400))
        await setTimeout(random.below(KILL_MS_MAX))
      },
    }))
    context.diagnostic(`${kills} kills`)
    assert.ok(kills > 1, 'nearly no kill came before the end')
    await requireAll(practice.db)
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
    const ids = await practice.db.selectFrom('patient').select('id').limit(20).execute()
    for (const { id } of ids) assert.deepEqual((await verifyRecord(practice.db, practice.id, id)).breaks, [])
  })
})

async function installed(options: { folder: string; keyFolder: string; database?: string }) {
  const installation = await Installation.start({ ...options, now: () => Temporal.Now.instant(), env: {} })
  return Object.assign(installation, { [Symbol.asyncDispose]: () => installation.close() })
}

async function requireAll(db: Db): Promise<void> {
  const rows = await db
    .selectFrom('record_entry')
    .select((row) => ['kind', row.fn.countAll<number | string>().as('count')])
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  assert.deepEqual(
    rows.map(({ kind, count }) => [kind, Number(count)]),
    [
      ['document', DOCUMENTS],
      ['identity', PATIENTS],
      ['procedure', PATIENTS * ACTS_EACH],
    ],
  )
  const kept = await db.selectFrom('import_row').select('entry_id').execute()
  assert.equal(new Set(kept.map(({ entry_id }) => entry_id)).size, PATIENTS * (1 + ACTS_EACH) + DOCUMENTS)
}
