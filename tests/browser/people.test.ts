/** Ending somebody’s sessions; what opens the data, and a second kit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAccessible, Desk } from './desk.ts'
import { enter, openRecordDesk } from './record-desk.ts'

test('the owner ends all of somebody’s sessions at once', async () => {
  await using desk = await openRecordDesk()
  const theirs = [await enter(desk, 'assistant'), await enter(desk, 'assistant')]
  const page = await enter(desk, 'owner', '/people')
  await page.getByRole('listitem').filter({ hasText: 'Assistant' }).getByRole('link').click()
  await page.getByRole('button', { name: 'Fermer toutes ses sessions' }).click()
  await page.getByText('Nulle part.').waitFor()
  await assertAccessible(page)
  for (const each of theirs) {
    await each.getByRole('link', { name: 'Équipe' }).first().click()
    await each.getByRole('heading', { name: 'Se connecter' }).waitFor()
  }
})

test('what opens the data is shown, a second kit is made, and a way in goes only by its name', async () => {
  await using desk = await Desk.openPractice()
  const page = await desk.browse('/sign-in')
  await desk.signIn(page)
  await page.goto('/settings/sealing')
  await page.getByText('Au démarrage, une personne doit ouvrir les données.').waitFor()
  await page.getByRole('textbox', { name: 'Nom' }).fill('feuille du coffre')
  await page.getByRole('button', { name: 'Ajouter', exact: true }).click()
  await page.locator('.kit').waitFor()
  const words = await page.locator('.kit-words li').allTextContents()
  assert.equal(words.length, 24)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Continuer' }).click()
  for (const label of await page.locator('main form label').allTextContents())
    await page.getByLabel(label, { exact: true }).fill(words[Number(label.replaceAll(/\D/g, '')) - 1] as string)
  await page.getByRole('button', { name: 'Vérifier' }).click()
  await page.getByRole('button', { name: 'Supprimer : feuille du coffre' }).click()
  await assertAccessible(page)
  await page.getByRole('dialog').getByRole('textbox').fill('feuille du coffre')
  await page.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('listitem').getByText('feuille du coffre').waitFor({ state: 'detached' })
})
