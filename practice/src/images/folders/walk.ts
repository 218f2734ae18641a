/** The files of a folder, and what its DICOMDIRs say is there. Links are told of and not followed: they may lead anywhere. */
import { lstat, open, opendir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { readDicomdir } from '@couronne/formats'

export interface FoundFile {
  /** below the folder, with `/` */
  readonly path: string
  readonly kind: 'file' | 'link' | 'other'
}

const DEPTH_MAX = 50

/** Depth first, in the order of the names. A folder below that cannot be read, or whose name is no UTF-8, is told as one. */
export async function* walkFolder(root: string, below = '', depth = 0): AsyncGenerator<FoundFile> {
  const entries = await readEntries(join(root, below)).catch((error: unknown) => {
    if (below === '') throw error
    return undefined
  })
  if (entries === undefined || depth > DEPTH_MAX) {
    yield { path: below, kind: 'other' }
    return
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(below, entry.name)
    if (entry.isSymbolicLink()) yield { path, kind: 'link' }
    else if (entry.isDirectory()) yield* walkFolder(root, path, depth + 1)
    else yield { path, kind: entry.isFile() ? 'file' : 'other' }
  }
}

/** Links and what is no file included: how many {@link walkFolder} finds. */
export async function countFiles(root: string): Promise<number> {
  let count = 0
  for await (const _ of walkFolder(root)) count++
  return count
}

async function readEntries(folder: string) {
  return Array.fromAsync(await opendir(folder))
}

export interface Listed {
  /** paths below the folder that DICOMDIRs name */
  readonly files: ReadonlySet<string>
  /** what they name beyond their own folder, as it stands there */
  readonly outside: readonly string[]
}

const DICOMDIR = /^dicomdir$/i
const DICOMDIR_BYTES_MAX = 256 * 1024 * 1024

export function isDicomdir(path: string): boolean {
  return DICOMDIR.test(posix.basename(path))
}

/** @returns undefined when there is no DICOMDIR that reads */
export async function readListed(root: string, paths: readonly string[]): Promise<Listed | undefined> {
  const files = new Set<string>()
  const outside: string[] = []
  let isAny = false
  for (const path of paths) {
    const bytes = await readAll(join(root, path)).catch(() => new Uint8Array()) // a bad place on a disc: the files are there without it
    const listed = readDicomdir(bytes)
    if (listed === undefined) continue
    isAny = true
    for (const parts of listed) {
      const named = posix.join(posix.dirname(path), ...parts)
      // A part is a name (PS3.10 §8.2): whatever else it is, nothing is looked for under it.
      const isName = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[/\\\0:]/.test(part))
      if (isName) files.add(named)
      else outside.push(parts.join('\\').slice(0, 200))
    }
  }
  return isAny ? { files, outside } : undefined
}

async function readAll(path: string): Promise<Uint8Array> {
  if ((await lstat(path)).size > DICOMDIR_BYTES_MAX) return new Uint8Array()
  await using file = await open(path, 'r')
  return file.readFile()
}

/** The listed file as it is called on the disk: media are mounted in small letters by many a system. */
export function nameOnDisk(listed: string, onDisk: ReadonlyMap<string, string>): string | undefined {
  return onDisk.get(listed.toLowerCase())
}
