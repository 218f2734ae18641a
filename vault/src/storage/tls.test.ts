import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { type Certificates, makeCertificates, temporaryFolder } from '../../../tests/peers/serving.ts'
import { openStorage } from './open-storage.ts'

const onceOnly = { firstPauseMs: 1, totalMs: 0, failuresMax: 1 }

/** A server that wants a certificate of our authority, and says in `config` whether it got one. */
async function startServer(certificates: Certificates) {
  const server = createServer(
    {
      cert: readFileSync(certificates.certificateFile),
      key: readFileSync(certificates.keyFile),
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, reply) => reply.end((request.socket as TLSSocket).authorized ? 'known' : 'unknown'),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `rest:https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { address, [Symbol.dispose]: () => server.close() }
}

test('a server is believed when its authority is known, and any one when that is asked for', async () => {
  const folder = temporaryFolder('tls')
  const certificates = await makeCertificates(folder)
  using server = await startServer(certificates)
  const config = async (options: Parameters<typeof openStorage>[1]) => {
    await using storage = await openStorage(server.address, { retry: onceOnly, ...options })
    return Buffer.from(await storage.load('config', '')).toString()
  }
  await assert.rejects(config({}), { code: 'storage-refused' })
  assert.equal(await config({ caCertificate: certificates.authority }), 'unknown')
  assert.equal(await config({ insecureTls: true }), 'unknown')
  const clientCertificate = `${readFileSync(certificates.certificateFile, 'utf8')}${readFileSync(certificates.keyFile, 'utf8')}`
  assert.equal(await config({ caCertificate: certificates.authority, clientCertificate }), 'known')
  rmSync(folder, { recursive: true })
})
