import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import * as tls from 'node:tls'
import { Desk, jsonLines, type Running, until } from '../../../tests/cli/desk.ts'
import { makeCertificates } from '../../../tests/peers/serving.ts'

let desk: Desk
before(() => {
  desk = new Desk()
})
after(() => desk[Symbol.asyncDispose]())

async function serving(...flags: string[]): Promise<Running> {
  const running = desk.start(['vault', 'serve', '--folder', 'hosted', '--listen', '127.0.0.1:0', '-vv', ...flags])
  await until(() => running.said.includes('No account') || running.child.exitCode !== null)
  return running
}

async function fingerprintAt(port: number): Promise<string | undefined> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? {}
  socket.destroy()
  return fingerprint256
}

test('a renewed certificate is served after SIGHUP; one that cannot be used is told, and the old one stays', async () => {
  const [first, second] = [await makeCertificates(desk.path('first')), await makeCertificates(desk.path('second'))]
  const files = ['--tls-cert', first.certificateFile, '--tls-key', first.keyFile]
  await using server = await serving(...files, '--json')
  const port = Number(new URL((jsonLines(server.printed)[0] as { url: string }).url).port)
  const before = await fingerprintAt(port)

  copyFileSync(second.certificateFile, first.certificateFile)
  server.child.kill('SIGHUP')
  await until(() => /certificate and key kept as they were: key and certificate cannot be used/.test(server.said))
  assert.equal(await fingerprintAt(port), before)

  copyFileSync(second.keyFile, first.keyFile)
  server.child.kill('SIGHUP')
  await until(() => /certificate and key read again/.test(server.said))
  const renewed = await fingerprintAt(port)
  assert.notEqual(renewed, before)

  writeFileSync(first.keyFile, 'junk')
  server.child.kill('SIGHUP')
  await until(() => (server.said.match(/kept as they were/g)?.length ?? 0) === 2)
  assert.equal(await fingerprintAt(port), renewed)
})

test('that it listens is said once', async () => {
  await using server = await serving()
  assert.equal(`${server.printed}${server.said}`.match(/listening/g)?.length, 1)
})
