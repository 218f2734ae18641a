/** Sealed files in a folder, as the vault keeps packs: `ab/abcdef…`, synced, then renamed into place, then the folder synced. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DamagedError } from '#errors'
import { syncFolder, translateFull } from '#files'
import { objectPath } from './object-name.ts'
import type { ObjectStore } from './object-store.ts'

const READ_BYTES = 1024 * 1024

/** @param root made when needed; files that are put must be on the same disk */
export function folderStore(root: string): ObjectStore {
  const pathOf = (name: string) => join(root, objectPath(name))
  const made = new Set<string>()
  return {
    put: async (name, path) => {
      const target = pathOf(name)
      try {
        await makeFolder(dirname(target))
        await using file = await open(path, 'r+')
        await file.sync()
      } catch (error) {
        if (isMissing(error) && (await sizeOf(target)) !== undefined) return
        throw translateFull(error, path)
      }
      await rename(path, target)
      await syncFolder(dirname(target))
      await syncFolder(dirname(path))
    },
    putPieces: async (name, pieces) => {
      const target = pathOf(name)
      const folder = dirname(target)
      if (!made.has(folder)) await makeFolder(folder)
      made.add(folder)
      const unfinished = `${target}.new`
      try {
        await using file = await open(unfinished, 'w', 0o600)
        await file.writeFile(pieces)
        await file.sync()
      } catch (error) {
        await rm(unfinished, { force: true })
        throw translateFull(error, target)
      }
      await rename(unfinished, target)
      await syncFolder(folder)
    },
    stat: (name) => sizeOf(pathOf(name)),
    read: (name, offset, lengthBytes) => readFilePart(pathOf(name), offset, lengthBytes),
    remove: async (name) => {
      const path = pathOf(name)
      await rm(path, { force: true })
      await rm(`${path}.new`, { force: true })
      await syncFolder(dirname(path)).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Makes a folder and what is above it, each name durable. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** @throws {DamagedError} when the file is not there, or ends before */
export async function* readFilePart(path: string, offset: number, lengthBytes: number): AsyncGenerator<Uint8Array> {
  await using file = await open(path, 'r').catch((cause: unknown) => {
    throw isMissing(cause) ? new DamagedError('a sealed file is not where it should be', { cause }) : cause
  })
  for (let at = offset; at < offset + lengthBytes; ) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, offset + lengthBytes - at))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) throw new DamagedError(`a sealed file ends at byte ${at} of ${offset + lengthBytes}`)
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
