import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { S3Client } from '@couronne/vault/s3'
import { makeTestPractice } from '#testing'
import { type S3Server, startS3 } from '../../../tests/peers/s3.ts'
import { folderStore } from './folder-store.ts'
import { appendUpload, beginUpload, destroyObject, finishUpload, readObject } from './index.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'
import { requireBoundedMemory } from './tests/served-document.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-objects-'))
let serial = 0
let server: Promise<S3Server> | undefined
after(async () => {
  rmSync(top, { recursive: true })
  await (await server)?.stop()
})

storeSuite('a folder', async () => folderStore(join(top, `store ${++serial}`, 'objects')))
storeSuite('a bucket on Ceph’s gateway', openBucket)

function storeSuite(kind: string, open: () => Promise<ObjectStore>): void {
  suite(`documents in ${kind}`, () => {
    test('what was put is there, and the file is gone', async () => {
      await using store = await open()
      const { name, bytes, path } = await aFile(100_000)
      assert.equal(await store.stat(name), undefined)
      await store.put(name, path)
      assert.equal(await store.stat(name), bytes.length)
      assert.deepEqual(await readAll(store, name, 0, bytes.length), bytes)
      await assert.rejects(readdir(path), { code: 'ENOENT' })
    })

    test('any part can be read', async () => {
      await using store = await open()
      const { name, bytes, path } = await aFile(20 * 1024 * 1024 + 17)
      await store.put(name, path)
      for (const [offset, length] of [
        [0, 1],
        [40, 1024 * 1024],
        [bytes.length - 5, 5],
        [7, 9 * 1024 * 1024],
        [3, 0],
      ] as const)
        assert.deepEqual(await readAll(store, name, offset, length), bytes.subarray(offset, offset + length))
    })

    test('putting again does nothing, with the file or without it', async () => {
      await using store = await open()
      const { name, bytes, path } = await aFile(1000)
      await store.put(name, path)
      await store.put(name, path)
      await writeFile(path, bytes)
      await store.put(name, path)
      assert.deepEqual(await readAll(store, name, 0, bytes.length), bytes)
    })

    test('a file that is nowhere cannot be put', async () => {
      await using store = await open()
      await assert.rejects(store.put('0'.repeat(64), join(top, 'nowhere')))
      assert.equal(await store.stat('0'.repeat(64)), undefined)
    })

    test('reading what is not there, or beyond the end, is damage', async () => {
      await using store = await open()
      const { name, path } = await aFile(1000)
      await store.put(name, path)
      await assert.rejects(readAll(store, '0'.repeat(64), 0, 1), { code: 'damaged' })
      await assert.rejects(readAll(store, name, 0, 1001), { code: 'damaged' })
      await assert.rejects(readAll(store, name, 5000, 1), { code: 'damaged' })
    })

    test('what was removed is gone, and may be removed again', async () => {
      await using store = await open()
      const { name, path } = await aFile(1000)
      await store.put(name, path)
      await store.remove(name)
      await store.remove(name)
      assert.equal(await store.stat(name), undefined)
    })

    test('no name leads out of the store', async () => {
      await using store = await open()
      for (const name of ['../../x', '', 'A'.repeat(64), `${'0'.repeat(63)}/`, `${'0'.repeat(64)}\n`])
        await assert.rejects(async () => store.stat(name), TypeError)
    })
  })
}

test('a bucket that is not there, or a wrong secret, is said to be so', async () => {
  await using store = await openBucket()
  assert.equal(await store.stat('0'.repeat(64)), undefined)
  const { env, endpoint } = await (server as Promise<S3Server>)
  await using wrong = openS3Store(`s3:${endpoint}/documents`, {
    prefix: 'p',
    environment: { ...env, AWS_SECRET_ACCESS_KEY: 'no' },
  })
  await assert.rejects(wrong.stat('0'.repeat(64)), { code: 'document-store' })
  await using nowhere = openS3Store(`s3:${endpoint}/nowhere`, { prefix: 'p', environment: env })
  const { name, path } = await aFile(10)
  await assert.rejects(nowhere.put(name, path), { code: 'document-store' })
  assert.throws(() => openS3Store('/folder', { prefix: 'p', environment: env }), { code: 'invalid-input' })
})

test('a server that lies, falls silent, refuses or is full: said so, and the file that waits is kept', async () => {
  const { name, bytes, path } = await aFile(100_000)
  const large = await aFile(20 * 1024 * 1024)
  for (const [behaviour, code] of [
    ['lies', 'document-store'],
    ['falls silent', 'document-store'],
    ['falls silent in the middle', 'document-store'],
    ['refuses', 'document-store'],
    ['is full', 'disk-full'],
    ['has quotas', 'disk-full'],
  ] as const) {
    await using server = await badServer(behaviour)
    const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    await using store = openS3Store(`s3:${server.endpoint}/documents`, { prefix: 'p', environment, silenceMsMax: 300 })
    await assert.rejects(store.put(name, path), { code }, behaviour)
    await assert.rejects(store.put(large.name, large.path), { code }, behaviour)
    assert.deepEqual(await readFile(path), bytes)
    assert.equal((await readFile(large.path)).length, large.bytes.length)
  }
})

test('a practice whose documents are in a bucket has none in its folder, and destroys them there', async () => {
  await using _bucket = await openBucket()
  await using made = await makeTestPractice()
  const { endpoint, env } = await (server as Promise<S3Server>)
  const practice = { ...made.practice, documents: { address: `s3:${endpoint}/documents`, environment: env } }
  const bytes = randomBytes(3_000_000)
  const { id } = await beginUpload(practice, { patientId: 'p', accountId: 'a', fileName: 'x', sizeBytes: bytes.length })
  await appendUpload(practice, id, 0, readFrom(bytes))
  const { object } = await finishUpload(practice, id)
  const { stream } = await readObject(practice, object.id, { offset: 1_000_000, lengthBytes: 1_500_000 })
  assert.deepEqual(Buffer.concat(await Array.fromAsync(stream)), bytes.subarray(1_000_000, 2_500_000))
  assert.deepEqual(await readdir(join(practice.folder, 'documents')), ['uploads'])
  await destroyObject(practice, object.id)
  await assert.rejects(readObject(practice, object.id), { code: 'not-found' })
})

test('a document as large as a volume goes over HTTP into a bucket and back in bounded memory', {
  timeout: 3_600_000,
}, async () => {
  await using _bucket = await openBucket()
  const { endpoint, env } = await (server as Promise<S3Server>)
  const bucket = { documents: `s3:${endpoint}/documents`, env }
  await requireBoundedMemory(bucket)
})

async function* readFrom(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function openBucket(): Promise<ObjectStore> {
  server ??= startS3()
  const { endpoint, env } = await server
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env
  using client = new S3Client({ endpoint, bucket: 'documents', accessKeyId, secretAccessKey, connections: 1 })
  await client.send({ method: 'PUT', body: new Uint8Array() })
  return openS3Store(`s3:${endpoint}/documents/the group`, { prefix: `practice ${++serial}`, environment: env })
}

async function aFile(sizeBytes: number) {
  const bytes = randomBytes(sizeBytes)
  const path = join(top, `file ${++serial}`)
  await writeFile(path, bytes)
  return { name: createHash('sha256').update(bytes).digest('hex'), bytes, path }
}

async function readAll(store: ObjectStore, name: string, offset: number, length: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.read(name, offset, length)))
}

/** A gateway with one fault. Nothing is ever in it. */
async function badServer(behaviour: string): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const bad = createServer((request, reply): unknown => {
    const isWrite = request.method === 'PUT' || request.method === 'POST'
    const say = (status: number, body = '') =>
      request.resume().once('end', () => reply.writeHead(status, { etag: '"0"' }).end(body))
    if (behaviour === 'falls silent') return undefined
    if (!isWrite) return say(request.method === 'DELETE' ? 204 : 404)
    if (behaviour === 'falls silent in the middle') return request.once('data', () => request.pause())
    if (behaviour === 'refuses') return say(403, '<Error><Code>AccessDenied</Code></Error>')
    if (behaviour === 'is full') return say(507)
    if (behaviour === 'has quotas') return say(403, '<Error><Code>QuotaExceeded</Code></Error>')
    const isEnd = request.url?.includes('uploadId=') && request.method === 'POST'
    return say(
      200,
      isEnd
        ? '<CompleteMultipartUploadResult/>'
        : '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
    )
  }).listen(0, '127.0.0.1')
  await once(bad, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(bad.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      bad.closeAllConnections()
      bad.close()
    },
  }
}
