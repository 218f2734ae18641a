/**
 * Who wrote what and when: one line of JSON for each accepted object, deletion and refusal, beside the repository and out of the
 * reach of its clients. Lines are only ever added. One is durable before its writer is told "stored".
 *
 *     {"at":"2026-11-23T21:14:00.123Z","event":"stored","account":"…","role":"writer","kind":"data","name":"…","sizeBytes":16,"from":"192.0.2.1"}
 */
import type { FileHandle } from 'node:fs/promises'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Role } from './accounts.ts'
import { makeFolder, syncFolder, systemCode, writeFully } from './disk.ts'
import { journalFileOf, KINDS, type Kind } from './layout.ts'

/**
 * `created`: the repository's folders. `stored`, `removed`: an object. `refused`: a request to store or remove one. `recovered`: an
 * object that was whole on the disk when a crash came before its line; its writer was told nothing. `warned`: something unusual.
 * `unreadable` is never written: it stands for a line that is damaged.
 */
export const JOURNAL_EVENTS = ['created', 'stored', 'removed', 'refused', 'recovered', 'warned', 'unreadable'] as const
export type JournalEvent = (typeof JOURNAL_EVENTS)[number]

export interface JournalEntry {
  readonly at: Temporal.Instant
  readonly event: JournalEvent
  readonly account: string
  readonly role: Role | 'server'
  readonly kind?: Kind | undefined
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
  /** Address of the other end. */
  readonly from?: string | undefined
  /** Why it was refused, or what is unusual: a word, not a sentence. */
  readonly reason?: string | undefined
  /** Refusals before this one that were too many to note. */
  readonly dropped?: number | undefined
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The journal of one account, open for adding. */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle
  #goodBytes: number
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #broken: unknown

  private constructor(file: FileHandle, goodBytes: number) {
    this.#file = file
    this.#goodBytes = goodBytes
  }

  /** Opens or makes the journal; a last line that a crash cut short goes, for nobody was told that it was written. */
  static async open(path: string): Promise<Journal> {
    await makeFolder(dirname(path))
    const file = await fs.open(path, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      const goodBytes = await endOfLastLine(file, size)
      if (goodBytes < size) await file.truncate(goodBytes)
      await file.sync()
      await syncFolder(dirname(path))
      return new Journal(file, goodBytes)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Adds a line; it is durable when the promise is fulfilled. Lines that come while the disk is busy go out together. */
  add(entry: JournalEntry): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject })
    this.#flushing ??= this.#flush()
    return promise
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        await this.#write(Buffer.from(batch.map(({ line }) => line).join('')))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#flushing = undefined
  }

  /** After a failed sync nobody knows what the disk holds: then nothing more is written until the journal is opened again. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    let written = false
    try {
      await writeFully(this.#file, bytes)
      written = true
      await this.#file.datasync()
    } catch (error) {
      if (written) this.#broken = error
      // Lines of objects that are refused now must not stand there later.
      await this.#file.truncate(this.#goodBytes).catch(() => {
        this.#broken = error
      })
      throw error
    }
    this.#goodBytes += bytes.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushing
    await this.#file.close()
  }
}

const TAIL_BYTES = 64 * 1024

async function endOfLastLine(file: FileHandle, sizeBytes: number): Promise<number> {
  for (let end = sizeBytes; end > 0; end -= Math.min(end, TAIL_BYTES)) {
    const start = Math.max(0, end - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (newline >= 0) return start + newline + 1
  }
  return 0
}

/**
 * The journal of an account, oldest line first; empty when there is none. May be read while a server adds to it: a last line
 * without its end is left out. A line that is damaged comes as `unreadable`, with the number of the line as `reason`.
 *
 * @param folder the data folder of the server
 */
export async function* readJournal(folder: string, account: string): AsyncGenerator<JournalEntry> {
  let number = 0
  for await (const line of wholeLines(journalFileOf(folder, account))) {
    number++
    yield parseEntry(line) ?? {
      at: Temporal.Instant.fromEpochMilliseconds(0),
      event: 'unreadable',
      account,
      role: 'server',
      reason: `line ${number}`,
    }
  }
}

/** Which of the objects, as `<kind>/<name>`, the journal does not know to be there. */
export async function findUntold(folder: string, account: string, objects: ReadonlySet<string>): Promise<Set<string>> {
  const untold = new Set(objects)
  for await (const { event, kind, name } of readJournal(folder, account)) {
    const object = `${kind}/${name}`
    if (!objects.has(object)) continue
    if (event === 'stored' || event === 'recovered') untold.delete(object)
    if (event === 'removed') untold.add(object)
  }
  return untold
}

const LINE_BYTES_MAX = 64 * 1024

async function* wholeLines(path: string): AsyncGenerator<string> {
  let file: FileHandle
  try {
    file = await fs.open(path, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  let rest = Buffer.alloc(0)
  for await (const chunk of file.createReadStream({ highWaterMark: TAIL_BYTES })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(0x0a, start); end >= 0; end = rest.indexOf(0x0a, start)) {
      yield rest.toString('utf8', start, end)
      start = end + 1
    }
    rest = rest.subarray(start)
    // Longer than any line of ours: damage. Its head is dropped so that memory stays bounded.
    if (rest.length > LINE_BYTES_MAX) rest = rest.subarray(-1)
  }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const value = JSON.parse(line) as JournalEntry & { readonly at: string }
    const sound = JOURNAL_EVENTS.includes(value.event) && (value.kind === undefined || KINDS.includes(value.kind))
    return sound ? { ...value, at: Temporal.Instant.from(value.at) } : undefined
  } catch {
    return undefined
  }
}
