/**
 * Broken requests to the two routes that strangers may ask before anybody has an account: setting up, and opening. The seed is printed, and
 * COURONNE_SEED repeats it.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { verifyJournal } from '#journal'
import { databaseFor, serverOptions } from '#testing'
import { type App, routesOf, startApp } from './app.ts'

const REQUESTS = 40
const seed = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)
const SET_UP = '/api/installation/practice'
const OPEN = '/api/installation/unseal'
const PASSPHRASE = 'une phrase que personne ne devine'
const WANTED = {
  name: 'Cabinet d’essai',
  facts: { legalForm: 'selarl', siret: '12345678901234', timeZone: 'Europe/Paris' },
  owner: { displayName: 'Dr Camille Exemple', login: 'camille', password: 'gencive-arc-en-ciel-27', language: 'fr' },
  passphrase: PASSPHRASE,
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, -1, 1e308, [[[[[]]]]], '', ' '.repeat(40), '\0', '\ud800', 'A'.repeat(5_000), '../../etc', {
    constructor: { prototype: {} },
  }),
)

test('whatever is sent to set a practice up that is none is refused with a problem, and leaves nothing', async (context) => {
  context.diagnostic(`seed ${seed}`)
  using place = aPlace()
  await using app = await place.start()
  const paths = [
    ...['name', 'facts', 'owner', 'passphrase', 'setupCode', 'more'].map((name) => [name]),
    ...['legalForm', 'siret', 'finess', 'email', 'timeZone', 'more'].map((name) => ['facts', name]),
    ...['displayName', 'login', 'password', 'language', 'more'].map((name) => ['owner', name]),
  ]
  for (const request of brokenRequests(SET_UP, WANTED, paths)) await requireProblem(app, SET_UP, request, [400, 413, 415])
  assert.equal(app.installation.state().kind, 'empty')
  assert.ok(!existsSync(join(place.folder, 'practice')))
  assert.equal((await post(app, SET_UP, { text: JSON.stringify(WANTED) })).status, 201)
})

test('whatever is sent to open a practice that is no key is refused with a problem, and the key opens it after', async (context) => {
  context.diagnostic(`seed ${seed}`)
  using place = aPlace()
  {
    await using app = await place.start()
    assert.equal((await post(app, SET_UP, { text: JSON.stringify(WANTED) })).status, 201)
  }
  await using app = await place.start()
  const paths = ['kind', 'passphrase', 'words', 'more'].map((name) => [name])
  for (const body of [
    { kind: 'passphrase', passphrase: PASSPHRASE.slice(1) },
    { kind: 'recovery-kit', words: 'abaisser '.repeat(24) },
  ])
    for (const request of brokenRequests(OPEN, body, paths)) await requireProblem(app, OPEN, request, [400, 413, 415])
  // These hold together, and each of them is tried.
  for (const [body, status] of [
    [{ kind: 'passphrase', passphrase: '' }, 403],
    [{ kind: 'passphrase', passphrase: '\ud800' }, 403],
    [{ kind: 'passphrase', passphrase: '\ufdfa'.repeat(500) }, 403], // eighteen times as long once it is folded
    [{ kind: 'recovery-kit', words: 'abaisser '.repeat(24) }, 400],
    [{ kind: 'recovery-kit', words: '\ud800 '.repeat(400) }, 400],
  ] as const)
    await requireProblem(app, OPEN, { text: JSON.stringify(body) }, [status])
  assert.equal(app.installation.state().kind, 'sealed')
  const key = { kind: 'passphrase', passphrase: PASSPHRASE }
  assert.equal((await post(app, OPEN, { text: JSON.stringify(key) })).status, 204)
})

for (const engine of ['sqlite', 'postgresql'] as const)
  test(`a name of odd characters is a name: the practice is set up and its owner signs in, ${engine}`, async () => {
    using place = aPlace()
    const database = await databaseFor(engine)
    await using app = await place.start(database === undefined ? {} : { database })
    const seen = '<b>’;"\\🦷'
    const odd = `\ud800\u202e${seen}\u2028`
    const owner = { ...WANTED.owner, displayName: seen, login: `camille${odd}`, password: `gencive ${odd} arc-en-ciel` }
    const body = { ...WANTED, name: seen, facts: { town: odd }, owner, passphrase: odd.repeat(2) }
    const unseen = await post(app, SET_UP, { text: JSON.stringify({ ...body, name: odd }) })
    assert.equal(unseen.status, 400, 'a practice’s name stands in records and on paper')
    assert.equal((await post(app, SET_UP, { text: JSON.stringify(body) })).status, 201)
    const { login, password } = owner
    assert.equal((await post(app, '/api/sign-in/password', { text: JSON.stringify({ login, password }) })).status, 200)
    const practice = app.installation.practice()
    assert.equal(practice.engine, engine)
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
  })

interface Sent {
  readonly text: string
  readonly type?: string
}

/** Near the truth: one or two members with values that they may not have, cut short, or of another type. None of them holds together. */
function brokenRequests(path: string, base: object, paths: readonly (readonly string[])[]): readonly Sent[] {
  const schema = routesOf({ version: '0' }, undefined as never, '').find(({ endpoint }) => endpoint.path === path)?.endpoint.body
  assert.ok(schema)
  const change = fc.tuple(fc.constantFrom(...paths), hostile)
  const near = fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce<object>((body, [at, value]) => changed(body, at, value), base))
  const broken = fc.oneof(
    { weight: 4, arbitrary: fc.record({ text: textOf(fc.oneof({ weight: 4, arbitrary: near }, hostile)) }) },
    fc.record({ text: textOf(near).map((text) => text.slice(0, text.length / 2)) }),
    fc.record({ text: textOf(near), type: fc.constantFrom('text/plain', 'multipart/form-data', 'application/octet-stream') }),
  )
  const isBroken = ({ text, type }: Sent) => type !== undefined || !holdsTogether(text)
  const holdsTogether = (text: string) => {
    try {
      return schema.safeParse(JSON.parse(text)).success && !text.includes('\\u0000')
    } catch {
      return false
    }
  }
  return fc.sample(broken.filter(isBroken), { numRuns: REQUESTS, seed })
}

function textOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return value.map((each) => JSON.stringify(each) ?? '')
}

function changed(body: object, [name = '', ...rest]: readonly string[], value: unknown): object {
  const inner = (body as Record<string, unknown>)[name]
  if (rest.length === 0) return { ...body, [name]: value }
  return { ...body, [name]: changed(typeof inner === 'object' && inner !== null ? inner : {}, rest, value) }
}

async function requireProblem(app: App, path: string, request: Sent, statuses: readonly number[]): Promise<void> {
  const reply = await post(app, path, request)
  const answer = await reply.text()
  const told = `${path} ${request.type} ${request.text.slice(0, 300)}: ${reply.status} ${answer.slice(0, 300)}`
  assert.ok(statuses.includes(reply.status), told)
  assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/, told)
  const { code, status } = JSON.parse(answer) as { code?: string; status?: number }
  assert.ok(typeof code === 'string' && code !== 'internal' && status === reply.status, told)
}

function post(app: App, path: string, { text, type = 'application/json' }: Sent): Promise<Response> {
  const headers = { 'sec-fetch-site': 'same-origin', 'content-type': type }
  return fetch(`${app.address}${path}`, { method: 'POST', headers, body: text })
}

function aPlace() {
  const top = mkdtempSync(join(tmpdir(), 'couronne-set-up-'))
  const folder = join(top, 'data')
  return {
    folder,
    start: (more: object = {}) => startApp({ ...serverOptions(top), ...more }),
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}
