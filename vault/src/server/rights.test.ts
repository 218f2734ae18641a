/** Who may do what, and what strangers learn. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { anObject, aServer, askRaw, basic, OWNER, told, until, WRITER } from './testing.ts'

test('a writer cannot create the repository, nor write its keys and configuration', async () => {
  await using test = await aServer()
  const { name, bytes } = anObject()
  assert.equal((await test.ask('POST', '/cabinet/?create=true')).status, 403)
  await test.create()
  assert.equal((await test.ask('POST', '/cabinet/config', { body: bytes })).status, 403)
  assert.equal((await test.ask('POST', `/cabinet/keys/${name}`, { body: bytes })).status, 403)
  assert.equal((await test.ask('GET', '/cabinet/keys/')).text, '[]')
  await until(async () => (await test.journal()).length === 4)
  assert.deepEqual(told(await test.journal()), [
    'refused writer owner-only',
    'created owner',
    'refused writer config owner-only',
    'refused writer keys owner-only',
  ])
})

test('a writer may ask again for a repository that is there, as storages do before they start', async () => {
  await using test = await aServer()
  await test.create()
  assert.equal((await test.ask('POST', '/cabinet/?create=true')).status, 200)
})

for (const kind of ['data', 'snapshots', 'index', 'keys', 'config']) {
  test(`append-only: neither writer nor owner deletes from ${kind}`, async () => {
    await using test = await aServer()
    await test.create()
    const { name, bytes } = anObject()
    const path = kind === 'config' ? '/cabinet/config' : `/cabinet/${kind}/${name}`
    await test.ask('POST', path, { as: OWNER, body: bytes })
    for (const as of [WRITER, OWNER]) assert.equal((await test.ask('DELETE', path, { as })).status, 403, as)
    assert.deepEqual((await test.ask('GET', path)).bytes, bytes)
    await until(async () => told(await test.journal()).at(-1) === `refused owner ${kind} append-only`)
  })

  test(`an owner who may delete deletes from ${kind}, the writer beside him does not`, async () => {
    await using test = await aServer({ accounts: [{ ownerMayDelete: true }] })
    await test.create()
    const { name, bytes } = anObject()
    const path = kind === 'config' ? '/cabinet/config' : `/cabinet/${kind}/${name}`
    await test.ask('POST', path, { as: OWNER, body: bytes })
    assert.equal((await test.ask('DELETE', path)).status, 403)
    assert.equal((await test.ask('DELETE', path, { as: OWNER })).status, 200)
    assert.equal((await test.ask('HEAD', path)).status, 404)
    assert.equal(told(await test.journal()).at(-1), `removed owner ${kind}`)
  })
}

test('a server that is not append-only lets writers delete all but keys and configuration', async () => {
  await using test = await aServer({ appendOnly: false })
  await test.create()
  for (const [kind, status] of Object.entries({ data: 200, snapshots: 200, index: 200, locks: 200, keys: 403, config: 403 })) {
    const { name, bytes } = anObject()
    const path = kind === 'config' ? '/cabinet/config' : `/cabinet/${kind}/${name}`
    await test.ask('POST', path, { as: OWNER, body: bytes })
    assert.equal((await test.ask('DELETE', path)).status, status, kind)
  }
})

test('without a credential every address gets the same answer', async () => {
  await using test = await aServer({ accounts: [{}, { name: 'other' }] })
  await test.create()
  const answers = new Set<string>()
  for (const path of ['/', '/cabinet/config', '/other/config', '/nobody/config', '/cabinet/data/', '/../etc/passwd', '/x?y']) {
    const { status, text, headers } = await test.ask('GET', path, { as: undefined })
    answers.add(JSON.stringify({ status, text, asked: headers['www-authenticate'] }))
  }
  assert.equal(answers.size, 1)
  assert.match([...answers].join(), /401.*Basic realm/)
})

test('a foreign repository is refused alike whether it exists or not', async () => {
  await using test = await aServer({ accounts: [{}, { name: 'other' }] })
  const { name, bytes } = anObject()
  await test.ask('POST', '/other/?create=true', { as: 'other:the-owner-password' })
  await test.ask('POST', `/other/data/${name}`, { as: 'other:the-writer-password', body: bytes })
  for (const [method, path] of [
    ['GET', 'config'],
    ['HEAD', `data/${name}`],
    ['GET', `data/${name}`],
    ['GET', 'data/'],
    ['POST', `data/${name}`],
    ['DELETE', `data/${name}`],
    ['POST', '?create=true'],
  ] as const) {
    const [there, nowhere] = await Promise.all(
      ['other', 'nobody'].map((account) => test.ask(method, `/${account}/${path}`, { as: OWNER })),
    )
    assert.equal(there?.status, 403, `${method} ${path}`)
    assert.deepEqual(there?.text, nowhere?.text)
    assert.equal(nowhere?.status, 403)
  }
})

test('an account does not open with the password of another', async () => {
  await using test = await aServer({ accounts: [{}, { name: 'other', writerPassword: 'the-other-password' }] })
  assert.equal((await test.ask('GET', '/other/locks/', { as: 'other:the-writer-password' })).status, 401)
  assert.equal((await test.ask('GET', '/cabinet/locks/', { as: 'cabinet:the-other-password' })).status, 401)
})

const HOSTILE_PATHS = [
  '/cabinet/../other/config',
  '/cabinet/%2e%2e/other/config',
  '/cabinet/%252e%252e/other/config',
  '/cabinet/..%2fother%2fconfig',
  '/cabinet/data/..%5c..%5cconfig',
  '/cabinet/data/..\\..\\config',
  '//etc/passwd',
  '/cabinet//etc/passwd',
  '/.couronne/accounts.json',
  '/cabinet/.couronne/accounts.json',
  '/cabinet/data/%00',
  '/cabinet/config%00.txt',
  '/cabinet/config;x',
  '/cabinet/config#x',
  '/cabinet/config?create=true',
  'http://127.0.0.1/cabinet/config',
  'file:///etc/passwd',
]

test('nothing is read or written by an address that tries to leave its repository', async () => {
  await using test = await aServer({ accounts: [{}, { name: 'other' }] })
  await test.create()
  await test.ask('POST', '/cabinet/config', { as: OWNER, body: anObject(100).bytes })
  const before = readdirSync(test.folder, { recursive: true }).length
  for (const path of HOSTILE_PATHS) {
    for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
      const body = method === 'POST' ? 'Content-Length: 3\r\n\r\nabc' : '\r\n'
      const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${basic(OWNER)}\r\n`
      const reply = await askRaw(test.port, `${head}${body}`)
      assert.match(reply, /^HTTP\/1\.1 40[034] /, `${method} ${path}: ${reply.slice(0, 60)}`)
    }
  }
  assert.equal(readdirSync(test.folder, { recursive: true }).length, before)
})

test('replies tell browsers to run nothing, and nobody what program answers', async () => {
  await using test = await aServer()
  await test.create()
  for (const { headers } of [await test.ask('GET', '/cabinet/locks/'), await test.ask('GET', '/', { as: undefined })]) {
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.server ?? headers['x-powered-by'], undefined)
    assert.equal(headers['strict-transport-security'], undefined)
  }
})

test('a page in a browser that remembers the password cannot write', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  const reply = await test.ask('POST', `/cabinet/data/${name}`, { body: bytes, headers: { origin: 'https://elsewhere.example' } })
  assert.equal(reply.status, 403)
  assert.equal((await test.ask('HEAD', `/cabinet/data/${name}`)).status, 404)
})

test('who guesses is slowed, who is known is not, and the pause ends', async () => {
  let clock = 0
  await using test = await aServer({ monotonicMs: () => clock })
  await test.create()
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 200)
  const guess = (i: number) => test.ask('GET', '/cabinet/locks/', { as: `cabinet:guess-${i}` })
  for (let i = 0; i < 5; i++) assert.equal((await guess(i)).status, 401)
  const slowed = await guess(6)
  assert.equal(slowed.status, 429)
  assert.equal(slowed.headers['retry-after'], '1')
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 200)
  clock += 1001
  assert.equal((await guess(7)).status, 401)
  assert.equal((await guess(8)).headers['retry-after'], '2')
  clock += 20 * 60_000
  for (let i = 10; i < 15; i++) assert.equal((await guess(i)).status, 401)
})

test('failures for one account do not slow another from the same address', async () => {
  await using test = await aServer({ accounts: [{}, { name: 'other' }] })
  for (let i = 0; i < 6; i++) await test.ask('GET', '/cabinet/locks/', { as: `cabinet:guess-${i}` })
  assert.equal((await test.ask('GET', '/cabinet/locks/', { as: 'cabinet:guess-9' })).status, 429)
  assert.equal((await test.ask('GET', '/other/locks/', { as: 'other:the-writer-password' })).status, 404)
})

test('many guesses at once are not all checked', async () => {
  await using test = await aServer()
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, i) => test.ask('GET', '/cabinet/locks/', { as: `cabinet:guess-${i}` })),
  )
  assert.equal(replies.filter(({ status }) => status === 401).length, 5)
  assert.ok(replies.every(({ status }) => status === 401 || status === 429 || status === 503))
})

test('refused log-ins get a bounded number of lines; those that got none are counted', async () => {
  let clock = 0
  await using test = await aServer({ monotonicMs: () => clock })
  const told = () => test.lines.filter(({ event }) => event === 'sign-in refused')
  for (let i = 0; i < 70; i++) await test.ask('GET', '/cabinet/config', { as: undefined })
  await until(() => told().length === 60)
  clock += 3600_000
  await test.ask('GET', '/cabinet/config', { as: undefined })
  await until(() => told().length === 61)
  assert.equal(told().at(-1)?.dropped, 10)
})

test('neither log nor journal holds a password or a folder', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  await test.ask('GET', '/cabinet/../config')
  await test.ask('GET', '/cabinet/config', { as: 'cabinet:a-secret-guess' })
  const kept = JSON.stringify([test.lines, await test.journal()])
  assert.ok(test.lines.some(({ event }) => event === 'sign-in refused'))
  assert.doesNotMatch(kept, /password|secret|Basic/)
  assert.equal(kept.includes(test.folder), false)
})

test('the journal tells who wrote what and when, from where', async () => {
  let now = Temporal.Instant.from('2026-11-23T08:00:00Z')
  await using test = await aServer({ now: () => now })
  await test.create()
  const { name, bytes } = anObject(1234)
  now = now.add({ hours: 1 })
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const entry = (await test.journal()).at(-1)
  assert.deepEqual(JSON.parse(JSON.stringify(entry)), {
    at: '2026-11-23T09:00:00Z',
    event: 'stored',
    account: 'cabinet',
    role: 'writer',
    kind: 'data',
    name,
    sizeBytes: 1234,
    from: '127.0.0.1',
  })
  assert.equal(existsSync(join(test.folder, 'cabinet', '.journal')), false)
})
