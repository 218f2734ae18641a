import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { makeServer } from './server.ts'
import { serveWebPages } from './web-pages.ts'

const HEADERS = { host: 'localhost', accept: 'text/html,application/xhtml+xml' }
let top: string
let server: FastifyInstance

before(async () => {
  top = mkdtempSync(join(tmpdir(), 'couronne-web-pages-'))
  mkdirSync(join(top, 'dist/assets'), { recursive: true })
  writeFileSync(join(top, 'secret.txt'), 'not for you')
  writeFileSync(join(top, 'dist/index.html'), '<!doctype html><title>Couronne</title>')
  writeFileSync(join(top, 'dist/assets/index-AbC_12-9.js'), 'plain')
  writeFileSync(join(top, 'dist/assets/index-AbC_12-9.js.br'), 'packed')
  writeFileSync(join(top, 'dist/assets/decode-worker-AbC_12-9.js'), 'plain')
  server = await makeServer({
    routes: [],
    practice: () => assert.fail('no page asks for the practice'),
    authenticate: () => assert.fail('no page asks who is there'),
    recordEvent: () => assert.fail('no page writes to the journal'),
    hosts: new Set(['localhost']),
    version: '0.0.0',
  })
  await serveWebPages(server, join(top, 'dist'))
})
after(async () => {
  await server.close()
  rmSync(top, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers: { ...HEADERS, ...headers } })

test('any address that is no file is the page, asked for again each time, under the policy', async () => {
  for (const url of ['/', '/journal', '/people/0198?x=1', '/problems/not-found']) {
    const reply = await get(url)
    assert.equal(reply.statusCode, 200, url)
    assert.match(reply.body, /<title>Couronne/)
    assert.equal(reply.headers['cache-control'], 'no-cache')
    assert.match(String(reply.headers['content-security-policy']), /script-src 'self';style-src 'self'/)
  }
})

test('a file named by its content is kept for a year, and sent as it was packed to who takes that', async () => {
  const plain = await get('/assets/index-AbC_12-9.js')
  assert.equal(plain.body, 'plain')
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.match(String(plain.headers['content-type']), /javascript/)
  const packed = await get('/assets/index-AbC_12-9.js', { 'accept-encoding': 'br' })
  assert.equal(packed.body, 'packed')
  assert.equal(packed.headers['content-encoding'], 'br')
  assert.match(String(packed.headers['content-type']), /javascript/)
})

test('WebAssembly runs in the worker that decodes images, and nowhere else', async () => {
  const policyOf = async (url: string) => String((await get(url)).headers['content-security-policy'])
  const worker = await policyOf('/assets/decode-worker-AbC_12-9.js')
  assert.match(worker, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'/)
  for (const url of ['/', '/assets/index-AbC_12-9.js', '/assets/decode-worker-AbC_12-9.js.html', '/decode-worker-AbC_12-9.js'])
    assert.doesNotMatch(await policyOf(url), /wasm/, url)
})

test('a file that is not there is no page', async () => {
  for (const url of ['/assets/gone-AbC_12-9.js', '/robots.txt', '/.env']) assert.equal((await get(url)).statusCode, 404, url)
})

test('the interface for programs answers programs', async () => {
  for (const url of ['/api', '/api/nothing', '/api/people/']) {
    const reply = await get(url)
    assert.equal(reply.statusCode, 404, url)
    assert.equal(reply.headers['content-type'], 'application/problem+json', url)
  }
  assert.equal((await get('/journal', { accept: 'application/json' })).statusCode, 404)
})

test('nothing outside of the folder is reached', async () => {
  for (const url of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%00.js',
  ])
    assert.doesNotMatch((await get(url)).body, /not for you/, url)
})

test('the page answers under our names only', async () => {
  assert.equal((await get('/', { host: 'evil.example' })).statusCode, 403)
})
