/** Where the data of a source lie, opened: files that were sent, a folder of the server, another program's database. */
import { mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ImportSourceError, NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { type AskPassword, openSource, type Profile, type Source, toRelativePath } from '#sources'
import { Workbench } from './sent/workbench.ts'
import { loadPassword, type StoredSource } from './source-store.ts'

const FOLDERS_LISTED_MAX = 500

export interface OpenedPlace extends AsyncDisposable {
  readonly folder: string
}

export class Places {
  readonly workbench = new Workbench()
  readonly #root: string | undefined

  /** @param root below which folders of the server may be named; absent: nowhere */
  constructor(root: string | undefined) {
    this.#root = root
  }

  get mayUseFolders(): boolean {
    return this.#root !== undefined
  }

  /** The folder of a source. @throws {ImportSourceError} it is not there; {@link NotFoundError} folders may not be named */
  async openFolder(practice: OpenPractice, { id, place }: StoredSource, signal?: AbortSignal): Promise<OpenedPlace> {
    if (place.kind === 'files') return this.workbench.open(practice, id, signal)
    const folder = place.kind === 'folder' ? await this.folderOf(place.path) : await emptyFolder(practice)
    return { folder, [Symbol.asyncDispose]: async () => {} }
  }

  /** The source itself, with its profile. */
  async open(
    practice: OpenPractice,
    stored: StoredSource,
    profile: Profile,
    signal?: AbortSignal,
  ): Promise<{ readonly source: Source } & AsyncDisposable> {
    const opened = await this.openFolder(practice, stored, signal)
    try {
      const source = await openSource(opened.folder, profile, yearOf(practice), askPasswordOf(practice, stored))
      const close = async () => {
        await source[Symbol.asyncDispose]()
        await opened[Symbol.asyncDispose]()
      }
      return { source, [Symbol.asyncDispose]: close }
    } catch (error) {
      await opened[Symbol.asyncDispose]()
      throw error
    }
  }

  /** @param path with `/` between names; empty: the allowed folder itself. A link that leads out of it leads nowhere */
  async folderOf(path: string): Promise<string> {
    if (this.#root === undefined) throw new NotFoundError('the operator of this server allows no folder')
    const below = path === '' ? '' : toRelativePath(path)
    if (below === undefined) throw new NotFoundError('there is no such folder')
    const root = await realpath(this.#root)
    const found = await realpath(join(root, below)).catch(() => undefined)
    const isInside = found !== undefined && (found === root || found.startsWith(root + sep))
    if (!isInside || !(await stat(found)).isDirectory())
      throw new ImportSourceError('there is no such folder below the allowed one')
    return found
  }

  async listFolders(path: string): Promise<{ folders: { path: string; name: string }[]; files: number }> {
    const folder = await this.folderOf(path)
    const entries = await readdir(folder, { withFileTypes: true })
    const folders = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ path: path === '' ? name : `${path}/${name}`, name }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return { folders: folders.slice(0, FOLDERS_LISTED_MAX), files: entries.filter((entry) => entry.isFile()).length }
  }
}

/** A profile from elsewhere must not choose whom this server calls: only a source that somebody has said to be a database is asked. */
export function askPasswordOf(practice: OpenPractice, { id, place, hasPassword }: StoredSource): AskPassword | undefined {
  if (place.kind !== 'database') return undefined
  return async () => (hasPassword ? loadPassword(practice, id) : undefined)
}

/** A database has no files beside it. */
async function emptyFolder({ folder }: OpenPractice): Promise<string> {
  const empty = join(folder, 'imports', 'none')
  await mkdir(empty, { recursive: true, mode: 0o700 })
  return empty
}

export function yearOf(practice: OpenPractice): number {
  return practice.now().toZonedDateTimeISO('UTC').year
}
