import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { Validator } from '@seriousme/openapi-schema-validator'
import { makeLogger } from '#http'
import { makeCertificates } from '../../tests/peers/serving.ts'
import { type App, startApp } from './app.ts'

test('it starts with nothing, is set up over HTTP, and is there again after a restart', async () => {
  using place = aPlace()
  {
    await using app = await place.start()
    assert.equal((await ask(app, 'GET', '/healthz')).status, 200)
    assert.equal((await ask(app, 'GET', '/readyz')).status, 503)
    assert.equal(((await (await ask(app, 'GET', '/api/installation')).json()) as { state: string }).state, 'empty')
    const made = await ask(app, 'POST', '/api/installation/practice', WANTED)
    assert.equal(made.status, 201)
    const { recoveryWords } = (await made.json()) as { recoveryWords: string }
    assert.equal(recoveryWords.split(' ').length, 24)
    assert.equal((await ask(app, 'POST', '/api/installation/practice', WANTED)).status, 409)
    assert.equal((await ask(app, 'GET', '/readyz')).status, 200)
  }
  await using again = await place.start()
  const installation = (await (await ask(again, 'GET', '/api/installation')).json()) as { state: string; waysIn: string[] }
  assert.equal(installation.state, 'sealed')
  assert.deepEqual(installation.waysIn, ['recovery-kit', 'passphrase'])
  const refused = await ask(again, 'POST', '/api/installation/unseal', { kind: 'passphrase', passphrase: 'pas la bonne du tout' })
  assert.equal(refused.status, 403)
  assert.equal(((await refused.json()) as { code: string }).code, 'wrong-key')
  const opened = await ask(again, 'POST', '/api/installation/unseal', { kind: 'passphrase', passphrase: WANTED.passphrase })
  assert.equal(opened.status, 204)
})

test('the interface describes itself in valid OpenAPI 3.1, each route with its permission', async () => {
  using place = aPlace()
  await using app = await place.start()
  const document = (await (await ask(app, 'GET', '/api/openapi.json')).json()) as {
    openapi: string
    paths: Record<string, object>
  }
  assert.equal(document.openapi, '3.1.0')
  const { valid, errors } = await new Validator().validate(document)
  assert.ok(valid, JSON.stringify(errors)?.slice(0, 2_000))
  assert.ok(document.paths['/api/journal'] !== undefined)
  // A reference that leads nowhere is valid by the schema.
  const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer = '']) => pointer)
  for (const pointer of new Set(pointers))
    assert.ok(
      pointer.split('/').reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], document),
      pointer,
    )
})

test('OpenAPI says who may ask, which headers count, what comes that is no JSON, and each code under its status', async () => {
  using place = aPlace()
  await using app = await place.start()
  // biome-ignore lint/suspicious/noExplicitAny: the document is what the test looks at
  const document = (await (await ask(app, 'GET', '/api/openapi.json')).json()) as any
  const operations = Object.entries(document.paths as Record<string, Record<string, object>>).flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation: operation as any })),
  )
  for (const { name, path, operation } of operations) {
    const isFhir = path.startsWith('/fhir/') && path !== '/fhir/R4/metadata'
    const schemes = operation.security.flatMap((each: object) => Object.keys(each))
    assert.equal(schemes.includes('token'), isFhir, name)
    assert.equal(schemes.length === 0, operation.description === 'Needs no sign-in.', name)
    const { 500: internal } = operation.responses
    const told = document.components.responses[internal.$ref.split('/').at(-1)]
    const form = path.startsWith('/fhir/') ? 'application/fhir+json' : 'application/problem+json'
    assert.deepEqual(Object.keys(told.content), [form], name)
    assert.ok(
      Object.keys(operation.responses).some((status) => /^[23]/.test(status)),
      `${name}: no good answer`,
    )
    assert.equal(JSON.stringify(operation.responses).includes('"application/json":{}'), false, name)
  }
  const upload = document.paths['/api/uploads/{uploadId}'].patch
  assert.deepEqual(Object.keys(upload.requestBody.content), ['application/octet-stream'])
  const offset = upload.parameters.find((each: { name: string }) => each.name === 'Upload-Offset')
  assert.deepEqual([offset.in, offset.required], ['header', true])
  const content = document.paths['/api/patients/{patientId}/documents/{entryId}/content'].get
  assert.deepEqual(Object.keys(content.responses).slice(0, 2), ['200', '206'])
  const begin = document.paths['/api/patients/{patientId}/uploads'].post
  assert.ok(begin.parameters.some((each: object) => JSON.stringify(each).includes('IdempotencyKey')))
  const conflict = document.components.responses.Problem409.content['application/problem+json']
  assert.deepEqual(conflict.schema.allOf[1].properties.code.enum, ['conflict'])
})

test('whoever has not signed in gets nothing, and learns nothing', async () => {
  using place = aPlace()
  await using app = await place.start()
  await ask(app, 'POST', '/api/installation/practice', WANTED)
  for (const path of ['/api/practice', '/api/journal', '/api/journal/patients', '/api/journal/export', '/api/system/sealing']) {
    const reply = await ask(app, 'GET', path)
    assert.equal(reply.status, 401, path)
    assert.equal(((await reply.json()) as { code: string }).code, 'not-signed-in')
  }
})

test('HTTPS with the practice’s own certificate answers under its names', async () => {
  using place = aPlace()
  await using app = await place.start({ tls: 'local' })
  assert.match(app.address, /^https:/)
  assert.ok(app.authorityFile)
})

test('it stops in seconds while somebody holds a connection without a word', async () => {
  using place = aPlace()
  const app = await place.start({ tls: 'local' })
  const silent = connect(Number(new URL(app.address).port), '127.0.0.1').on('error', () => {})
  await once(silent, 'connect')
  const began = performance.now()
  await app[Symbol.asyncDispose]()
  silent.destroy()
  assert.ok(performance.now() - began < 10_000)
})

test('a certificate that ends while the server runs is renewed under it', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  using place = aPlace()
  let now = Temporal.Now.instant()
  await using app = await place.start({ tls: 'local', now: () => now })
  const port = Number(new URL(app.address).port)
  const first = await certificateAt(port)
  context.mock.timers.tick(24 * 3_600_000)
  now = now.add({ hours: 24 * 380 })
  context.mock.timers.tick(24 * 3_600_000)
  await soon(async () => (await certificateAt(port)) !== first)
})

test('a given certificate is read again each day; one that is not its key’s is named in the log, and the last good one stays', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  using place = aPlace()
  const [first, second] = await Promise.all(['first', 'second'].map((name) => makeCertificates(join(place.top, name))))
  assert.ok(first && second)
  const tls = { certFile: join(place.top, 'server.pem'), keyFile: join(place.top, 'server.key') }
  copyFileSync(first.certificateFile, tls.certFile)
  copyFileSync(first.keyFile, tls.keyFile)
  const logged: string[] = []
  const logger = makeLogger({ write: (line) => void logged.push(line) })
  await using app = await place.start({ tls, logger })
  const port = Number(new URL(app.address).port)
  const given = await certificateAt(port)
  copyFileSync(second.certificateFile, tls.certFile) // its key has not arrived yet
  context.mock.timers.tick(24 * 3_600_000)
  await soon(async () => logged.some((line) => line.includes('could not be renewed') && line.includes(tls.certFile)))
  assert.equal(await certificateAt(port), given)
  copyFileSync(second.keyFile, tls.keyFile)
  context.mock.timers.tick(24 * 3_600_000)
  await soon(async () => (await certificateAt(port)) !== given)
})

test('one who floods with keys keeps nobody else from opening the practice', async () => {
  using place = aPlace()
  {
    await using app = await place.start()
    await ask(app, 'POST', '/api/installation/practice', WANTED)
  }
  await using app = await place.start()
  const { hostname, port } = new URL(app.address)
  const open = (from: string, passphrase: string) =>
    raw({
      host: hostname,
      port: Number(port),
      method: 'POST',
      path: '/api/installation/unseal',
      headers: { host: 'localhost', 'x-forwarded-for': from },
      body: { kind: 'passphrase', passphrase },
    })
  const flood = Array.from({ length: 6 }, () => open('203.0.113.9', 'devinée au hasard'))
  await Promise.race(flood)
  assert.equal(await open('198.51.100.7', WANTED.passphrase), 204)
  assert.deepEqual((await Promise.all(flood)).sort(), [403, 403, 429, 429, 429, 429])
})

test('it is reached by its IPv6 address too', async () => {
  using place = aPlace()
  await using app = await place.start({ host: '::1', names: ['fd00::7'] })
  const { port } = new URL(app.address)
  for (const host of ['[::1]', '[fd00::7]'])
    assert.equal(
      await raw({ host: '::1', port: Number(port), method: 'GET', path: '/healthz', headers: { host: `${host}:${port}` } }),
      200,
    )
})

test('set-up through a proxy on this machine needs the code: the browser is elsewhere', async () => {
  using place = aPlace()
  await using app = await place.start({ names: ['cabinet.example'] })
  const { hostname, port } = new URL(app.address)
  const through = (headers: Record<string, string>, body: object = WANTED) =>
    raw({ host: hostname, port: Number(port), method: 'POST', path: '/api/installation/practice', headers, body })
  assert.equal(await through({ host: 'cabinet.example' }), 403)
  assert.equal(await through({ host: 'localhost', 'x-forwarded-for': '203.0.113.9' }), 403)
  assert.equal(await through({ host: 'localhost', 'x-forwarded-for': '127.0.0.1' }), 403)
  assert.equal(await through({ host: 'localhost', forwarded: 'for=203.0.113.9' }), 403)
  assert.equal(await through({ host: 'localhost', origin: 'https://cabinet.example', 'sec-fetch-site': 'same-origin' }), 403)
  assert.equal(app.installation.state().kind, 'empty')
  assert.equal(await through({ host: 'cabinet.example' }, { ...WANTED, setupCode: app.setupCode }), 201)
})

const WANTED = {
  name: 'Cabinet d’essai',
  facts: {},
  owner: { displayName: 'Dr Camille Exemple', login: 'camille', password: 'gencive-arc-en-ciel-27', language: 'fr' },
  passphrase: 'une phrase que personne ne devine',
}

function ask(app: App, method: string, path: string, body?: object): Promise<Response> {
  const headers = { 'sec-fetch-site': 'same-origin', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return fetch(`${app.address}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

/** @throws when it does not happen within seconds */
async function soon(happened: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 250; i++) {
    if (await happened()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail('it did not happen')
}

/** @returns the serial number */
async function certificateAt(port: number): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

/** As a proxy sends it: `fetch` sets no `host`. @returns the status */
function raw(of: { host: string; port: number; method: string; path: string; headers: object; body?: object }): Promise<number> {
  const { body, headers, ...where } = of
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, headers: { 'content-type': 'application/json', ...headers } }, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function aPlace() {
  const top = mkdtempSync(join(tmpdir(), 'couronne-app-'))
  return {
    top,
    start: (more: object = {}) =>
      startApp({
        folder: join(top, 'data'),
        keyFolder: join(top, 'keys'),
        host: '127.0.0.1',
        port: 0,
        version: '0.1.0',
        env: {},
        ...more,
      }),
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}
