/** Three things that happen to disks: a bit flips, a file is cut short, a file is lost. */
import { chmod, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

/** Damages three packs of a repository's folder, the largest ones. Returns their names. */
export async function damage(repository: string): Promise<string[]> {
  const packs = (await readdir(join(repository, 'data'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const sized = await Promise.all(
    packs.map(async ({ parentPath, name }) => ({
      name,
      path: join(parentPath, name),
      bytes: (await stat(join(parentPath, name))).size,
    })),
  )
  const [flipped, cut, lost] = sized.sort((a, b) => b.bytes - a.bytes)
  if (flipped === undefined || cut === undefined || lost === undefined)
    throw new Error('the repository has fewer than three packs')
  await flipBit(flipped.path, Math.floor(flipped.bytes / 2))
  await chmod(cut.path, 0o600)
  await truncate(cut.path, Math.floor(cut.bytes / 3))
  await rm(lost.path)
  return [flipped.name, cut.name, lost.name]
}

async function flipBit(path: string, at: number): Promise<void> {
  // Objects are read-only files.
  await chmod(path, 0o600)
  await using file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, at)
  byte[0]! ^= 0x10
  await file.write(byte, 0, 1, at)
}
