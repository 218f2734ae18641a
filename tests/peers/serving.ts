/**
 * What the servers of our tests have in common: a free port on loopback, a temporary folder, a process that ends with the test, and
 * certificates of an authority of our own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { run } from './peers.ts'

/** A server that runs until it is disposed of, or until this process ends. */
export interface Serving extends AsyncDisposable {
  /** A port on 127.0.0.1. */
  readonly port: number
  /** Everything that the server said so far. */
  readonly said: () => string
  stop(): Promise<void>
}

/** A port that nobody uses at this moment, with `following` free ones after it. */
export async function freePort(following = 0): Promise<number> {
  for (;;) {
    const port = await probe(0)
    const taken = await Promise.all(Array.from({ length: following }, (_, i) => probe(port + 1 + i).catch(() => undefined)))
    if (!taken.includes(undefined)) return port
  }
}

async function probe(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A new folder below the system's temporary one. */
export function temporaryFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `couronne-${purpose}-`))
}

/** Starts a program and waits until `port` answers. @throws when it ends before, with what it said */
export async function serve(program: string, args: readonly string[], port: number, folder: string): Promise<Serving> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes.toString()))
  const kill = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  endOnSignal()
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilListening(child, port)
  } catch (error) {
    await stop()
    throw new Error(`${program} did not start: ${said.join('')}`, { cause: error })
  }
  return { port, said: () => said.join(''), stop, [Symbol.asyncDispose]: stop }
}

let ending = false

/** A test that is told to end (a time-out) must not leave its servers behind: only an orderly exit runs what stops them. */
export function endOnSignal(): void {
  if (ending) return
  ending = true
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 20) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (await answers(port)) return
    await setTimeout(20)
  }
  throw new Error('it does not listen')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

export interface Certificates {
  /** PEM of the authority. */
  readonly authority: string
  readonly authorityFile: string
  /** For `localhost` and 127.0.0.1. */
  readonly certificateFile: string
  readonly keyFile: string
}

/** An authority made for this test, and a certificate of its for this machine. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true })
  const at = (name: string) => join(folder, name)
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const authority = ['-x509', '-keyout', at('authority.key'), '-out', at('authority.pem'), '-subj', '/CN=Couronne test authority']
  await run('openssl', ['req', ...curve, ...authority])
  await run('openssl', ['req', ...curve, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost'])
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const signed = ['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial', '-extfile', at('names')]
  await run('openssl', ['x509', '-req', '-in', at('server.csr'), ...signed, '-days', '2', '-out', at('server.pem')])
  return {
    authority: readFileSync(at('authority.pem'), 'utf8'),
    authorityFile: at('authority.pem'),
    certificateFile: at('server.pem'),
    keyFile: at('server.key'),
  }
}
