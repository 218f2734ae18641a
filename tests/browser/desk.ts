/**
 * A desk with a browser: the real server in a folder of its own, real Chromium in front of it. Whatever the pages' policy forbids, whatever
 * they ask of anybody else, and whatever they complain of, fails the test.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { type App, type AppOptions, startApp } from '@couronne/practice'
import '@couronne/practice/testing'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

export const OWNER = { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27' }
export const PASSPHRASE = 'cinq mots sans lien entre eux'
const PROGRAM = process.env.COURONNE_CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** One for all desks of a test file: it takes a second to start. Contexts share nothing. */
let browser: Promise<Browser> | undefined

after(async () => (await browser)?.close())

type OnSampleProgress = Parameters<NonNullable<AppOptions['makeSample']>>[2]['onProgress']

export interface DeskOptions extends BrowserContextOptions {
  /** `light` when absent */
  readonly colorScheme?: 'light' | 'dark'
}

export class Desk implements AsyncDisposable {
  readonly top: string
  /** origins to which a test sends the browser on purpose */
  readonly elsewhere = new Set<string>()
  /** what the making of the sample practice does meanwhile */
  makingSample: (onProgress: OnSampleProgress) => Promise<void> = async () => {}
  readonly #contexts: BrowserContext[] = []
  readonly #database: string | undefined
  readonly #complaints: string[] = []
  #app: App | undefined
  #port = 0

  private constructor(top: string, database: string | undefined) {
    this.top = top
    this.#database = database
  }

  /** Nothing is set up yet. @param database the address of an empty PostgreSQL database; absent: embedded */
  static async open({ database }: { readonly database?: string } = {}): Promise<Desk> {
    const top = await mkdtemp(join(tmpdir(), 'couronne-browser-'))
    const desk = new Desk(top, database)
    await desk.startServer()
    return desk
  }

  /** With a practice, its owner, and a passphrase. */
  static async openPractice(): Promise<Desk & { readonly recoveryWords: string }> {
    const desk = await Desk.open()
    const { recoveryWords } = await desk.app.installation.createPractice({
      name: 'Cabinet dentaire des Tilleuls',
      facts: {},
      owner: { ...OWNER, language: 'fr' },
      passphrase: PASSPHRASE,
    })
    return Object.assign(desk, { recoveryWords })
  }

  get app(): App {
    assert(this.#app !== undefined, 'the server is stopped')
    return this.#app
  }

  async startServer(): Promise<void> {
    this.#app = await startApp({
      folder: join(this.top, 'data'),
      keyFolder: join(this.top, 'keys'),
      ...(this.#database === undefined ? {} : { database: this.#database }),
      host: '127.0.0.1',
      port: this.#port,
      version: '0.0.0',
      webFolder: join(import.meta.dirname, '../../web/dist'),
      env: {},
      reception: { host: '127.0.0.1', port: 0 },
      makeSample: async (installation, language, { onProgress }) => {
        const owner = { login: 'dentiste', displayName: 'Dr Sample', password: 'exemple-couronne-dentiste', language }
        await installation.createSample(owner, 'Cabinet d’exemple', () => this.makingSample(onProgress))
        return [{ role: 'owner', login: owner.login, password: owner.password }]
      },
    })
    this.#port = Number(new URL(this.#app.address).port)
  }

  async stopServer(): Promise<void> {
    await this.#app?.[Symbol.asyncDispose]()
    this.#app = undefined
  }

  get address(): string {
    return `http://localhost:${this.#port}`
  }

  /** A browser of its own: nothing is shared with the others. French, 1280 by 800, light, unless asked otherwise. */
  async browse(path = '/', options: DeskOptions = {}): Promise<Page> {
    browser ??= chromium.launch({ executablePath: PROGRAM, args: FLAGS })
    const context = await (await browser).newContext({
      locale: 'fr-FR',
      timezoneId: 'Europe/Paris',
      viewport: { width: 1280, height: 800 },
      baseURL: this.address,
      ...options,
    })
    this.#contexts.push(context)
    context.setDefaultTimeout(60_000) // generous: a machine that does other things too is slow, not wrong
    const page = await context.newPage()
    this.#watch(page)
    await page.goto(path)
    return page
  }

  /** The same browser's next tab. */
  async browseBeside(page: Page, path = '/'): Promise<Page> {
    const beside = await page.context().newPage()
    this.#watch(beside)
    await beside.goto(path)
    return beside
  }

  async signIn(page: Page, login = OWNER.login, password = OWNER.password): Promise<void> {
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(password)
    await page.locator('button[type=submit]').click()
    await page.locator('.rooms').waitFor()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close()
    await this.stopServer()
    rmSync(this.top, { recursive: true, force: true })
    assert.deepEqual(this.#complaints, [])
  }

  #watch(page: Page): void {
    page.on('pageerror', (error) => this.#complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // A refusal that a page shows is no complaint: the browser notes each of them.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.#complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (this.elsewhere.has(url.origin) || this.elsewhere.has(new URL(page.url()).origin)) return
      if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== this.address)
        this.#complaints.push(`${page.url()} asked ${request.url()}`)
    })
  }
}

/** Nothing that axe knows is wrong with the page. */
export async function assertAccessible(page: Page): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode() // it has no frames to go through, and each other run would open a tab
  // What lies under a dialog is inert, and looked at where no dialog is open.
  const { violations } = await ((await page.locator('dialog[open]').count()) === 0 ? axe : axe.include('dialog[open]')).analyze()
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
  )
  assert.deepEqual(found, [], page.url())
}

/** Nothing is wider than the window, and no text is cut off in its box. What is over the page, a dialog or the lock, is looked at alone. */
export async function assertNoSideways(page: Page): Promise<void> {
  const { found, width } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const over = [...document.querySelectorAll('dialog[open], .lock')].at(-1)
    const found: string[] = []
    for (const each of [...(over === undefined ? [] : [over]), ...(over ?? document.body).querySelectorAll('*')]) {
      // Fields scroll what is typed in them, tabs scroll their names; what only those meet who hear the page is not drawn.
      if (!each.checkVisibility() || each.closest('.unseen, .skip, thead, input, select, textarea, svg, .tabs') !== null) continue
      const { left, right } = each.getBoundingClientRect()
      const style = getComputedStyle(each)
      const isClipping = (overflow: string) => overflow !== 'visible'
      const isClamped = style.webkitLineClamp !== 'none'
      const what = `${each.tagName}.${each.className}: ${each.textContent?.slice(0, 60)}`
      if (right > width + 1 || left < -1) found.push(`sideways ${what}`)
      if (isClipping(style.overflowX) && each.scrollWidth > each.clientWidth + 1) found.push(`cut sideways ${what}`)
      if (style.overflowY === 'hidden' && !isClamped && each.scrollHeight > each.clientHeight + 1) found.push(`cut below ${what}`)
    }
    return { width, found }
  })
  assert.deepEqual(found, [], `${page.url()} at ${width} px`)
}

/** Pages that no longer tell the server which language they speak: for good, since what they tell comes when it comes. */
const keepingLanguage = new WeakSet<Page>()

/** In the page: what would tell the server is refused on the way. */
function keepLanguage(): void {
  const ask = window.fetch
  window.fetch = async (input, init) =>
    init?.method === 'PATCH' && String(input).endsWith('/api/me') ? Response.json({}, { status: 409 }) : ask(input, init)
}

/** The page's language, from wherever one is, a dialog or the lock included; the account's stays what it is. */
export async function speak(page: Page, language: 'fr' | 'en'): Promise<void> {
  if (!keepingLanguage.has(page)) {
    keepingLanguage.add(page)
    // A route would do, and turn off the browser's cache for as long as the page lives.
    await page.addInitScript(keepLanguage)
    await page.evaluate(keepLanguage)
  }
  await page.evaluate((lang) => {
    const scope = document.querySelector('.lock') ?? document
    scope.querySelector<HTMLElement>(`button[lang=${lang}]`)?.click()
  }, language)
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' })
}

/** As if everybody had just proved who they are, or never: a walk may take longer than the ten minutes that a proof holds. */
export async function setProofs({ app }: Desk, provenAt: Temporal.Instant | undefined): Promise<void> {
  const proven_at = provenAt?.toString({ smallestUnit: 'millisecond' }) ?? null
  await app.installation.practice().db.updateTable('session').set({ proven_at }).execute()
}

/** What somebody with the key and a database program can do: an entry of their own, far behind the last. */
export async function breakJournal({ app }: Desk): Promise<void> {
  const { db } = app.installation.practice()
  const entry = await db.selectFrom('journal_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
  await db
    .insertInto('journal_entry')
    .values({ ...entry, seq: entry.seq + 1_000_000 })
    .execute()
}

/** Whether the browser would ask before the page goes away, because something typed would be lost. */
export async function warnsBeforeLeaving(page: Page): Promise<boolean> {
  return page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })))
}

/** A passkey's device that answers by itself. */
export async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}
