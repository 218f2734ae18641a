/**
 * A folder with a changing source and repositories, on which whole processes work: the command line of Couronne and stock restic. It
 * remembers what each tree held, so that any restore can be compared. Keys cost nothing to derive.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SeededRandom } from '@couronne/samples'
import { initRepository, openRepository, openStorage, type Repository, type RepositoryPlace, restore } from '@couronne/vault'
import { type RunOptions, type RunResult, restic018, run } from '../peers/peers.ts'

export const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
/** The same seed gives the same run, as far as other processes' timing allows. */
export const SEED = process.env.COURONNE_SEED ?? String(Date.now() % 1_000_000)
export const PASSWORD = 'a test'

const CHEAP_SCRYPT = { n: 2, r: 1, p: 1 }
const COURONNE = join(import.meta.dirname, '..', '..', 'cli', 'bin', 'couronne.cjs')

export interface StockSnapshot {
  readonly id: string
  readonly time: string
  readonly tree: string
  readonly parent?: string
  readonly paths: readonly string[]
  readonly hostname: string
  readonly tags?: readonly string[]
  readonly original?: string
  readonly summary?: { readonly backup_start: string; readonly backup_end: string }
}

export interface VaultOptions extends RunOptions {
  /** One place, or the mirrors of a repository. */
  readonly at?: string | readonly string[]
  readonly password?: string
}

export class Workbench implements AsyncDisposable {
  readonly folder: string
  readonly #contents = new Map<string, string>()
  #restores = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** With an empty folder `source/`, and no repository. */
  static async create(purpose: string): Promise<Workbench> {
    const bench = new Workbench(await mkdtemp(join(tmpdir(), `couronne-${purpose}-`)))
    await mkdir(bench.source)
    return bench
  }

  get source(): string {
    return this.path('source')
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  /** Makes a repository, on one place or several mirrors. @returns its folder; of the first mirror, when there are several */
  async init(
    names: string | readonly string[],
    options: { version?: 1 | 2; password?: string; chunkerPolynomial?: bigint } = {},
  ): Promise<string> {
    const given = typeof names === 'string' ? [names] : names
    const places = given.map((name) => (name.startsWith('rest:') ? name : resolve(this.folder, name)))
    await using _repository = await initRepository(places, { password: PASSWORD, scrypt: CHEAP_SCRYPT, ...options })
    return places[0]!
  }

  /** Opens a repository in this process. */
  open(place: RepositoryPlace, password = PASSWORD): Promise<Repository> {
    return openRepository(place, { password })
  }

  /** What this machine knows of mirrors is kept apart for each place: copies of a repository have one ID. */
  #environment({ at, password = PASSWORD, env }: VaultOptions): Readonly<Record<string, string | undefined>> {
    return {
      COURONNE_STATE_DIR: `${typeof at === 'object' ? at[0] : (at ?? this.path('repository'))}.state`,
      RESTIC_PASSWORD: password,
      RESTIC_FROM_PASSWORD: PASSWORD,
      RESTIC_REPOSITORY: undefined,
      LANG: 'en_GB.UTF-8',
      LC_ALL: undefined,
      ...env,
    }
  }

  /** Arguments for our own process, the verb first. */
  #arguments([verb, ...args]: readonly string[], { at = this.path('repository') }: VaultOptions): string[] {
    const places = typeof at === 'string' ? [at] : at
    return [COURONNE, 'vault', verb!, ...places.flatMap((place) => ['-r', place]), ...args]
  }

  /** Runs `couronne vault` to its end, with the workbench's folder as the current one. */
  couronne(args: readonly string[], options: VaultOptions = {}): Promise<RunResult> {
    const { at: _at, password: _password, ...rest } = options
    return run(process.execPath, this.#arguments(args, options), {
      cwd: this.folder,
      ...rest,
      env: this.#environment(options),
    })
  }

  /** The same through another program: `strace`, `faketime`. */
  couronneThrough(
    program: readonly [string, ...string[]],
    args: readonly string[],
    options: VaultOptions = {},
  ): Promise<RunResult> {
    const { at: _at, password: _password, ...rest } = options
    const [command, ...before] = program
    return run(command, [...before, process.execPath, ...this.#arguments(args, options)], {
      cwd: this.folder,
      ...rest,
      env: this.#environment(options),
    })
  }

  /** Starts `couronne vault`; what becomes of it is the caller's. */
  start(args: readonly string[], options: VaultOptions = {}): ChildProcess {
    return spawn(process.execPath, this.#arguments(args, options), {
      cwd: this.folder,
      env: { ...process.env, ...this.#environment(options) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** Backs the source up with our command line and remembers what it held. @returns the snapshot's ID */
  async backup(options: VaultOptions & { args?: readonly string[] } = {}): Promise<string> {
    const { args = [], ...rest } = options
    const { stdout } = await this.couronne(['backup', '--json', ...args, 'source'], rest)
    const id = lastJson<{ snapshot_id: string }>(stdout, 'summary').snapshot_id
    await this.remember(id, typeof rest.at === 'object' ? rest.at[0] : rest.at)
    return id
  }

  /** Remembers that a snapshot holds what the source holds now. */
  async remember(snapshot: string, repository?: string): Promise<void> {
    const [found] = await this.snapshots(repository, [snapshot])
    this.#contents.set(found!.tree, await digestOf(this.source))
  }

  /** Runs stock restic 0.18. */
  restic(args: readonly string[], options: VaultOptions & { program?: string } = {}): Promise<RunResult> {
    const { at = this.path('repository'), program = restic018(), password: _password, ...rest } = options
    return run(program, ['--no-cache', '-r', String(at), ...args], {
      cwd: this.folder,
      ...rest,
      env: this.#environment(options),
    })
  }

  async snapshots(repository?: string, ids: readonly string[] = []): Promise<StockSnapshot[]> {
    const at = repository === undefined ? {} : { at: repository }
    return JSON.parse((await this.restic(['snapshots', '--json', '--no-lock', ...ids], at)).stdout) as StockSnapshot[]
  }

  /** Stock restic reads everything and finds nothing wrong. */
  async check(repository?: string, password = PASSWORD): Promise<string> {
    const at = { password, ...(repository !== undefined && { at: repository }) }
    const { stdout, stderr } = await this.restic(['check', '--read-data'], at)
    return stdout + stderr
  }

  /** Every snapshot restores to what was backed up. @returns how many there are */
  async restoreAll(repository?: string, by: 'restic' | 'couronne' = 'restic', password = PASSWORD): Promise<number> {
    const at = { password, ...(repository !== undefined && { at: repository }) }
    const { stdout } = await this.restic(['snapshots', '--json', '--no-lock'], at)
    const snapshots = JSON.parse(stdout) as StockSnapshot[]
    for (const tree of new Set(snapshots.map((snapshot) => snapshot.tree))) {
      const { id } = snapshots.find((snapshot) => snapshot.tree === tree)!
      const expected = this.#contents.get(tree)
      assert.ok(expected !== undefined, `snapshot ${id}: tree ${tree} was never backed up`)
      assert.equal(await this.digestOfRestored(id, by, at), expected, `snapshot ${id} restores to something else`)
    }
    return snapshots.length
  }

  /** What a snapshot's `source/` restores to, by stock restic or by us, in this process. */
  async digestOfRestored(
    snapshot: string,
    by: 'restic' | 'couronne',
    options: Pick<VaultOptions, 'at' | 'password'> = {},
  ): Promise<string> {
    const target = this.path(`restored-${this.#restores++}`)
    if (by === 'restic') await this.restic(['restore', '--no-lock', snapshot, '--target', target], options)
    else {
      await using repository = await this.open(options.at ?? this.path('repository'), options.password)
      for await (const event of restore(repository, snapshot, { target, withoutLock: true, workers: 1 })) {
        if (event.kind === 'summary') assert.equal(event.summary.failed, 0)
      }
    }
    const digest = await digestOf(join(target, 'source'))
    await rm(target, { recursive: true })
    return digest
  }

  /** The files that a snapshot must restore to: lines of {@link digestOf}, without folders. */
  async contentsOf(snapshot: string, repository: string): Promise<ReadonlySet<string>> {
    const [found] = await this.snapshots(repository, [snapshot])
    return new Set(
      this.#contents
        .get(found!.tree)!
        .split('\n')
        .filter((line) => /[0-9a-f]{64}$/.test(line)),
    )
  }

  /** Copies a repository as it stands, to try many things from one beginning. */
  async copyOf(name: string, as: string): Promise<string> {
    const target = resolve(this.folder, as)
    await rm(target, { recursive: true, force: true })
    await cp(this.path(name), target, { recursive: true })
    return target
  }

  /** Files of bytes that do not compress, the same for the same name. */
  async fill(count: number, sizeBytes: number, name: string): Promise<void> {
    for (let i = 0; i < count; i++)
      await writeFile(join(this.source, `${name}${i}`), new SeededRandom(`${name}${i}`).bytes(sizeBytes))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The last JSON line of that type. */
export function lastJson<T>(stdout: string, type: string): T {
  const found = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T & { readonly message_type?: string })
    .findLast(({ message_type }) => message_type === type)
  assert.ok(found !== undefined, `no ${type} in: ${stdout}`)
  return found
}

/** Names, types, modes, times and contents of everything below a folder, a line each. */
export async function digestOf(folder: string): Promise<string> {
  const lines: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mode, mtimeNs } = await lstat(path, { bigint: true })
    const facts = `${path.slice(folder.length)} ${mode.toString(8)} ${mtimeNs}`
    if (entry.isFile())
      lines.push(
        `${facts} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`,
      )
    else lines.push(entry.isSymbolicLink() ? `${facts} ${await readlink(path)}` : facts)
  }
  return lines.sort().join('\n')
}

/** Objects of a repository's folder, `kind/name` and what its bytes hash to; keys and locks left out, for they are each mirror's own. */
export async function objectsOf(repository: string): Promise<Map<string, string>> {
  const objects = new Map<string, string>()
  for (const kind of ['config', 'data', 'index', 'snapshots'] as const) {
    await using storage = await openStorage(repository)
    for await (const { name } of storage.list(kind)) {
      objects.set(
        `${kind}/${name}`,
        createHash('sha256')
          .update(await storage.load(kind, name))
          .digest('hex'),
      )
    }
  }
  return objects
}
