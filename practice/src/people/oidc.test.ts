import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { onBothEngines } from '#testing'
import {
  CLIENT,
  dentalSurgeon,
  type ProviderOptions,
  startProvider,
  type TestProvider,
} from '../../../tests/peers/openid-provider.ts'
import { isStrongEnough, professionalOf } from './oidc-claims.ts'
import { type Browser, ORIGIN, type PeopleServer, servePeople } from './tests/browser.ts'

const RPPS = '79927398713'
const REDIRECT_URI = `${ORIGIN}/api/sign-in/oidc/callback`

suite('what Pro Santé Connect says', () => {
  test('a dental surgeon has profession 40 and an RPPS number that checks, the same everywhere', () => {
    assert.deepEqual(professionalOf(dentalSurgeon(RPPS)), { kind: 'dental-surgeon', rpps: RPPS })
    assert.deepEqual(professionalOf(dentalSurgeon(RPPS, '10')), { kind: 'refused', why: 'profession' })
    assert.deepEqual(professionalOf({ ...dentalSurgeon(RPPS), SubjectNameID: 'ANS20231122132732' }), {
      kind: 'refused',
      why: 'rpps',
    })
    const other = { ...dentalSurgeon(RPPS), otherIds: [{ identifiant: '810003456785', origine: 'RPPS' }] }
    assert.deepEqual(professionalOf(other), { kind: 'refused', why: 'rpps' })
    for (const odd of [undefined, null, {}, { SubjectNameID: 7 }, 'text'])
      assert.deepEqual(professionalOf(odd), { kind: 'refused', why: 'claims' })
  })

  test('eidas1 and higher are enough, nothing else is', () => {
    assert.deepEqual(['eidas1', 'eidas2', 'eidas3', 'eidas0', 'eidas', '1', '', undefined, ['eidas1']].map(isStrongEnough), [
      ...[true, true, true],
      ...[false, false, false, false, false, false],
    ])
  })
})

onBothEngines('signing in by OpenID Connect', (engine) => {
  test('an account that its owner has linked signs in', async () => {
    await using made = await serveWith(engine, {})
    const owner = await made.people.ownerBrowser()
    assert.equal(await made.round(owner, 'subject-1', { link: true }), '/account?oidc=linked')
    const browser = made.people.browser()
    assert.equal(await made.round(browser, 'subject-1'), '/')
    const me = (await browser.get('/api/me')).json<{ account: { login: string }; isOidcLinked: boolean }>()
    assert.deepEqual([me.account.login, me.isOidcLinked], ['camille', true])
  })

  test('nobody is made an account by it', async () => {
    await using made = await serveWith(engine, {})
    const browser = made.people.browser()
    assert.equal(await made.round(browser, 'stranger'), '/sign-in?oidc=not-linked')
    assert.equal((await browser.get('/api/me')).statusCode, 401)
    assert.ok((await made.people.actions()).includes('sign-in.refused'))
  })

  test('a subject is one account’s', async () => {
    await using made = await serveWith(engine, {})
    const noa = await made.people.person('assistant', 'noa')
    await made.round(await made.people.ownerBrowser(), 'subject-1', { link: true })
    assert.equal(await made.round(noa.browser, 'subject-1', { link: true }), '/account?oidc=refused')
  })

  test('what comes back is refused when its state, nonce or issuer is another’s', async () => {
    await using made = await serveWith(engine, {})
    await made.round(await made.people.ownerBrowser(), 'subject-1', { link: true })
    const refused = async (change: { there?: (location: URL) => void; back?: (url: URL) => void }) => {
      const browser = made.people.browser()
      const page = await made.round(browser, 'subject-1', change)
      assert.equal((await browser.get('/api/me')).statusCode, 401)
      return page
    }
    assert.equal(await refused({ there: (url) => url.searchParams.set('nonce', 'another-nonce') }), '/sign-in?oidc=refused')
    assert.equal(await refused({ back: (url) => url.searchParams.set('state', 'another-state') }), '/sign-in?oidc=refused')
    assert.equal(await refused({ back: (url) => url.searchParams.set('iss', 'https://evil.example') }), '/sign-in?oidc=refused')
    assert.equal(await refused({ back: (url) => url.searchParams.delete('iss') }), '/sign-in?oidc=refused')
    assert.equal(await refused({ back: (url) => url.searchParams.set('code', 'made-up') }), '/sign-in?oidc=refused')
    const entries = await made.people.practice.db
      .selectFrom('journal_entry')
      .select('details')
      .where('action', '=', 'sign-in.refused')
      .execute()
    assert.equal(entries.length, 5)
  })

  test('a round belongs to the browser that began it', async () => {
    await using made = await serveWith(engine, {})
    await made.round(await made.people.ownerBrowser(), 'subject-1', { link: true })
    const { location } = (await made.people.browser().post('/api/sign-in/oidc/start')).json<{ location: string }>()
    const back = await made.provider.visit(location, 'subject-1')
    const other = made.people.browser()
    await other.post('/api/sign-in/oidc/start')
    assert.equal((await other.get(back.pathname + back.search)).headers.location, '/sign-in?oidc=refused')
    const bare = made.people.browser()
    assert.equal((await bare.get(back.pathname + back.search)).headers.location, '/sign-in?oidc=expired')
  })

  test('a code and a round count once, and a round lasts ten minutes', async () => {
    await using made = await serveWith(engine, {})
    await made.round(await made.people.ownerBrowser(), 'subject-1', { link: true })
    const browser = made.people.browser()
    const { location } = (await browser.post('/api/sign-in/oidc/start')).json<{ location: string }>()
    const thief = made.people.browser()
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value)
    const back = await made.provider.visit(location, 'subject-1')
    assert.equal((await browser.get(back.pathname + back.search)).headers.location, '/')
    assert.equal((await thief.get(back.pathname + back.search)).headers.location, '/sign-in?oidc=expired')
    const again = await made.round(made.people.browser(), 'subject-1', {
      back: (url) => url.searchParams.set('code', back.searchParams.get('code') ?? ''),
    })
    assert.equal(again, '/sign-in?oidc=refused')
    const late = await made.round(made.people.browser(), 'subject-1', { back: () => made.people.pass({ minutes: 10 }) })
    assert.equal(late, '/sign-in?oidc=expired')
  })

  test('the browser that comes back is the one that left: no new device, and the former session does not stay', async () => {
    await using made = await serveWith(engine, {})
    const browser = await made.people.ownerBrowser()
    await made.round(browser, 'subject-1', { link: true })
    const before = new Map(browser.cookies)
    assert.equal(await made.round(browser, 'subject-1'), '/')
    assert.equal(browser.cookies.get('__Host-couronne-device'), before.get('__Host-couronne-device'))
    const { notices } = (await browser.get('/api/notices')).json<{ notices: { kind: string }[] }>()
    assert.deepEqual(
      notices.filter(({ kind }) => kind === 'known-device-added').length,
      1, // the browser in which the settings were made, and this one
    )
    const left = made.people.browser()
    for (const [name, value] of before) left.cookies.set(name, value)
    assert.equal((await left.get('/api/me')).statusCode, 401)
  })

  test('an ID token that has ended is refused', async () => {
    await using made = await serveWith(engine, { idTokenSeconds: -3_600 })
    assert.equal(await made.round(made.people.browser(), 'subject-1'), '/sign-in?oidc=refused')
  })

  test('a provider that calls itself otherwise, or is not there, is not taken', async () => {
    await using made = await serveWith(engine, {})
    const owner = await made.people.ownerBrowser()
    const put = (change: object) => owner.ask('PUT', '/api/settings/oidc', { ...settingsOf(made.provider), ...change })
    assert.equal((await put({ issuer: made.provider.issuer.replace('127.0.0.1', 'localhost') })).statusCode, 502)
    assert.equal((await put({ issuer: 'http://127.0.0.1:9' })).statusCode, 502)
    assert.equal((await put({ issuer: 'http://provider.example' })).statusCode, 400)
    assert.equal((await put({ preset: 'pro-sante-connect', issuer: 'https://evil-esante.gouv.fr' })).statusCode, 400)
    assert.equal((await put({ publicOrigin: 'https://couronne.example/path' })).statusCode, 400)
    const shown = await owner.get('/api/settings/oidc')
    assert.ok(!shown.body.includes(CLIENT.secret))
    assert.equal(shown.json<{ oidc: { redirectUri: string } }>().oidc.redirectUri, REDIRECT_URI)
    const stored = await made.people.practice.db.selectFrom('setting').select('value').execute()
    assert.ok(!JSON.stringify(stored).includes(CLIENT.secret))
  })

  test('when it is gone, accounts forget who they were there', async () => {
    await using made = await serveWith(engine, {})
    const owner = await made.people.ownerBrowser()
    await made.round(owner, 'subject-1', { link: true })
    assert.equal((await owner.ask('DELETE', '/api/settings/oidc')).statusCode, 204)
    assert.equal((await made.people.browser().post('/api/sign-in/oidc/start')).statusCode, 404)
    assert.equal((await owner.get('/api/me')).json<{ isOidcLinked: boolean }>().isOidcLinked, false)
  })
})

onBothEngines('Pro Santé Connect', (engine) => {
  const PRESET = { preset: 'pro-sante-connect', linksByRpps: true }

  test('a dental surgeon whose number the practice knows signs in and is linked', async () => {
    await using made = await serveWith(engine, { acr: 'eidas1', claims: dentalSurgeon(RPPS) }, PRESET)
    await addPractitioner(made.people)
    const browser = made.people.browser()
    assert.equal(await made.round(browser, 'f:1:8-rpps'), '/')
    const me = (await browser.get('/api/me')).json<{ account: { login: string } }>()
    assert.equal(me.account.login, 'camille')
    assert.ok((await made.people.actions()).includes('second-factor.added'))
  })

  test('another surgeon is not, nor anybody where the practice does not want it', async () => {
    await using made = await serveWith(engine, { acr: 'eidas2', claims: dentalSurgeon(RPPS) }, { ...PRESET, linksByRpps: false })
    await addPractitioner(made.people)
    assert.equal(await made.round(made.people.browser(), 'f:1:8-rpps'), '/sign-in?oidc=not-linked')
  })

  test('a weaker sign-in than eidas1 is refused', async () => {
    for (const acr of ['password', undefined]) {
      await using made = await serveWith(engine, { ...(acr === undefined ? {} : { acr }), claims: dentalSurgeon(RPPS) }, PRESET)
      await addPractitioner(made.people)
      assert.equal(await made.round(made.people.browser(), 'f:1:8-rpps'), '/sign-in?oidc=weak', acr ?? 'no acr')
    }
  })

  test('another profession is refused', async () => {
    await using made = await serveWith(engine, { acr: 'eidas1', claims: dentalSurgeon(RPPS, '10') }, PRESET)
    await addPractitioner(made.people)
    assert.equal(await made.round(made.people.browser(), 'f:1:8-rpps'), '/sign-in?oidc=refused')
  })

  test('an account of one practitioner is not linked with another’s number', async () => {
    await using made = await serveWith(engine, { acr: 'eidas1', claims: dentalSurgeon('10003456785') }, PRESET)
    await addPractitioner(made.people)
    const owner = await made.people.ownerBrowser()
    assert.equal(await made.round(owner, 'f:1:another', { link: true }), '/account?oidc=refused')
  })
})

test('a generic provider’s sign-in is one factor, unless the practice says otherwise', async () => {
  await using made = await serveWith('sqlite', {})
  const owner = await made.people.ownerBrowser()
  await made.round(owner, 'subject-1', { link: true })
  await made.people.practice.db
    .updateTable('account')
    .set({ totp_sealed: Buffer.from('x') })
    .execute()
  const browser = made.people.browser()
  assert.equal(await made.round(browser, 'subject-1'), '/sign-in?oidc=second-factor-needed')
  assert.equal((await browser.get('/api/me')).statusCode, 401)
  assert.deepEqual((await browser.get('/api/sign-in/second-factor')).json<{ factors: string[] }>().factors, ['totp'])
  await owner.ask('PUT', '/api/settings/oidc', {
    ...settingsOf(made.provider),
    clientSecret: undefined,
    countsAsTwoFactors: true,
  })
  assert.equal(await made.round(made.people.browser(), 'subject-1'), '/')
})

interface Made extends AsyncDisposable {
  readonly people: PeopleServer
  readonly provider: TestProvider
  /** a whole round. @returns the page on which the browser ends */
  readonly round: (browser: Browser, subject: string, change?: Change) => Promise<string | undefined>
}

interface Change {
  readonly link?: boolean
  readonly there?: (location: URL) => void
  readonly back?: (url: URL) => void
}

async function serveWith(
  engine: 'sqlite' | 'postgresql',
  options: Omit<ProviderOptions, 'redirectUri'>,
  settings: object = {},
): Promise<Made> {
  const provider = await startProvider({ ...options, redirectUri: REDIRECT_URI })
  const people = await servePeople(engine)
  const owner = await people.ownerBrowser()
  const reply = await owner.ask('PUT', '/api/settings/oidc', { ...settingsOf(provider), ...settings })
  assert.equal(reply.statusCode, 200, reply.body)
  return {
    people,
    provider,
    round: async (browser, subject, { link = false, there, back } = {}) => {
      const started = await browser.post(link ? '/api/me/oidc' : '/api/sign-in/oidc/start')
      const location = new URL(started.json<{ location: string }>().location)
      there?.(location)
      const url = await provider.visit(location.href, subject)
      assert.equal(`${url.origin}${url.pathname}`, REDIRECT_URI)
      back?.(url)
      return (await browser.comeFromElsewhere(url.pathname + url.search)).headers.location
    },
    [Symbol.asyncDispose]: async () => {
      await people[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}

function settingsOf(provider: TestProvider) {
  return {
    preset: 'generic',
    label: 'Fournisseur',
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    publicOrigin: ORIGIN,
    countsAsTwoFactors: false,
    linksByRpps: false,
  }
}

async function addPractitioner(people: PeopleServer): Promise<void> {
  const owner = await people.ownerBrowser()
  const body = { familyName: 'Exemple', givenName: 'Camille', rpps: RPPS, role: { status: 'titulaire', fromOn: '2020-01-01' } }
  const { id } = (await owner.post('/api/practitioners', body)).json<{ id: string }>()
  await owner.ask('PATCH', `/api/people/${people.owner.accountId}`, { practitionerId: id })
}
