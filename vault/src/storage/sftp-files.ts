/** Files of an SSH server, one promise a request; errors are the server's own, with its numbers as `code`. */
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import { StorageError } from '#errors'
import type { SftpSession } from './sftp-session.ts'
import type { CallOptions } from './storage.ts'

/** One packet of SFTP that every server takes. */
const SLICE_BYTES = 32 * 1024
/** Slices under way at once: 2 MiB, so that the way there and back does not set the speed. */
const SLICES_AT_ONCE = 64

/** Replies of the server (draft-ietf-secsh-filexfer-02, section 7). */
export const NO_SUCH_FILE = 2
export const PERMISSION_DENIED = 3
export const FAILURE = 4
export const LAST_REPLY = 8
const UNSUPPORTED = 8

type Done<T> = (error?: Error | null, result?: T) => void

/**
 * An open file. A handle is a small number that the server counts from 0 on each connection: after a reconnect it may be another file's, so
 * that it is used on its own channel or not at all.
 */
export interface OpenFile {
  readonly sftp: SFTPWrapper
  readonly handle: Buffer
}

export class SftpFiles {
  readonly #session: SftpSession

  constructor(session: SftpSession) {
    this.#session = session
  }

  /** A new file for writing, readable by its owner only. */
  create(path: string): Promise<OpenFile> {
    return this.#open((sftp, done) => sftp.open(path, 'wx', { mode: 0o400 }, done))
  }

  open(path: string): Promise<OpenFile> {
    return this.#open((sftp, done) => sftp.open(path, 'r', done))
  }

  /** A failure to close says nothing that matters: what counts was synced before. */
  async close(file: OpenFile): Promise<void> {
    await this.#callOn<void>(file, ({ sftp, handle }, done) => sftp.close(handle, done)).catch(() => {})
  }

  async sizeOf(file: OpenFile): Promise<number> {
    return (await this.#callOn<Stats>(file, ({ sftp, handle }, done) => sftp.fstat(handle, done))).size
  }

  async findStats(path: string): Promise<Stats | undefined> {
    try {
      return await this.#call<Stats>((sftp, done) => sftp.stat(path, done))
    } catch (error) {
      if (hasCode(error, NO_SUCH_FILE)) return undefined
      throw error
    }
  }

  /** Nothing for a folder that is not there. */
  async entries(folder: string): Promise<FileEntryWithStats[]> {
    try {
      return await this.#call<FileEntryWithStats[]>((sftp, done) => sftp.readdir(folder, done))
    } catch (error) {
      if (hasCode(error, NO_SUCH_FILE)) return []
      throw error
    }
  }

  /** SFTP has no reply for "it is there already" but a general failure. */
  async makeFolder(path: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.mkdir(path, { mode: 0o700 }, done))
    } catch (error) {
      if (!(hasCode(error, FAILURE) && (await this.findStats(path)))) throw error
    }
  }

  /** Does not overwrite, in version 3 of the protocol. */
  rename(from: string, to: string): Promise<void> {
    return this.#call<void>((sftp, done) => sftp.rename(from, to, done))
  }

  async write(file: OpenFile, bytes: Uint8Array, options: CallOptions): Promise<void> {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    await inSlicesAtOnce(bytes.length, options, (at, length) =>
      this.#callOn<void>(file, ({ sftp, handle }, done) => sftp.write(handle, whole, at, length, at, done)),
    )
  }

  async read(file: OpenFile, into: Uint8Array, from: number, options: CallOptions): Promise<void> {
    const whole = Buffer.from(into.buffer, into.byteOffset, into.length)
    await inSlicesAtOnce(into.length, options, async (at, length) => {
      for (let done = 0; done < length; ) {
        const got = await this.#callOn<number>(file, ({ sftp, handle }, reply) =>
          sftp.read(handle, whole, at + done, length - done, from + at + done, reply),
        )
        if (got === 0) throw new StorageError('failed', `the file ended at byte ${from + at + done}, while it was being read`)
        done += got
      }
    })
  }

  /** Where the server offers it. */
  async sync(file: OpenFile): Promise<void> {
    try {
      await this.#callOn<void>(file, ({ sftp, handle }, done) => sftp.ext_openssh_fsync(handle, done))
    } catch (error) {
      if (!isUnsupported(error)) throw error
    }
  }

  /** OpenSSH opens a folder like a file, and syncs it; a server that does not is left alone. */
  async syncFolder(path: string): Promise<void> {
    try {
      const folder = await this.open(path)
      try {
        await this.sync(folder)
      } finally {
        await this.close(folder)
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error
    }
  }

  /** One object in the place of another; with servers that lack the extension there is none for a moment. */
  async renameOver(from: string, to: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.ext_openssh_rename(from, to, done))
    } catch (error) {
      if (!isUnsupported(error)) throw error
      await this.unlink(to)
      await this.rename(from, to)
    }
  }

  async unlink(path: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.unlink(path, done))
    } catch (error) {
      if (!hasCode(error, NO_SUCH_FILE)) throw error
    }
  }

  /** Clearing up after a failure, which is what the caller hears about. */
  async forget(path: string): Promise<void> {
    await this.unlink(path).catch(() => {})
  }

  /** Not every server knows this extension. */
  async freeBytes(path: string): Promise<number | undefined> {
    const about = await this.#call<{ f_bavail: number; f_frsize: number }>((sftp, done) =>
      sftp.ext_openssh_statvfs(path, done),
    ).catch(() => undefined)
    return about && about.f_bavail * about.f_frsize
  }

  async #open(ask: (sftp: SFTPWrapper, done: Done<Buffer>) => void): Promise<OpenFile> {
    const sftp = await this.#session.sftp()
    return { sftp, handle: await reply<Buffer>((done) => ask(sftp, done)) }
  }

  /** One request and its reply, on whatever connection there is. */
  async #call<T>(ask: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    const sftp = await this.#session.sftp()
    return reply<T>((done) => ask(sftp, done))
  }

  /** One request about an open file. @throws {StorageError} `unreachable` when its connection is gone */
  async #callOn<T>(file: OpenFile, ask: (file: OpenFile, done: Done<T>) => void): Promise<T> {
    if (this.#session.hasEnded(file.sftp)) throw new StorageError('unreachable', 'the connection broke while a file was open')
    return reply<T>((done) => ask(file, done))
  }
}

function reply<T>(ask: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, result) => (error ? reject(error) : resolve(result as T))))
}

/** Slices of `length` bytes with several under way; the first failure stops the rest and is thrown once all have ended. */
async function inSlicesAtOnce(
  length: number,
  { signal, pace }: CallOptions,
  work: (at: number, length: number) => Promise<void>,
): Promise<void> {
  const under = new Set<Promise<void>>()
  const failures: unknown[] = []
  for (let at = 0; at < length && failures.length === 0; at += SLICE_BYTES) {
    const size = Math.min(SLICE_BYTES, length - at)
    await pace?.(size)
    signal?.throwIfAborted()
    const one = work(at, size)
      .catch((error) => void failures.push(error))
      .finally(() => under.delete(one))
    under.add(one)
    if (under.size >= SLICES_AT_ONCE) await Promise.race(under)
  }
  await Promise.all(under)
  if (failures.length > 0) throw failures[0]
}

/** Whether the server replied that. */
export function hasCode(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && (/not support/i.test(error.message) || hasCode(error, UNSUPPORTED))
}
