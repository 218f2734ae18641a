/** Large objects in parts, one after the other; the parts are thrown away when one fails. */
import { createHash } from 'node:crypto'
import type { HttpReply } from './http.ts'
import { type S3Client, textOf } from './s3-client.ts'
import type { CallOptions } from './storage.ts'
import { escapeXml, findText } from './xml.ts'

const CLEAN_UP_MS = 10_000

export interface Parts {
  readonly client: S3Client
  readonly key: string
  /** the parts in order, each but the last of the same size; read one at a time */
  readonly slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** `If-None-Match` belongs to the end of the upload, all others to its start. */
  readonly headers: Readonly<Record<string, string>>
}

/** The reply of the last step that was taken: 200 when the object is there. */
export async function uploadInParts(parts: Parts, call: CallOptions): Promise<HttpReply> {
  const { client, key, headers } = parts
  const { 'If-None-Match': condition, ...others } = headers
  const started = await client.send({
    ...call,
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: others,
    body: new Uint8Array(),
  })
  const uploadId = started.status === 200 ? findText(textOf(started), 'UploadId') : undefined
  if (uploadId === undefined) return started
  let last: HttpReply | undefined
  try {
    const { refusal, tags } = await sendParts(parts, uploadId, call)
    const conditional: Record<string, string> = condition === undefined ? {} : { 'If-None-Match': condition }
    last = refusal ?? (await complete(parts, uploadId, tags, conditional, call))
    return last
  } finally {
    if (last?.status !== 200) await abandon(parts, uploadId)
  }
}

async function sendParts(parts: Parts, uploadId: string, call: CallOptions): Promise<{ refusal?: HttpReply; tags: string[] }> {
  const tags: string[] = []
  for await (const body of parts.slices) {
    const query = { partNumber: `${tags.length + 1}`, uploadId }
    const headers = { 'Content-MD5': createHash('md5').update(body).digest('base64') }
    const reply = await parts.client.send({ ...call, method: 'PUT', key: parts.key, query, headers, body })
    if (reply.status !== 200) return { refusal: reply, tags }
    tags.push(String(reply.headers.etag))
  }
  return { tags }
}

async function complete(
  { client, key }: Parts,
  uploadId: string,
  tags: readonly string[],
  headers: Record<string, string>,
  call: CallOptions,
): Promise<HttpReply> {
  const list = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(tag)}</ETag></Part>`).join('')
  const body = new TextEncoder().encode(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`)
  const reply = await client.send({ ...call, method: 'POST', key, query: { uploadId }, headers, body })
  // The server says 200 before it starts, and may fail afterwards: then the body is an error.
  return reply.status === 200 && findText(textOf(reply), 'Code') !== undefined ? { ...reply, status: 500 } : reply
}

/** What is left of an upload costs money every month, and nobody sees it. */
async function abandon({ client, key }: Parts, uploadId: string): Promise<void> {
  try {
    await client.send({ method: 'DELETE', key, query: { uploadId }, signal: AbortSignal.timeout(CLEAN_UP_MS) })
  } catch {}
}
