/** What a record lacks: found, done something about, waived with a reason, and taken back; and the practice's list leads there. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, type Desk } from './desk.ts'
import { enter, openRecord, openRecordDesk } from './record-desk.ts'

suite('completeness', () => {
  let desk: Desk
  before(async () => {
    desk = await openRecordDesk()
  })
  after(() => desk[Symbol.asyncDispose]())

  test('a consent that is missing is shown with how grave it is, and is gone once it was added', async () => {
    const page = await enter(desk, 'practitioner')
    await openRecord(page, 'montvent', '1982')
    await addExtraction(page)
    await page.getByRole('link', { name: 'Ce qui manque', exact: true }).last().click()
    const finding = page.locator('.finding').filter({ hasText: 'Consentement avant une chirurgie' })
    await finding.waitFor()
    assert.match((await finding.textContent()) ?? '', /Grave.*Il manque un consentement donné avant l’acte/)
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await finding.getByRole('button', { name: 'Ajouter un consentement' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Pour', { exact: true }).selectOption('surgery')
    await dialog.getByRole('textbox', { name: 'À quoi, en mots' }).fill('L’avulsion de la 46')
    await dialog.getByLabel('Décidé le').fill(daysAgo(12))
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await dialog.waitFor({ state: 'detached' })
    await finding.waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('what may be missing is waived with a reason and by name, by keyboard alone, and taken back', async () => {
    const page = await enter(desk, 'practitioner')
    await openRecord(page, 'montvent', '1982')
    await page.getByRole('link', { name: 'Ce qui manque', exact: true }).last().click()
    const finding = page.locator('.finding').filter({ hasText: 'Radiographie avant l’extraction' })
    await finding.getByRole('button', { name: 'Lever…' }).press('Enter')
    await page.keyboard.type('Dent mobile, radiographie inutile.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.getByRole('dialog').getByRole('button', { name: 'Lever la remarque' }).press('Enter')
    await finding.getByText('Raison : Dent mobile, radiographie inutile.').waitFor()
    assert.match((await finding.textContent()) ?? '', /Levé par Dr Sacha Modèle/)
    await finding.getByRole('button', { name: 'Retirer la levée…' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('Radiographie retrouvée.')
    await page.getByRole('dialog').getByRole('button', { name: 'Retirer la levée', exact: true }).click()
    await finding.getByText('Était levé par Dr Sacha Modèle').waitFor()
    await page.context().close()
  })

  test('the practice’s list leads to the record, and a rule tells its source and how sure it is', async () => {
    const page = await enter(desk, 'practitioner', '/completeness?rule=radiograph-missing-before-extraction')
    await page.getByRole('link', { name: 'Zoé Montvent' }).click()
    await page.locator('.finding').first().waitFor()
    await page.goto('/completeness/rules/consent-missing-for-surgery')
    await page.getByRole('link', { name: 'CSP R4127-236, L1111-4' }).waitFor()
    await page.getByText('Texte lu').waitFor()
    await page.context().close()
  })

  test('an assistant is told that care is closed', async () => {
    const page = await enter(desk, 'assistant')
    await openRecord(page, 'montvent', '1982')
    await page.getByRole('link', { name: 'Ce qui manque', exact: true }).click()
    await page.locator('.closed').waitFor()
    await page.context().close()
  })
})

function daysAgo(days: number): string {
  return Temporal.Now.plainDateISO().subtract({ days }).toString()
}

async function addExtraction(page: Page): Promise<void> {
  const status = await page.evaluate(
    async ([path, on]) => {
      const body = JSON.stringify({
        kind: 'procedure',
        body: {
          code: { system: 'ccam', code: 'HBGD036', label: 'Avulsion d’1 dent permanente sur arcade sans alvéolectomie' },
          status: 'done',
          teeth: [{ fdi: '46' }],
          performedOn: on,
        },
      })
      const made = await fetch(`/api${path}/entries`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return made.status
    },
    [new URL(page.url()).pathname, daysAgo(10)] as const,
  )
  assert.equal(status, 201)
}
