/** Starting and stopping the server. */
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '#errors'
import { isLoopback } from '#loopback'
import { WatchedAccounts } from './accounts.ts'
import { type Hold, holdAlone } from './alone.ts'
import { Answers } from './answers.ts'
import { makeFolder } from './disk.ts'
import { type HostedContext, HostedRepository } from './hosted.ts'
import { accountsFileOf, recognisedFileOf, stateFolder } from './layout.ts'
import { DEFAULT_LIMITS, type LogLine, type ServeLimits, type ServeOptions, type TlsMaterial } from './options.ts'
import { Recognised } from './recognised.ts'
import { toRefusal, tryLater } from './refusal.ts'
import { Gate } from './sign-in.ts'
import { Slots } from './slots.ts'
import { limitConnectionsPerAddress } from './wire.ts'

const PORT = 8000
/** How long running uploads may take to end when the server is closed. */
const CLOSE_GRACE_MS = 10_000

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with a slash at the end; a repository is `rest:<url><account>/`, with `name:password@` before the host. */
  readonly url: string
  readonly port: number
  /**
   * Serves new connections with another certificate: call it when one was renewed.
   * @throws {UsageError} when the server has no TLS, or key and certificate cannot be used; the old ones stay
   */
  renewCertificate(tls: TlsMaterial): void
  /** Stops listening, lets running requests end for ten seconds, lets go of the folder. May be called again. */
  close(): Promise<void>
}

/**
 * Serves a folder of repositories over restic's REST protocol until it is closed. Resolves when it listens; before that it removes
 * what a crash left and counts what each account holds.
 *
 * @throws {UsageError} no TLS beyond loopback, a certificate that cannot be used, an address that is taken, an accounts file that is
 * damaged or that others can read
 * @throws {FolderHeldError} another process serves the folder; the message says which
 */
export async function serveRepositories(options: ServeOptions): Promise<RunningServer> {
  checkExposure(options)
  const log = carefully(options.log)
  // Behind a proxy all connections come from one address.
  const connectionsPerAddressMax = DEFAULT_LIMITS[options.tls === undefined ? 'connectionsMax' : 'connectionsPerAddressMax']
  const limits: ServeLimits = { ...DEFAULT_LIMITS, connectionsPerAddressMax, ...options.limits }
  const server = createServer(options.tls, limits)
  await makeFolder(options.folder)
  const hold = await holdAlone(join(stateFolder(options.folder), 'running'), `${options.folder} is being served`, {
    waitMs: 500,
    refresh: true,
  })
  const now = options.now ?? Temporal.Now.instant
  const monotonicMs = options.monotonicMs ?? (() => performance.now())
  // All that can wait for an account can wait for a turn among all accounts: those wait with a turn of their own already.
  const slots = new Slots(limits.uploadsAtOnceMax, Number.POSITIVE_INFINITY)
  const running = new Running(server, hold, options, { folder: options.folder, limits, slots, now, monotonicMs, log })
  try {
    await running.start()
    return running
  } catch (error) {
    await running.close()
    throw error
  }
}

class Running implements RunningServer {
  readonly #server: http.Server | https.Server
  readonly #hold: Hold
  readonly #options: ServeOptions
  readonly #context: HostedContext
  readonly #repositories = new Map<string, Promise<HostedRepository>>()
  readonly #answering = new Set<Promise<void>>()
  #recognised: Recognised | undefined
  #closed: Promise<void> | undefined
  port = 0

  constructor(server: http.Server | https.Server, hold: Hold, options: ServeOptions, context: HostedContext) {
    this.#server = server
    this.#hold = hold
    this.#options = options
    this.#context = context
  }

  get url(): string {
    const host = this.#options.host ?? '127.0.0.1'
    return `${this.#options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${this.port}/`
  }

  async start(): Promise<void> {
    const { log, monotonicMs, limits } = this.#context
    const accounts = await WatchedAccounts.open(this.#options.accountsFile ?? accountsFileOf(this.#options.folder), (error) => {
      log({ level: 'error', event: 'accounts unreadable', reason: error instanceof Error ? error.message : String(error) })
    })
    for (const name of (await accounts.all()).keys()) await this.#openFirst(name)
    const recognised = await Recognised.open(recognisedFileOf(this.#options.folder), (error) => {
      log({ level: 'warn', event: 'recognised unusable', reason: error instanceof Error ? error.message : String(error) })
    })
    const encrypted = this.#options.tls !== undefined
    this.#recognised = recognised
    const answers = new Answers({
      // In clear one listens for this machine alone, or for a proxy.
      gate: new Gate({ accounts, recognised, monotonicMs, addressesDiffer: encrypted }),
      appendOnly: this.#options.appendOnly ?? true,
      encrypted,
      limits,
      repositoryOf: (name) => this.#repositoryOf(name),
      checkAlone: () => this.#checkAlone(),
      monotonicMs,
      log,
    })
    this.#server.on('request', (request, response) => this.#track(answers.answer(request, response, false)))
    this.#server.on('checkContinue', (request, response) => this.#track(answers.answer(request, response, true)))
    await this.#listen()
    log({ level: 'info', event: 'listening', reason: this.url })
  }

  renewCertificate(tls: TlsMaterial): void {
    if (!(this.#server instanceof https.Server)) throw new UsageError('this server has no TLS: there is no certificate to renew')
    try {
      this.#server.setSecureContext(secureOptions(tls))
    } catch (cause) {
      throw badCertificate(cause)
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(this.#options.port ?? PORT, this.#options.host ?? '127.0.0.1', resolve)
    try {
      await promise
    } catch (cause) {
      throw new UsageError(`cannot listen: ${cause instanceof Error ? cause.message : cause}`, { cause })
    }
    this.#server.off('error', reject)
    this.#server.on('error', (error) => this.#context.log({ level: 'error', event: 'server', reason: toRefusal(error).reason }))
    this.port = (this.#server.address() as AddressInfo).port
  }

  #track(answering: Promise<void>): void {
    this.#answering.add(answering)
    void answering.finally(() => this.#answering.delete(answering))
  }

  /** Opened once and kept; one that could not be opened is tried again at the next request. */
  #repositoryOf(name: string): Promise<HostedRepository> {
    const open = this.#repositories.get(name)
    if (open !== undefined) return open
    const opening = HostedRepository.open(name, this.#context)
    this.#repositories.set(name, opening)
    opening.catch(() => this.#repositories.delete(name))
    return opening
  }

  /** One damaged repository keeps nobody else waiting; its account is told with each request that it cannot be opened. */
  async #openFirst(name: string): Promise<void> {
    try {
      await this.#repositoryOf(name)
    } catch (error) {
      this.#context.log({ level: 'error', event: 'repository unusable', account: name, reason: toRefusal(error).reason })
    }
  }

  async #checkAlone(): Promise<void> {
    if (await this.#hold.isKept()) return
    this.#context.log({
      level: 'error',
      event: 'folder lost',
      reason: 'another process took the folder over: start this one again',
    })
    throw tryLater('folder-lost', 'this server has lost its folder', 60)
  }

  async #close(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeIdleConnections()
    const settled = () => Promise.allSettled([...this.#answering])
    await Promise.race([settled(), sleep(CLOSE_GRACE_MS, undefined, { ref: false })])
    this.#server.closeAllConnections()
    await settled()
    await stopped
    for (const repository of await Promise.allSettled(this.#repositories.values())) {
      if (repository.status === 'fulfilled') await repository.value[Symbol.asyncDispose]()
    }
    await this.#recognised?.settle()
    await this.#hold[Symbol.asyncDispose]()
  }
}

function checkExposure({ tls, host = '127.0.0.1', insecure = false }: ServeOptions): void {
  if (tls === undefined && !insecure && !isLoopback(host)) {
    throw new UsageError(`${host}: without TLS passwords would travel in clear; give key and certificate, or listen on 127.0.0.1`)
  }
}

function createServer(tls: TlsMaterial | undefined, limits: ServeLimits): http.Server | https.Server {
  const timing = {
    headersTimeout: limits.headersTimeoutMs,
    // A pack may take an hour on a thin line; the pace of a body is watched as it comes.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs),
    maxHeaderSize: 8 * 1024,
  }
  let server: http.Server | https.Server
  try {
    server = tls === undefined ? http.createServer(timing) : https.createServer({ ...timing, ...tlsOptions(tls, limits) })
  } catch (cause) {
    throw badCertificate(cause)
  }
  server.timeout = limits.idleTimeoutMs
  server.maxConnections = limits.connectionsMax
  server.maxHeadersCount = 64
  limitConnectionsPerAddress(server, limits.connectionsPerAddressMax)
  return server
}

function tlsOptions(tls: TlsMaterial, limits: ServeLimits): https.ServerOptions {
  return { ...secureOptions(tls), handshakeTimeout: limits.headersTimeoutMs }
}

function secureOptions({ key, cert }: TlsMaterial): { key: string | Buffer; cert: string | Buffer; minVersion: 'TLSv1.2' } {
  return { key, cert, minVersion: 'TLSv1.2' }
}

function badCertificate(cause: unknown): UsageError {
  return new UsageError(`key and certificate cannot be used: ${cause instanceof Error ? cause.message : cause}`, { cause })
}

/** A log that throws must not take a request down with it. */
function carefully(log: ((line: LogLine) => void) | undefined): (line: LogLine) => void {
  return (line) => {
    try {
      log?.(line)
    } catch {}
  }
}
