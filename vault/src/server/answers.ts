/** One request, from its headers to the last byte of the reply: versions 1 and 2 of the REST protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Asker, type HostedRepository, ownerOnly } from './hosted.ts'
import type { Kind } from './layout.ts'
import type { LogLine, ServeLimits } from './options.ts'
import { ClientGone, Refusal, toRefusal, tryLater } from './refusal.ts'
import { RefusedSignIns } from './refused-sign-ins.ts'
import { LIST_V1, LIST_V2, parseLength, parseRange, parseTarget, type Target, wantsSizes } from './request.ts'
import { sendPart } from './send.ts'
import type { Gate } from './sign-in.ts'
import { Turns } from './turns.ts'
import { drain, hasUnreadBody, setSecurityHeaders } from './wire.ts'

const LIST_BYTES = 32 * 1024

export interface AnswerContext {
  readonly gate: Gate
  readonly appendOnly: boolean
  readonly encrypted: boolean
  readonly limits: ServeLimits
  readonly repositoryOf: (account: string) => Promise<HostedRepository>
  /** Throws when this process no longer holds the folder alone. */
  readonly checkAlone: () => Promise<void>
  readonly monotonicMs: () => number
  readonly log: (line: LogLine) => void
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The client sends its body only after we said that it may, and we have not. */
  waitsForContinue: boolean
  readonly startedMs: number
  readonly from: string | undefined
  asker: Asker | undefined
  target: Target | undefined
}

export class Answers {
  readonly #context: AnswerContext
  readonly #turns = new Turns()
  readonly #refusedSignIns: RefusedSignIns

  constructor(context: AnswerContext) {
    this.#context = context
    this.#refusedSignIns = new RefusedSignIns(context.monotonicMs)
  }

  /** Answers a request. Never throws. */
  async answer(request: IncomingMessage, response: ServerResponse, waitsForContinue: boolean): Promise<void> {
    if (!(await this.#turns.take(request.socket, response))) return
    const from = request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '')
    const startedMs = this.#context.monotonicMs()
    const exchange: Exchange = { request, response, waitsForContinue, startedMs, from, asker: undefined, target: undefined }
    setSecurityHeaders(response, this.#context.encrypted)
    // Silence is the client's fault only while bytes travel; while the disk works nobody is cut.
    request.socket.setTimeout(0)
    try {
      await this.#route(exchange)
    } catch (error) {
      await this.#refuse(exchange, error).catch(() => response.destroy())
    }
    // What is left to do is the client's: to take the reply.
    if (!response.writableFinished) request.socket.setTimeout(this.#context.limits.idleTimeoutMs)
    this.#logRequest(exchange)
  }

  async #route(exchange: Exchange): Promise<void> {
    const { request } = exchange
    // No browser has business here, and one that remembers a password must not be led to write.
    if (request.headers.origin !== undefined) throw new Refusal(403, 'browser', 'not for browsers')
    const asker = await this.#signIn(exchange)
    exchange.asker = asker
    const target = parseTarget(request.url ?? '')
    if (target === undefined) throw new Refusal(404, 'no-such-address', 'there is nothing at this address')
    // The same answer whether or not the other account exists.
    if (target.account !== asker.account.name) throw new Refusal(403, 'foreign', 'this account has no right to that repository')
    exchange.target = target
    const repository = await this.#context.repositoryOf(target.account)
    if (target.what === 'repository') await this.#answerRepository(exchange, target, asker, repository)
    else if (target.what === 'list') await this.#answerList(exchange, target.kind, repository)
    else await this.#answerObject(exchange, target, asker, repository)
  }

  async #signIn({ request, from }: Exchange): Promise<Asker> {
    const result = await this.#context.gate.check(request.headers.authorization, from)
    if (result.outcome === 'in') return { account: result.account, role: result.role, from }
    if (result.outcome === 'busy') throw tryLater('sign-in-busy', 'too many log-ins at once', 2)
    if (result.outcome === 'slowed') throw tryLater('sign-in-slowed', 'too many failed log-ins', result.waitMs / 1000, 429)
    const challenge = { 'WWW-Authenticate': 'Basic realm="couronne", charset="UTF-8"' }
    throw new Refusal(
      401,
      result.name === undefined ? 'no-credential' : 'wrong-credential',
      'name or password is wrong',
      challenge,
    )
  }

  async #answerRepository(
    exchange: Exchange,
    target: Target & { what: 'repository' },
    asker: Asker,
    repository: HostedRepository,
  ) {
    if (exchange.request.method !== 'POST') throw notAllowed('POST')
    if (!target.create) throw new Refusal(400, 'no-create', 'only "?create=true" is understood here')
    await this.#context.checkAlone()
    await repository.create(asker)
    this.#done(exchange)
  }

  async #answerList({ request, response }: Exchange, kind: Kind, repository: HostedRepository): Promise<void> {
    if (request.method !== 'GET') throw notAllowed('GET')
    if (!(await repository.files.isCreated())) throw notFound()
    const sizes = wantsSizes(request.headers.accept)
    using _ = await repository.downloads.take()
    response.writeHead(200, { 'Content-Type': sizes ? LIST_V2 : LIST_V1 })
    request.socket.setTimeout(this.#context.limits.idleTimeoutMs)
    // A list that breaks off must not look like a short one: pipeline destroys the connection, which the client sees.
    await pipeline(Readable.from(listText(repository, kind, sizes)), response)
  }

  async #answerObject(exchange: Exchange, target: Target & { what: 'object' }, asker: Asker, repository: HostedRepository) {
    switch (exchange.request.method) {
      case 'HEAD':
        return this.#head(exchange, target, repository)
      case 'GET':
        return this.#get(exchange, target, repository)
      case 'POST':
        return this.#post(exchange, target, asker, repository)
      case 'DELETE':
        return this.#delete(exchange, target, asker, repository)
      default:
        throw notAllowed('HEAD, GET, POST, DELETE')
    }
  }

  async #head({ response }: Exchange, { kind, name }: Target & { what: 'object' }, repository: HostedRepository): Promise<void> {
    const sizeBytes = await repository.findSize(kind, name)
    if (sizeBytes === undefined) throw notFound()
    response.writeHead(200, { ...OBJECT_HEADERS, 'Content-Length': sizeBytes }).end()
  }

  async #get({ request, response }: Exchange, { kind, name }: Target & { what: 'object' }, repository: HostedRepository) {
    using _ = await repository.downloads.take()
    const found = await repository.findObject(kind, name)
    if (found === undefined) throw notFound()
    await using file = found.file
    const { sizeBytes } = found
    // We give no validator that an If-Range could match, so it asks for the whole.
    const part = parseRange(request.headers['if-range'] === undefined ? request.headers.range : undefined, sizeBytes)
    if (part.what === 'outside') {
      throw new Refusal(416, 'outside', 'the object ends before that', { 'Content-Range': `bytes */${sizeBytes}` })
    }
    const { first, last } = part.what === 'part' ? part : { first: 0, last: sizeBytes - 1 }
    const lengthBytes = last - first + 1
    const range = part.what === 'part' ? { 'Content-Range': `bytes ${first}-${last}/${sizeBytes}` } : {}
    response.writeHead(part.what === 'part' ? 206 : 200, { ...OBJECT_HEADERS, ...range, 'Content-Length': lengthBytes })
    request.socket.setTimeout(this.#context.limits.idleTimeoutMs)
    await sendPart(file, first, lengthBytes, response)
  }

  async #post(exchange: Exchange, { kind, name }: Target & { what: 'object' }, asker: Asker, repository: HostedRepository) {
    if ((kind === 'keys' || kind === 'config') && asker.role !== 'owner') throw ownerOnly('writes keys and configuration')
    await this.#context.checkAlone()
    const { request, response } = exchange
    const body = () => {
      if (exchange.waitsForContinue) response.writeContinue()
      exchange.waitsForContinue = false
      return bodyOf(request, this.#context.limits.idleTimeoutMs)
    }
    await repository.store(asker, kind, name, parseLength(request.headers['content-length']), body)
    this.#done(exchange)
  }

  async #delete(exchange: Exchange, { kind, name }: Target & { what: 'object' }, asker: Asker, repository: HostedRepository) {
    if (!this.#mayDelete(kind, asker)) throw new Refusal(403, 'append-only', 'nothing but locks is deleted here')
    await this.#context.checkAlone()
    await repository.remove(asker, kind, name)
    this.#done(exchange)
  }

  #mayDelete(kind: Kind, { account, role }: Asker): boolean {
    if (kind === 'locks') return true
    if (role === 'owner' && account.ownerMayDelete) return true
    return !this.#context.appendOnly && kind !== 'keys' && kind !== 'config'
  }

  #done({ response }: Exchange): void {
    response.writeHead(200, { 'Content-Length': 0 }).end()
  }

  async #refuse(exchange: Exchange, error: unknown): Promise<void> {
    const { request, response, asker, target } = exchange
    if (error instanceof ClientGone || response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    const refusal = toRefusal(error)
    if (refusal.status >= 500) this.#logTrouble(exchange, refusal, error)
    const { status, reason } = refusal
    await this.#note(exchange, reason)
    const text = `${refusal.message}\n`
    const unread = hasUnreadBody(request)
    const headers = { ...refusal.headers, 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) }
    response.writeHead(status, unread ? { ...headers, Connection: 'close' } : headers)
    if (!unread || exchange.waitsForContinue) {
      response.end(text)
      return
    }
    // The reply is out before the rest of the body is read: a client that is still sending would lose it to a reset otherwise.
    if (request.method === 'HEAD') response.flushHeaders()
    else response.write(text)
    const trusted = asker !== undefined && target !== undefined
    await drain(request, trusted ? { bytesMax: 64 * 1024 * 1024, timeoutMs: 10_000 } : { bytesMax: 256 * 1024, timeoutMs: 2_000 })
    response.end()
  }

  /** What an account was refused to change is kept in its journal; strangers leave traces in the log alone. */
  async #note({ request, asker, target }: Exchange, reason: string): Promise<void> {
    if (asker === undefined || target === undefined || (request.method !== 'POST' && request.method !== 'DELETE')) return
    const object = target.what === 'object' ? target : undefined
    // A repository that cannot be opened has no journal to note in; the client still gets its reply.
    const repository = await this.#context.repositoryOf(target.account).catch(() => undefined)
    repository?.noteRefusal(asker, reason, object?.kind, object?.name)
  }

  #logRequest({ request, response, startedMs, from, asker, target }: Exchange): void {
    const object = target?.what === 'object' ? target : undefined
    const status = response.statusCode
    const isSignIn = asker === undefined && SIGN_IN_REFUSED.has(status)
    const noted = isSignIn ? this.#refusedSignIns.take(from) : {}
    if (noted === undefined) return
    this.#context.log({
      level: isSignIn ? 'warn' : 'debug',
      event: isSignIn ? 'sign-in refused' : 'request',
      account: asker?.account.name,
      role: asker?.role,
      from,
      method: request.method,
      kind: object?.kind ?? (target?.what === 'list' ? target.kind : undefined),
      name: object?.name,
      status,
      tookMs: Math.round(this.#context.monotonicMs() - startedMs),
      ...noted,
    })
  }

  #logTrouble({ asker, from, request }: Exchange, { reason }: Refusal, error: unknown): void {
    // That a stranger was put off is told with the other refused log-ins.
    if (asker === undefined && error instanceof Refusal) return
    const noted = asker === undefined ? this.#refusedSignIns.take(from) : {}
    if (noted === undefined) return
    const stack = error instanceof Refusal ? '' : ` ${error instanceof Error ? error.name : typeof error}`
    this.#context.log({
      level: 'error',
      event: 'refused',
      account: asker?.account.name,
      from,
      method: request.method,
      reason: `${reason}${stack}`,
      ...noted,
    })
  }
}

/** Wrong, slowed, too many at once. */
const SIGN_IN_REFUSED: ReadonlySet<number> = new Set([401, 429, 503])

const OBJECT_HEADERS = { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes' } as const

/** The body as it comes; leaving it early keeps the connection, which `for await` over the request itself would destroy. */
async function* bodyOf(request: IncomingMessage, idleTimeoutMs: number): AsyncGenerator<Buffer> {
  request.socket.setTimeout(idleTimeoutMs)
  yield* request.iterator({ destroyOnReturn: false })
  request.socket.setTimeout(0)
}

async function* listText(repository: HostedRepository, kind: Kind, sizes: boolean): AsyncGenerator<string> {
  let text = '['
  let first = true
  for await (const { name, sizeBytes } of repository.list(kind)) {
    text += `${first ? '' : ','}${JSON.stringify(sizes ? { name, size: sizeBytes } : name)}`
    first = false
    if (text.length < LIST_BYTES) continue
    yield text
    text = ''
  }
  yield `${text}]`
}

function notFound(): Refusal {
  return new Refusal(404, 'not-found', 'there is no such object')
}

function notAllowed(methods: string): Refusal {
  return new Refusal(405, 'method', `only ${methods} here`, { Allow: methods })
}
