/**
 * Broken requests on every route: a clear error, the process up, memory bounded, nothing half-written. Some dozens a route here, on
 * PostgreSQL some; ten thousand and one thousand with COURONNE_CAMPAIGN=1. The seed is printed, and COURONNE_SEED repeats it.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Endpoint } from '#endpoint'
import { verifyJournal } from '#journal'
import { verifyRecord } from '#patients'
import { onBothEngines, type SignedInApp, startSignedInApp } from '#testing'
import { heldBytes } from '../../tests/held-bytes.ts'
import { routesOf, startApp } from './app.ts'

const REQUESTS = process.env.COURONNE_CAMPAIGN === '1' ? { sqlite: 10_000, postgresql: 1_000 } : { sqlite: 40, postgresql: 8 }
const AT_ONCE = 20
/** A hundred bytes a request would be a leak. */
const GROWTH_BYTES_MAX = 64 * 1024 * 1024
const seed = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)

const routes = routesOf({ version: '0' }, undefined as never, '').map(({ endpoint }) => endpoint)
let signedIn: SignedInApp
let patientId: string

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '../../etc/passwd',
    '%00',
    "' or 1=1 --",
    '<script>alert(1)</script>',
    '\u202egpj.exe',
    '__proto__',
    'A'.repeat(5_000),
    '',
  ),
)
const hostileValue = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, -1, 1e308, { __proto__: { isAdmin: true } }, [[[[[[]]]]]], 2 ** 53, '2026-02-30', '9999999999'),
)

/** A body near the truth: the members that the contract knows, with values that it may not. */
function bodiesFor({ body }: Endpoint): fc.Arbitrary<unknown> {
  const names = memberNames(body)
  const near =
    names.length === 0
      ? hostileValue
      : fc.dictionary(fc.constantFrom(...names, 'constructor', 'x'), hostileValue, { maxKeys: names.length + 1 })
  return fc.oneof(near, hostileValue)
}

function memberNames(schema: unknown): string[] {
  const { shape, options } = (schema ?? {}) as { shape?: object; options?: unknown[] }
  if (shape !== undefined) return Object.keys(shape)
  return Array.isArray(options) ? [...new Set(options.flatMap(memberNames))] : []
}

onBothEngines('broken requests', (engine) => {
  before(async () => {
    signedIn = await startSignedInApp(startApp, engine)
    const { db } = signedIn.app.installation.practice()
    patientId = (await db.selectFrom('patient').select('id').limit(1).executeTakeFirstOrThrow()).id
  })

  after(() => signedIn?.[Symbol.asyncDispose]())

  test('they get a clear answer, on every route', { timeout: 12 * 3_600_000 }, async (context) => {
    context.diagnostic(`seed ${seed}`)
    const heldBefore = heldBytes()
    for (const endpoint of tried()) {
      const { method, path } = endpoint
      const request = fc.record({
        body: bodiesFor(endpoint),
        segment: fc.oneof(fc.constant(patientId), hostileText),
        query: fc.dictionary(fc.constantFrom('cursor', 'limit', 'query', 'from', 'to', 'kind'), hostileText, { maxKeys: 3 }),
        type: fc.constantFrom(
          'application/json',
          'application/json',
          'application/json',
          'text/plain',
          'application/octet-stream',
          'multipart/form-data',
          '',
        ),
        cut: fc.boolean(),
      })
      for (let start = 0; start < REQUESTS[engine]; start += AT_ONCE) {
        // A portion at a time: ten thousand bodies at once would be most of the memory that is measured below.
        const requests = fc.sample(request, { numRuns: Math.min(AT_ONCE, REQUESTS[engine] - start), seed: seed + start })
        await Promise.all(
          requests.map(async ({ body, segment, query, type, cut }) => {
            const url = `${path.replaceAll(/:\w+/g, () => encodeSafely(segment))}?${new URLSearchParams(query)}`
            const text = JSON.stringify(body) ?? ''
            const hasBody = method !== 'GET'
            const reply = await fetch(`${signedIn.app.address}${url}`, {
              method,
              redirect: 'manual',
              headers: {
                cookie: signedIn.cookies.get('owner') ?? '',
                'sec-fetch-site': 'same-origin',
                ...(hasBody && type !== '' ? { 'content-type': type } : {}),
              },
              ...(hasBody ? { body: cut ? text.slice(0, text.length / 2) : text } : {}),
            })
            const answer = await reply.text()
            assert.ok(
              reply.status < 500,
              `${method} ${url.slice(0, 300)} ${type} ${text.slice(0, 500)}: ${reply.status} ${answer.slice(0, 300)}`,
            )
            if (reply.status >= 400) {
              // A problem, or what FHIR has for one.
              const { code, resourceType } = JSON.parse(answer) as { code?: string; resourceType?: string }
              assert.ok(typeof code === 'string' || resourceType === 'OperationOutcome', answer.slice(0, 300))
            }
          }),
        )
      }
    }
    const grown = heldBytes() - heldBefore
    context.diagnostic(`${grown} bytes more are held`)
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more are held than before`)
  })

  test('what is no HTTP at all is refused with a problem, and the next one is answered', async () => {
    const { port } = new URL(signedIn.app.address)
    const junk: [string, number, string][] = [
      ['\u0000\u0001\u0002\r\n\r\n', 400, 'invalid-input'],
      ['GET / HTTP/9.9\r\n\r\n', 400, 'invalid-input'],
      [`GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`, 431, 'too-large'],
      ['POST /api/patients HTTP/1.1\r\ncontent-length: -5\r\n\r\n', 400, 'invalid-input'],
    ]
    for (const [text, status, code] of junk) {
      const answer = await sendRaw(Number(port), text)
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), `${text.slice(0, 40)}: ${answer.slice(0, 200)}`)
      assert.match(answer, /content-type: application\/problem\+json/i)
      assert.equal((JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string }).code, code)
    }
    await sendRaw(Number(port), 'GET /healthz HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')
    assert.equal((await fetch(`${signedIn.app.address}/healthz`)).status, 200)
  })

  test('nothing was half-written: the journal and every record are whole', async () => {
    const practice = signedIn.app.installation.practice()
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
    for (const { id } of await practice.db.selectFrom('patient').select('id').execute()) {
      const verdict = await verifyRecord(practice.db, practice.id, id)
      assert.deepEqual(verdict.breaks, [])
    }
  })
})

/** Sends it as it is, and returns all that comes back until the connection ends. */
function sendRaw(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let answer = ''
  const socket = connect(port, '127.0.0.1', () => socket.write(text)).setEncoding('utf8')
  socket
    .on('data', (chunk) => {
      answer += chunk
    })
    .on('error', () => {})
    .on('close', () => resolve(answer))
  return promise
}

function encodeSafely(text: string): string {
  return text === '' ? '%20' : encodeURIComponent(text.toWellFormed())
}

/** These answer with the whole journal, which each request makes longer: they come first. */
const OF_WHOLE_JOURNAL: ReadonlySet<string> = new Set(['/api/journal/export', '/api/journal/verify'])

function tried(): readonly Endpoint[] {
  const harmless = routes.filter(({ path }) => !endsSomething(path))
  return [
    ...harmless.filter(({ path }) => OF_WHOLE_JOURNAL.has(path)),
    ...harmless.filter(({ path }) => !OF_WHOLE_JOURNAL.has(path)),
  ]
}

/** Calls that would end the session, or put the practice away. */
function endsSomething(path: string): boolean {
  return path.startsWith('/api/session/') || path.includes('/sessions') || path.startsWith('/api/installation/')
}
