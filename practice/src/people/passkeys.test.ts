import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines, TEST_PASSWORD } from '#testing'
import { Authenticator, type Lies } from './tests/authenticator.ts'
import { type Browser, ORIGIN, servePeople } from './tests/browser.ts'

interface Options {
  readonly challenge: string
  readonly rpId?: string
  readonly allowCredentials?: { id: string }[]
}

onBothEngines('passkeys', (engine) => {
  test('a passkey signs in alone, once it was made', async () => {
    await using made = await servePeople(engine)
    const key = await addKey(await made.ownerBrowser())
    const browser = made.browser()
    assert.equal((await signInBy(browser, key)).statusCode, 200)
    const me = (await browser.get('/api/me')).json<{ secondFactors: { passkeys: number } }>()
    assert.equal(me.secondFactors.passkeys, 1)
    const { sessions } = (await browser.get('/api/me/sessions')).json<{ sessions: { factors: string }[] }>()
    assert.ok(sessions.some((session) => session.factors === 'passkey'))
  })

  test('the authenticator must have checked who is there, for our name, from our page', async () => {
    await using made = await servePeople(engine)
    const key = await addKey(await made.ownerBrowser())
    const lies: Lies[] = [
      { isUserVerified: false },
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { challenge: Buffer.from('another challenge').toString('base64url') },
      { counter: 0 },
    ]
    assert.equal((await signInBy(made.browser(), key)).statusCode, 200)
    for (const lie of lies) assert.equal((await signInBy(made.browser(), key, lie)).statusCode, 401, JSON.stringify(lie))
    const owner = await made.ownerBrowser()
    await owner.post('/api/session/prove', { kind: 'password', password: TEST_PASSWORD })
    assert.equal((await made.actions()).filter((action) => action === 'sign-in.refused').length, lies.length)
  })

  test('an unverified or foreign passkey is not added, and a challenge serves once', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    for (const lie of [{ isUserVerified: false }, { origin: 'https://evil.example' }, { challenge: 'AAAA' }]) {
      const { options } = (await owner.post('/api/me/passkeys/options')).json<{ options: Options }>()
      const response = new Authenticator(ORIGIN).create(options, lie)
      assert.equal((await owner.post('/api/me/passkeys', { label: 'x', response })).statusCode, 400)
      assert.equal((await owner.post('/api/me/passkeys', { label: 'x', response })).statusCode, 404)
    }
  })

  test('an answer counts once: heard on the wire, it opens nothing', async () => {
    await using made = await servePeople(engine)
    const key = await addKey(await made.ownerBrowser())
    const browser = made.browser()
    const { options } = (await browser.post('/api/sign-in/passkey/options')).json<{ options: Options }>()
    const response = key.get(options)
    const thief = made.browser()
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value)
    assert.equal((await browser.post('/api/sign-in/passkey', { response })).statusCode, 200)
    assert.equal((await thief.post('/api/sign-in/passkey', { response })).statusCode, 401)
  })

  test('a challenge lasts five minutes', async () => {
    await using made = await servePeople(engine)
    const key = await addKey(await made.ownerBrowser())
    const browser = made.browser()
    const { options } = (await browser.post('/api/sign-in/passkey/options')).json<{ options: Options }>()
    made.pass({ minutes: 5 })
    assert.equal((await browser.post('/api/sign-in/passkey', { response: key.get(options) })).statusCode, 401)
  })

  test('after the password it is the second factor; another’s passkey is none', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    const [hers, mine] = [await addKey(noa.browser), await addKey(owner)]
    const browser = made.browser()
    const begun = (await browser.signIn()).json<{ factors: string[]; passkeyOptions: Options }>()
    assert.deepEqual(begun.factors, ['passkey'])
    assert.deepEqual(
      begun.passkeyOptions.allowCredentials?.map((each) => each.id),
      [mine.id.toString('base64url')],
    )
    const answer = (key: Authenticator) =>
      browser.post('/api/sign-in/second-factor', { kind: 'passkey', response: key.get(begun.passkeyOptions) })
    assert.equal((await answer(hers)).statusCode, 401)
    assert.equal((await answer(mine)).statusCode, 200)
    assert.equal((await browser.get('/api/me')).statusCode, 200)
  })

  test('it unlocks the screen and proves who is there', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const key = await addKey(owner)
    await owner.post('/api/session/lock')
    const { options } = (await owner.post('/api/session/passkey-options')).json<{ options: Options }>()
    const response = key.get(options)
    const reply = await owner.post('/api/session/unlock', { kind: 'passkey', response })
    assert.equal(reply.statusCode, 200)
    assert.ok(reply.json<{ provenUntil?: string }>().provenUntil)
    await owner.post('/api/session/lock')
    assert.equal((await owner.post('/api/session/unlock', { kind: 'passkey', response })).statusCode, 401)
  })

  test('it is renamed and removed by its owner only', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    const path = `/api/me/passkeys/${(await addKey(owner)).id.toString('base64url')}`
    assert.equal((await owner.ask('PATCH', path, { label: 'téléphone' })).json<{ label: string }>().label, 'téléphone')
    assert.equal((await noa.browser.ask('PATCH', path, { label: 'mine' })).statusCode, 404)
    assert.equal((await noa.browser.ask('DELETE', path)).statusCode, 404)
    assert.equal((await owner.ask('DELETE', path)).statusCode, 204)
    const { passkeys } = (await owner.get('/api/me/passkeys')).json<{ passkeys: unknown[] }>()
    assert.deepEqual(passkeys, [])
  })

  test('hostile answers are refused, and nothing falls', async () => {
    await using made = await servePeople(engine)
    await addKey(await made.ownerBrowser())
    const odd = [
      {},
      { clientDataJSON: 'x' },
      { clientDataJSON: '', authenticatorData: 'AAAA', signature: '' },
      { authenticatorData: 7 },
    ]
    for (const response of odd) {
      const browser = made.browser()
      await browser.post('/api/sign-in/passkey/options')
      const id = (await made.practice.db.selectFrom('passkey').select('id').executeTakeFirstOrThrow()).id
      const reply = await browser.post('/api/sign-in/passkey', { response: { id, rawId: id, type: 'public-key', response } })
      assert.equal(reply.statusCode, 401)
    }
  })
})

async function addKey(browser: Browser): Promise<Authenticator> {
  const key = new Authenticator(ORIGIN)
  const { options } = (await browser.post('/api/me/passkeys/options')).json<{ options: Options }>()
  const reply = await browser.post('/api/me/passkeys', { label: 'clé', response: key.create(options) })
  assert.equal(reply.statusCode, 201, reply.body)
  return key
}

async function signInBy(browser: Browser, key: Authenticator, lies?: Lies) {
  const { options } = (await browser.post('/api/sign-in/passkey/options')).json<{ options: Options }>()
  return browser.post('/api/sign-in/passkey', { response: key.get(options, lies) })
}
