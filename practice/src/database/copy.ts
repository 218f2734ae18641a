/**
 * Copies of a database that is in use. Embedded: `VACUUM INTO` in a thread of its own (the copy has the same keys, is whole at one moment, and
 * nobody waits); the records first, then the keyring, so that no document in the copy lacks its key. PostgreSQL: `pg_dump`.
 */
import { spawn } from 'node:child_process'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { PracticeError } from '#errors'
import { syncFolder, translateFull } from '#files'
import { type DatabaseKeys, KEYRING_FILE, RECORDS_FILE } from './sqlite.ts'

/** The copy could not be made, or did not hold together. Nothing was changed. */
export class CopyFailedError extends PracticeError {
  readonly code = 'copy-failed'
}

export interface CopyJob {
  readonly source: string
  readonly target: string
  readonly key: Uint8Array
}

/**
 * Copies the embedded database of `folder` into `target`, which is made and must not exist. A copy that fails is taken away.
 *
 * @returns bytes written
 */
export async function copySqlite(folder: string, keys: DatabaseKeys, target: string): Promise<number> {
  await mkdir(target, { recursive: false, mode: 0o700 })
  try {
    let bytes = 0
    for (const [file, key] of [
      [RECORDS_FILE, keys.records],
      [KEYRING_FILE, keys.keyring],
    ] as const) {
      await runWorker({ source: join(folder, file), target: join(target, file), key })
      await sync(join(target, file))
      bytes += (await stat(join(target, file))).size
    }
    await syncFolder(target)
    return bytes
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw translateFull(error, target)
  }
}

function runWorker(job: CopyJob): Promise<void> {
  const worker = new Worker(new URL('./copy-worker.ts', import.meta.url), { workerData: job })
  return new Promise((resolve, reject) => {
    worker.once('error', (cause: Error) => reject(new CopyFailedError(`${job.target}: ${cause.message}`, { cause })))
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new CopyFailedError(`${job.target}: the thread ended with ${code}`)),
    )
  })
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

/** Dumps a PostgreSQL database with its own program. @throws {CopyFailedError} `pg_dump` is missing or fails */
export async function dumpPostgresql(address: string, target: string): Promise<void> {
  const url = new URL(address)
  // By the environment: a command line is for everybody to read.
  const env = {
    ...process.env,
    PGHOST: url.searchParams.get('host') ?? url.hostname,
    ...(url.port === '' ? {} : { PGPORT: url.port }),
    ...(url.username === '' ? {} : { PGUSER: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { PGPASSWORD: decodeURIComponent(url.password) }),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  }
  const child = spawn('pg_dump', ['--format=custom', '--file', target], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2_000)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new CopyFailedError('pg_dump could not be started: install the PostgreSQL client programs', { cause })),
    )
    child.once('close', resolve)
  })
  if (code !== 0) {
    await rm(target, { force: true })
    throw new CopyFailedError(`pg_dump ended with ${code}: ${complaint.trim()}`)
  }
  await sync(target)
}
