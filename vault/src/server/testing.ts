/** What the tests of this room share: a server on a free port, requests of every kind, objects, certificates. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes, scryptSync } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as http from 'node:http'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { accountsFileOf, type JournalEntry, type LogLine, readJournal, type ServeOptions, serveRepositories } from './index.ts'

export const WRITER = 'cabinet:the-writer-password'
export const OWNER = 'cabinet:the-owner-password'

/** A new folder, gone after the tests of the file. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-server-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface AccountFacts {
  readonly name?: string
  readonly quotaBytes?: number
  readonly ownerMayDelete?: boolean
  readonly writerPassword?: string
}

/** Writes an accounts file with hashes that cost nothing, so that a test does not wait for scrypt. */
export function writeAccounts(file: string, accounts: readonly AccountFacts[]): void {
  const list = accounts.map((facts) => ({
    name: facts.name ?? 'cabinet',
    quotaBytes: facts.quotaBytes ?? 1e9,
    ownerMayDelete: facts.ownerMayDelete ?? false,
    addedAt: '2026-01-01T00:00:00Z',
    writer: cheapHash(facts.writerPassword ?? 'the-writer-password'),
    owner: cheapHash('the-owner-password'),
  }))
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify({ version: 1, accounts: list, retired: [] }), { mode: 0o600 })
}

function cheapHash(password: string): string {
  const salt = randomBytes(16)
  return [
    'scrypt',
    2,
    1,
    1,
    salt.toString('base64'),
    scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 }).toString('base64'),
  ].join('$')
}

export type TestServer = Awaited<ReturnType<typeof aServer>>

/** A server in this process, with the account `cabinet` unless told otherwise; closed by `await using`. */
export async function aServer(options: Partial<ServeOptions> & { readonly accounts?: readonly AccountFacts[] } = {}) {
  const { accounts = [{}], ...rest } = options
  const folder = rest.folder ?? aFolder()
  if (!existsSync(accountsFileOf(folder))) writeAccounts(accountsFileOf(folder), accounts)
  const lines: LogLine[] = []
  const server = await serveRepositories({ port: 0, log: (line) => lines.push(line), ...rest, folder })
  return {
    folder,
    server,
    lines,
    port: server.port,
    ask: (method: string, path: string, asked?: Asked) => ask(server.port, method, path, asked),
    journal: (account = 'cabinet') => Array.fromAsync(readJournal(folder, account)),
    /** The repository's folders, made by its owner. */
    create: async () => {
      const reply = await ask(server.port, 'POST', '/cabinet/?create=true', { as: OWNER })
      if (reply.status !== 200) throw new Error(`create: ${reply.status} ${reply.text}`)
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export interface Asked {
  /** `name:password`, the writer's unless told otherwise; `undefined`: no credential. */
  readonly as?: string | undefined
  readonly body?: Uint8Array
  readonly headers?: http.OutgoingHttpHeaders
}

export interface Reply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
}

/** One request on a connection of its own. */
export async function ask(port: number, method: string, path: string, asked: Asked = {}): Promise<Reply> {
  const as = 'as' in asked ? asked.as : WRITER
  const headers: http.OutgoingHttpHeaders = { ...asked.headers }
  if (as !== undefined) headers.authorization = basic(as)
  if (asked.body !== undefined && !('transfer-encoding' in headers)) headers['content-length'] = asked.body.length
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const request = http.request({ port, method, path, headers, agent: false })
  request.on('response', resolve).on('error', reject)
  request.end(asked.body)
  const response = await promise
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  const bytes = Buffer.concat(parts)
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString('utf8') }
}

export function basic(credential: string): string {
  return `Basic ${Buffer.from(credential).toString('base64')}`
}

/** Bytes as they are, on a socket; what comes back until the other end closes, or `forMs` have gone. */
export async function askRaw(port: number, bytes: string | Uint8Array, forMs = 3000): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  const timer = setTimeout(() => socket.destroy(), forMs)
  socket.write(bytes)
  try {
    return await text(socket)
  } catch (error) {
    return `broken: ${error instanceof Error ? error.message : error}`
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

export interface AnObject {
  readonly name: string
  readonly bytes: Buffer
}

/** Random bytes with the name that they deserve. */
export function anObject(sizeBytes = 1000): AnObject {
  const bytes = randomBytes(sizeBytes)
  return { name: sha256(bytes), bytes }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Every file below a folder, as paths from it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Waits for what happens beside a reply. @throws when five seconds pass without it */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return
    await sleep(25)
  }
  throw new Error('it did not come to that within five seconds')
}

/** Journal lines without what changes from run to run. */
export function told(entries: readonly JournalEntry[]): string[] {
  return entries.map(({ event, role, kind, reason }) =>
    [event, role, kind, reason].filter((part) => part !== undefined).join(' '),
  )
}

/** An authority of our own and a certificate of it for 127.0.0.1, made by openssl. */
export function certificates(folder: string): { readonly ca: string; readonly key: string; readonly cert: string } {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Our own authority')
  const names = [
    '-subj',
    '/CN=destination',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ]
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-days',
    '2',
    ...names,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
  )
  chmodSync(join(folder, 'key.pem'), 0o600)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { ca: join(folder, 'ca.pem'), key: read('key.pem'), cert: read('cert.pem') }
}

export interface ServerProcess extends AsyncDisposable {
  readonly port: number
  /** Asks it to end, and waits. */
  stop(): Promise<void>
  /** As a power cut for the process: no handler runs. */
  kill(): Promise<void>
  errors(): string
}

/** A server in a process of its own on a folder that has its accounts, perhaps under another program (`strace …`). */
export async function aServerProcess(folder: string, under: readonly string[] = []): Promise<ServerProcess> {
  const script = join(import.meta.dirname, 'testing-server.ts')
  const [program = process.execPath, ...args] = [...under, process.execPath, script, folder]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const address = await Promise.race([
    new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve)),
    gone.then(() => Promise.reject(new Error(`the server did not start: ${errors}`))),
  ])
  const [url = '', pid = ''] = address.trim().split(' ')
  const signal = async (name: NodeJS.Signals) => {
    // The server itself, not the program around it, which ends with it.
    if (child.exitCode === null && child.signalCode === null) process.kill(Number(pid), name)
    await gone
  }
  const kill = () => signal('SIGKILL')
  return {
    port: Number(new URL(url).port),
    kill,
    stop: () => signal('SIGTERM'),
    errors: () => errors,
    [Symbol.asyncDispose]: kill,
  }
}
