/** A day without a mouse: each thing is reached, done, and followed by a focus that is where one goes on. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Desk } from './desk.ts'
import { assertFocus, enterOn, reach, typeIn } from './keyboard.ts'
import { openRecordDesk, WHO, type Who } from './record-desk.ts'

suite('by keyboard alone', () => {
  let desk: Desk
  let page: Page
  before(async () => {
    desk = await openRecordDesk()
    page = await signIn(desk, 'owner')
  })
  after(() => desk[Symbol.asyncDispose]())

  test('a patient is searched for and opened; the record’s tabs are gone through, and keep the focus', async () => {
    await search(page, 'beaulac 1956')
    for (const [name, view] of [
      ['Soins', 'care'],
      ['Accès', 'access'],
      ['Fil', undefined],
    ] as const) {
      const tab = page.getByRole('navigation', { name: 'Parties du dossier' }).getByRole('link', { name, exact: true })
      await enterOn(page, tab)
      await page.waitForURL((url) => (url.searchParams.get('view') ?? undefined) === view)
      await assertFocus(page, tab)
    }
  })

  test('at 360 pixels the tabs are one line that scrolls, and the one that is shown is in sight', async () => {
    const narrow = await signIn(desk, 'owner', { width: 360, height: 740 })
    await narrow.goto(new URL(page.url()).pathname)
    const tabs = narrow.getByRole('navigation', { name: 'Parties du dossier' })
    await enterOn(narrow, tabs.getByRole('link', { name: 'Accès' }))
    const { height } = (await tabs.getByRole('link', { name: 'Fil' }).boundingBox()) ?? { height: 0 }
    assert.ok(((await tabs.boundingBox())?.height ?? 0) < height * 2)
    await narrow.reload()
    const current = tabs.getByRole('link', { name: 'Accès' })
    await current.waitFor()
    const { x = 0, width = 0 } = (await current.boundingBox()) ?? {}
    assert.ok(x >= 0 && x + width <= 360, `${x} ${width}`)
    await narrow.context().close()
  })

  test('an entry is added; the focus is on what opened the form', async () => {
    const add = page.getByRole('button', { name: 'Ajouter une observation' })
    await enterOn(page, add)
    await assertFocus(page, page.getByRole('dialog').getByRole('textbox', { name: 'Texte' }))
    await page.keyboard.type('Écrite sans souris')
    await enterOn(page, page.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }))
    await page.locator('.entry').filter({ hasText: 'Écrite sans souris' }).waitFor()
    await assertFocus(page, add)
  })

  test('an entry is corrected, its versions are read, it is withdrawn; each step has the focus, and the list gets it back', async () => {
    const dialog = page.getByRole('dialog')
    const row = (text: string) => page.locator('.entry-open').filter({ hasText: text })
    await enterOn(page, row('Écrite sans souris'))
    await enterOn(page, dialog.getByRole('button', { name: 'Corriger' }))
    await typeIn(dialog, 'Texte', 'Corrigée sans souris')
    await typeIn(dialog, 'Pourquoi cette correction', 'Relecture')
    await page.keyboard.press('Enter')
    await dialog.getByText('Raison : Relecture').waitFor()
    await assertFocus(page, dialog.getByRole('heading', { level: 2 }))
    await enterOn(page, dialog.getByRole('button', { name: 'Versions' }))
    await dialog.getByText('Version 2').waitFor()
    await assertFocus(page, dialog.getByRole('heading', { level: 2 }))
    await page.keyboard.press('Escape')
    await assertFocus(page, row('Corrigée sans souris'))
    await page.keyboard.press('Enter')
    await enterOn(page, dialog.getByRole('button', { name: 'Retirer' }))
    await assertFocus(page, dialog.getByRole('textbox', { name: 'Pourquoi le retirer' }))
    await page.keyboard.type('Mauvais dossier')
    await page.keyboard.press('Enter')
    await row('Corrigée sans souris').waitFor({ state: 'detached' })
    await assertFocus(page, page.getByRole('main').locator(':focus'))
  })

  test('a document is filed; the next file can be chosen at once', async () => {
    await enterOn(page, page.getByRole('link', { name: 'Documents' }))
    const path = join(desk.top, 'lettre.txt')
    await writeFile(path, 'Cher confrère, merci de votre avis.')
    const input = page.locator('.drop input')
    await input.waitFor()
    await page.waitForLoadState('networkidle') // what comes late may move the focus, faster than anybody presses keys
    const chooser = page.waitForEvent('filechooser')
    // On a busy machine the key may be pressed before Playwright listens for choosers: one presses again.
    for (let isOpen = false; !isOpen; ) {
      await reach(page, input)
      await page.keyboard.press('Space')
      isOpen = await Promise.race([chooser.then(() => true), page.waitForTimeout(5_000).then(() => false)])
    }
    await (await chooser).setFiles(path)
    await reach(page, page.getByLabel('Type de document'))
    await page.keyboard.type('Courrier')
    await enterOn(page, page.getByRole('button', { name: 'Déposer' }))
    await page.getByText('Déposé : lettre').waitFor()
    await assertFocus(page, input)
  })

  test('an account is closed by typing its name; the focus stays on the page although the button has gone', async () => {
    await toRoom(page, 'Équipe')
    await enterOn(page, page.locator('.people').getByRole('link', { name: 'Auditeur d’exemple' }))
    await enterOn(page, page.getByRole('button', { name: 'Fermer le compte' }))
    await page.keyboard.type('Auditeur d’exemple')
    await page.keyboard.press('Enter')
    await page.getByText('Ce compte est fermé').waitFor()
    await assertFocus(page, page.getByRole('main').locator(':focus'))
  })

  test('the journal is filtered and verified; the button that was busy has the focus again', async () => {
    await toRoom(page, 'Journal')
    await reach(page, page.getByRole('combobox', { name: 'Action' }))
    await page.keyboard.type('Cabinet')
    await page.getByText('1 ligne.').waitFor()
    const verify = page.getByRole('button', { name: 'Vérifier maintenant' })
    await reach(page, verify, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Le journal est entier.').waitFor()
    await assertFocus(page, verify)
  })

  test('the practice’s name is changed; its button has the focus again', async () => {
    await toRoom(page, 'Réglages')
    await typeIn(page, 'Nom du cabinet', 'Cabinet des Platanes')
    const save = page.getByRole('button', { name: 'Enregistrer' }).first()
    await enterOn(page, save)
    await page.getByText('C’est enregistré').waitFor()
    await assertFocus(page, save)
    await enterOn(page, page.getByRole('navigation', { name: 'Réglages' }).getByRole('link').last())
    await page.getByRole('heading', { level: 1 }).waitFor()
    await assertFocus(page, page.getByRole('heading', { level: 1 }))
  })

  test('the glass is broken; the record that has opened has the focus', async () => {
    const theirs = await signIn(desk, 'assistant')
    await search(theirs, 'beaulac 1956')
    await enterOn(theirs, theirs.getByRole('link', { name: 'Dents' }))
    await enterOn(theirs, theirs.getByRole('button', { name: 'Ouvrir exceptionnellement' }))
    await assertFocus(theirs, theirs.getByRole('dialog').getByRole('textbox'))
    await theirs.keyboard.type('Le patient saigne, le praticien demande ses dents')
    await theirs.keyboard.press('Enter')
    await theirs.getByRole('button', { name: /^Dent 36, présente.:.Restauration/ }).waitFor()
    await assertFocus(theirs, theirs.getByRole('main').locator(':focus'))

    await toRoom(theirs, 'Agenda')
    const line = theirs.locator('.agenda li').filter({ hasText: 'Hélène Beaulac' })
    await enterOn(theirs, line.getByRole('button', { name: 'Venu', exact: true }))
    await line.getByText('Venu', { exact: true }).waitFor()
    await assertFocus(theirs, line.locator(':focus'))
    await reach(theirs, theirs.getByRole('textbox', { name: 'Jour' }).or(theirs.locator('input[type=date]')))
    await theirs.context().close()
  })

  test('the lock is opened; the page behind it has the focus', async () => {
    await page.locator('h1').waitFor()
    await page.keyboard.press('l')
    await page.locator('.lock').waitFor()
    await page.keyboard.type(WHO.owner.password)
    await page.keyboard.press('Enter')
    await page.locator('.lock').waitFor({ state: 'detached' })
    await assertFocus(page, page.getByRole('main').locator(':focus'))
  })
})

/** The first field has the focus. */
async function signIn(desk: Desk, who: Who, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const page = await desk.browse('/sign-in', { viewport })
  await assertFocus(page, page.locator('input[name=login]'))
  await page.keyboard.type(WHO[who].login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(WHO[who].password)
  await page.keyboard.press('Enter')
  await page.locator('.rooms').waitFor()
  return page
}

async function search(page: Page, text: string): Promise<void> {
  await page.locator('#search').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type(text)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Hélène Beaulac' }).waitFor()
}

async function toRoom(page: Page, name: string): Promise<void> {
  await enterOn(page, page.getByRole('navigation', { name: 'Pièces du cabinet' }).getByRole('link', { name }))
  const heading = page.getByRole('heading', { level: 1, name })
  await assertFocus(page, heading)
}
