/**
 * Files below a folder, as rows name them: other programs write names with other capitals, accents in pieces, and backslashes. What leads out
 * of the folder, by a link or otherwise, is not there.
 */
import { lstat, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileOnDisk, type SourceFile } from './source-file.ts'

export class FilesBelow {
  readonly #top: string
  readonly #folders = new Map<string, ReadonlyMap<string, string>>()

  private constructor(top: string) {
    this.#top = top
  }

  static async open(folder: string): Promise<FilesBelow> {
    return new FilesBelow(await realpath(folder))
  }

  /**
   * @param path with `/` between names (`map-row.ts`)
   * @returns undefined where there is no such ordinary file
   */
  async findFile(path: string): Promise<SourceFile | undefined> {
    const found = await this.find(path)
    return found === undefined ? undefined : fileOnDisk(found)
  }

  /** @returns the address of an ordinary file */
  async find(path: string): Promise<string | undefined> {
    let at = this.#top
    for (const name of path.split('/')) {
      const names = await this.#namesIn(at)
      const found = names.get(name) ?? names.get(folded(name))
      if (found === undefined) return undefined
      at = join(at, found)
    }
    // A link that leads nowhere, or in a circle, is not there either.
    const real = await realpath(at).catch(() => undefined)
    if (real === undefined || !real.startsWith(this.#top + sep)) return undefined
    const found = await lstat(real).catch(() => undefined)
    return found?.isFile() ? real : undefined
  }

  /** Names by themselves and folded; the exact one comes first. Two hundred folders are remembered. */
  async #namesIn(folder: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const names = new Map<string, string>()
    const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (['ENOTDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'].includes(error.code ?? '')) return []
      throw error
    })
    for (const name of entries) if (!names.has(folded(name))) names.set(folded(name), name)
    for (const name of entries) names.set(name, name)
    if (this.#folders.size >= 200) this.#folders.clear()
    this.#folders.set(folder, names)
    return names
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
