/**
 * The other programs that our tests compare with: where they are, and how to run one.
 *
 * `npm test` installs them (`node scripts/peers.ts` does this part alone). A missing one fails the test that asked for it; nothing is
 * skipped.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** A program taken out of a Debian package into our own cache, since the system has another version or none. */
export interface UnpackedPeer {
  /** the Debian package */
  readonly package: string
  readonly version: string
  /** where the package has the program */
  readonly program: string
  /** packages of the same release that the program does not run without, unpacked beside it */
  readonly libraries?: readonly string[]
}

/**
 * Peers from Debian trixie: programs that run on older releases too, because they are static or have the libraries of their own release. Debian
 * bookworm's SQLCipher, 3.4.1, knows version 3 of the format alone.
 */
export const TRIXIE_PEERS = [
  { package: 'restic', version: '0.18.0', program: 'usr/bin/restic' },
  { package: 'restic-rest-server', version: '0.13.0', program: 'usr/bin/restic-rest-server' },
  {
    package: 'sqlcipher',
    version: '4.6.1',
    program: 'usr/bin/sqlcipher',
    libraries: ['libsqlcipher1', 'libc6', 'libssl3t64', 'libreadline8t64', 'libtinfo6', 'zlib1g', 'libzstd1'],
  },
] as const satisfies readonly UnpackedPeer[]

/** Folder that holds the unpacked peers; shared by all clones of one user. */
export function peersFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'couronne', 'peers')
}

/** Where an unpacked peer's program is, whether it is there or not. */
export function unpackedProgram(peer: UnpackedPeer): string {
  return join(peersFolder(), `${peer.package}-${peer.version}`, peer.program)
}

/** Path of restic 0.14.0, the oldest with format version 2. @throws when it is not installed */
export function restic014(): string {
  return installed('/usr/bin/restic', 'restic')
}

/** Path of restic 0.18.0. @throws when it has not been fetched */
export function restic018(): string {
  return fetched(TRIXIE_PEERS[0])
}

/** Path of rest-server 0.13.0, restic's own REST destination. @throws when it has not been fetched */
export function restServer(): string {
  return fetched(TRIXIE_PEERS[1])
}

/**
 * SQLCipher's own program, 4.6.1, run with the libraries beside it.
 *
 * @param key the raw key of the database in `file`
 * @param script SQL; the first line that fails ends it with an exit code
 */
export function runSqlcipher(file: string, key: Uint8Array, script: string, options: RunOptions = {}): Promise<RunResult> {
  const program = fetched(TRIXIE_PEERS[2])
  const [libraries] = globSync(join(program, '../../lib/*-linux-gnu'))
  const [loader] = globSync(join(libraries ?? '', 'ld-linux-*.so.*'))
  const open = `pragma key = "x'${Buffer.from(key).toString('hex')}'";`
  const input = `.output /dev/null\n${open}\n.output stdout\n${script}`
  return run(loader ?? '', ['--library-path', libraries ?? '', program, '-bail', '-batch', file], { ...options, input })
}

/** Path of borg. @throws when it is not installed */
export function borg(): string {
  return installed('/usr/bin/borg', 'borgbackup')
}

/** Path of rclone, whose `serve restic` is a second REST destination. @throws when it is not installed */
export function rclone(): string {
  return installed('/usr/bin/rclone', 'rclone')
}

/** Path of OpenSSH's server. @throws when it is not installed */
export function sshd(): string {
  return installed('/usr/sbin/sshd', 'openssh-server')
}

/** Path of OpenSSH's sftp-server. @throws when it is not installed */
export function sftpServer(): string {
  return installed('/usr/lib/openssh/sftp-server', 'openssh-sftp-server')
}

/** Path of strace. @throws when it is not installed */
export function strace(): string {
  return installed('/usr/bin/strace', 'strace')
}

/** Path of faketime, which gives a program another clock. @throws when it is not installed */
export function faketime(): string {
  return installed('/usr/bin/faketime', 'faketime')
}

/** Path of GNU time, which tells how much memory and processor time a program took. @throws when it is not installed */
export function gnuTime(): string {
  return installed('/usr/bin/time', 'time')
}

/** What a program did. */
export interface RunResult {
  /** exit code; -1 when a signal ended it */
  readonly status: number
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stdoutBytes: Buffer
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  /** added to the present environment; `undefined` removes a variable */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string | Uint8Array
  /** exit codes that are no failure: `[0]` when absent */
  readonly allow?: readonly number[] | 'any'
  /** 120,000 when absent; the program is told to end then, killed ten seconds later, and the call fails */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const GRACE_MS = 10_000

/**
 * Runs a program to its end and gives what it printed.
 *
 * @throws when the exit code is not in `allow`, with the command and the end of what it printed; when it cannot be started; on time-out
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 120_000
  const child = spawn(command, args, {
    stdio: 'pipe',
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: 'SIGKILL' as const }),
  })
  let timedOut = false
  let timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGTERM')
    timer = setTimeout(() => {
      child.kill('SIGKILL')
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy() // what a shell has started may hold them for ever
    }, GRACE_MS)
  }, timeoutMs)
  child.stdin.on('error', () => {}) // a program may end without reading its input
  child.stdin.end(options.input ?? '')
  try {
    const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal }))
    })
    const [stdoutParts, stderrParts] = [gather(child.stdout), gather(child.stderr)]
    const end = await closed
    const stdoutBytes = Buffer.concat(stdoutParts)
    const stderr = Buffer.concat(stderrParts).toString('utf8')
    const result = { status: end.code ?? -1, signal: end.signal, stdout: stdoutBytes.toString('utf8'), stdoutBytes, stderr }
    if (timedOut) throw new Error(`${printCommand(command, args)}: not done after ${timeoutMs} ms\n${lastLines(result)}`)
    const allow = options.allow ?? [0]
    if (allow === 'any' || allow.includes(result.status)) return result
    throw new Error(`${printCommand(command, args)}: ended with ${end.code ?? end.signal}\n${lastLines(result)}`)
  } finally {
    clearTimeout(timer)
  }
}

function installed(path: string, packageName: string): string {
  if (existsSync(path)) return path
  throw new Error(
    `${path} is missing. It is in the Debian package ${packageName}: apt-get install ${packageName} (npm test does it)`,
  )
}

function fetched(peer: UnpackedPeer): string {
  const path = unpackedProgram(peer)
  if (existsSync(path)) return path
  throw new Error(`${path} is missing. It is in the package ${peer.package} of Debian trixie: node scripts/peers.ts fetches it`)
}

/** All that comes, as it comes. */
function gather(stream: Readable): readonly Buffer[] {
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  return parts
}

function printCommand(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ')
}

function lastLines(result: { readonly stdout: string; readonly stderr: string }): string {
  return `${result.stdout.slice(-2000)}\n${result.stderr.slice(-4000)}`.trim()
}
