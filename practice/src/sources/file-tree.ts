/** Files under a top, wherever they are: a folder, or an archive that is not unpacked. */
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ImportSourceError } from '#errors'
import { fileOnDisk, type SourceFile } from './source-file.ts'

export interface TreeFile {
  /** from the top, with `/` between names */
  readonly path: string
  open(): Promise<SourceFile>
}

export interface FileTree extends AsyncDisposable {
  /** by their paths */
  readonly files: ReadonlyMap<string, TreeFile>
}

export const TREE_FILES_MAX = 500_000

/** Links are not followed. @throws {ImportSourceError} when it cannot be read, or has too many files */
export async function folderTree(folder: string): Promise<FileTree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the folder cannot be read: ${error.code}`)
  })
  const found = entries.filter((entry) => entry.isFile())
  if (found.length > TREE_FILES_MAX) throw new ImportSourceError(`more than ${TREE_FILES_MAX} files`)
  const files = found.map((entry) => {
    const address = join(entry.parentPath, entry.name)
    const path = address.slice(folder.length).split(sep).filter(Boolean).join('/')
    return [path, { path, open: () => fileOnDisk(address) }] as const
  })
  return { files: new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1))), [Symbol.asyncDispose]: async () => {} }
}
