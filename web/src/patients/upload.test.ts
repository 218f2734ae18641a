import assert from 'node:assert/strict'
import { afterEach, mock, test } from 'node:test'
import { sendBytes } from './upload.ts'

afterEach(() => mock.restoreAll())

test('a full disk of the server is told as that, at once, and not as a lost connection', async () => {
  const details = { type: '/problems/disk-full', title: 'full', status: 507, code: 'disk-full' }
  const asked = mock.method(globalThis, 'fetch', async () => Response.json(details, { status: 507 }))
  const upload = { id: 'u', sizeBytes: 10, receivedBytes: 0 }
  const sending = sendBytes(new Blob(['0123456789']), upload, { onProgress: () => {}, signal: new AbortController().signal })
  await assert.rejects(sending, { code: 'disk-full' })
  assert.equal(asked.mock.callCount(), 1)
})
