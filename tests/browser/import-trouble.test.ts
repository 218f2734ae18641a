/** Imports that do not go as one thought, and one by keyboard alone on a telephone's width: what the pages say then, and how one goes on. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertNoSideways, Desk } from './desk.ts'
import {
  acceptMapping,
  beginImport,
  column,
  manyRows,
  run,
  sendFiles,
  toStep,
  writeFiles,
  writePatientFolders,
} from './import-desk.ts'
import { assertFocus, enterOn, reach, typeIn } from './keyboard.ts'

const PATIENTS = 'NumPat;NomNaiss;Prenom;DateNaiss;Sexe\n124;EXEMPLE;Lucie;24/01/1985;F\n125;ROCHE;Paul;04/11/1964;M\n'
const REFUSED = 30_000
const RUNS = 200

suite('an import that does not go as one thought', () => {
  let desk: Desk
  let page: Page
  before(async () => {
    desk = await Desk.openPractice()
    page = await desk.browse('/sign-in')
    await desk.signIn(page)
  })
  after(() => desk[Symbol.asyncDispose]())
  const folder = (name: string) => join(desk.top, name)

  test('by keyboard alone, at 360 pixels, from the first question to the report', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    const file = join(writeFiles(folder('keys'), { 'patients.csv': PATIENTS }), 'patients.csv')
    await page.goto('/imports')
    await enterOn(page, page.getByRole('button', { name: 'Commencer une reprise' }))
    await typeIn(page, 'Nom de cette reprise', 'Au clavier')
    await enterOn(page, page.getByRole('button', { name: 'Continuer' }))
    await page.getByRole('heading', { level: 1, name: 'Au clavier : fichiers' }).waitFor()
    const choosing = page.waitForEvent('filechooser')
    await reach(page, page.locator('.drop input').first())
    await page.keyboard.press('Enter')
    await (await choosing).setFiles(file)
    await enterOn(page, page.getByRole('button', { name: 'Envoyer', exact: true }))
    await page.getByText('1 fichier est arrivé.').waitFor()
    await enterOn(page, page.getByRole('button', { name: 'Dire ce que sont les colonnes' }))
    await page.getByText('Rien à redire sur ces lignes.').waitFor()
    await reach(page, column(page, 'Prenom'))
    await page.keyboard.press('Tab')
    await enterOn(page, page.getByRole('button', { name: 'Enregistrer et passer à l’essai' }))
    await enterOn(page, page.getByRole('button', { name: 'Faire l’essai à blanc' }))
    await page.getByText('2 lignes lues : 2 à reprendre et aucune ne serait refusée.').waitFor()
    await assertNoSideways(page)
    await enterOn(page, page.getByRole('button', { name: 'Passer à la reprise' }))
    await enterOn(page, page.getByRole('button', { name: 'Reprendre', exact: true }))
    await page.getByText('2 lignes lues : 2 reprises et aucune refusée.').waitFor()
    await enterOn(page, page.getByRole('link', { name: /^Ouvrir le rapport/ }))
    await assertFocus(page, page.getByRole('heading', { level: 1, name: 'Rapport : Au clavier' }))
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('a folder of documents per patient is recognised by its numbers; whose is not here is refused by name', async () => {
    await beginImport(page, 'Serveur de documents', 'Un dossier de documents par patient')
    await sendFiles(page, writePatientFolders(folder('patients')))
    await toStep(page, 'Colonnes')
    await page.getByText('Reconnu : un dossier de documents par patient.').waitFor()
    await page.getByText('124/RADIO/20260312_panoramique.jpg').waitFor()
    await page.getByRole('button', { name: 'Continuer' }).click()
    await page.getByRole('button', { name: 'Passer à l’essai à blanc' }).click()
    const dry = await run(page, 'Faire l’essai à blanc')
    assert.match((await dry.textContent()) ?? '', /^3 fichiers lus\s: 2 à reprendre et 1 serait refusé/)
    await page
      .locator('.reasons li')
      .filter({ hasText: 'patient que le cabinet n’a pas' })
      .getByText('Montrer les fichiers')
      .click()
    await page.locator('.raw-row', { hasText: /^999\/x\.jpg$/ }).waitFor()
  })

  test('a table whose meaning is chosen by hand has its columns; one without a row asks, and is answered at its place', async () => {
    const tables = {
      'patients.csv': PATIENTS,
      'seances.csv': 'Numero;NumPat;Dent;Texte\n',
      'divers.csv': 'Numero;NumPat;Dent;Prat\n1;124;16;MARTIN\n',
    }
    const files = writeFiles(folder('by-hand'), tables)
    await beginImport(page, 'À la main')
    await sendFiles(
      page,
      Object.keys(tables).map((name) => join(files, name)),
    )
    await toStep(page, 'Colonnes')
    const table = page.locator('.import-table').filter({ hasText: 'seances.csv' })
    await table.locator('summary').first().click()
    await table.getByLabel('Ce que contient ce tableau').selectOption({ label: 'Actes' })
    assert.equal(await table.getByLabel('Identifiant de chaque ligne', { exact: true }).inputValue(), 'Numero')
    assert.equal(await table.getByLabel('Identifiant du patient', { exact: true }).inputValue(), 'NumPat')
    assert.equal(await table.getByLabel('Ce qu’est la colonne Dent', { exact: true }).inputValue(), 'teeth')
    await table.getByLabel('Ce qu’est la colonne Texte', { exact: true }).selectOption('label')
    await page.getByRole('button', { name: 'Enregistrer et passer à l’essai' }).click()
    await page.getByRole('button', { name: 'Faire l’essai à blanc' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('Un tableau est vide :').waitFor()
    await alert.getByText('seances.csv').waitFor()
    await alert.getByRole('button', { name: 'C’est normal : continuer' }).click()
    await page.locator('.import-sum').waitFor()
    await page.reload()
    await run(page, 'Refaire l’essai à blanc')
  })

  test('a profile that asks for columns which are not there is told so before and after it runs, and is mended by one button', async () => {
    const files = writeFiles(folder('misfit'), { 'patients.csv': PATIENTS })
    await beginImport(page, 'Mauvais profil')
    await sendFiles(page, [join(files, 'patients.csv')])
    await toStep(page, 'Colonnes')
    await page.getByText('J’ai un fichier de profil (YAML)').click()
    const yaml = [
      'couronne: import-profile',
      'name: autre',
      'title: { fr: Autre }',
      'source: { type: csv }',
      'tables:',
      '  - from: patients.csv',
      '    entity: patient',
      '    key: NumPat',
      '    fields: { birthName: NomNaiss, givenNames: Prenom, email: Courriel, town: [1] }',
    ].join('\n')
    const send = (text: string) =>
      page.locator('.profile-file input').setInputFiles({ name: 'p.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) })
    await send(yaml)
    await page.getByRole('alert').getByText('Le profil ne va pas à cet endroit : tables.0.fields.town').waitFor()
    await send(yaml.replace(', town: [1]', ''))
    const missing = page.getByText('« patients.csv » n’a pas cette colonne, que le profil demande : Courriel.')
    await missing.first().waitFor()
    await toStep(page, 'Essai à blanc')
    await page.getByRole('button', { name: 'Faire l’essai à blanc' }).click()
    await page.getByRole('alert').filter({ has: missing }).waitFor()
    await page.getByRole('button', { name: 'Dire ce que sont les colonnes' }).click()
    await page.getByRole('button', { name: 'Ne plus les demander' }).click()
    await page.getByRole('button', { name: 'Enregistrer et passer à l’essai' }).click()
    await run(page, 'Faire l’essai à blanc')
  })

  test('stopped and gone on with; thirty thousand refused rows and two hundred runs come a page at a time', async () => {
    const { 'patients.csv': patients = '', 'actes.csv': acts = '' } = manyRows(6_000)
    const lost = Array.from({ length: REFUSED }, (_, i) => `X${i};Z${i};12/03/2026;HBMD049;Restauration\n`).join('')
    const files = writeFiles(folder('many'), { 'patients.csv': patients, 'actes.csv': acts + lost })
    await beginImport(page, 'Beaucoup')
    await sendFiles(page, [join(files, 'patients.csv'), join(files, 'actes.csv')])
    await acceptMapping(page)
    await toStep(page, 'Reprise')
    await page.getByRole('button', { name: 'Reprendre', exact: true }).click()
    await page.getByRole('button', { name: 'Arrêter', exact: true }).click()
    await page.getByText('Arrêté à votre demande').waitFor()
    await page.getByRole('button', { name: 'Continuer la reprise' }).click()
    await page.getByText('Le compte est bon').waitFor({ timeout: 120_000 })
    assert.match((await page.locator('.import-sum').textContent()) ?? '', /^48\s000 lignes lues/)
    const sourceId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await addRuns(desk, sourceId, RUNS)

    await page.getByRole('link', { name: /^Ouvrir le rapport/ }).click()
    const reason = page.locator('.reasons > li').filter({ hasText: 'patient absent' })
    await reason.getByText(/^30\s000 lignes/).waitFor()
    await reason.getByText('Montrer les lignes').click()
    const rows = reason.locator('.left-rows > li')
    await rows.nth(19).waitFor()
    assert.equal(await rows.count(), 20)
    await reason.getByRole('button', { name: 'Montrer la suite' }).click()
    await rows.nth(39).waitFor()
    assert.equal(await rows.count(), 40)

    await page.goto(`/imports/${sourceId}?step=night`)
    const runs = page.locator('.duties > li')
    await runs.nth(9).waitFor()
    assert.equal(await runs.count(), 10)
    await page.getByRole('button', { name: 'Montrer la suite' }).click()
    await runs.nth(19).waitFor()
  })
})

/** As many nights as there were. */
async function addRuns({ app }: Desk, sourceId: string, count: number): Promise<void> {
  const { db } = app.installation.practice()
  const { id: _, ...last } = await db
    .selectFrom('import_run')
    .selectAll()
    .where('source_id', '=', sourceId)
    .executeTakeFirstOrThrow()
  for (let i = 0; i < count; i++)
    await db
      .insertInto('import_run')
      .values({ ...last, id: `018f0000-0000-7000-8000-${String(i).padStart(12, '0')}` })
      .execute()
}
