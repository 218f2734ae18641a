/**
 * What all questions share: the folder with the data, a repository to begin with that both restic and ours open with the same key, and the
 * repositories that stay from question to question.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addKey, openRepository } from '@couronne/vault'
import { makeBenchData } from './data.ts'
import { measure } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { borgTool, couronneTool, initBorg, initRestic, PASSWORD, type Place, resticTool, type Tool } from './tools.ts'

/** The least that scrypt takes: deriving this key takes no time that could be measured. */
const CHEAP_SCRYPT = { n: 2, r: 1, p: 1 } as const

/** The key file of a repository: what stock restic made, or one of the same master key that costs nothing to open. */
export type KeyKind = 'stock' | 'cheap'

interface KeyFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export class Bench implements Disposable {
  readonly options: BenchOptions
  readonly folder: string
  /** The data to back up. The question `changed` changes it; nothing else does. */
  readonly source: string
  readonly tools: { readonly couronne: Tool; readonly restic: Tool; readonly borg: Tool; readonly borgLz4: Tool }
  readonly say: (line: string) => void
  readonly #standing = new Map<Tool, Place>()
  #keys: Readonly<Record<KeyKind, KeyFile>> | undefined
  #folders = 0
  #data: { readonly files: number; readonly bytes: number } | undefined

  constructor(options: BenchOptions, say: (line: string) => void) {
    this.options = options
    this.say = say
    this.folder = mkdtempSync(join(options.folder ?? tmpdir(), 'couronne-bench-'))
    this.source = join(this.folder, 'practice')
    this.tools = {
      couronne: couronneTool(join(this.folder, 'code')),
      restic: resticTool(),
      borg: borgTool('zstd,3'),
      borgLz4: borgTool('lz4'),
    }
  }

  /** Makes the data and the first repository, and runs each tool once. */
  async prepare(): Promise<void> {
    const started = performance.now()
    this.#data = makeBenchData(this.source, this.options.totalBytes)
    this.say(`data: ${this.#data.files} files, ${this.#data.bytes} bytes, in ${seconds(started)}`)
    initRestic(this.#template)
    this.#keys = await this.#makeKeys()
    await this.#warmUp()
  }

  get data(): { readonly files: number; readonly bytes: number } {
    if (this.#data === undefined) throw new Error('not prepared')
    return this.#data
  }

  /** How the key of all repositories of restic's format is derived. */
  get scrypt(): { readonly n: number; readonly r: number; readonly p: number } {
    const { N: n, r, p } = JSON.parse(Buffer.from(this.#key('stock').bytes).toString('utf8')) as Record<'N' | 'r' | 'p', number>
    return { n, r, p }
  }

  /** An empty repository for a tool. Those of restic and of ours are copies of one that stock restic made. */
  newPlace(tool: Tool): Place {
    if (!tool.name.startsWith('borg')) return this.copyPlace(this.#template)
    const place = this.#nextPlace()
    initBorg(place)
    return place
  }

  copyPlace(place: Place): Place {
    const copy = this.#nextPlace()
    cpSync(place.folder, copy.folder, { recursive: true })
    return copy
  }

  removePlace({ folder }: Place): void {
    rmSync(folder, { recursive: true, force: true })
  }

  /** The repository of a tool that stays: it has a backup of the source, and whatever the questions so far have added. */
  async standing(tool: Tool): Promise<Place> {
    const known = this.#standing.get(tool)
    if (known !== undefined) return known
    const place = this.newPlace(tool)
    await measure(tool.backup(place, this.source))
    this.#standing.set(tool, place)
    return place
  }

  /** Makes a repository with a first backup of the source the one that stays. */
  keepAsStanding(tool: Tool, place: Place): void {
    const earlier = this.#standing.get(tool)
    if (earlier !== undefined) this.removePlace(earlier)
    this.#standing.set(tool, place)
  }

  /** Puts the key file of this kind into a repository of restic's format, as its only one. */
  useKey({ repository }: Place, kind: KeyKind): void {
    const folder = join(repository, 'keys')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const { name, bytes } = this.#key(kind)
    writeFileSync(join(folder, `${name}.new`), bytes)
    renameSync(join(folder, `${name}.new`), join(folder, name))
  }

  /** A folder that is new and empty. */
  newFolder(name: string): string {
    const folder = join(this.folder, `${name}-${++this.#folders}`)
    mkdirSync(folder)
    return folder
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #template(): Place {
    return this.#placeIn('template')
  }

  #key(kind: KeyKind): KeyFile {
    if (this.#keys === undefined) throw new Error('not prepared')
    return this.#keys[kind]
  }

  #nextPlace(): Place {
    return this.#placeIn(`place-${++this.#folders}`)
  }

  #placeIn(name: string): Place {
    const folder = join(this.folder, name)
    const state = join(folder, 'state')
    mkdirSync(state, { recursive: true })
    return { folder, repository: join(folder, 'repository'), state }
  }

  /** Adds the cheap key file to the first repository, keeps both aside, and leaves stock restic's alone in it. */
  async #makeKeys(): Promise<Readonly<Record<KeyKind, KeyFile>>> {
    const folder = join(this.#template.repository, 'keys')
    const [stock = ''] = readdirSync(folder)
    let cheap: string
    {
      await using repository = await openRepository(this.#template.repository, { password: PASSWORD })
      cheap = await addKey(repository.storage, repository.primitives, repository.key, Buffer.from(PASSWORD), {
        parameters: CHEAP_SCRYPT,
      })
    }
    const read = (name: string) => ({ name, bytes: readFileSync(join(folder, name)) })
    const keys = { stock: read(stock), cheap: read(cheap) }
    rmSync(join(folder, cheap))
    return keys
  }

  /** Each tool does each thing once with one small file: programs and compiled code are in memory then, as on a machine in use. */
  async #warmUp(): Promise<void> {
    const source = this.newFolder('warm-up')
    writeFileSync(join(source, 'letter.txt'), 'Lettre du cabinet d’exemple\n'.repeat(100))
    for (const tool of [this.tools.couronne, this.tools.restic, this.tools.borg]) {
      const place = this.newPlace(tool)
      await measure(tool.backup(place, source))
      await measure(tool.backup(place, source))
      await measure(tool.check(place))
      await measure(tool.restore(place, this.newFolder('restored')))
      await measure(tool.forgetAndPrune(place))
      await measure(tool.listSnapshots(place))
      this.removePlace(place)
    }
  }
}

/** Sum of the lengths of all files of a repository. */
export function storedBytes({ repository }: Place): number {
  const entries = readdirSync(repository, { withFileTypes: true, recursive: true })
  return entries.reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0)
}

/**
 * Gives back the room of what is in a folder and leaves the files, empty. Removing thousands of files would slow down whoever makes
 * files next: for some minutes ext4 passes over each number of a removed file, one by one (measured: 2.7 ms a new file instead of 0.1).
 */
export function truncateFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) truncateSync(join(entry.parentPath, entry.name))
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}
