import assert from 'node:assert/strict'
import { afterEach, mock, test } from 'node:test'
import { sendBytes } from './send-bytes.ts'

afterEach(() => mock.restoreAll())

test('a full disk of the server is told as that, at once, and not as a lost connection', async () => {
  const details = { type: '/problems/disk-full', title: 'full', status: 507, code: 'disk-full' }
  const asked = mock.method(globalThis, 'fetch', async () => Response.json(details, { status: 507 }))
  const sending = { address: '/api/uploads/u', sizeBytes: 10, receivedBytes: 0, ask: async () => 0 }
  const sent = sendBytes(new Blob(['0123456789']), sending, { onProgress: () => {}, signal: new AbortController().signal })
  await assert.rejects(sent, { code: 'disk-full' })
  assert.equal(asked.mock.callCount(), 1)
})

test('a lost connection is asked about, and what the server has is not sent again', async () => {
  const offsets: (string | null)[] = []
  mock.method(globalThis, 'fetch', async (_: string, { headers, body }: { headers: HeadersInit; body: Blob }) => {
    const from = new Headers(headers).get('upload-offset')
    offsets.push(from)
    if (offsets.length === 1) throw new TypeError('cut')
    return Response.json({ receivedBytes: Number(from) + body.size })
  })
  const sending = { address: '/api/uploads/u', sizeBytes: 10, receivedBytes: 0, ask: async () => 4 }
  const seen: number[] = []
  await sendBytes(new Blob(['0123456789']), sending, {
    onProgress: (bytes) => seen.push(bytes),
    signal: new AbortController().signal,
  })
  assert.deepEqual(offsets, ['0', '4'])
  assert.deepEqual(seen, [4, 10])
})
