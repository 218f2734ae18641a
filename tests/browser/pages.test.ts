/** Each page, as each of us may meet it: light and dark, narrow, in French and in English, by axe. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, Desk } from './desk.ts'

/** A folder for pictures of all pages, to be looked at. */
const PICTURES = process.env.COURONNE_PICTURES

const INSIDE = [
  '/',
  '/patients',
  '/people',
  '/journal',
  '/settings',
  '/settings/provider',
  '/settings/sealing',
  '/account',
  '/nowhere',
]
const OUTSIDE = ['/sign-in', '/attack', '/invitation#none']
const EMPTY = ['/welcome', '/set-up']

suite('each page of an open practice', () => {
  let desk: Desk
  let state: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>
  before(async () => {
    desk = await Desk.openPractice()
    const page = await desk.browse('/sign-in')
    await desk.signIn(page)
    state = await page.context().storageState()
    await page.context().close()
  })
  after(() => desk[Symbol.asyncDispose]())

  for (const path of [...INSIDE, ...OUTSIDE]) {
    const storageState = () => (INSIDE.includes(path) ? { storageState: state } : {})

    test(`${path}: axe finds nothing, in light and in dark`, async () => {
      const page = await desk.browse(path, { colorScheme: 'light', ...storageState() })
      await settle(page)
      await assertAccessible(page)
      await picture(page, `${path} light`)
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
      await assertAccessible(page)
      await picture(page, `${path} dark`)
      await page.context().close()
    })

    test(`${path}: at 360 pixels, and at twice the size, nothing goes off sideways`, async () => {
      const page = await desk.browse(path, { viewport: { width: 360, height: 740 }, ...storageState() })
      await settle(page)
      await assertNoSideways(page)
      await picture(page, `${path} narrow`)
      await page.setViewportSize({ width: 640, height: 400 }) // 1280 by 800 at 200 %
      await assertNoSideways(page)
      await page.context().close()
    })

    test(`${path}: has one heading of the first level, a title that says it, and landmarks`, async () => {
      const page = await desk.browse(path, storageState())
      await settle(page)
      assert.equal(await page.locator('h1').count(), 1)
      const heading = await page.locator('h1').textContent()
      assert.equal(await page.title(), `${heading} · Couronne`)
      assert.equal(await page.locator('main').count(), 1)
      await page.context().close()
    })
  }

  test('another language is spoken at once, on the page and by the page', async () => {
    const page = await desk.browse('/sign-in')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.locator('html').getAttribute('lang'), 'en')
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  test('an English browser is spoken to in English, before anybody has signed in', async () => {
    const page = await desk.browse('/sign-in', { locale: 'en-GB' })
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  test('the rooms are reached at 360 pixels by a button, which closes behind one', async () => {
    const page = await desk.browse('/', { viewport: { width: 360, height: 740 }, storageState: state })
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('navigation').getByRole('link', { name: 'Journal' }).click()
    await page.getByRole('heading', { level: 1, name: 'Journal' }).waitFor()
    assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Réglages' }).isVisible(), false)
    await page.context().close()
  })

  test('the first Tab is a way past the header; going elsewhere puts the focus on the new heading', async () => {
    const page = await desk.browse('/', { storageState: state })
    await settle(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus').textContent(), 'Aller au contenu')
    await page.keyboard.press('Enter')
    assert.equal(await page.locator(':focus').getAttribute('id'), 'main')
    await page.getByRole('navigation').getByRole('link', { name: 'Journal' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Journal' }).waitFor()
    assert.equal(await page.locator(':focus').textContent(), 'Journal')
    await page.context().close()
  })

  test('the keys / and ? work, and are letters in a field', async () => {
    const page = await desk.browse('/', { storageState: state })
    await settle(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Touches utiles' }).waitFor()
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    assert.equal(await page.locator(':focus').getAttribute('id'), 'search')
    await page.keyboard.type('a?/l')
    assert.equal(await page.locator('#search').inputValue(), 'a?/l')
    await page.context().close()
  })
})

suite('each page of an empty machine', () => {
  for (const path of EMPTY)
    for (const colorScheme of ['light', 'dark'] as const)
      test(`${path}, ${colorScheme}: axe finds nothing, and 360 pixels are enough`, async () => {
        await using desk = await Desk.open()
        const page = await desk.browse(path, { colorScheme })
        await settle(page)
        await assertAccessible(page)
        await picture(page, `${path} ${colorScheme}`)
        await page.setViewportSize({ width: 360, height: 740 })
        await assertNoSideways(page)
        await picture(page, `${path} narrow`)
      })
})

/** Until the page has what it asked for. */
async function settle(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await page.waitForLoadState('networkidle')
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name.replaceAll(/[^\w]+/g, '-')}.png`), fullPage: true })
}
