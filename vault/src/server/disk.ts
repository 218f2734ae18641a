/** Writing so that it is still there after the power went: used by accounts, journal, repositories. */
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import * as fs from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

export const WINDOWS = process.platform === 'win32'

/** The code of a system error (`ENOENT`), `undefined` for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Whether an error says that the disk, or the host's own quota, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}

/** Makes the names in a folder durable. Windows cannot open a folder and needs none of it. */
export async function syncFolder(path: string): Promise<void> {
  if (WINDOWS) return
  await using folder = await fs.open(path, 'r')
  await folder.sync()
}

/** Makes a folder and its missing parents, for the owner only, durably. */
export async function makeFolder(path: string): Promise<void> {
  const first = await fs.mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  const top = dirname(resolve(first))
  for (let made = resolve(path); made !== top; made = dirname(made)) await syncFolder(dirname(made))
}

/** Writes every byte: one call to the system may take fewer than it was given. */
export async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten
}

/** Puts a small file in its place: written aside, synced, renamed, folder synced. Readable by its owner only. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path))
  const aside = `${path}.${randomBytes(8).toHex()}.new`
  try {
    await fs.writeFile(aside, text, { mode: 0o600, flag: 'wx', flush: true })
    await fs.rename(aside, path)
  } catch (error) {
    await fs.rm(aside, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * A small file that only its owner may read; `undefined` when there is none. One that others can read is not mended: who read it already
 * is for a person to judge.
 * @param refusal of a file with that mode
 */
export async function readPrivateFile(path: string, refusal: (mode: string) => Error): Promise<string | undefined> {
  try {
    await using handle = await fs.open(path, 'r')
    const { mode } = await handle.stat()
    if (!WINDOWS && (mode & 0o077) !== 0) {
      throw refusal((mode & 0o777).toString(8))
    }
    return await handle.readFile('utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
