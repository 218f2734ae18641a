import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { generate } from 'otplib'
import { onBothEngines, TEST_PASSWORD } from '#testing'
import { changeAccount } from './accounts.ts'
import { hashPassword, isPassword, PASSWORD_WORK, pretendToCheck, usePasswordWork } from './passwords.ts'
import { type Browser, fhirRead, type PeopleServer, servePeople } from './tests/browser.ts'

const OTHER_PASSWORD = 'trois renards sous la pluie'
const codeOf = (reply: { json: <T>() => T }) => reply.json<{ code: string }>().code

// What happens while a password is being checked needs the time that this takes.
usePasswordWork(PASSWORD_WORK)

onBothEngines('between two steps of a sign-in', (engine) => {
  test('an account that is closed while its password is being checked has no session, and none when it is opened again', async () => {
    await using made = await servePeople(engine)
    const { id, browser } = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    const late = made.browser('192.168.1.66')
    const signingIn = late.signIn('noa')
    await until(async () => (await failures(made)) > 0)
    assert.equal((await owner.post(`/api/people/${id}/disable`)).statusCode, 200)
    assert.equal((await signingIn).statusCode, 401)
    assert.equal((await owner.post(`/api/people/${id}/activate`)).statusCode, 200)
    for (const each of [late, browser]) assert.equal((await each.get('/api/me')).statusCode, 401)
  })

  test('a password that is changed while the former one is being checked opens nothing', async () => {
    await using made = await servePeople(engine)
    const hash = await hashPassword(OTHER_PASSWORD)
    const thief = made.browser('203.0.113.9')
    const signingIn = thief.signIn()
    await until(async () => (await failures(made)) > 0)
    await made.practice.db.updateTable('account').set({ password_hash: hash }).execute()
    assert.equal((await signingIn).statusCode, 401)
    assert.equal((await thief.get('/api/me')).statusCode, 401)
  })

  test('a step that waits for the second factor ends when the password is changed', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const secret = await addTotp(made, owner)
    made.pass({ seconds: 60 })
    const thief = made.browser('203.0.113.9')
    assert.equal((await thief.signIn()).json<{ kind: string }>().kind, 'second-factor-needed')
    const changed = await owner.post('/api/me/password', { password: TEST_PASSWORD, newPassword: OTHER_PASSWORD })
    assert.equal(changed.statusCode, 204)
    const reply = await thief.post('/api/sign-in/second-factor', { kind: 'totp', code: await codeAt(made, secret) })
    assert.deepEqual([reply.statusCode, codeOf(reply)], [401, 'not-signed-in'])
  })

  test('strangers who begin sign-ins from the same address end nobody else’s', async () => {
    await using made = await servePeople(engine)
    const secret = await addTotp(made, await made.ownerBrowser())
    made.pass({ seconds: 60 })
    const own = made.browser('203.0.113.9')
    await own.signIn()
    for (let i = 0; i < 60; i++) {
      made.pass({ milliseconds: 1 })
      await made.browser('203.0.113.9').post('/api/sign-in/passkey/options')
    }
    const reply = await own.post('/api/sign-in/second-factor', { kind: 'totp', code: await codeAt(made, secret) })
    assert.equal(reply.statusCode, 200)
    const left = await made.practice.db.selectFrom('challenge').select('id').execute()
    assert.ok(left.length <= 50, `${left.length} are kept`)
  })
})

onBothEngines('rights', (engine) => {
  test('whoever changes their own name while an owner takes their role away does not get it back', async () => {
    await using made = await servePeople(engine)
    const { id, browser } = await made.person('owner', 'noa')
    const { promise: isChanged, resolve: changed } = Promise.withResolvers<void>()
    const demoting = made.practice.db.transaction().execute(async (tx) => {
      await changeAccount(tx, made.practice, id, { role: 'assistant' })
      changed()
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    await isChanged
    const renaming = browser.ask('PATCH', '/api/me', { displayName: 'Noa' })
    await demoting
    assert.equal((await renaming).statusCode, 200)
    const row = await made.practice.db.selectFrom('account').select('role').where('id', '=', id).executeTakeFirstOrThrow()
    assert.equal(row.role, 'assistant')
  })

  test('two owners who demote each other at once leave one', async () => {
    await using made = await servePeople(engine)
    const { id, browser } = await made.person('owner', 'noa')
    const camille = await made.ownerBrowser()
    const replies = await Promise.all([
      camille.ask('PATCH', `/api/people/${id}`, { role: 'auditor' }),
      browser.ask('PATCH', `/api/people/${made.owner.accountId}`, { role: 'auditor' }),
    ])
    assert.deepEqual(replies.filter((reply) => reply.statusCode === 200).length, 1)
    const owners = await made.practice.db.selectFrom('account').select('id').where('role', '=', 'owner').execute()
    assert.equal(owners.length, 1)
  })

  test('a token opens nothing while its account owes a second factor', async () => {
    await using made = await servePeople(engine, [fhirRead])
    const owner = await made.ownerBrowser()
    const { secret } = (await owner.post('/api/me/tokens', { label: 'programme', days: 30 })).json<{ secret: string }>()
    const read = () =>
      made.server.inject({
        url: '/api/fhir/Patient',
        headers: { host: 'localhost', authorization: `Bearer ${secret}` },
      })
    assert.equal((await read()).statusCode, 200)
    made.pass({ hours: 7 * 24 })
    const reply = await read()
    assert.deepEqual([reply.statusCode, codeOf(reply)], [403, 'second-factor-due'])
  })

  test('many who sign in and end each other’s sessions at once all get in', async () => {
    await using made = await servePeople(engine)
    const browsers = await Promise.all(Array.from({ length: 6 }, () => made.ownerBrowser()))
    made.pass({ hours: 2 })
    const replies = await Promise.all(browsers.map((browser) => browser.signIn()))
    assert.deepEqual(
      replies.map((reply) => reply.statusCode),
      browsers.map(() => 200),
    )
  })
})

onBothEngines('a clock that is put back', (engine) => {
  test('locks the screen instead of leaving it open until the former time', async () => {
    await using made = await servePeople(engine)
    const browser = await made.ownerBrowser()
    made.pass({ hours: -5 })
    const reply = await browser.get('/api/people')
    assert.deepEqual([reply.statusCode, codeOf(reply)], [423, 'session-locked'])
    assert.equal((await browser.post('/api/session/unlock', { kind: 'password', password: TEST_PASSWORD })).statusCode, 200)
    assert.equal((await browser.get('/api/people')).statusCode, 200)
    made.pass({ minutes: 11 })
    assert.equal((await browser.get('/api/people')).statusCode, 423)
  })

  test('makes nobody wait until the former time', async () => {
    await using made = await servePeople(engine)
    for (let i = 0; i < 6; i++) await made.browser('203.0.113.9').signIn('camille', `guess number ${i}`)
    made.pass({ hours: -24 })
    assert.equal((await made.browser('203.0.113.9').signIn()).statusCode, 200)
  })

  test('does not prolong a proof', async () => {
    await using made = await servePeople(engine)
    const browser = await made.ownerBrowser()
    made.pass({ hours: -5 })
    await made.practice.db.updateTable('session').set({ last_seen_at: '2026-03-02T03:00:00.000Z' }).execute()
    assert.equal(codeOf(await browser.post('/api/me/totp')), 'proof-needed')
  })
})

suite('strangers who keep all threads at work', () => {
  test('do not keep those waiting who are known here', async () => {
    const hash = await hashPassword(TEST_PASSWORD)
    const done: string[] = []
    const note = (who: string) => () => done.push(who)
    const strangers = Array.from({ length: 5 }, () => pretendToCheck('guess').then(note('stranger')))
    const known = isPassword(TEST_PASSWORD, hash, 'known').then(note('known'))
    await Promise.all([...strangers, known])
    assert.ok(done.indexOf('known') <= 3, done.join(' '))
  })
})

async function failures(made: PeopleServer): Promise<number> {
  return (await made.practice.db.selectFrom('failed_sign_in').select('bucket').where('failures', '>', 0).execute()).length
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000 && !(await isSo()); i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

async function addTotp(made: PeopleServer, browser: Browser): Promise<string> {
  const { secret } = (await browser.post('/api/me/totp')).json<{ secret: string }>()
  assert.equal((await browser.post('/api/me/totp/confirm', { code: await codeAt(made, secret) })).statusCode, 204)
  return secret
}

function codeAt(made: PeopleServer, secret: string): Promise<string> {
  return generate({ secret, epoch: Math.floor(made.practice.now().epochMilliseconds / 1000) })
}
