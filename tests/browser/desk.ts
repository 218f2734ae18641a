/**
 * A desk with a browser: the real server in a folder of its own, real Chromium in front of it. Whatever the pages' policy forbids, whatever
 * they ask of anybody else, and whatever they complain of, fails the test.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type App, startApp } from '@couronne/practice'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

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

export interface DeskOptions extends BrowserContextOptions {
  /** `light` when absent */
  readonly colorScheme?: 'light' | 'dark'
}

export class Desk implements AsyncDisposable {
  readonly top: string
  /** origins to which a test sends the browser on purpose */
  readonly elsewhere = new Set<string>()
  readonly #browser: Browser
  readonly #complaints: string[] = []
  #app: App | undefined
  #port = 0

  private constructor(top: string, browser: Browser) {
    this.top = top
    this.#browser = browser
  }

  /** Nothing is set up yet. */
  static async open(): Promise<Desk> {
    const top = await mkdtemp(join(tmpdir(), 'couronne-browser-'))
    const desk = new Desk(top, await chromium.launch({ executablePath: PROGRAM, args: FLAGS }))
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
      host: '127.0.0.1',
      port: this.#port,
      version: '0.0.0',
      webFolder: join(import.meta.dirname, '../../web/dist'),
      env: {},
      makeSample: async (installation, language) => {
        const owner = { login: 'dentiste', displayName: 'Dr Sample', password: 'exemple-couronne-dentiste', language }
        await installation.createSample(owner, 'Cabinet d’exemple', async () => {})
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
    const context = await this.#browser.newContext({
      locale: 'fr-FR',
      timezoneId: 'Europe/Paris',
      viewport: { width: 1280, height: 800 },
      baseURL: this.address,
      ...options,
    })
    context.setDefaultTimeout(30_000)
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
    await this.#browser.close()
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
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
  )
  assert.deepEqual(found, [], page.url())
}

/** Nothing is wider than the window. */
export async function assertNoSideways(page: Page): Promise<void> {
  const { wide, width } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const wide = [...document.querySelectorAll('body *')]
      .filter((each) => each.getBoundingClientRect().right > width + 1 && getComputedStyle(each).position !== 'absolute')
      .map((each) => `${each.tagName}.${each.className}`)
    return { width, wide: document.documentElement.scrollWidth > width ? wide : [] }
  })
  assert.deepEqual(wide, [], `${page.url()} at ${width} px`)
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
