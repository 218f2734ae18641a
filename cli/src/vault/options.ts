/** Options and environment that every verb of `couronne vault` takes, as restic names them. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { UsageError } from '@couronne/vault'
import { type Command, Option } from 'commander'

export interface GlobalOptions {
  readonly repo?: readonly string[]
  readonly repositoryFile?: string
  readonly passwordFile?: string
  readonly passwordCommand?: string
  readonly insecureNoPassword?: boolean
  readonly keyHint?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: number
  readonly lock: boolean
  readonly retryLock?: string
  readonly cacheDir?: string
  readonly cache: boolean
  readonly cacert?: string
  readonly insecureTls?: boolean
  readonly tlsClientCert?: string
  readonly limitUpload?: string
  readonly limitDownload?: string
  readonly compression?: string
  readonly packSize?: string
  readonly option?: readonly string[]
}

const many = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value]
const count = (_value: string, earlier = 0): number => earlier + 1

/** Adds the global options to a verb's command. */
export function addGlobalOptions(command: Command): void {
  const env = (flags: string, description: string, name: string) => new Option(flags, description).env(name)
  command
    .addOption(env('-r, --repo <address>', 'repository; several are mirrors of one', 'RESTIC_REPOSITORY').argParser(many))
    .addOption(env('--repository-file <file>', 'file that holds the address', 'RESTIC_REPOSITORY_FILE'))
    .addOption(env('-p, --password-file <file>', 'file that holds the password', 'RESTIC_PASSWORD_FILE'))
    .addOption(env('--password-command <command>', 'command that prints the password', 'RESTIC_PASSWORD_COMMAND'))
    .option('--insecure-no-password', 'the repository has an empty password')
    .addOption(env('--key-hint <id>', 'key to try first', 'RESTIC_KEY_HINT'))
    .option('--json', 'print JSON on standard output')
    .option('-q, --quiet', 'print results and trouble only')
    .addOption(new Option('-v, --verbose', 'say more; may be repeated').argParser(count))
    .option('--no-lock', 'do not lock the repository (reading verbs)')
    .option('--retry-lock <duration>', 'wait so long for a lock, such as 5m')
    .addOption(env('--cache-dir <folder>', 'folder of the cache', 'RESTIC_CACHE_DIR'))
    .option('--no-cache', 'use no cache')
    .addOption(env('--cacert <file>', 'PEM file of the authority that signs the server', 'RESTIC_CACERT'))
    .option('--insecure-tls', 'do not check the server (for tests)')
    .addOption(env('--tls-client-cert <file>', 'PEM file with the client certificate and key', 'RESTIC_TLS_CLIENT_CERT'))
    .option('--limit-upload <rate>', 'KiB a second')
    .option('--limit-download <rate>', 'KiB a second')
    .addOption(env('--compression <mode>', 'auto, off, fastest, better or max', 'RESTIC_COMPRESSION'))
    .addOption(env('--pack-size <size>', 'MiB of a pack', 'RESTIC_PACK_SIZE'))
    .addOption(new Option('-o, --option <key=value>', 'storage option').argParser(many))
}

/**
 * The password: from the environment, a file or a command, as restic looks for it; asked for on a terminal otherwise. Never from the
 * command line, which every user of the machine can read.
 * @throws {UsageError} when there is none
 */
export async function readPassword(options: GlobalOptions, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (options.insecureNoPassword) return ''
  if (options.passwordFile !== undefined) return firstLine(await readTextFile(options.passwordFile))
  if (options.passwordCommand !== undefined) return firstLine(await outputOf(options.passwordCommand))
  if (env.RESTIC_PASSWORD !== undefined) return env.RESTIC_PASSWORD
  if (process.stdin.isTTY && process.stderr.isTTY) return (await import('./ask-password.ts')).askPassword()
  throw new UsageError('no password: give --password-file, --password-command or RESTIC_PASSWORD')
}

/** The addresses of the repository: one, or several mirrors. @throws {UsageError} when there is none */
export async function readAddresses({ repo, repositoryFile }: GlobalOptions): Promise<readonly string[]> {
  const given = typeof repo === 'string' ? [repo] : (repo ?? [])
  if (given.length > 0) return given
  if (repositoryFile !== undefined) return [(await readTextFile(repositoryFile)).trim()]
  throw new UsageError('no repository: give -r or RESTIC_REPOSITORY')
}

/** The zstd level of a `--compression` mode. `auto` is level 1: measured against restic's own, it stores as much and costs half. */
export function compressionLevel(mode = 'auto'): number | 'off' {
  const levels: Readonly<Record<string, number | 'off'>> = { auto: 1, off: 'off', fastest: 1, better: 7, max: 12 }
  const level = levels[mode]
  if (level === undefined) throw new UsageError(`--compression ${mode}: expected auto, off, fastest, better or max`)
  return level
}

async function readTextFile(path: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    return bytes.toString('utf8').replace(/^\ufeff/, '')
  } catch (cause) {
    throw new UsageError(`${path}: cannot be read`, { cause })
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

async function outputOf(command: string): Promise<string> {
  const [file, ...args] = splitCommand(command)
  if (file === undefined) throw new UsageError('--password-command: is empty')
  try {
    return (await promisify(execFile)(file, args, { encoding: 'utf8' })).stdout
  } catch {
    // What the command printed may hold the password: it stays out of the message.
    throw new UsageError(`--password-command: ${file} could not be run or failed`)
  }
}

/** Words of a command line, as a shell cuts them: blanks between, quotes around, a backslash before a character. */
export function splitCommand(command: string): string[] {
  const words: string[] = []
  for (const [, double, single, plain] of command.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g)) {
    words.push(single ?? (double ?? plain ?? '').replaceAll(/\\(.)/g, '$1'))
  }
  return words
}
