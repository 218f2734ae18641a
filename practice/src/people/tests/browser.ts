/** For tests only: a server with this room's routes, and browsers that keep their cookies. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import type { Engine } from '#database'
import { endpoint } from '#endpoint'
import { makeServer, type Route, route } from '#http'
import { recordEvent } from '#journal'
import { makeTestPractice, TEST_PASSWORD, type TestPractice } from '#testing'
import { authenticate } from '../authenticate.ts'
import { makePeopleRoutes } from '../routes.ts'

export interface PeopleServer extends AsyncDisposable, Pick<TestPractice, 'practice' | 'owner' | 'pass' | 'actor'> {
  readonly server: FastifyInstance
  readonly browser: (address?: string) => Browser
  /** a browser in which the owner is signed in by password */
  readonly ownerBrowser: () => Promise<Browser>
  /** invites, accepts, signs in */
  readonly person: (role: string, login: string) => Promise<{ id: string; browser: Browser }>
  /** actions in the journal, oldest first */
  readonly actions: () => Promise<readonly string[]>
}

/** Stands for the FHIR door, which this room does not know. */
export const fhirRead = route(
  endpoint({
    method: 'GET',
    path: '/api/fhir/Patient',
    summary: 'Stands for the FHIR door.',
    permission: 'fhir.read',
    journal: 'record.read',
    reply: z.object({ ok: z.boolean() }),
  }),
  async ({ practice, record }) => {
    await practice.db.transaction().execute((tx) => record(tx, {}))
    return { ok: true }
  },
)

export const ORIGIN = 'https://localhost'

/** Keeps cookies as a browser does; everything comes from our own page. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #lax = new Set<string>()
  readonly #server: FastifyInstance
  readonly #address: string

  constructor(server: FastifyInstance, address: string) {
    this.#server = server
    this.#address = address
  }

  get(url: string): Promise<LightMyRequestResponse> {
    return this.ask('GET', url)
  }

  post(url: string, payload?: object): Promise<LightMyRequestResponse> {
    return this.ask('POST', url, payload)
  }

  async ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object): Promise<LightMyRequestResponse> {
    const reply = await this.#server.inject({
      method,
      url,
      remoteAddress: this.#address,
      headers: { host: 'localhost', origin: ORIGIN, 'sec-fetch-site': 'same-origin', 'user-agent': 'test' },
      cookies: Object.fromEntries(this.cookies),
      ...(payload === undefined ? {} : { payload }),
    })
    return this.#keepCookies(reply)
  }

  /** Another site sends the browser here: cookies that are `SameSite=Strict` stay at home. */
  async comeFromElsewhere(url: string): Promise<LightMyRequestResponse> {
    const reply = await this.#server.inject({
      url,
      remoteAddress: this.#address,
      headers: { host: 'localhost', 'sec-fetch-site': 'cross-site', 'user-agent': 'test' },
      cookies: Object.fromEntries([...this.cookies].filter(([name]) => this.#lax.has(name))),
    })
    return this.#keepCookies(reply)
  }

  #keepCookies(reply: LightMyRequestResponse): LightMyRequestResponse {
    for (const { name, value, maxAge, expires, sameSite } of reply.cookies) {
      if (sameSite === 'Lax') this.#lax.add(name)
      const isGone = maxAge === 0 || (expires !== undefined && expires.getTime() <= 0)
      if (isGone) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return reply
  }

  signIn(login = 'camille', password = TEST_PASSWORD): Promise<LightMyRequestResponse> {
    return this.post('/api/sign-in/password', { login, password })
  }
}

export async function servePeople(engine: Engine = 'sqlite', more: readonly Route[] = []): Promise<PeopleServer> {
  const made = await makeTestPractice(engine)
  const { practice } = made
  const server = await makeServer({
    routes: [...makePeopleRoutes(() => practice), ...more],
    practice: () => practice,
    authenticate,
    recordEvent,
    hosts: new Set(['localhost']),
    version: '0',
  })
  const browser = (address = '192.168.1.10') => new Browser(server, address)
  const ownerBrowser = async () => {
    const signedIn = browser()
    await signedIn.signIn()
    return signedIn
  }
  return {
    practice,
    owner: made.owner,
    pass: made.pass,
    actor: made.actor,
    server,
    browser,
    ownerBrowser,
    person: async (role, login) => {
      const owner = await ownerBrowser()
      const invited = await owner.post('/api/people', { login, displayName: `P ${login}`, role, language: 'fr' })
      const { account, invitation } = invited.json<{ account: { id: string }; invitation: { secret: string } }>()
      const own = browser()
      await own.post('/api/invitations/accept', { secret: invitation.secret, password: TEST_PASSWORD })
      await own.signIn(login)
      return { id: account.id, browser: own }
    },
    actions: async () => {
      const rows = await practice.db.selectFrom('journal_entry').select('action').orderBy('seq').execute()
      return rows.map((row) => row.action)
    },
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made[Symbol.asyncDispose]()
    },
  }
}
