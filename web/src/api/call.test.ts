/** Calls as a page makes them, against a server that answers what the test says. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { endpoint } from '@couronne/practice/contract'
import { z } from 'zod'
import { call, endProof, Problem, setStanding, watchLosses } from './index.ts'

const rename = endpoint({
  method: 'POST',
  path: '/api/things/:thing/name',
  summary: 'Names a thing.',
  permission: 'self',
  params: z.object({ thing: z.string() }),
  query: z.object({ loud: z.boolean().optional() }),
  body: z.strictObject({ name: z.string() }),
  reply: z.object({ name: z.string() }),
})
const input = { params: { thing: 'a/b' }, query: { loud: true }, body: { name: 'chair' } }

let asked: { readonly url: string; readonly init: RequestInit }[]
let answers: (() => Response | Promise<Response>)[]

beforeEach(() => {
  asked = []
  answers = []
  mock.method(globalThis, 'fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init })
    const answer = answers.shift()
    if (answer === undefined) throw new TypeError('no network')
    return answer()
  })
  setStanding({ isLocked: false, isOffline: false, isProofDue: false })
})
afterEach(() => mock.restoreAll())

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status })
const problem = (code: string, status: number) => json({ type: `/problems/${code}`, title: code, status, code }, status)

test('an endpoint’s address, method, key and body are made from its contract', async () => {
  answers = [json({ name: 'chair' })]
  assert.deepEqual(await call(rename, input, { key: 'one wish' }), { name: 'chair' })
  assert.equal(asked[0]?.url, '/api/things/a%2Fb/name?loud=true')
  assert.equal(asked[0]?.init.method, 'POST')
  assert.equal(keyOf(asked[0]), 'one wish')
  assert.equal(asked[0]?.init.body, '{"name":"chair"}')
})

test('an answer that is not as the contract says is refused', async () => {
  answers = [json({ names: ['chair'] })]
  await assert.rejects(call(rename, input), { code: 'unexpected' })
})

test('a problem is told by its code, one that is none as unexpected', async () => {
  answers = [problem('conflict', 409), () => new Response('<h1>Bad gateway</h1>', { status: 502 })]
  await assert.rejects(call(rename, input), { code: 'conflict', status: 409 })
  await assert.rejects(call(rename, input), { code: 'unexpected', status: 502 })
})

test('no answer is told as offline', async () => {
  await assert.rejects(call(rename, input), (error) => error instanceof Problem && error.code === 'offline')
})

test('while the screen is locked a call waits, then goes on with the same key', async () => {
  answers = [problem('session-locked', 423), json({ name: 'chair' })]
  const calling = call(rename, input)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(asked.length, 1)
  setStanding({ isLocked: false })
  assert.deepEqual(await calling, { name: 'chair' })
  assert.equal(keyOf(asked[0]), keyOf(asked[1]))
})

test('a proof that is due is waited for; refused, the call fails as it would have', async () => {
  answers = [problem('proof-needed', 403), json({ name: 'chair' }), problem('proof-needed', 403)]
  const calling = call(rename, input)
  await new Promise((resolve) => setImmediate(resolve))
  endProof('proven')
  assert.deepEqual(await calling, { name: 'chair' })
  const refused = call(rename, input)
  await new Promise((resolve) => setImmediate(resolve))
  endProof('given-up')
  await assert.rejects(refused, { code: 'proof-needed' })
})

test('that nobody is signed in, or that the practice is sealed, is told once to whoever watches', async () => {
  const losses: string[] = []
  const stop = watchLosses((loss) => losses.push(loss))
  answers = [problem('not-signed-in', 401), problem('sealed', 503)]
  await assert.rejects(call(rename, input), { code: 'not-signed-in' })
  await assert.rejects(call(rename, input), { code: 'sealed' })
  stop()
  assert.deepEqual(losses, ['signed-out', 'sealed'])
})

function keyOf(each: { readonly init: RequestInit } | undefined): string | null {
  return new Headers(each?.init.headers).get('idempotency-key')
}
