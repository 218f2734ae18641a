/** Tokens for programs: made, shown once, used, taken back; and for those only whose role opens the door. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, Desk, warnsBeforeLeaving } from './desk.ts'
import { enter, openRecordDesk } from './record-desk.ts'

test('a token is made by keyboard alone, shown once, reads, and reads nothing once it is taken back', async () => {
  await using desk = await Desk.openPractice()
  const page = await desk.browse('/sign-in', { permissions: ['clipboard-read', 'clipboard-write'] })
  await desk.signIn(page)
  await page.goto('/account')
  const name = page.getByRole('textbox', { name: 'Nom du programme' })
  await name.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('Donnez le nom du programme.').waitFor()
  await name.focus()
  await page.keyboard.type('logiciel d’imagerie')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Un m')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const made = page.getByRole('region', { name: 'Le jeton est fait' })
  await made.getByRole('button', { name: 'Copier le jeton' }).press('Enter')
  await made.getByText('Copié.').waitFor()
  const secret = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(secret, /^couronne_./)
  assert.deepEqual(await made.locator('.secret').allTextContents(), [secret, `${desk.address}/fhir/R4`])
  await assertAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await assertNoSideways(page)
  await made.getByRole('button', { name: 'C’est recopié' }).press('Enter')
  assert.equal(await page.getByText(secret).count(), 0)
  assert.equal(await warnsBeforeLeaving(page), false)
  await page.getByText('N’a pas encore servi.').waitFor()

  assert.equal(await read(desk, secret), 200)
  await page.reload()
  await page.getByText('A servi le').waitFor()
  await page.getByRole('button', { name: 'Retirer le jeton logiciel d’imagerie' }).press('Enter')
  await assertAccessible(page)
  await page.getByRole('dialog').getByRole('textbox').fill('logiciel d’imagerie')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Retirer le jeton' }).waitFor({ state: 'detached' })
  assert.equal(await read(desk, secret), 401)
})

test('whoever has no way into whole records is offered no token', async () => {
  await using desk = await openRecordDesk()
  const offered = async (page: Page) => {
    await page.goto('/account')
    await page.getByRole('heading', { name: 'Où la session est ouverte' }).waitFor()
    await page.waitForLoadState('networkidle')
    return (await page.getByRole('heading', { name: 'Accès pour un programme' }).count()) === 1
  }
  for (const who of ['owner', 'practitioner'] as const) assert.equal(await offered(await enter(desk, who)), true, who)
  for (const who of ['assistant', 'it-provider', 'data-protection-officer', 'auditor'] as const)
    assert.equal(await offered(await enter(desk, who)), false, who)
})

test('in doubt one signs out everywhere, here too', async () => {
  await using desk = await Desk.openPractice()
  const page = await desk.browse('/sign-in')
  await desk.signIn(page)
  const elsewhere = await desk.browse('/sign-in')
  await desk.signIn(elsewhere)
  await page.goto('/account')
  await page.getByRole('button', { name: 'Me déconnecter partout' }).click()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
  await elsewhere.getByRole('link', { name: 'Journal' }).first().click()
  await elsewhere.getByRole('heading', { name: 'Se connecter' }).waitFor()
})

async function read(desk: Desk, secret: string): Promise<number> {
  return (await fetch(`${desk.address}/fhir/R4/Patient?name=nobody`, { headers: { authorization: `Bearer ${secret}` } })).status
}
