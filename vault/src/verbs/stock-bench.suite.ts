/**
 * For tests: a folder with a source and a repository that stock restic works on. Its key costs nothing to derive, so that dozens of
 * stock commands take seconds.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initRepository, openRepository, type Repository, type RepositoryOptions } from '#repository'
import { localFolderStorage, type Storage } from '#storage'
import { type RunOptions, type RunResult, restic014, restic018, run } from '../../../tests/peers/peers.ts'

const PASSWORD = 'a test'
const CHEAP_SCRYPT = { n: 2, r: 1, p: 1 }

export class StockBench implements AsyncDisposable {
  readonly folder: string
  /** What each tree holds, by its ID: digests of its files. */
  readonly #contents = new Map<string, string>()

  #restores = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** An empty repository of ours at `repository/`, and an empty folder `source/`. */
  static async create(options: { version?: 1 | 2 } = {}): Promise<StockBench> {
    const bench = new StockBench(await mkdtemp(join(tmpdir(), 'couronne-verbs-')))
    await mkdir(bench.source)
    await bench.init('repository', options)
    return bench
  }

  async init(name: string, options: { version?: 1 | 2; chunkerPolynomial?: bigint } = {}): Promise<void> {
    const storage = localFolderStorage(join(this.folder, name))
    await using _repository = await initRepository(storage, { password: PASSWORD, scrypt: CHEAP_SCRYPT, ...options })
  }

  get source(): string {
    return join(this.folder, 'source')
  }

  get repository(): string {
    return join(this.folder, 'repository')
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Opens the repository, or another folder's, or a storage that stands for it. */
  open(
    place: string | Storage | readonly Storage[] = this.repository,
    options: Partial<RepositoryOptions> = {},
  ): Promise<Repository> {
    return openRepository(typeof place === 'string' ? localFolderStorage(place) : place, { password: PASSWORD, ...options })
  }

  /** Runs stock restic 0.18, or what `program` names, on the repository. */
  restic(args: readonly string[], options: RunOptions & { program?: string; repository?: string } = {}): Promise<RunResult> {
    const { program = restic018(), repository = this.repository, ...rest } = options
    const env = { RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: PASSWORD, RESTIC_FROM_PASSWORD: PASSWORD, ...rest.env }
    return run(program, ['--no-cache', ...args], { cwd: this.folder, ...rest, env })
  }

  async json<T>(args: readonly string[], options: { program?: string; repository?: string } = {}): Promise<T> {
    const { stdout } = await this.restic(['--json', ...args], options)
    return JSON.parse(stdout)
  }

  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    await writeFile(join(this.source, name), bytes)
  }

  /** Files of bytes that do not compress, the same for the same seed. */
  async fill(count: number, sizeBytes: number, seed = ''): Promise<void> {
    for (let i = 0; i < count; i++) await this.write(`${seed}${i}`, randomLooking(`${seed}${i}`, sizeBytes))
  }

  async remove(...names: string[]): Promise<void> {
    for (const name of names) await rm(join(this.source, name))
  }

  /** Two snapshots, after one that was forgotten: packs used, partly used, unused. */
  async fillForPrune(): Promise<void> {
    await this.fill(4, 40_000, 'a')
    await this.fill(4, 40_000, 'b')
    await this.backup()
    await this.remove('b0', 'b1', 'b2')
    await this.fill(2, 30_000, 'c')
    await this.backup()
    await this.remove('a0')
    await this.fill(2, 30_000, 'd')
    await this.backup()
    const [first] = await this.snapshots()
    await this.restic(['forget', first!.id])
  }

  /** Backs the source up with stock restic and remembers what it holds. @returns the snapshot's ID */
  async backup(args: readonly string[] = [], options: { program?: string } = {}): Promise<string> {
    const { stdout } = await this.restic(['--json', 'backup', ...args, 'source'], options)
    const { snapshot_id: id } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { snapshot_id: string }
    const [found] = await this.json<{ tree: string }[]>(['snapshots', '--no-lock', id])
    this.#contents.set(found!.tree, await digestOf(this.source))
    return id
  }

  /** Remembers that a tree holds what the source holds now. */
  async remember(tree: string): Promise<void> {
    this.#contents.set(tree, await digestOf(this.source))
  }

  async snapshots(repository = this.repository): Promise<StockSnapshot[]> {
    return this.json<StockSnapshot[]>(['snapshots', '--no-lock'], { repository })
  }

  /** Stock restic finds nothing wrong, all data read. */
  async check(options: { program?: string; repository?: string } = {}): Promise<string> {
    const { stdout, stderr } = await this.restic(['check', '--read-data', '--no-lock'], options)
    return stdout + stderr
  }

  async checkBoth(repository = this.repository): Promise<void> {
    for (const program of [restic014(), restic018()]) await this.check({ program, repository })
  }

  /** Stock restic restores every snapshot to what was backed up. @returns how many there are */
  async restoreAll(repository = this.repository): Promise<number> {
    const snapshots = await this.snapshots(repository)
    for (const tree of new Set(snapshots.map((snapshot) => snapshot.tree))) {
      const target = join(this.folder, `restored-${this.#restores++}`)
      const { id } = snapshots.find((snapshot) => snapshot.tree === tree)!
      await this.restic(['restore', '--no-lock', id, '--target', target], { repository })
      const expected = this.#contents.get(tree)
      assert.ok(expected !== undefined, `tree ${tree} was never backed up`)
      assert.equal(await digestOf(join(target, 'source')), expected, `snapshot ${id} restores to something else`)
      await rm(target, { recursive: true })
    }
    return snapshots.length
  }

  /** Copies the repository as it stands; for trying many things from one beginning. */
  async copyTo(name: string): Promise<string> {
    const target = join(this.folder, name)
    await rm(target, { recursive: true, force: true })
    // Not the locks: tests that run side by side begin from the same repository.
    const locks = join(this.repository, 'locks', '/')
    await cp(this.repository, target, { recursive: true, filter: (source) => !source.startsWith(locks) })
    return target
  }

  /** Names of the objects of a kind. */
  async names(kind: string, repository = this.repository): Promise<string[]> {
    const entries = await readdir(join(repository, kind), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name)).map(({ name }) => name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

export interface StockSnapshot {
  readonly id: string
  readonly time: string
  readonly tree: string
  readonly paths: readonly string[]
  readonly hostname: string
  readonly username: string
  readonly tags?: readonly string[]
  readonly original?: string
  readonly excludes?: readonly string[]
}

function randomLooking(seed: string, sizeBytes: number): Uint8Array {
  const pieces: Buffer[] = []
  for (let at = 0; at < sizeBytes; at += 32) pieces.push(createHash('sha256').update(`${seed}/${at}`).digest())
  return Buffer.concat(pieces).subarray(0, sizeBytes)
}

async function digestOf(folder: string): Promise<string> {
  const digests: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length)
    if (entry.isFile())
      digests.push(
        `${name} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`,
      )
    else digests.push(`${name} ${entry.isSymbolicLink() ? await readlink(path) : 'folder'}`)
  }
  return digests.sort().join('\n')
}

/** The last of a stream's events; the others are dropped. */
export async function lastOf<T>(events: AsyncIterable<T>): Promise<T> {
  const all = await Array.fromAsync(events)
  return all.at(-1)!
}
