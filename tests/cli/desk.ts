/**
 * A desk for tests of the command line: a folder of its own with state, cache and repositories in it, `couronne` and stock restic, and
 * an environment in which neither sees anything of the machine's.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { initRepository } from '@couronne/vault'
import { type RunOptions, type RunResult, restic018, run } from '../peers/peers.ts'

const ROOT = join(import.meta.dirname, '../..')
export const COURONNE = join(ROOT, 'cli/bin/couronne.cjs')
export const PASSWORD = 'correct horse battery staple'
/** Opens in a millisecond: what is tested is not how long a guess takes. */
const CHEAP = { n: 2, r: 1, p: 1 }

export interface DeskOptions {
  /** `en` when absent. */
  readonly language?: 'fr' | 'en'
}

export class Desk implements AsyncDisposable {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>

  constructor({ language = 'en' }: DeskOptions = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'couronne-cli-'))
    this.env = {
      ...cleared(),
      HOME: this.folder,
      TZ: 'Europe/Paris',
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      COURONNE_LANG: language,
      COURONNE_STATE_DIR: this.path('state'),
      RESTIC_CACHE_DIR: this.path('cache'),
      RESTIC_PASSWORD: PASSWORD,
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/couronne-code'),
    }
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  couronne(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(process.execPath, [COURONNE, ...args], this.#with(options))
  }

  vault(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.couronne(['vault', ...args], options)
  }

  restic(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(restic018(), args, this.#with(options))
  }

  /** `couronne`, to be watched and stopped while it runs; its standard input stays open. */
  start(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Running {
    return new Running(
      spawn(process.execPath, [COURONNE, ...args], { cwd: this.folder, env: { ...process.env, ...this.env, ...env } }),
    )
  }

  /** The same on a terminal of its own, where somebody types what is written to its standard input. */
  startOnTerminal(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Running {
    const line = [process.execPath, COURONNE, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    return new Running(
      spawn('script', ['-qec', line, '/dev/null'], { cwd: this.folder, env: { ...process.env, ...this.env, ...env } }),
    )
  }

  /** A line of bash, with `$NODE` and `$COURONNE` to call ourselves. */
  shell(line: string, options: RunOptions = {}): Promise<RunResult> {
    const env = { ...options.env, NODE: process.execPath, COURONNE }
    return run('bash', ['-c', line], this.#with({ ...options, env }))
  }

  /** Restic finds nothing wrong, having read every byte. */
  async requireSound(repository: string): Promise<void> {
    await this.restic(['-r', repository, '--no-cache', '--no-lock', 'check', '--read-data'])
  }

  /** A repository whose keys cost nothing to try. */
  async newRepository(name = 'repository', { version = 2 as 1 | 2, password = PASSWORD } = {}): Promise<string> {
    const place = this.path(name)
    await using _repository = await initRepository(place, { password, version, scrypt: CHEAP })
    return place
  }

  /** A folder with files of several kinds, the same for the same seed. */
  newSource(name = 'practice', seed = 1): string {
    const folder = this.path(name)
    this.write(`${name}/letters/letter.txt`, 'Cher confrère,\n')
    this.write(`${name}/letters/old/Élan.txt`, `seed ${seed}\n`)
    this.write(`${name}/image.bin`, noise(1_500_000, seed))
    this.write(`${name}/base.sql`, 'insert into patients values (1);\n'.repeat(2000))
    this.write(`${name}/empty`, '')
    symlinkSync('letters/letter.txt', join(folder, 'link'))
    return folder
  }

  write(path: string, content: string | Uint8Array): string {
    const file = this.path(path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    const past = new Date('2026-01-02T03:04:05Z')
    utimesSync(file, past, past)
    return file
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #with(options: RunOptions): RunOptions {
    return { cwd: this.folder, ...options, env: { ...this.env, ...options.env } }
  }
}

export class Running implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<number | null>
  #said = ''
  #printed = ''

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child
    this.#ended = new Promise((resolve) => child.once('close', (code) => resolve(code)))
    child.stdin.on('error', () => {}) // it may end without reading its input
    child.stderr.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString()
    })
    child.stdout.on('data', (bytes: Buffer) => {
      this.#printed += bytes.toString()
    })
  }

  /** On standard error so far. */
  get said(): string {
    return this.#said
  }

  get printed(): string {
    return this.#printed
  }

  /** The exit code; null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL')
  }
}

/** Waits for something that another process does. @throws when it does not happen */
export async function until(happened: () => boolean, patienceMs = 30_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!happened()) {
    if (performance.now() > end) throw new Error(`did not happen within ${patienceMs} ms: ${happened}`)
    await pause(20)
  }
}

/** Nothing of the machine's own repositories, credentials or languages. */
function cleared(): Record<string, undefined> {
  const ours = Object.keys(process.env).filter((name) => /^(RESTIC_|AWS_|COURONNE_|LC_|LANG|SSH_AUTH_SOCK|XDG_)/.test(name))
  return Object.fromEntries(ours.map((name) => [name, undefined]))
}

/** Bytes that do not compress, from a counter. */
export function noise(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  let state = (seed * 2654435761 + 12345) >>> 0
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** JSON, one value a line. @throws when a line is none */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** The JSON lines among others: restic mixes them. */
export function jsonLinesAmong(text: string): Record<string, unknown>[] {
  return jsonLines(
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n'),
  )
}
