/** The folder of one repository, in restic's default layout. Names given to it are checked before; nothing here decides who may. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder, syncFolder, systemCode, WINDOWS } from './disk.ts'
import {
  FOLDER_KINDS,
  fileOfTemporary,
  isObjectName,
  type Kind,
  objectFile,
  objectFolder,
  repositoryFolders,
  temporaryFile,
} from './layout.ts'
import { countedBytes, noObjects, type RepositoryUsage } from './usage.ts'

const STATS_AT_ONCE = 32
/** Answers of file systems without hard links (FAT, some network shares). */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'])
/** As restic: stored objects are read-only. On Windows a read-only file cannot be deleted, and restic sets nothing there. */
const OBJECT_MODE = WINDOWS ? 0o600 : 0o400

export interface ListedObject {
  readonly name: string
  readonly sizeBytes: number
}

/** An upload on its way: an open file beside its place. */
export interface Draft {
  readonly file: FileHandle
  readonly path: string
  readonly target: string
}

export class RepositoryFolder {
  readonly #root: string
  /** Targets that are being named on a file system without links, where looking and naming are two steps. */
  readonly #naming = new Set<string>()
  readonly #removing = new Map<string, Promise<number | undefined>>()

  constructor(root: string) {
    this.#root = root
  }

  async isCreated(): Promise<boolean> {
    return (await fs.stat(join(this.#root, 'data')).catch(() => undefined))?.isDirectory() ?? false
  }

  /** Makes all folders, durably. Does nothing to those that are there. */
  async create(): Promise<void> {
    await makeFolder(this.#root)
    for (const name of repositoryFolders()) await fs.mkdir(join(this.#root, name), { recursive: true, mode: 0o700 })
    await syncFolder(join(this.#root, 'data'))
    await syncFolder(this.#root)
  }

  /** Makes the folders that are there durable: who made them may have been killed before that. */
  async settle(): Promise<void> {
    if (!(await this.isCreated())) return
    for (const folder of [join(this.#root, 'data'), this.#root, dirname(this.#root)]) await syncFolder(folder)
  }

  /** Size of an object in bytes, `undefined` when there is none. */
  async findSize(kind: Kind, name: string): Promise<number | undefined> {
    try {
      const about = await fs.lstat(this.#path(kind, name))
      return about.isFile() ? about.size : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** An object open for reading, `undefined` when there is none. A symbolic link is none. */
  async findObject(kind: Kind, name: string): Promise<{ file: FileHandle; sizeBytes: number } | undefined> {
    let file: FileHandle
    try {
      file = await fs.open(this.#path(kind, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    } catch (error) {
      if (isMissing(error) || systemCode(error) === 'ELOOP') return undefined
      throw error
    }
    const about = await file.stat()
    if (about.isFile()) return { file, sizeBytes: about.size }
    await file.close()
    return undefined
  }

  /**
   * All objects of a kind, in no order; other names are passed over, as is an object in the wrong folder of `data`.
   * @param isHidden asked after a name is seen and before its file is: one that went in between is in no list
   */
  async *list(kind: Kind, isHidden: (name: string) => boolean = () => false): AsyncGenerator<ListedObject> {
    for (const folder of await this.#foldersOf(kind)) {
      const names = (await namesIn(join(this.#root, folder))).filter(
        (name) => isObjectName(name) && objectFolder(kind, name) === folder && !isHidden(name),
      )
      for (let i = 0; i < names.length; i += STATS_AT_ONCE) {
        const some = names.slice(i, i + STATS_AT_ONCE)
        const sizes = await Promise.all(some.map((name) => this.findSize(kind, name)))
        for (const [at, name] of some.entries()) {
          const sizeBytes = sizes[at]
          if (sizeBytes !== undefined) yield { name, sizeBytes }
        }
      }
    }
  }

  /** Opens a file for an upload, beside the place of the object. */
  async draft(kind: Kind, name: string): Promise<Draft> {
    const target = this.#path(kind, name)
    const path = join(dirname(target), temporaryFile(objectFile(kind, name), randomBytes(8)))
    try {
      return { file: await fs.open(path, 'wx', OBJECT_MODE), path, target }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
      await makeFolder(dirname(target))
      return { file: await fs.open(path, 'wx', OBJECT_MODE), path, target }
    }
  }

  /** Syncs the upload: from here on its bytes survive a crash, though under a name that nobody reads. */
  async finish({ file }: Draft): Promise<void> {
    await file.sync()
  }

  /**
   * Gives a finished upload its name, durably. The draft's own name stays until {@link discard}: after a crash it tells that the
   * object may lack its line in the journal.
   * @returns false when there is an object of that name, which stays as it was
   */
  async publish({ path, target }: Draft): Promise<boolean> {
    try {
      await fs.link(path, target)
    } catch (error) {
      const code = systemCode(error)
      if (code === 'EEXIST') return false
      if (code === undefined || !NO_LINKS.has(code)) throw error
      if (!(await this.#renameInto(path, target))) return false
    }
    try {
      await syncFolder(dirname(target))
    } catch (error) {
      await fs.rm(target, { force: true })
      throw error
    }
    return true
  }

  /** Makes sure that an object's name survives a crash, whoever gave it. */
  async syncName(kind: Kind, name: string): Promise<void> {
    await syncFolder(dirname(this.#path(kind, name)))
  }

  /** Removes the draft, whatever became of it. One that will not go is left to the next start. */
  async discard({ file, path }: Draft): Promise<void> {
    await Promise.allSettled([file.close(), fs.rm(path, { force: true })])
  }

  /** Takes back an object that was published and could not be entered in the journal. */
  async takeBack({ target }: Draft): Promise<void> {
    await fs.rm(target, { force: true })
    await syncFolder(dirname(target))
  }

  /**
   * Removes an object, durably. Its size in bytes, `undefined` when there was none. Of several that remove the same object at once, one is
   * told its size: what is freed is counted once.
   */
  async remove(kind: Kind, name: string): Promise<number | undefined> {
    const path = this.#path(kind, name)
    const underWay = this.#removing.get(path)
    if (underWay !== undefined) {
      await underWay
      return undefined
    }
    const removing = this.#removeAlone(kind, name).finally(() => this.#removing.delete(path))
    this.#removing.set(path, removing)
    return removing
  }

  /** Counts all objects. */
  async measure(): Promise<RepositoryUsage> {
    const objects = noObjects()
    let sizeBytes = 0
    for (const kind of FOLDER_KINDS) {
      for await (const object of this.list(kind)) {
        objects[kind]++
        sizeBytes += countedBytes(kind, object.sizeBytes)
      }
    }
    const configBytes = await this.findSize('config', '')
    if (configBytes !== undefined) objects.config++
    return { sizeBytes: sizeBytes + (configBytes ?? 0), objects }
  }

  /** What uploads left when the server was killed. `published`: the object has its name as well. */
  async *findDrafts(): AsyncGenerator<{ path: string; kind: Kind; name: string; published: boolean; sizeBytes: number }> {
    for (const kind of ['config', ...FOLDER_KINDS] as const) {
      for (const folder of await this.#foldersOf(kind)) {
        for (const found of await namesIn(join(this.#root, folder))) {
          const file = fileOfTemporary(found)
          if (file === undefined || (file === 'config') !== (kind === 'config')) continue
          const path = join(this.#root, folder, found)
          const name = kind === 'config' ? '' : file
          const [draft, target] = await Promise.all([identityOf(path), identityOf(this.#path(kind, name))])
          yield { path, kind, name, published: draft !== undefined && draft.id === target?.id, sizeBytes: draft?.sizeBytes ?? 0 }
        }
      }
    }
  }

  /** An object is never replaced, so that what is measured here is what goes. */
  async #removeAlone(kind: Kind, name: string): Promise<number | undefined> {
    const sizeBytes = await this.findSize(kind, name)
    if (sizeBytes === undefined) return undefined
    const path = this.#path(kind, name)
    try {
      await fs.unlink(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
    await syncFolder(dirname(path))
    return sizeBytes
  }

  async #renameInto(path: string, target: string): Promise<boolean> {
    if (this.#naming.has(target)) return false
    this.#naming.add(target)
    try {
      if (await identityOf(target)) return false
      await fs.rename(path, target)
      return true
    } finally {
      this.#naming.delete(target)
    }
  }

  /** Folders that can hold objects of a kind, relative to the repository. */
  async #foldersOf(kind: Kind): Promise<string[]> {
    if (kind === 'config') return ['']
    if (kind !== 'data') return [kind]
    const names = await namesIn(join(this.#root, 'data'))
    return names.filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => join('data', name))
  }

  #path(kind: Kind, name: string): string {
    return join(this.#root, objectFolder(kind, name), objectFile(kind, name))
  }
}

async function identityOf(path: string): Promise<{ id: string; sizeBytes: number } | undefined> {
  const about = await fs.lstat(path, { bigint: true }).catch(() => undefined)
  return about && { id: `${about.dev} ${about.ino}`, sizeBytes: Number(about.size) }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}
