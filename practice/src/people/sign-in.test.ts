import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { generate } from 'otplib'
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { route } from '#http'
import { verifyJournal } from '#journal'
import { onBothEngines, TEST_PASSWORD, TEST_PASSWORD_WORK } from '#testing'
import { hashPassword, PASSWORD_WORK, usePasswordWork } from './passwords.ts'
import { type Browser, fhirRead, type PeopleServer, servePeople } from './tests/browser.ts'

const patientList = route(
  endpoint({
    method: 'GET',
    path: '/api/patients',
    summary: 'Stands for any page about patients.',
    permission: 'practice.read',
    reply: z.object({ ok: z.boolean() }),
  }),
  async () => ({ ok: true }),
)
const more = [patientList, fhirRead]

const codeOf = (reply: { json: <T>() => T }) => reply.json<{ code: string }>().code

onBothEngines('signing in', (engine) => {
  test('login and password open a session, by a cookie that says nothing', async () => {
    await using made = await servePeople(engine, more)
    const browser = made.browser()
    const reply = await browser.signIn(' Camille ')
    assert.deepEqual(reply.json(), { kind: 'signed-in' })
    const cookie = reply.cookies.find((each) => each.name === '__Host-couronne')
    assert.deepEqual(
      [cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path, cookie?.domain],
      [true, true, 'Strict', '/', undefined],
    )
    const stored = await made.practice.db.selectFrom('session').selectAll().executeTakeFirstOrThrow()
    assert.ok(!JSON.stringify(stored).includes(cookie?.value ?? 'missing'))
    const me = (await browser.get('/api/me')).json<{ account: { login: string; role: string }; due: unknown[] }>()
    assert.deepEqual([me.account.login, me.account.role], ['camille', 'owner'])
    assert.deepEqual(me.due, [{ kind: 'second-factor', isRequired: true, by: '2026-03-09T08:00:00.000Z' }])
    assert.ok((await made.actions()).includes('sign-in.done'))
  })

  test('a refusal is the same for a wrong password, an unknown login and a disabled account, and nobody is signed in', async () => {
    await using made = await servePeople(engine, more)
    const { id } = await made.person('assistant', 'noa')
    await (await made.ownerBrowser()).post(`/api/people/${id}/disable`)
    const replies = [
      await made.browser().signIn('camille', 'not the password at all'),
      await made.browser().signIn('nobody', TEST_PASSWORD),
      await made.browser().signIn('noa', TEST_PASSWORD),
    ]
    for (const reply of replies) {
      assert.equal(reply.statusCode, 401)
      assert.deepEqual(reply.json(), replies[0]?.json())
      assert.deepEqual(reply.cookies, [])
    }
    const refused = await made.practice.db
      .selectFrom('journal_entry')
      .selectAll()
      .where('action', '=', 'sign-in.refused')
      .execute()
    assert.equal(refused.length, 3)
    assert.ok(!JSON.stringify(refused).includes('not the password'))
  })

  test('without a session nothing opens', async () => {
    await using made = await servePeople(engine, more)
    const stranger = made.browser()
    assert.equal((await stranger.get('/api/patients')).statusCode, 401)
    stranger.cookies.set('__Host-couronne', 'A'.repeat(43))
    assert.equal(codeOf(await stranger.get('/api/patients')), 'not-signed-in')
  })

  test('after five failures whoever guesses waits, and the right password waits with them', async () => {
    await using made = await servePeople(engine, more)
    const thief = made.browser('203.0.113.9')
    for (let i = 0; i < 5; i++) assert.equal((await thief.signIn('camille', `guess number ${i}`)).statusCode, 401)
    const reply = await thief.signIn()
    assert.equal(reply.statusCode, 429)
    assert.equal(reply.json<{ about: { seconds: number } }>().about.seconds, 1)
    made.pass({ seconds: 1 })
    assert.equal((await thief.signIn()).statusCode, 200)
  })

  test('many tries at once are no way around the count', async () => {
    await using made = await servePeople(engine, more)
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, i) => made.browser('203.0.113.9').signIn('camille', `guess ${i}`)),
    )
    assert.equal(replies.filter((reply) => reply.statusCode === 401).length, 5)
    assert.equal(replies.filter((reply) => reply.statusCode === 429).length, 7)
  })

  test('a stranger who guesses all day never locks the practice’s own browser out', async () => {
    await using made = await servePeople(engine, more)
    const own = await made.ownerBrowser()
    await own.post('/api/session/sign-out')
    for (let i = 0; i < 8; i++) {
      await made.browser('203.0.113.9').signIn('camille', `guess number ${i}`)
      made.pass({ minutes: 16 })
    }
    await made.browser('203.0.113.9').signIn('camille', 'one more')
    assert.equal((await made.browser('203.0.113.9').signIn()).statusCode, 429)
    assert.equal((await made.browser('198.51.100.7').signIn()).statusCode, 429)
    assert.equal((await own.signIn()).statusCode, 200)
  })

  test('a known browser answers for its own failures', async () => {
    await using made = await servePeople(engine, more)
    const own = await made.ownerBrowser()
    for (let i = 0; i < 5; i++) await own.signIn('camille', `guess number ${i}`)
    assert.equal((await own.signIn()).statusCode, 429)
    assert.equal((await made.browser('198.51.100.7').signIn()).statusCode, 200)
  })

  test('an address that tries many logins waits, others do not', async () => {
    await using made = await servePeople(engine, more)
    const rows = async () =>
      (await made.practice.db.selectFrom('failed_sign_in').select('bucket').execute()).map((row) => row.bucket)
    for (let i = 0; i < 20; i++) await made.browser('203.0.113.9').signIn(`login${i}`, 'whatever it may be')
    assert.equal((await made.browser('203.0.113.9').signIn('login99', 'whatever')).statusCode, 429)
    assert.equal((await made.browser('198.51.100.7').signIn()).statusCode, 200)
    assert.equal((await rows()).length, 22) // 20 accounts, 2 addresses
    assert.ok(!(await rows()).some((bucket) => bucket.includes('login1')))
    made.pass({ hours: 25 })
    await made.browser('198.51.100.7').signIn('camille', 'whatever')
    assert.equal((await rows()).length, 2)
  })

  test('a hash made with less work than today’s is made anew', async () => {
    await using made = await servePeople(engine, more)
    await made.practice.db
      .updateTable('account')
      .set({ password_hash: await hashPassword(TEST_PASSWORD) })
      .execute()
    usePasswordWork(PASSWORD_WORK)
    after(() => usePasswordWork(TEST_PASSWORD_WORK))
    assert.equal((await made.browser().signIn()).statusCode, 200)
    const { password_hash } = await made.practice.db.selectFrom('account').select('password_hash').executeTakeFirstOrThrow()
    assert.match(password_hash ?? '', /m=65536,t=3,p=1/)
    assert.equal((await made.browser().signIn()).statusCode, 200)
  })
})

onBothEngines('the screen', (engine) => {
  test('ten minutes without anybody lock it: 423, until the password is given', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    made.pass({ minutes: 9 })
    assert.equal((await browser.get('/api/patients')).statusCode, 200)
    made.pass({ minutes: 10 })
    const reply = await browser.get('/api/patients')
    assert.equal(reply.statusCode, 423)
    assert.equal(codeOf(reply), 'session-locked')
    assert.equal((await browser.get('/api/session')).json<{ isLocked: boolean }>().isLocked, true)
    assert.equal((await browser.post('/api/session/unlock', { kind: 'password', password: 'wrong, I think' })).statusCode, 401)
    assert.equal((await browser.get('/api/patients')).statusCode, 423)
    assert.equal((await browser.post('/api/session/unlock', { kind: 'password', password: TEST_PASSWORD })).statusCode, 200)
    assert.equal((await browser.get('/api/patients')).statusCode, 200)
    const actions = await made.actions()
    assert.deepEqual(
      actions.filter((action) => action.startsWith('session.')),
      ['session.locked', 'session.unlocked'],
    )
  })

  test('what a page asks by itself does not count as somebody’s being there', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    for (let minute = 0; minute < 10; minute++) {
      assert.equal((await browser.get('/api/notices')).statusCode, 200)
      made.pass({ minutes: 1 })
    }
    assert.equal((await browser.get('/api/notices')).statusCode, 423)
  })

  test('it can be locked by hand, and signing out works while it is', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    assert.equal((await browser.post('/api/session/lock')).statusCode, 204)
    assert.equal((await browser.get('/api/me')).statusCode, 423)
    assert.equal((await browser.post('/api/session/lock')).statusCode, 423)
    assert.equal((await browser.post('/api/session/sign-out')).statusCode, 204)
    assert.ok(!browser.cookies.has('__Host-couronne'))
  })

  test('an hour without anybody ends the session, once in the journal', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    made.pass({ minutes: 61 })
    assert.equal((await browser.get('/api/me')).statusCode, 401)
    assert.equal((await browser.post('/api/session/unlock', { kind: 'password', password: TEST_PASSWORD })).statusCode, 401)
    assert.equal((await made.actions()).filter((action) => action === 'session.ended').length, 1)
  })

  test('a session that nobody asks about any more ends at somebody’s next sign-in', async () => {
    await using made = await servePeople(engine, more)
    await made.ownerBrowser()
    made.pass({ hours: 13 })
    await made.ownerBrowser()
    const open = await made.practice.db.selectFrom('session').select('id').where('ended_at', 'is', null).execute()
    assert.equal(open.length, 1)
    assert.ok((await made.actions()).includes('session.ended'))
  })

  test('presence is written at most each thirty seconds', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    const seen = async () =>
      (await made.practice.db.selectFrom('session').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at
    const first = await seen()
    made.pass({ seconds: 29 })
    await browser.get('/api/patients')
    assert.equal(await seen(), first)
    made.pass({ seconds: 1 })
    await browser.get('/api/patients')
    assert.notEqual(await seen(), first)
  })
})

onBothEngines('sessions', (engine) => {
  test('one sees where one is signed in, ends one, or all', async () => {
    await using made = await servePeople(engine, more)
    const [here, there, third] = [await made.ownerBrowser(), await made.ownerBrowser(), await made.ownerBrowser()]
    const { sessions } = (await here.get('/api/me/sessions')).json<{ sessions: { id: string; isCurrent: boolean }[] }>()
    assert.deepEqual(sessions.map((session) => session.isCurrent).sort(), [false, false, true])
    const other = (await there.get('/api/session')).json<{ id: string }>()
    assert.equal((await here.ask('DELETE', `/api/me/sessions/${other.id}`)).statusCode, 204)
    assert.equal((await there.get('/api/me')).statusCode, 401)
    assert.equal((await here.ask('DELETE', `/api/me/sessions/${other.id}`)).statusCode, 404)
    assert.equal((await here.post('/api/session/sign-out-everywhere')).statusCode, 204)
    assert.equal((await third.get('/api/me')).statusCode, 401)
  })

  test('the owner ends another’s; a colleague cannot', async () => {
    await using made = await servePeople(engine, more)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    const { sessions } = (await owner.get(`/api/people/${noa.id}/sessions`)).json<{ sessions: { id: string }[] }>()
    assert.equal((await noa.browser.get(`/api/people/${made.owner.accountId}/sessions`)).statusCode, 403)
    assert.equal((await owner.ask('DELETE', `/api/people/${noa.id}/sessions/${sessions[0]?.id}`)).statusCode, 204)
    assert.equal((await noa.browser.get('/api/me')).statusCode, 401)
  })

  test('sensitive changes want a proof of at most ten minutes', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    assert.equal((await browser.post('/api/me/totp')).statusCode, 200)
    made.pass({ minutes: 6 })
    await browser.get('/api/patients')
    made.pass({ minutes: 6 })
    const reply = await browser.post('/api/me/totp')
    assert.deepEqual([reply.statusCode, codeOf(reply)], [403, 'proof-needed'])
    const wrong = await browser.post('/api/session/prove', { kind: 'password', password: 'something else' })
    assert.equal(codeOf(wrong), 'sign-in-refused')
    assert.equal((await browser.post('/api/session/prove', { kind: 'password', password: TEST_PASSWORD })).statusCode, 200)
    assert.equal((await browser.post('/api/me/totp')).statusCode, 200)
  })

  test('an impatient double click begins one second factor, the later one', async () => {
    await using made = await servePeople(engine, more)
    const browser = await made.ownerBrowser()
    const replies = await Promise.all(Array.from({ length: 20 }, () => browser.post('/api/me/totp')))
    assert.deepEqual(new Set(replies.map(({ statusCode }) => statusCode)), new Set([200]))
    assert.equal((await made.practice.db.selectFrom('challenge').select('id').execute()).length, 1)
  })

  test('a new password ends the other sessions and must be a good one', async () => {
    await using made = await servePeople(engine, more)
    const [here, there] = [await made.ownerBrowser(), await made.ownerBrowser()]
    const change = (newPassword: string) => here.post('/api/me/password', { password: TEST_PASSWORD, newPassword })
    const weak = await change('camille-2026')
    assert.equal(weak.statusCode, 400)
    assert.equal(weak.json<{ fields: { problem: string }[] }>().fields[0]?.problem, 'too-like-a-name')
    assert.equal((await change('trois renards sous la pluie')).statusCode, 204)
    assert.equal((await there.get('/api/me')).statusCode, 401)
    assert.equal((await here.get('/api/me')).statusCode, 200)
    assert.equal((await made.browser().signIn()).statusCode, 401)
    assert.equal((await made.browser().signIn('camille', 'trois renards sous la pluie')).statusCode, 200)
  })
})

onBothEngines('second factors', (engine) => {
  test('an authenticator’s code is asked after the password, and counts once', async () => {
    await using made = await servePeople(engine, more)
    const secret = await addTotp(made, await made.ownerBrowser())
    const { totp_sealed } = await made.practice.db.selectFrom('account').select('totp_sealed').executeTakeFirstOrThrow()
    assert.ok(!Buffer.from(totp_sealed ?? []).includes(secret))
    made.pass({ seconds: 30 })
    const browser = made.browser()
    const first = await browser.signIn()
    assert.deepEqual(first.json(), { kind: 'second-factor-needed', factors: ['totp'] })
    assert.equal((await browser.get('/api/me')).statusCode, 401)
    assert.deepEqual((await browser.get('/api/sign-in/second-factor')).json(), first.json())
    const code = await codeAt(made, secret)
    assert.equal((await browser.post('/api/sign-in/second-factor', { kind: 'totp', code: '000000' })).statusCode, 401)
    assert.equal((await browser.post('/api/sign-in/second-factor', { kind: 'totp', code })).statusCode, 200)
    assert.equal((await browser.get('/api/me')).statusCode, 200)
    const thief = made.browser()
    await thief.signIn()
    assert.equal((await thief.post('/api/sign-in/second-factor', { kind: 'totp', code })).statusCode, 401)
  })

  test('a code of the step before or after is taken, of two steps before is not', async () => {
    await using made = await servePeople(engine, more)
    const secret = await addTotp(made, await made.ownerBrowser())
    made.pass({ minutes: 5 })
    const tryAt = async (seconds: number) => {
      const browser = made.browser()
      await browser.signIn()
      return (await browser.post('/api/sign-in/second-factor', { kind: 'totp', code: await codeAt(made, secret, seconds) }))
        .statusCode
    }
    assert.equal(await tryAt(-60), 401)
    assert.equal(await tryAt(-30), 200)
    assert.equal(await tryAt(30), 200)
    assert.equal(await tryAt(0), 401) // an earlier step than one that was used
  })

  test('five wrong codes end the step', async () => {
    await using made = await servePeople(engine, more)
    const secret = await addTotp(made, await made.ownerBrowser())
    made.pass({ minutes: 1 })
    const browser = made.browser()
    await browser.signIn()
    for (let i = 0; i < 5; i++) await browser.post('/api/sign-in/second-factor', { kind: 'totp', code: `00000${i}` })
    const reply = await browser.post('/api/sign-in/second-factor', { kind: 'totp', code: await codeAt(made, secret) })
    assert.equal(codeOf(reply), 'not-signed-in')
  })

  test('a step lasts five minutes', async () => {
    await using made = await servePeople(engine, more)
    const secret = await addTotp(made, await made.ownerBrowser())
    made.pass({ minutes: 1 })
    const browser = made.browser()
    await browser.signIn()
    made.pass({ minutes: 5 })
    assert.equal(
      (await browser.post('/api/sign-in/second-factor', { kind: 'totp', code: await codeAt(made, secret) })).statusCode,
      401,
    )
  })

  test('the same code from two browsers at once opens one session', async () => {
    await using made = await servePeople(engine, more)
    const secret = await addTotp(made, await made.ownerBrowser())
    made.pass({ minutes: 1 })
    const browsers = [made.browser(), made.browser(), made.browser()]
    for (const browser of browsers) await browser.signIn()
    const code = await codeAt(made, secret)
    const replies = await Promise.all(
      browsers.map((browser) => browser.post('/api/sign-in/second-factor', { kind: 'totp', code })),
    )
    assert.deepEqual(replies.map((reply) => reply.statusCode).sort(), [200, 401, 401])
  })

  test('recovery codes are ten, stand in once each, and their owner is told', async () => {
    await using made = await servePeople(engine, more)
    const owner = await made.ownerBrowser()
    assert.equal((await owner.post('/api/me/recovery-codes')).statusCode, 400)
    await addTotp(made, owner)
    const { codes } = (await owner.post('/api/me/recovery-codes')).json<{ codes: string[] }>()
    assert.equal(new Set(codes).size, 10)
    for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    const signInWith = async (code: string) => {
      const browser = made.browser()
      await browser.signIn()
      return (await browser.post('/api/sign-in/second-factor', { kind: 'recovery-code', code })).statusCode
    }
    const [first = '', second = ''] = codes
    assert.equal(await signInWith(first), 200)
    assert.equal(await signInWith(first), 401)
    assert.equal(await signInWith(second.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')), 200)
    const me = (await owner.get('/api/me')).json<{ secondFactors: { recoveryCodesLeft: number }; unseenNotices: number }>()
    assert.equal(me.secondFactors.recoveryCodesLeft, 8)
    const { notices } = (await owner.get('/api/notices')).json<{ notices: { id: string; kind: string }[] }>()
    const [notice] = notices.filter((each) => each.kind === 'recovery-code-used')
    assert.equal(me.unseenNotices, notices.length)
    assert.equal((await owner.post(`/api/notices/${notice?.id}/seen`)).statusCode, 204)
    assert.equal((await owner.post(`/api/notices/${notice?.id}/seen`)).statusCode, 404)
  })

  test('an owner without a second factor after seven days may only add one', async () => {
    await using made = await servePeople(engine, more)
    made.pass({ hours: 7 * 24 })
    const owner = await made.ownerBrowser()
    const reply = await owner.get('/api/patients')
    assert.deepEqual([reply.statusCode, codeOf(reply)], [403, 'second-factor-due'])
    await addTotp(made, owner)
    assert.equal((await owner.get('/api/patients')).statusCode, 200)
    await owner.post('/api/session/prove', { kind: 'password', password: TEST_PASSWORD })
    assert.equal((await owner.ask('DELETE', '/api/me/totp')).statusCode, 204)
    assert.equal((await owner.get('/api/patients')).statusCode, 403)
  })

  test('others are asked, and go on', async () => {
    await using made = await servePeople(engine, more)
    const noa = await made.person('assistant', 'noa')
    const me = (await noa.browser.get('/api/me')).json<{ due: unknown[] }>()
    assert.deepEqual(me.due, [{ kind: 'second-factor', isRequired: false }])
    made.pass({ hours: 8 * 24 })
    await noa.browser.signIn('noa')
    assert.equal((await noa.browser.get('/api/patients')).statusCode, 200)
  })

  test('the practice may require it of more roles, who have seven days', async () => {
    await using made = await servePeople(engine, more)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    const settings = (await owner.get('/api/settings/sign-in')).json<object>()
    const wanted = { ...settings, secondFactorRoles: ['owner', 'assistant'] }
    assert.equal((await owner.ask('PUT', '/api/settings/sign-in', wanted)).statusCode, 200)
    const me = (await noa.browser.get('/api/me')).json<{ due: { isRequired: boolean; by: string }[] }>()
    assert.deepEqual(me.due, [{ kind: 'second-factor', isRequired: true, by: '2026-03-09T08:00:00.000Z' }])
    assert.equal((await owner.ask('PUT', '/api/settings/sign-in', { ...settings, locksAfterMinutes: 600 })).statusCode, 400)
  })
})

onBothEngines('tokens', (engine) => {
  const ask = (made: PeopleServer, url: string, secret: string, method: 'GET' | 'POST' = 'GET') =>
    made.server.inject({ method, url, headers: { host: 'localhost', authorization: `Bearer ${secret}` } })

  test('a token opens the FHIR door and nothing else, until it is revoked', async () => {
    await using made = await servePeople(engine, more)
    const owner = await made.ownerBrowser()
    const reply = await owner.post('/api/me/tokens', { label: 'laboratoire', days: 30 })
    const { token, secret } = reply.json<{ token: { id: string }; secret: string }>()
    assert.equal((await ask(made, '/api/fhir/Patient', secret)).statusCode, 200)
    assert.equal((await ask(made, '/api/patients', secret)).statusCode, 403)
    assert.equal((await ask(made, '/api/me', secret)).statusCode, 403)
    assert.equal((await ask(made, '/api/me/tokens', secret, 'POST')).statusCode, 403)
    assert.equal((await ask(made, '/api/fhir/Patient', `${secret}x`)).statusCode, 401)
    assert.equal((await owner.ask('DELETE', `/api/me/tokens/${token.id}`)).statusCode, 204)
    assert.equal((await ask(made, '/api/fhir/Patient', secret)).statusCode, 401)
  })

  test('a token ends at its day, and with its account', async () => {
    await using made = await servePeople(engine, more)
    const pat = await made.person('practitioner', 'pat')
    const make = async () => (await pat.browser.post('/api/me/tokens', { label: 'x', days: 1 })).json<{ secret: string }>().secret
    const [one, two] = [await make(), await make()]
    made.pass({ hours: 24 })
    assert.equal((await ask(made, '/api/fhir/Patient', one)).statusCode, 401)
    await pat.browser.signIn('pat')
    const three = await make()
    await (await made.ownerBrowser()).post(`/api/people/${pat.id}/disable`)
    assert.equal((await ask(made, '/api/fhir/Patient', three)).statusCode, 401)
    assert.notEqual(one, two)
  })

  test('an account has twenty tokens at most, and is told that it is their number', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const make = () => owner.post('/api/me/tokens', { label: 'x', days: 1 })
    for (let count = 0; count < 20; count++) assert.equal((await make()).statusCode, 201)
    const refused = await make()
    assert.equal(refused.statusCode, 400)
    assert.equal(refused.json<{ fields: { problem: string }[] }>().fields[0]?.problem, 'too-many')
  })

  test('a role that does not read through the FHIR door makes no token', async () => {
    await using made = await servePeople(engine, more)
    const noa = await made.person('assistant', 'noa')
    assert.equal((await noa.browser.post('/api/me/tokens', { label: 'x', days: 1 })).statusCode, 403)
  })

  test('the journal of all this is whole', async () => {
    await using made = await servePeople(engine, more)
    await made.person('assistant', 'noa')
    await addTotp(made, await made.ownerBrowser())
    assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
  })
})

async function addTotp(made: PeopleServer, browser: Browser): Promise<string> {
  const { secret } = (await browser.post('/api/me/totp')).json<{ secret: string }>()
  const code = await codeAt(made, secret)
  assert.equal((await browser.post('/api/me/totp/confirm', { code })).statusCode, 204)
  return secret
}

function codeAt(made: PeopleServer, secret: string, seconds = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor(made.practice.now().epochMilliseconds / 1000) + seconds })
}

test('whoever signs in where somebody was signed in ends that session', async () => {
  await using made = await servePeople('sqlite', more)
  const browser = await made.ownerBrowser()
  const before = new Map(browser.cookies)
  await browser.signIn()
  const old = made.browser()
  for (const [name, value] of before) old.cookies.set(name, value)
  assert.equal((await old.get('/api/me')).statusCode, 401)
  assert.equal((await browser.get('/api/me')).statusCode, 200)
})

test('a secret is not kept for an Idempotency-Key', async () => {
  await using made = await servePeople('sqlite', more)
  const browser = await made.ownerBrowser()
  const cookies = Object.fromEntries(browser.cookies)
  const make = () =>
    made.server.inject({
      method: 'POST',
      url: '/api/me/tokens',
      headers: { host: 'localhost', 'sec-fetch-site': 'same-origin', 'idempotency-key': 'abcdefgh' },
      cookies,
      payload: { label: 'x', days: 1 },
    })
  const secrets = [(await make()).json<{ secret: string }>().secret, (await make()).json<{ secret: string }>().secret]
  assert.notEqual(secrets[0], secrets[1])
  assert.deepEqual(await made.practice.db.selectFrom('idempotency_key').selectAll().execute(), [])
})

onBothEngines('strangers', (engine) => {
  test('whatever strangers send before signing in, they are told what is wrong, and nothing falls', async () => {
    await using made = await servePeople(engine, more)
    const paths = ['password', 'second-factor', 'passkey', 'passkey/options', 'oidc/start'].map((each) => `/api/sign-in/${each}`)
    const open = [...paths, '/api/invitations/look', '/api/invitations/accept']
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ login: fc.string({ unit: 'binary' }), password: fc.string({ unit: 'binary', maxLength: 20 }) }),
      fc.record({ kind: fc.constantFrom('totp', 'passkey', 'recovery-code'), code: fc.string(), response: fc.object() }),
      fc.record({ response: fc.record({ id: fc.string(), response: fc.object() }) }),
      fc.record({ secret: fc.string({ unit: 'binary' }), password: fc.string({ minLength: 12, maxLength: 30 }) }),
    )
    const cookie = fc.option(fc.constantFrom('x', 'A'.repeat(43), 'é;', ' '.repeat(43)), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...open), anything, cookie, fc.ipV4(), async (url, payload, secret, address) => {
        const headers = { host: 'localhost', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
        const { statusCode, body } = await made.server.inject({
          method: 'POST',
          url,
          remoteAddress: address,
          headers: { ...headers, ...(secret === undefined ? {} : { cookie: `__Host-couronne-step=${secret}` }) },
          payload: JSON.stringify(payload) ?? '',
        })
        assert.ok(statusCode < 500, `${url}: ${statusCode} ${body}`)
      }),
      { numRuns: 300 },
    )
    assert.equal((await made.browser().signIn('a\0b', 'x')).statusCode, 400)
    const strange = await made.browser().get('/api/sign-in/oidc/callback?state[]=1&code=%00&iss=')
    assert.ok(strange.statusCode < 500)
    assert.equal((await made.browser().signIn()).statusCode, 200)
  })
})
