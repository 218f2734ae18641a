/**
 * Small pictures of frames, drawn when somebody asks, in a process of their own; a few are remembered, in memory alone. Where nothing can be drawn
 * there is a grey field: a page must not fall apart over one image that no decoder here knows. One that took too long on a busy machine is grey
 * once, and is drawn when it is asked for again. Nothing of this is for diagnosis.
 */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { feed, startConfined, watchSize } from '#confined-process'
import type { OpenPractice } from '#open-practice'

const PROGRAM = fileURLToPath(new URL('./preview-process.ts', import.meta.url))
const TIMEOUT_MS = 20_000
const RESIDENT_BYTES_MAX = 1536 * 1024 * 1024
const PREVIEW_BYTES_MAX = 4 * 1024 * 1024
/** A larger file is not fed to a decoder whole. */
const FILE_BYTES_MAX = 128 * 1024 * 1024
const AT_ONCE_MAX = 2
const REMEMBERED_MAX = 300
/** 64 × 64, one grey. */
const GREY = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAKUlEQVRYw+3MQREAAAwCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320AeeSIGYwAAAAASUVORK5CYII=',
  'base64',
)

export interface Preview {
  readonly png: Uint8Array
  readonly isDrawn: boolean
  /** it took too long: asked for again, it may be drawn */
  readonly isLate: boolean
}

export interface AskedPreview {
  readonly instanceId: string
  readonly sizeBytes: number
  /** from 1 */
  readonly frame: number
  /** of the longer side, in pixels */
  readonly size: number
  readonly open: () => Promise<AsyncIterable<Uint8Array>>
  readonly timeoutMs?: number
}

const remembered = new WeakMap<OpenPractice, Map<string, Promise<Preview>>>()

/** @throws what `open` throws: a file that does not open is no image that cannot be drawn */
export function previewOf(practice: OpenPractice, asked: AskedPreview): Promise<Preview> {
  const previews = remembered.get(practice) ?? new Map<string, Promise<Preview>>()
  remembered.set(practice, previews)
  const name = `${asked.instanceId} ${asked.frame} ${asked.size}`
  const found = previews.get(name)
  if (found !== undefined) return found
  const [oldest] = previews.keys()
  if (previews.size >= REMEMBERED_MAX && oldest !== undefined) previews.delete(oldest)
  const made = inTurn(() => draw(asked))
  previews.set(name, made)
  const forget = () => {
    if (previews.get(name) === made) previews.delete(name)
  }
  made.then(({ isLate }) => isLate && forget(), forget)
  return made
}

let free = AT_ONCE_MAX
const waiting: (() => void)[] = []

/** Few at once: each is a process with a decoder in it. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}

async function draw({ sizeBytes, frame, size, open, timeoutMs = TIMEOUT_MS }: AskedPreview): Promise<Preview> {
  if (sizeBytes > FILE_BYTES_MAX) return { png: GREY, isDrawn: false, isLate: false }
  const { png, isLate } = await drawConfined(await open(), [`${frame}`, `${size}`], timeoutMs)
  return png === undefined ? { png: GREY, isDrawn: false, isLate } : { png, isDrawn: true, isLate: false }
}

async function drawConfined(
  file: AsyncIterable<Uint8Array>,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ readonly png: Uint8Array | undefined; readonly isLate: boolean }> {
  const child = startConfined([PROGRAM, ...args], { heapMegabytes: 768 })
  const parts: Buffer[] = []
  let size = 0
  let isLate = false
  child.stdout?.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > PREVIEW_BYTES_MAX) child.kill('SIGKILL')
  })
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const watch = watchSize(child, RESIDENT_BYTES_MAX)
  try {
    const [[code]] = await Promise.all([once(child, 'close') as Promise<[number | null]>, feed(child, file)])
    const isWhole = code === 0 && size > 0 && size <= PREVIEW_BYTES_MAX
    return isWhole ? { png: Buffer.concat(parts), isLate: false } : { png: undefined, isLate }
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
    child.kill('SIGKILL')
  }
}
