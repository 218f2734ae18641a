import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type S3Server, startS3 } from '../../../tests/peers/s3.ts'
import { type S3Options, s3Storage } from './s3.ts'
import { S3Client, textOf } from './s3-client.ts'
import { storageSuite } from './storage.suite.ts'
import { anObject, listAll, nameOf, type Place } from './suite-places.ts'
import { findElements, findText } from './xml.ts'

// One server for all, which takes eleven seconds to come up and a few hundred megabytes.
let server: S3Server
let serial = 0
before(async () => {
  server = await startS3()
})
after(() => server.stop())

function options(bucket: string, more: Partial<S3Options> = {}): S3Options {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env
  return { endpoint: server.endpoint, bucket, accessKeyId, secretAccessKey, ...more }
}

/** A new prefix of a bucket. */
function place(bucket: string, more: Partial<S3Options> = {}): Place {
  const prefix = `cabinet «été» ${++serial}/dépôt +&'`
  const client = new S3Client({ ...options(bucket, more), connections: 5 })
  return {
    open: async () => s3Storage(options(bucket, { ...more, prefix })),
    async plant(path, body) {
      const { status } = await client.send({ method: 'PUT', key: `${prefix}/${path}`, body })
      assert.equal(status, 200)
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
    },
  }
}

it('credentials that no header can hold are refused without being repeated', () => {
  const secret = 'a secret\nX-Header: more'
  for (const member of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const) {
    assert.throws(
      () => s3Storage({ endpoint: 'http://127.0.0.1:1', bucket: 'b', accessKeyId: 'a', secretAccessKey: 'b', [member]: secret }),
      (error: Error & { code?: string }) => error.code === 'storage-refused' && !error.message.includes('secret\n'),
    )
  }
})

describe('against Ceph’s gateway', () => {
  storageSuite('S3', async () => place('plain'))
})

describe('against Ceph’s gateway, in parts of 5 MiB', () => {
  const inParts = { multipartFromBytes: 1024 * 1024, partBytes: 5 * 1024 * 1024 }

  it('a large object comes back whole, is not sent twice and not overwritten', async () => {
    await using there = place('parts', inParts)
    await using storage = await there.open()
    await storage.create()
    const { name, bytes } = anObject(12 * 1024 * 1024)
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    let sent = 0
    const pace = (slice: number) => {
      sent += slice
    }
    await storage.save('data', name, shared, { pace })
    const once = sent
    await storage.save('data', name, bytes, { pace })
    assert.equal(sent, once)
    assert.equal(nameOf(await storage.load('data', name)), name)
    await storage.replace('data', name, bytes)
    assert.equal(nameOf(await storage.load('data', name)), name)
  })

  it('leaves no parts behind when an upload is stopped', async () => {
    await using there = place('parts', inParts)
    await using storage = await there.open()
    const { name, bytes } = anObject(12 * 1024 * 1024)
    let sent = 0
    const pace = (slice: number) => {
      sent += slice
      if (sent > 6 * 1024 * 1024) throw new Error('stop')
    }
    await assert.rejects(storage.save('data', name, bytes, { pace }), /stop/)
    using client = new S3Client({ ...options('parts'), connections: 1 })
    const uploads = textOf(await client.send({ method: 'GET', query: { uploads: '' } }))
    assert.ok(uploads.includes('<ListMultipartUploadsResult') && !uploads.includes('<Upload>'), uploads)
    assert.equal(await storage.stat('data', name), undefined)
  })
})

describe('against Ceph’s gateway, with object lock', () => {
  const day = Temporal.Duration.from({ hours: 24 })
  const now = Temporal.Now.instant()
  const held = { retentionDays: 2, now: () => now }
  before(async () => {
    await s3Storage(options('held', held)).create()
  })
  storageSuite('S3', async () => place('held', held), { listCount: 40 })

  const withObject = async (
    more: Partial<S3Options>,
    test: (storage: ReturnType<typeof s3Storage>, name: string) => Promise<void>,
  ) => {
    await using there = place('held', more)
    await using storage = await there.open()
    const { name, bytes } = anObject(1000, serial)
    await storage.save('data', name, bytes)
    await storage.save('locks', name, bytes)
    await test(storage, name)
  }
  const seconds = (instant: Temporal.Instant) => Math.ceil(instant.epochMilliseconds / 1000)

  it('holds each new object for the days asked for, but no lock', () =>
    withObject(held, async (storage, name) => {
      const retention = await storage.retention?.read('data', name)
      assert.equal(retention?.mode, 'compliance')
      assert.equal(seconds(retention.until), seconds(now.add({ hours: 48 })))
      assert.equal(await storage.retention?.read('locks', name), undefined)
    }))

  it('an object that nothing holds can be held, and is then held longer, never shorter', () =>
    withObject({}, async (storage, name) => {
      const { retention } = storage
      assert.equal(await retention?.read('data', name), undefined)
      const until = now.add(day)
      await retention?.extend('data', name, { mode: 'governance', until })
      assert.equal((await retention?.read('data', name))?.mode, 'governance')
      await retention?.extend('data', name, { mode: 'compliance', until: until.add(day) })
      await retention?.extend('data', name, { mode: 'governance', until: until.add(day).add(day) })
      await retention?.extend('data', name, { mode: 'compliance', until })
      const last = await retention?.read('data', name)
      assert.equal(last?.mode, 'compliance')
      assert.equal(seconds(last.until), seconds(until.add(day).add(day)))
    }))

  it('a removed object is only hidden, and its bytes cannot be destroyed before their day', async () => {
    await using storage = s3Storage(options('hidden', held))
    await storage.create()
    const { name, bytes } = anObject(1000)
    await storage.save('data', name, bytes)
    await storage.remove('data', name)
    assert.equal(await storage.stat('data', name), undefined)
    using client = new S3Client({ ...options('hidden'), connections: 1 })
    const versions = textOf(await client.send({ method: 'GET', query: { versions: '' } }))
    const [version = ''] = findElements(versions, 'Version')
    const [key = '', versionId = ''] = [findText(version, 'Key'), findText(version, 'VersionId')]
    assert.equal((await client.send({ method: 'DELETE', key, query: { versionId } })).status, 403)
    // Saved again, it is a second version, held as well.
    await storage.save('data', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
    assert.equal((await storage.retention?.read('data', name))?.mode, 'compliance')
  })

  it('a missing object has no retention to read or extend', async () => {
    await using there = place('held')
    await using storage = await there.open()
    const { name } = anObject(1)
    await assert.rejects(async () => storage.retention?.read('data', name), { code: 'object-missing' })
    const wanted = { mode: 'compliance', until: now.add(day) } as const
    await assert.rejects(async () => storage.retention?.extend('data', name, wanted), { code: 'object-missing' })
  })

  it('a bucket without object lock holds nothing, and says so', async () => {
    await using there = place('plain')
    await using storage = await there.open()
    await storage.create()
    const { name, bytes } = anObject(10)
    await storage.save('data', name, bytes)
    assert.equal(await storage.retention?.read('data', name), undefined)
    const wanted = { mode: 'compliance', until: now.add(day) } as const
    await assert.rejects(async () => storage.retention?.extend('data', name, wanted), { code: 'storage-refused' })
  })
})

describe('what S3 refuses', () => {
  const { name, bytes } = anObject(1000)

  it('a wrong secret', async () => {
    await using storage = s3Storage(options('plain', { secretAccessKey: 'wrong' }))
    await assert.rejects(storage.create(), { code: 'storage-refused', retryable: false })
    await assert.rejects(storage.load('data', name), { code: 'storage-refused' })
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-refused' })
  })

  it('an unknown key', async () => {
    await using storage = s3Storage(options('plain', { accessKeyId: 'nobody' }))
    await assert.rejects(storage.create(), { code: 'storage-refused', retryable: false })
  })

  it('a bucket that is not there: nothing is listed, nothing is saved', async () => {
    await using storage = s3Storage(options('nowhere'))
    assert.equal(await storage.stat('config', ''), undefined)
    assert.deepEqual(await listAll(storage, 'data'), [])
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-failed', retryable: false })
    await assert.rejects(storage.load('data', name), { code: 'storage-failed', retryable: false })
  })

  it('bytes that do not match their name', async () => {
    await using storage = s3Storage(options('plain', { prefix: 'mismatch' }))
    await assert.rejects(storage.save('data', name, bytes.subarray(1)), { code: 'storage-failed', retryable: false })
    assert.equal(await storage.stat('data', name), undefined)
  })
})
