import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordEvent } from '#journal'
import { onBothEngines, TEST_PASSWORD } from '#testing'
import { breakGlass, hasBrokenGlass } from './index.ts'
import { servePeople } from './tests/browser.ts'

const NOA = { login: 'noa', displayName: 'Noa Exemple', role: 'assistant', language: 'fr' }

interface Invited {
  readonly account: { readonly id: string; readonly state: string }
  readonly invitation: { readonly secret: string; readonly endsAt: string }
}

onBothEngines('accounts', (engine) => {
  test('somebody invited chooses a password by a link that works once', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const reply = await owner.post('/api/people', NOA)
    assert.equal(reply.statusCode, 201)
    const { account, invitation } = reply.json<Invited>()
    assert.deepEqual([account.state, invitation.endsAt], ['invited', '2026-03-09T08:00:00.000Z'])
    const row = await made.practice.db.selectFrom('account').selectAll().where('login', '=', 'noa').executeTakeFirstOrThrow()
    assert.ok(!JSON.stringify(row).includes(invitation.secret))
    const noa = made.browser()
    const look = await noa.post('/api/invitations/look', { secret: invitation.secret })
    assert.equal(look.json<{ displayName: string }>().displayName, 'Noa Exemple')
    const accept = (password: string) => noa.post('/api/invitations/accept', { secret: invitation.secret, password })
    assert.equal((await accept('motdepasse-2026')).statusCode, 400)
    assert.equal((await accept(TEST_PASSWORD)).statusCode, 200)
    assert.equal((await accept('un autre mot de passe long')).statusCode, 404)
    assert.equal((await noa.signIn('noa')).statusCode, 200)
  })

  test('two who accept at once: one password counts', async () => {
    await using made = await servePeople(engine)
    const { invitation } = (await (await made.ownerBrowser()).post('/api/people', NOA)).json<Invited>()
    const passwords = ['premier mot de passe long', 'second mot de passe long']
    const replies = await Promise.all(
      passwords.map((password) => made.browser().post('/api/invitations/accept', { secret: invitation.secret, password })),
    )
    assert.deepEqual(replies.map((reply) => reply.statusCode).sort(), [200, 404])
  })

  test('an invitation ends after seven days, and a new one replaces it', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const first = (await owner.post('/api/people', NOA)).json<Invited>()
    const again = (await owner.post(`/api/people/${first.account.id}/invitation`, {})).json<Invited['invitation']>()
    const accept = (secret: string) => made.browser().post('/api/invitations/accept', { secret, password: TEST_PASSWORD })
    assert.equal((await accept(first.invitation.secret)).statusCode, 404)
    made.pass({ hours: 7 * 24 })
    assert.equal((await accept(again.secret)).statusCode, 404)
  })

  test('whoever guesses invitations waits', async () => {
    await using made = await servePeople(engine)
    const thief = made.browser('203.0.113.9')
    const guess = () => thief.post('/api/invitations/look', { secret: 'x'.repeat(43) })
    for (let i = 0; i < 20; i++) assert.equal((await guess()).statusCode, 404)
    assert.equal((await guess()).statusCode, 429)
  })

  test('a login is one account’s, however it is typed', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const replies = await Promise.all([owner.post('/api/people', NOA), owner.post('/api/people', { ...NOA, login: ' NOA ' })])
    assert.deepEqual(replies.map((reply) => reply.statusCode).sort(), [201, 409])
    assert.equal((await owner.post('/api/people', { ...NOA, login: 'Camille' })).statusCode, 409)
  })

  test('the last active owner is neither demoted nor disabled, even by two at once', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const own = `/api/people/${made.owner.accountId}`
    assert.equal((await owner.ask('PATCH', own, { role: 'assistant' })).statusCode, 409)
    assert.equal((await owner.post(`${own}/disable`)).statusCode, 409)
    const second = await made.person('owner', 'sasha')
    const replies = await Promise.all([
      owner.ask('PATCH', `/api/people/${second.id}`, { role: 'assistant' }),
      second.browser.post(`${own}/disable`),
    ])
    const owners = await made.practice.db
      .selectFrom('account')
      .select('id')
      .where('role', '=', 'owner')
      .where('state', '=', 'active')
      .execute()
    assert.equal(owners.length, 1, replies.map((reply) => reply.statusCode).join())
  })

  test('a disabled account is signed out at once, and signs in again when it is active', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    assert.equal((await owner.post(`/api/people/${noa.id}/disable`)).json<{ state: string }>().state, 'disabled')
    assert.equal((await noa.browser.get('/api/me')).statusCode, 401)
    assert.equal((await owner.post(`/api/people/${noa.id}/activate`)).statusCode, 200)
    assert.equal((await noa.browser.get('/api/me')).statusCode, 401)
    assert.equal((await noa.browser.signIn('noa')).statusCode, 200)
  })

  test('a role changes at once', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    await owner.ask('PATCH', `/api/people/${noa.id}`, { role: 'it-provider', email: 'noa@example.org' })
    const me = (await noa.browser.get('/api/me')).json<{
      account: { role: string; email: string }
      permissions: string[]
      due: { isRequired: boolean }[]
    }>()
    assert.deepEqual([me.account.role, me.account.email], ['it-provider', 'noa@example.org'])
    assert.ok(!me.permissions.some((permission) => permission.startsWith('patients')))
    assert.equal(me.due[0]?.isRequired, true)
  })

  test('who lost everything gets a link that takes the second factors away, and everybody concerned is told', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    await made.practice.db
      .updateTable('account')
      .set({ totp_sealed: Buffer.from('x') })
      .where('id', '=', noa.id)
      .execute()
    const owner = await made.ownerBrowser()
    const { secret } = (await owner.post(`/api/people/${noa.id}/invitation`, { removesSecondFactors: true })).json<{
      secret: string
    }>()
    assert.equal((await noa.browser.get('/api/me')).statusCode, 200)
    const accepted = await made.browser().post('/api/invitations/accept', { secret, password: 'quatre chats dans la cour' })
    assert.equal(accepted.statusCode, 200)
    assert.equal((await noa.browser.get('/api/me')).statusCode, 401)
    assert.deepEqual((await made.browser().signIn('noa', 'quatre chats dans la cour')).json(), { kind: 'signed-in' })
    const { notices } = (await owner.get('/api/notices')).json<{ notices: { kind: string; about: { accountId: string } }[] }>()
    assert.ok(notices.some((notice) => notice.kind === 'second-factors-removed' && notice.about.accountId === noa.id))
  })

  test('only those who look after accounts or the system see how well others are protected', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    const owner = await made.ownerBrowser()
    type People = { accounts: { protection?: { hasSecondFactor: boolean } }[] }
    assert.ok((await owner.get('/api/people')).json<People>().accounts.every((account) => account.protection !== undefined))
    const seen = await noa.browser.get('/api/people')
    assert.ok(seen.json<People>().accounts.every((account) => account.protection === undefined))
    for (const secret of ['argon2id', 'hash', 'sealed']) assert.ok(!seen.body.includes(secret))
    assert.equal((await noa.browser.post('/api/people', { ...NOA, login: 'x2' })).statusCode, 403)
  })
})

onBothEngines('practitioners', (engine) => {
  const PAT = { familyName: 'Exemple', givenName: 'Pat', rpps: '799 2739 8713' }
  const role = { status: 'collaborateur-liberal', fromOn: '2026-01-01' }

  test('a practitioner has a number that checks, and contracts that do not meet', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const wrong = await owner.post('/api/practitioners', { ...PAT, rpps: '79927398710', role })
    assert.equal(wrong.json<{ fields: { path: string }[] }>().fields[0]?.path, 'rpps')
    const made1 = (await owner.post('/api/practitioners', { ...PAT, role })).json<{
      id: string
      rpps: string
      roles: { id: string }[]
    }>()
    assert.equal(made1.rpps, '79927398713')
    assert.equal((await owner.post('/api/practitioners', { ...PAT, role })).statusCode, 409)
    const roles = `/api/practitioners/${made1.id}/roles`
    const next = { status: 'associe', fromOn: '2026-07-01' }
    assert.equal((await owner.post(roles, next)).statusCode, 400)
    const ended = await owner.ask('PUT', `${roles}/${made1.roles[0]?.id}`, { ...role, toOn: '2026-06-30' })
    assert.equal(ended.statusCode, 200)
    assert.equal((await owner.post(roles, next)).statusCode, 201)
    assert.equal((await owner.ask('PUT', `${roles}/${made1.roles[0]?.id}`, { ...role, toOn: '2025-06-30' })).statusCode, 400)
    const left = await owner.ask('DELETE', `${roles}/${made1.roles[0]?.id}`)
    assert.equal(left.json<{ roles: unknown[] }>().roles.length, 1)
    const last = left.json<{ roles: { id: string }[] }>().roles[0]?.id
    assert.equal((await owner.ask('DELETE', `${roles}/${last}`)).statusCode, 409)
    const { practitioners } = (await owner.get('/api/practitioners')).json<{ practitioners: { roles: { status: string }[] }[] }>()
    assert.deepEqual(
      practitioners[0]?.roles.map((each) => each.status),
      ['associe'],
    )
  })

  test('two contracts that would meet are not both added, even at once', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const { id } = (await owner.post('/api/practitioners', { ...PAT, role: { ...role, toOn: '2026-01-31' } })).json<{
      id: string
    }>()
    const add = (fromOn: string) => owner.post(`/api/practitioners/${id}/roles`, { status: 'remplacant', fromOn })
    const replies = await Promise.all([add('2026-02-01'), add('2026-03-01')])
    assert.deepEqual(replies.map((reply) => reply.statusCode).sort(), [201, 400])
  })

  test('an account names a practitioner that is here', async () => {
    await using made = await servePeople(engine)
    const owner = await made.ownerBrowser()
    const { id } = (await owner.post('/api/practitioners', { ...PAT, role })).json<{ id: string }>()
    assert.equal((await owner.post('/api/people', { ...NOA, practitionerId: 'none' })).statusCode, 400)
    assert.equal((await owner.post('/api/people', { ...NOA, practitionerId: id })).statusCode, 201)
  })
})

onBothEngines('breaking the glass', (engine) => {
  test('it opens one record to one account for an hour, and each owner is told', async () => {
    await using made = await servePeople(engine)
    const noa = await made.person('assistant', 'noa')
    await made.person('owner', 'sasha')
    const { practice } = made
    const actor = { accountId: noa.id, role: 'assistant', address: '192.168.1.10' } as const
    const reason = 'urgence : hémorragie au fauteuil'
    await practice.db.transaction().execute(async (tx) => {
      await breakGlass(tx, practice, actor, { patientId: 'a patient', reason })
      await recordEvent(tx, practice.id, actor, practice.now(), { action: 'glass.broken', patientId: 'a patient', reason })
    })
    const isOpen = (patientId: string) => hasBrokenGlass(practice.db, practice, noa.id, patientId)
    assert.deepEqual([await isOpen('a patient'), await isOpen('another')], [true, false])
    assert.equal(await hasBrokenGlass(practice.db, practice, made.owner.accountId, 'a patient'), false)
    const notices = await practice.db.selectFrom('notice').selectAll().where('kind', '=', 'glass-broken').execute()
    assert.equal(notices.length, 2)
    assert.ok(!JSON.stringify(notices).includes('hémorragie'))
    made.pass({ minutes: 60 })
    assert.equal(await isOpen('a patient'), false)
  })

  test('it wants a reason of ten characters', async () => {
    await using made = await servePeople(engine)
    const { practice, owner } = made
    const broken = practice.db
      .transaction()
      .execute((tx) => breakGlass(tx, practice, owner, { patientId: 'a patient', reason: '   court   ' }))
    await assert.rejects(broken, { code: 'invalid-input' })
  })

  test('one who has seen a notice does not hide it from another', async () => {
    await using made = await servePeople(engine)
    const sasha = await made.person('owner', 'sasha')
    const owner = await made.ownerBrowser()
    const { practice } = made
    const reason = 'patient allergique en urgence'
    await practice.db.transaction().execute((tx) => breakGlass(tx, practice, made.owner, { patientId: 'a patient', reason }))
    const broken = async (browser: typeof owner) =>
      (await browser.get('/api/notices'))
        .json<{ notices: { id: string; kind: string }[] }>()
        .notices.filter((each) => each.kind === 'glass-broken')
    const [mine] = await broken(owner)
    const [theirs] = await broken(sasha.browser)
    assert.equal((await owner.post(`/api/notices/${theirs?.id}/seen`)).statusCode, 404)
    assert.equal((await owner.post(`/api/notices/${mine?.id}/seen`)).statusCode, 204)
    assert.equal((await broken(owner)).length, 0)
    assert.equal((await broken(sasha.browser)).length, 1)
  })
})
