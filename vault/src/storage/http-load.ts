/** Loading an object, or a part of it, over HTTP: the same for REST and S3 but for what a refusal means. */
import { type HttpReply, ReplyTooLongError } from './http.ts'
import { checkRange, missing, oversized, rangeBytes, replyBytesMaxFor, tooShort } from './layout.ts'
import type { LoadOptions, ObjectKind, Storage } from './storage.ts'

export interface HttpSource {
  /** Asks for the object with these headers. */
  get(headers: Record<string, string>, replyBytesMax: number | undefined): Promise<HttpReply>
  isMissing(reply: HttpReply): boolean
  refusal(reply: HttpReply): Error
  readonly stat: Storage['stat']
}

/** @see {@link Storage.load} */
export async function loadOverHttp(
  source: HttpSource,
  kind: ObjectKind,
  name: string,
  options: LoadOptions,
): Promise<Uint8Array> {
  checkRange(options)
  const { offset = 0, lengthBytes } = options
  if (lengthBytes === 0) return loadNothing(source, kind, name, options)
  const whole = options.offset === undefined && lengthBytes === undefined
  const end = lengthBytes === undefined ? undefined : offset + lengthBytes
  const headers: Record<string, string> = whole ? {} : { Range: `bytes=${offset}-${end === undefined ? '' : end - 1}` }
  const bytesMax = replyBytesMaxFor(kind)
  const reply = await source.get(headers, bytesMax).catch((error: unknown) => {
    throw bytesMax !== undefined && error instanceof ReplyTooLongError ? oversized(kind, name) : error
  })
  if (source.isMissing(reply)) throw missing(kind, name)
  if (reply.status === 416) return loadNothing(source, kind, name, options)
  if (reply.status !== 200 && reply.status !== 206) throw source.refusal(reply)
  // A server that knows no ranges sends everything, with 200.
  const part = reply.status === 200 ? reply.body.subarray(offset, end) : reply.body
  // rclone answers a start beyond the end with nothing instead of 416.
  if (part.length === 0 && offset > 0) return loadNothing(source, kind, name, options)
  if (lengthBytes !== undefined && part.length !== lengthBytes) throw tooShort(kind, name, options)
  return part
}

/** An empty range, which HTTP cannot ask for: what remains is whether the object reaches that far. */
async function loadNothing(source: HttpSource, kind: ObjectKind, name: string, options: LoadOptions): Promise<Uint8Array> {
  const there = await source.stat(kind, name, { signal: options.signal })
  if (there === undefined) throw missing(kind, name)
  if (rangeBytes(kind, name, there.sizeBytes, options) !== 0) throw tooShort(kind, name, options)
  return new Uint8Array()
}
