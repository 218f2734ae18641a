/** `couronne serve` over HTTPS with a certificate that the IT provider brings. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { test } from 'node:test'
import { run } from '../peers/peers.ts'
import { makeCertificates } from '../peers/serving.ts'
import { Desk } from './desk.ts'
import { serving } from './practices.ts'

test('a certificate that is given is served to whoever knows its authority, and a renewed one after a restart', async () => {
  await using desk = new Desk()
  const [first, second] = await Promise.all([makeCertificates(desk.path('first')), makeCertificates(desk.path('second'))])
  const [cert, key] = [desk.path('server.pem'), desk.path('server.key')]
  for (const [mine, other] of [
    [first, second],
    [second, first],
  ] as const) {
    copyFileSync(mine.certificateFile, cert)
    copyFileSync(mine.keyFile, key)
    await using running = await serving(desk, { flags: ['--tls-cert', cert, '--tls-key', key] })
    assert.match(running.url, /^https:\/\/localhost:\d+$/)
    const { stdout } = await run('curl', ['-sS', '--cacert', mine.authorityFile, `${running.url}/healthz`])
    assert.deepEqual(JSON.parse(stdout), { status: 'up' })
    const stranger = await run('curl', ['-sS', '--cacert', other.authorityFile, `${running.url}/healthz`], { allow: [60] })
    assert.equal(stranger.status, 60)
    assert.equal(await running.kill('SIGTERM'), 0)
  }
})

test('a key of another certificate, and a file that is none, are said by name', async () => {
  await using desk = new Desk()
  const [first, second] = await Promise.all([makeCertificates(desk.path('first')), makeCertificates(desk.path('second'))])
  const junk = desk.write('junk.pem', 'junk\n')
  for (const [cert, key] of [
    [first.certificateFile, second.keyFile],
    [junk, first.keyFile],
  ] as const) {
    const flags = ['--data', desk.path('data'), '--listen', '127.0.0.1:0', '--tls-cert', cert, '--tls-key', key]
    const { stderr } = await desk.couronne(['serve', ...flags], { allow: [1] })
    assert.ok(stderr.includes(`${cert}, ${key}: expected a certificate in PEM, and the key that belongs to it`), stderr)
    assert.match(stderr, /\[invalid-input\]/)
  }
})
