/**
 * Each page, form and dialog: whether it fits, at 640 and at 360 pixels, in French and in English; and by axe, in one of two looks, today's and
 * tomorrow's by turns, which the name of the test says. In both with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, Desk, speak } from './desk.ts'
import { receiveImages } from './images-desk.ts'
import { ASSISTING, FIRST_RUN, INSIDE, INVITATION, OUTSIDE, type Place, RECORD, SEALED, SECOND_FACTOR } from './places.ts'
import { enter, openRecord, openRecordDesk } from './record-desk.ts'

const LOOKS = ['French, wide and light', 'English, narrow and dark'] as const
type Look = (typeof LOOKS)[number]
const TODAY = Temporal.Now.plainDateISO().dayOfYear

/** Half of the places in each, and the other way round the day after. */
function looksOf({ name }: Place): readonly Look[] {
  if (process.env.COURONNE_CAMPAIGN === '1') return LOOKS
  return [LOOKS[(name.length + TODAY) % 2] as Look]
}

/** A folder for pictures of all of them, to be looked at. */
const PICTURES = process.env.COURONNE_PICTURES
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
/** 1280 by 800 at 200 %. */
const TWICE = { width: 640, height: 400 }

suite('from an empty machine to a sealed practice', () => {
  let desk: Desk
  let page: Page
  before(async () => {
    desk = await Desk.open()
    page = await desk.browse('/', { reducedMotion: 'reduce' })
  })
  after(() => desk[Symbol.asyncDispose]())
  const look = (place: Place) => test(titleOf(place), () => lookAt(desk, page, place))

  FIRST_RUN.forEach(look)
  test('the machine is started again', async () => {
    await desk.stopServer()
    await desk.startServer()
  })
  SEALED.forEach(look)
})

suite('an open practice', () => {
  let desk: Desk
  let page: Page
  let record = ''
  let invitation = ''
  before(async () => {
    desk = await openRecordDesk()
    page = await enter(desk, 'owner', '/', { reducedMotion: 'reduce' })
    invitation = await page.evaluate(async () => {
      const body = JSON.stringify({ displayName: 'Dominique', login: 'dominique', role: 'auditor', language: 'fr' })
      const headers = { 'content-type': 'application/json' }
      const made = await (await fetch('/api/people', { method: 'POST', headers, body })).json()
      return `/invitation#${(made as { invitation: { secret: string } }).invitation.secret}`
    })
    await openRecord(page, 'beaulac', '1956')
    record = new URL(page.url()).pathname
    await receiveImages(desk, page, record.split('/').at(-1) ?? '')
  })
  after(() => desk[Symbol.asyncDispose]())

  const look = (place: Place, at: () => Page) =>
    test(titleOf(place), () => {
      const path = place.path?.replace(RECORD, record).replace(INVITATION, invitation)
      return lookAt(desk, at(), { ...place, ...(path === undefined ? {} : { path }) })
    })

  for (const [who, places] of [
    ['nobody', OUTSIDE],
    ['an assistant', ASSISTING],
  ] as const)
    suite(who, () => {
      let theirs: Page
      before(async () => {
        theirs = who === 'nobody' ? await desk.browse('/', { reducedMotion: 'reduce' }) : await enter(desk, 'assistant')
      })
      after(() => theirs.context().close())
      for (const place of places) look(place, () => theirs)
    })

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
    const page = await enter(desk, 'owner', '/', { viewport: NARROW })
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('navigation').getByRole('link', { name: 'Journal' }).click()
    await page.getByRole('heading', { level: 1, name: 'Journal' }).waitFor()
    assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Réglages' }).isVisible(), false)
    await page.context().close()
  })

  test('the first Tab is a way past the header; going elsewhere puts the focus on the new heading', async () => {
    const page = await enter(desk, 'owner', '/people')
    await page.locator('h1').waitFor()
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
    const page = await enter(desk, 'owner', '/')
    await page.locator('h1').waitFor()
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

  suite('the owner', () => {
    for (const place of INSIDE) look(place, () => page)
  })
  suite('the owner comes back', () => {
    let theirs: Page
    before(async () => {
      theirs = await desk.browse('/', { reducedMotion: 'reduce' })
    })
    after(() => theirs.context().close())
    for (const place of SECOND_FACTOR) look(place, () => theirs)
  })
})

function titleOf(place: Place): string {
  return `${place.name}: ${looksOf(place).join('; ')}`
}

async function lookAt(desk: Desk, page: Page, place: Place): Promise<void> {
  const { name, path, go } = place
  const looks = looksOf(place)
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light' })
  if (path !== undefined) {
    await page.goto(path)
    await page.locator('h1').waitFor()
  }
  await go?.(page, desk)
  await page.waitForLoadState('networkidle')
  await page.getByText('Un instant…', { exact: true }).first().waitFor({ state: 'hidden' })
  await assertNamed(page)
  if (looks.includes('French, wide and light')) await assertAccessible(page)
  await picture(page, `${name} fr wide`)
  try {
    for (const language of ['fr', 'en'] as const) {
      await speak(page, language)
      for (const viewport of [TWICE, NARROW]) {
        await page.setViewportSize(viewport)
        await assertNoSideways(page)
      }
      await picture(page, `${name} ${language} narrow`)
    }
    if (looks.includes('English, narrow and dark')) {
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor({ state: 'attached' })
      await assertAccessible(page)
      await page.emulateMedia({ colorScheme: 'light' })
    }
    await page.setViewportSize(WIDE)
    await picture(page, `${name} en wide`)
  } finally {
    await speak(page, 'fr')
  }
}

/** One heading of the first level, which the tab's title says too, and one main part. */
async function assertNamed(page: Page): Promise<void> {
  const heading = page.locator('h1:visible')
  assert.equal(await heading.count(), 1)
  assert.equal(await page.title(), `${await heading.textContent()} · Couronne`)
  assert.equal(await page.locator('main:visible').count(), 1)
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({
    path: join(PICTURES, `${name.replaceAll(/[^\w]+/g, '-')}.png`),
    fullPage: (await page.locator('dialog[open]').count()) === 0,
  })
}
