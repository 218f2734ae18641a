import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from '../../../tests/peers/peers.ts'
import { localCertificate } from './certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-tls-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const NOW = Temporal.Now.instant()
const NAMES = ['localhost', '127.0.0.1', 'cabinet.local']

test('openssl and curl take the certificate once they know the authority, and not before', async () => {
  const { key, cert, authorityFile } = await localCertificate(folder, NAMES, NOW)
  await run('openssl', ['verify', '-x509_strict', '-CAfile', authorityFile, join(folder, 'server.crt')])
  const server = createServer({ key, cert }, (_request, reply) => reply.end('ok')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  try {
    const { stdout } = await run('curl', ['-sS', '--cacert', authorityFile, `https://localhost:${port}/`])
    assert.equal(stdout, 'ok')
    await run('curl', ['-sS', '--cacert', authorityFile, `https://127.0.0.1:${port}/`])
    await assert.rejects(run('curl', ['-sS', `https://localhost:${port}/`]))
  } finally {
    server.close()
  }
})

test('it stays as it is, and is renewed before it ends, by the same authority', async () => {
  const first = await localCertificate(folder, NAMES, NOW)
  const second = await localCertificate(folder, NAMES, NOW.add({ hours: 24 * 300 }))
  const third = await localCertificate(folder, NAMES, NOW.add({ hours: 24 * 380 }))
  assert.equal(second.cert, first.cert)
  assert.notEqual(third.cert, first.cert)
  assert.equal(third.authority, first.authority)
})

test('what was made while the clock was wrong is made anew', async () => {
  const early = mkdtempSync(join(folder, 'early-'))
  const future = await localCertificate(early, NAMES, NOW.add({ hours: 24 * 365 * 5 }))
  const now = await localCertificate(early, NAMES, NOW)
  assert.notEqual(now.cert, future.cert)
  assert.ok(new X509Certificate(now.cert).validFromDate <= new Date(NOW.epochMilliseconds))
  assert.ok(new X509Certificate(now.authority).validFromDate <= new Date(NOW.epochMilliseconds))
})

test('an authority that the computers trust comes back once the clock is right again', async () => {
  const place = mkdtempSync(join(folder, 'clock-'))
  const first = await localCertificate(place, NAMES, NOW)
  for (const wrong of [NOW.subtract({ hours: 24 * 365 * 20 }), NOW.add({ hours: 24 * 365 * 20 })]) {
    const meanwhile = await localCertificate(place, NAMES, wrong)
    assert.notEqual(meanwhile.authority, first.authority)
    const again = await localCertificate(place, NAMES, NOW)
    assert.equal(again.authority, first.authority)
    assert.equal(readFileSync(again.authorityFile, 'utf8'), first.authority)
  }
})

test('an authority that cannot be read is not replaced: every computer knows it', async () => {
  const unread = mkdtempSync(join(folder, 'unread-'))
  const { authority } = await localCertificate(unread, NAMES, NOW)
  renameSync(join(unread, 'authority.key'), join(unread, 'kept.key'))
  mkdirSync(join(unread, 'authority.key')) // as a disk that answers with an error
  await assert.rejects(localCertificate(unread, NAMES, NOW))
  assert.equal(readFileSync(join(unread, 'authority.crt'), 'utf8'), authority)
})

test('a further name gives a new certificate', async () => {
  await localCertificate(folder, NAMES, NOW)
  const { cert } = await localCertificate(folder, [...NAMES, 'autre.local'], NOW)
  assert.equal(new X509Certificate(cert).checkHost('autre.local'), 'autre.local')
})

test('a file that was damaged is made anew', async () => {
  const first = await localCertificate(folder, NAMES, NOW)
  writeFileSync(join(folder, 'server.crt'), 'junk')
  const { cert, authority } = await localCertificate(folder, NAMES, NOW)
  assert.notEqual(cert, first.cert)
  assert.equal(authority, first.authority)
  assert.equal(readFileSync(join(folder, 'server.crt'), 'utf8'), cert)
})
