/**
 * Folders made with those above them. Node's own `recursive` tries for ever, and takes all memory, where the system says “no such file” of
 * a folder whose parent is there: `/proc`, the folder of an automounter, a share that went away (Node 26.10).
 */
import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and the missing ones above it.
 *
 * @returns the topmost folder that was made; undefined when all were there
 * @throws system errors
 */
export function makeFolders(path: string, mode: number): string | undefined {
  const folder = resolve(path)
  if (isFolder(folder)) return undefined
  const above = dirname(folder)
  const first = above === folder ? undefined : makeFolders(above, mode)
  try {
    mkdirSync(folder, mode)
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!isFolder(folder)) throw error
    return first
  }
  return first ?? folder
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
