/** Files that must be there, whole, after a power cut. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DiskFullError } from '#errors'

/** Writes aside, syncs, renames, syncs the folder. Readable by this user alone. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}.new`
  try {
    await using file = await open(unfinished, 'w', 0o600)
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await rm(unfinished, { force: true })
    throw translateFull(error, path)
  }
  await rename(unfinished, path)
  await syncFolder(dirname(path))
}

/** Makes the names in a folder durable. Windows does that with the files themselves. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** A full disk gets its own name; anything else stays as it is. */
export function translateFull(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return new DiskFullError(`${path}: the disk is full`, { cause: error })
  return error
}
