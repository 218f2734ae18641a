import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { NotFoundError } from '#errors'
import { journalHead, recordEvent } from '#journal'
import type { Role } from '#rights'
import { makeTestPractice, type TestPractice } from '#testing'
import { makeServer, openRoute, type Route, route } from './index.ts'
import type { ServerOptions } from './server.ts'

const HEADERS = { host: 'localhost', 'sec-fetch-site': 'same-origin' }

const echo = endpoint({
  method: 'POST',
  path: '/api/things/:thing',
  summary: 'Makes a thing.',
  permission: 'patients.write',
  journal: 'record.changed',
  params: z.object({ thing: z.string().max(10) }),
  body: z.strictObject({ count: z.int().min(1) }),
  reply: z.object({ thing: z.string(), count: z.int() }),
  status: 201,
})
const forgetful = endpoint({
  method: 'GET',
  path: '/api/forgetful',
  summary: 'Forgets the journal.',
  permission: 'patients.read',
  journal: 'record.read',
  reply: z.object({ secret: z.string() }),
})
const ping = endpoint({
  method: 'GET',
  path: '/healthz',
  summary: 'Is it up?',
  permission: 'none',
  reply: z.object({ ok: z.boolean() }),
})

const address = endpoint({
  method: 'GET',
  path: '/address',
  summary: 'Who asks?',
  permission: 'none',
  reply: z.object({ address: z.string(), host: z.string() }),
})

test('a call is parsed, journaled and answered as its contract says', async () => {
  await using made = await serverFor('owner')
  const reply = await made.server.inject({ method: 'POST', url: '/api/things/chair', headers: HEADERS, payload: { count: 2 } })
  assert.equal(reply.statusCode, 201)
  assert.deepEqual(reply.json(), { thing: 'chair', count: 2 })
  assert.equal((await journalHead(made.practice.db, made.practice.id)).seq, 2)
})

test('input that does not hold together is named field by field', async () => {
  await using made = await serverFor('owner')
  const reply = await made.server.inject({
    method: 'POST',
    url: '/api/things/chair',
    headers: HEADERS,
    payload: { count: 0, more: 1 },
  })
  assert.equal(reply.statusCode, 400)
  assert.equal(reply.headers['content-type'], 'application/problem+json')
  const { code, fields } = reply.json<{ code: string; fields: { path: string }[] }>()
  assert.equal(code, 'invalid-input')
  assert.deepEqual(fields.map((field) => field.path).sort(), ['', 'count'])
})

test('a role without the permission learns nothing, not even what is wrong with its input', async () => {
  await using made = await serverFor('it-provider')
  const reply = await made.server.inject({ method: 'POST', url: '/api/things/chair', headers: HEADERS, payload: { count: 0 } })
  assert.equal(reply.statusCode, 403)
  assert.equal(reply.json<{ code: string }>().code, 'not-allowed')
})

test('an answer without its journal entry is kept back', async () => {
  await using made = await serverFor('owner')
  const reply = await made.server.inject({ method: 'GET', url: '/api/forgetful', headers: HEADERS })
  assert.equal(reply.statusCode, 500)
  assert.ok(!reply.body.includes('hush'))
})

test('the same Idempotency-Key does the work once and gives the same answer', async () => {
  await using made = await serverFor('owner')
  const ask = (payload: object) =>
    made.server.inject({
      method: 'POST',
      url: '/api/things/chair',
      headers: { ...HEADERS, 'idempotency-key': 'abcdefgh' },
      payload,
    })
  const first = await ask({ count: 2 })
  const second = await ask({ count: 2 })
  assert.equal(second.statusCode, 201)
  assert.deepEqual(second.json(), first.json())
  assert.equal((await journalHead(made.practice.db, made.practice.id)).seq, 2)
  assert.equal((await ask({ count: 3 })).statusCode, 422)
})

test('of two requests at once with one Idempotency-Key, one does the work and the other is told so', async () => {
  await using made = await serverFor('owner')
  const ask = (thing: string) =>
    made.server.inject({
      method: 'POST',
      url: `/api/things/${thing}`,
      headers: { ...HEADERS, 'idempotency-key': `at once ${thing}`.replaceAll(' ', '-') },
      payload: { count: 2 },
    })
  const replies = await Promise.all([ask('slow'), ask('slow'), ask('slow')])
  assert.deepEqual(replies.map((reply) => reply.statusCode).sort(), [201, 409, 409])
  assert.equal((await journalHead(made.practice.db, made.practice.id)).seq, 2)
  assert.equal((await ask('slow')).statusCode, 201)
  const twice = await ask('twice')
  assert.equal(twice.statusCode, 201, twice.body)
})

test('what was answered is not kept for longer than a day', async () => {
  await using made = await serverFor('owner')
  const ask = (key: string) =>
    made.server.inject({
      method: 'POST',
      url: '/api/things/chair',
      headers: { ...HEADERS, 'idempotency-key': key },
      payload: { count: 2 },
    })
  await ask('yesterday')
  made.pass({ hours: 25 })
  await ask('today-only')
  const kept = await made.practice.db.selectFrom('idempotency_key').select('key').execute()
  assert.deepEqual(kept, [{ key: 'today-only' }])
})

test('another site cannot make a browser write here', async () => {
  await using made = await serverFor('owner')
  const ask = (headers: Record<string, string>) =>
    made.server.inject({ method: 'POST', url: '/api/things/chair', headers, payload: { count: 2 } })
  assert.equal((await ask({ host: 'localhost', 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  assert.equal((await ask({ host: 'localhost', 'sec-fetch-site': 'same-site' })).statusCode, 403)
  assert.equal((await ask({ host: 'localhost', origin: 'https://evil.example' })).statusCode, 403)
  assert.equal((await ask({ host: 'localhost', origin: 'null' })).statusCode, 403)
  assert.equal((await ask({ host: 'localhost:8420', origin: 'http://localhost:8420' })).statusCode, 201)
})

test('a name that is not ours is refused: DNS rebinding', async () => {
  await using made = await serverFor('owner')
  const reply = await made.server.inject({ method: 'GET', url: '/healthz', headers: { host: 'evil.example' } })
  assert.equal(reply.statusCode, 403)
})

test('broken JSON, an unknown type and a body that is too large are the caller’s mistakes', async () => {
  await using made = await serverFor('owner')
  const ask = (type: string, payload: string) =>
    made.server.inject({ method: 'POST', url: '/api/things/chair', headers: { ...HEADERS, 'content-type': type }, payload })
  assert.equal((await ask('application/json', '{"count":')).statusCode, 400)
  assert.equal((await ask('application/x-unknown', 'count=1')).statusCode, 415)
  assert.equal((await ask('application/json', `{"count": 1, "x": "${'a'.repeat(1 << 20)}"}`)).statusCode, 413)
})

test('what is not there, and what went wrong inside, say so without details', async () => {
  await using made = await serverFor('owner')
  const missing = await made.server.inject({ method: 'GET', url: '/api/nowhere', headers: HEADERS })
  assert.equal(missing.statusCode, 404)
  const gone = await made.server.inject({ method: 'POST', url: '/api/things/gone', headers: HEADERS, payload: { count: 1 } })
  assert.equal(gone.statusCode, 404)
  const broken = await made.server.inject({ method: 'POST', url: '/api/things/broken', headers: HEADERS, payload: { count: 1 } })
  assert.equal(broken.statusCode, 500)
  assert.ok(!broken.body.includes('Madame'))
})

test('a proxy on this machine says who asks; nobody else does, and what it says is an address', async () => {
  await using made = await serverFor('owner')
  const ask = (remoteAddress: string, forwarded: string) =>
    made.server.inject({
      url: '/address',
      remoteAddress,
      headers: { ...HEADERS, 'x-forwarded-for': forwarded, 'x-forwarded-host': 'evil.example' },
    })
  assert.deepEqual((await ask('127.0.0.1', '203.0.113.9')).json(), { address: '203.0.113.9', host: 'localhost' })
  assert.deepEqual((await ask('127.0.0.1', '198.51.100.1, 203.0.113.9')).json(), { address: '203.0.113.9', host: 'localhost' })
  assert.deepEqual((await ask('192.168.1.5', '203.0.113.9')).json(), { address: '192.168.1.5', host: 'localhost' })
  assert.equal((await ask('127.0.0.1', 'console')).statusCode, 400)
})

test('whoever announces a body and sends nothing of it is not waited for; a slow sender and an idle connection are', async () => {
  await using made = await serverFor('owner', { silenceMsMax: 200 })
  await made.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = made.server.server.address() as { port: number }
  const head = [
    'POST /api/things/chair HTTP/1.1',
    ...['Host: localhost', 'Sec-Fetch-Site: same-origin', 'Content-Type: application/json', 'Content-Length: 11'],
  ]
  const say = async (parts: readonly string[], pauseMs: number) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (bytes) => {
      heard += bytes.toString()
    })
    for (const part of parts) {
      socket.write(part)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    const isOpen = !socket.destroyed && !socket.readableEnded
    socket.destroy()
    return { heard, isOpen }
  }
  const silent = await say([`${head.join('\r\n')}\r\n\r\n{"co`, ''], 300)
  assert.match(silent.heard, /^HTTP\/1.1 408 .*invalid-input/s)
  assert.equal(silent.isOpen, false)
  const slow = await say([`${head.join('\r\n')}\r\n\r\n`, '{"c', 'oun', 't":', '2}'], 120)
  assert.match(slow.heard, /^HTTP\/1.1 201/)
  const twice = await say([`${head.join('\r\n')}\r\n\r\n{"count":2}`, '', `${head.join('\r\n')}\r\n\r\n{"count":2}`], 250)
  assert.equal(twice.heard.match(/HTTP\/1.1 201/g)?.length, 2)
})

test('the policy lets nothing in but our own files', async () => {
  await using made = await serverFor('owner')
  const { headers } = await made.server.inject({ method: 'GET', url: '/healthz', headers: HEADERS })
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /script-src 'self'(;|$)/)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['strict-transport-security'], undefined) // over HTTP it would lock the practice out of its own server
})

interface TestServer extends AsyncDisposable, Pick<TestPractice, 'practice' | 'pass'> {
  readonly server: FastifyInstance
}

async function serverFor(role: Role, more: Partial<ServerOptions> = {}): Promise<TestServer> {
  const made = await makeTestPractice()
  const actor = await made.actor(role)
  const routes: Route[] = [
    route(echo, async ({ params, body, practice, record }) => {
      if (params.thing === 'gone') throw new NotFoundError('no such thing')
      if (params.thing === 'broken') throw new Error('Madame Exemple broke it')
      if (params.thing === 'slow') await new Promise((resolve) => setTimeout(resolve, 50))
      await practice.db.transaction().execute((tx) => record(tx, { subject: `thing:${params.thing}` }))
      if (params.thing === 'twice') await practice.db.transaction().execute((tx) => record(tx, { subject: 'thing:again' }))
      return { thing: params.thing, count: body.count }
    }),
    route(forgetful, async () => ({ secret: 'hush' })),
    openRoute(ping, async () => ({ ok: true })),
    openRoute(address, async ({ request }) => ({ address: request.ip, host: request.host })),
  ]
  const server = await makeServer({
    routes,
    practice: () => made.practice,
    authenticate: async () => actor,
    recordEvent,
    hosts: new Set(['localhost']),
    version: '0',
    ...more,
  })
  return {
    server,
    practice: made.practice,
    pass: made.pass,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made[Symbol.asyncDispose]()
    },
  }
}
