/** A practice's past, brought in by the pages: what somebody without an IT provider does in an afternoon, and what goes wrong on the way. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Desk, warnsBeforeLeaving } from './desk.ts'
import {
  acceptMapping,
  beginImport,
  column,
  EXPORT,
  MEDIUM,
  manyRows,
  run,
  sendFiles,
  toStep,
  writeFiles,
  writeTwice,
} from './import-desk.ts'
import { assertFocus } from './keyboard.ts'

suite('bringing a past in', () => {
  let desk: Desk
  let page: Page
  before(async () => {
    desk = await Desk.openPractice()
    page = await desk.browse('/sign-in')
    await desk.signIn(page)
  })
  after(() => desk[Symbol.asyncDispose]())
  const folder = (name: string) => join(desk.top, name)

  test('an old program’s export: sent, explained, tried, decided about, taken over, and found again', async () => {
    await beginImport(page, 'Ancien logiciel')
    await sendFiles(page, EXPORT)
    await page.getByText('6 fichiers').first().waitFor()
    await toStep(page, 'Colonnes')
    await page.getByText('windows-1252').first().waitFor()
    await page.getByText('12 rue des Écoles').first().waitFor()
    assert.equal(await column(page, 'Nom').inputValue(), 'usedName')
    await page.getByText('Gardées telles quelles avec chaque ligne, sans être reprises : Praticien.').waitFor()
    await page.getByText('« 31/02/1990 » : date impossible').waitFor()
    await acceptMapping(page)

    const dry = await run(page, 'Faire l’essai à blanc')
    assert.match((await dry.textContent()) ?? '', /16 lignes lues/)
    await page.getByText('Le compte est bon').waitFor()
    await page.getByText('Rien n’a été écrit dans les dossiers.').waitFor()
    await page.locator('.reasons li').filter({ hasText: 'patient d’essai' }).getByText('Montrer les lignes').click()
    await page.getByText('127;TEST;TEST').waitFor()

    await toStep(page, 'Décisions')
    await page.getByLabel(/«\sMARTIN\s»/).selectOption({ label: 'Personne d’ici' })
    await page.locator('#practitioners').getByRole('button', { name: 'Enregistrer ces décisions' }).click()
    await page.getByText('« MARTIN » n’est personne d’ici').waitFor()
    await page.getByLabel('Le patient « 127 »').selectOption({ label: 'Il existe : le faire entrer' })
    await page.locator('#test-patients').getByRole('button', { name: 'Enregistrer ces décisions' }).click()
    await page.getByText('Le patient « 127 » existe').waitFor()

    await toStep(page, 'Reprise')
    const done = await run(page, 'Reprendre')
    assert.match((await done.textContent()) ?? '', /13 reprises/)
    await page.getByText('Le compte est bon').waitFor()
    await page.getByRole('link', { name: 'Ouvrir le rapport, le garder, l’imprimer' }).click()
    await page.getByRole('heading', { level: 1, name: 'Rapport : Ancien logiciel' }).waitFor()
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Lignes refusées (CSV)' }).click()
    assert.match(readFileSync(await (await downloading).path(), 'utf8'), /MANQUANT\.jpg/)

    await page.locator('#search').fill('versaire')
    await page.getByRole('option').filter({ hasText: '1985' }).click()
    await page.locator('.record h1').waitFor()
  })

  test('taken over again, nothing is there twice', async () => {
    await page.goto('/imports')
    await page.getByRole('link', { name: 'Ancien logiciel' }).click()
    await toStep(page, 'Reprise')
    await page.getByRole('button', { name: 'Reprendre de nouveau' }).click()
    await page.getByText(/13 déjà là/).waitFor()
  })

  test('a decision that is taken back is asked about again', async () => {
    await toStep(page, 'Décisions')
    await page.getByRole('button', { name: /^Annuler la décision\s: «\sMARTIN\s»/ }).click()
    await page.getByText('« MARTIN » n’est personne d’ici').waitFor({ state: 'detached' })
  })

  test('a file cut in half: each row has its place all the same, and what is wrong is named', async () => {
    const whole = manyRows(40)['patients.csv'] ?? ''
    const files = writeFiles(folder('cut'), { 'patients.csv': whole.slice(0, -14) })
    await beginImport(page, 'Coupé')
    await sendFiles(page, [join(files, 'patients.csv')])
    await acceptMapping(page)
    const dry = await run(page, 'Faire l’essai à blanc')
    assert.match((await dry.textContent()) ?? '', /40 lignes lues/)
    await page.getByText('Le compte est bon').waitFor()
  })

  test('who comes twice is said before anything is written, and stays two until somebody decides', async () => {
    await beginImport(page, 'Deux copies')
    await sendFiles(page, [writeTwice(folder('twice'))])
    await acceptMapping(page)
    await run(page, 'Faire l’essai à blanc')
    const alike = page.locator('.reasons > li').filter({ hasText: 'ressemblent à un autre de la source' })
    await alike.getByText('2 patients').waitFor()
    await alike.getByText('Montrer les paires').click()
    await alike.getByText('Ligne 5 de la source').first().waitFor()
    await toStep(page, 'Reprise')
    await run(page, 'Reprendre')
    await page.getByText('Personne n’a été réuni').waitFor()
    await page.goto('/duplicates')
    await page.locator('.pairs > li').filter({ hasText: 'EXEMPLE' }).first().waitFor()
  })

  test('columns of files are proposed, for those that tell what they are', async () => {
    const files = writeFiles(folder('profile'), manyRows(2))
    await beginImport(page, 'Profil')
    await sendFiles(page, [join(files, 'patients.csv'), join(files, 'actes.csv')])
    await toStep(page, 'Colonnes')
    assert.equal(await column(page, 'Nom').inputValue(), 'usedName')
  })

  test('what was said of columns and not saved comes back, and the browser asks before it is lost', async () => {
    await page.goto('/imports')
    await page.getByRole('link', { name: 'Profil' }).click()
    await toStep(page, 'Colonnes')
    await column(page, 'Prenom').selectOption('usedGivenName')
    assert.equal(await warnsBeforeLeaving(page), true)
    await toStep(page, 'Fichiers')
    await toStep(page, 'Colonnes')
    await page.getByText('Voici ce que vous aviez commencé à écrire.').waitFor()
    assert.equal(await column(page, 'Prenom').inputValue(), 'usedGivenName')
    await page.getByRole('button', { name: 'L’effacer' }).click()
    assert.equal(await column(page, 'Prenom').inputValue(), 'givenNames')
  })

  test('what is missing is said at its place, which a link leads to', async () => {
    await page.getByLabel('Identifiant de chaque ligne', { exact: true }).first().selectOption('')
    await page.getByRole('button', { name: 'Enregistrer et passer à l’essai' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('Choisissez la colonne qui identifie chaque ligne.').waitFor()
    await alert.getByRole('link', { name: 'patients.csv' }).click()
    await assertFocus(page, page.getByLabel('Ce que contient ce tableau').first())
  })

  test('a medium of images: recognised, tried, taken over; whose each is, what waits, and the way there', async () => {
    await beginImport(page, 'CD du panoramique', 'Des images DICOM')
    const field = page.locator('.drop input').nth(1)
    await field.setInputFiles(MEDIUM)
    await page.getByText('on dirait : des images dicom').waitFor()
    await page.getByText('Chaque image dit elle-même de qui elle est').waitFor()
    await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
    await page.getByText(/arrivés?\.$/).waitFor()
    await toStep(page, 'Colonnes')
    await page.getByText('Reconnu : images DICOM.').waitFor()
    await toStep(page, 'Essai à blanc')
    const dry = await run(page, 'Faire l’essai à blanc')
    assert.match((await dry.textContent()) ?? '', /32 fichiers lus/)
    await page.getByText('Le compte est bon').waitFor()
    const waiting = page.locator('.reasons li').filter({ hasText: 'le numéro n’est celui d’aucun dossier' })
    await waiting.getByText('Montrer les fichiers').click()
    await waiting.getByText('77654033/CR1/6154').waitFor()
    await toStep(page, 'Reprise')
    await run(page, 'Reprendre')
    await page.getByText('Le compte est bon').waitFor()
    await page.getByRole('link', { name: 'Voir ce qui manque' }).waitFor()
    await page.getByRole('link', { name: 'Ranger les images' }).click()
    await page.getByRole('heading', { level: 1, name: 'Images à ranger' }).waitFor()
  })
})
