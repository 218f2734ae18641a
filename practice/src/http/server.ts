/**
 * The HTTP server: takes routes, checks what each contract says, and is the only place that knows Fastify's life cycle. For every request:
 * is it for us and from our pages → is the practice open → who asks → may this role → parse → call → was the journal written → answer.
 */
import { Readable } from 'node:stream'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Tx } from '#database'
import { isIdempotent, type JournalEvent, type SignedInEndpoint } from '#endpoint'
import { InvalidInputError, NotAllowedError, NotFoundError, PracticeError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { may } from '#rights'
import { problemSchema } from './contract.ts'
import { claimKey, earlierAnswer, idempotentRequest, keepAnswer } from './idempotency.ts'
import { describeRoutes } from './openapi.ts'
import type { ProblemForm } from './problem-form.ts'
import { invalidInput, PROBLEM_MEDIA_TYPE, problemOf } from './problems.ts'
import { refuseNoAddress, refuseSilence, refuseUnreadable } from './refusals.ts'
import type { Call, Route } from './route.ts'
import { refuseOtherOrigins } from './same-origin.ts'

/** Nobody has unsealed the practice since this server was started. */
export class SealedError extends PracticeError {
  readonly code = 'sealed'
}

/** A handler forgot the journal: its answer is kept back. A fault of ours, found by the tests of each route. */
class UnjournaledError extends Error {}

export interface ServerOptions {
  readonly routes: readonly Route[]
  /** @throws {SealedError} while it is sealed */
  readonly practice: () => OpenPractice
  /** who asks. @throws when nobody has signed in, or the screen is locked */
  readonly authenticate: (request: FastifyRequest, practice: OpenPractice, endpoint: SignedInEndpoint) => Promise<Actor>
  /** appends to the journal (`journal/record.ts`) */
  readonly recordEvent: (tx: Tx, practiceId: string, actor: Actor, now: Temporal.Instant, event: JournalEvent) => Promise<unknown>
  /** names under which this server is reached, lower case, without port */
  readonly hosts: ReadonlySet<string>
  readonly version: string
  /** how problems are told under a prefix of addresses whose clients expect another form than RFC 9457 */
  readonly problemForms?: readonly ProblemForm[]
  readonly logger?: FastifyBaseLogger
  readonly tls?: { readonly key: string; readonly cert: string }
  /** a minute when absent */
  readonly silenceMsMax?: number
}

/** Open to all: it tells what may be asked, and nothing of anybody. */
const OPENAPI_PATH = '/api/openapi.json'
/** What must not stay in a cache. */
const PRIVATE_PREFIXES = ['/api/', '/fhir/']
const BODY_BYTES_MAX = 1024 * 1024
const REQUEST_TIMEOUT_MS = 10 * 60_000
const HEADERS_TIMEOUT_MS = 20_000
/** What a sender may be silent before its request has arrived whole: an upload goes on where it stopped. */
const SILENCE_MS_MAX = 60_000
const MATCHED_PATH_LENGTH_MAX = 200

/** Makes the server; `listen` and `close` are the caller's. */
export async function makeServer(options: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: 'loopback',
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    clientErrorHandler: refuseUnreadable,
    routerOptions: { maxParamLength: MATCHED_PATH_LENGTH_MAX },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    ...(options.tls === undefined ? {} : { https: { ...options.tls, handshakeTimeout: HEADERS_TIMEOUT_MS } }),
  }) as FastifyInstance
  server.setValidatorCompiler<z.ZodType>(
    ({ schema }) =>
      (input) =>
        parse(schema, input),
  )
  server.setSerializerCompiler(serializerCompiler)
  const { problemForms = [] } = options
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, problemForms))
  server.setNotFoundHandler((_request, reply) =>
    sendProblem(new NotFoundError('there is nothing under this address'), _request, reply, problemForms),
  )
  // Programs that send nothing, or a stream, say no type or octet-stream: nobody reads it before the handler does.
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
  await server.register(helmet, securityHeaders(options.tls !== undefined))
  await server.register(cookie)
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Couronne', version: options.version, description: 'Records, documents and journal of a dental practice.' },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  server.addHook('onRequest', async ({ headers, ip }) => {
    // Our name is what `Host` says, which is checked below; Fastify would believe this one unchecked.
    delete headers['x-forwarded-host']
    refuseNoAddress(ip)
  })
  server.addHook('onRequest', async (request) => refuseOtherOrigins(request.method, request.headers, options.hosts))
  server.addHook('onRequest', async (request, reply) => {
    if (PRIVATE_PREFIXES.some((prefix) => request.url.startsWith(prefix))) reply.header('cache-control', 'no-store')
  })
  server.addHook('onRequest', async (request, reply) => refuseSilence(request, reply, options.silenceMsMax ?? SILENCE_MS_MAX))
  for (const each of options.routes) addRoute(server, options, each)
  let described: object | undefined
  server.get(OPENAPI_PATH, { schema: { hide: true } }, () => {
    described ??= describeRoutes(server.swagger(), options.routes, problemForms)
    return described
  })
  return server
}

function addRoute(server: FastifyInstance, options: ServerOptions, route: Route): void {
  const { endpoint } = route
  const { params, query, body, reply, status = 200 } = endpoint
  server.route({
    method: endpoint.method,
    url: endpoint.path,
    schema: {
      summary: endpoint.summary,
      description: endpoint.permission === 'none' ? 'Needs no sign-in.' : `Needs the permission \`${endpoint.permission}\`.`,
      tags: [endpoint.path.split('/')[2] ?? 'server'],
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      response: { ...(reply === undefined ? {} : { [status]: reply }), default: problemSchema },
    },
    preValidation: 'handleOpen' in route ? [] : [async (request) => admit(request, options, route.endpoint)],
    handler: async (request, answer) => {
      const result =
        'handleOpen' in route
          ? await route.handleOpen({ ...inputOf(request), request, reply: answer, signal: signalOf(answer) })
          : await callSignedIn(request, answer, options, route)
      if (answer.sent || endpoint.reply === undefined)
        return answer.sent || result !== undefined ? result : answer.code(204).send()
      return answer.code(status).send(result)
    },
  })
}

/** Before anything is parsed: a stranger learns nothing from what is wrong with their input. */
const admitted = new WeakMap<FastifyRequest, { practice: OpenPractice; actor: Actor }>()

async function admit(request: FastifyRequest, options: ServerOptions, endpoint: SignedInEndpoint): Promise<void> {
  const practice = options.practice()
  const actor = await options.authenticate(request, practice, endpoint)
  if (!may(actor.role, endpoint.permission))
    throw new NotAllowedError(`the role ${actor.role} does not allow this`, { about: { permission: endpoint.permission } })
  admitted.set(request, { practice, actor })
}

async function callSignedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ServerOptions,
  route: Extract<Route, { handle: unknown }>,
): Promise<unknown> {
  const { practice, actor } = admitted.get(request) as { practice: OpenPractice; actor: Actor }
  const { endpoint } = route
  const { method, url, body } = request
  const idempotent = isIdempotent(endpoint)
    ? idempotentRequest(request.headers['idempotency-key'], {
        practiceId: practice.id,
        accountId: actor.accountId,
        method,
        url,
        body,
      })
    : undefined
  const earlier = idempotent === undefined ? undefined : await earlierAnswer(practice.db, idempotent)
  if (earlier !== undefined) return reply.code(earlier.status).send(earlier.reply ?? undefined)
  let isRecorded = false
  const record: Call<SignedInEndpoint>['record'] = async (tx, event) => {
    const action = event.action ?? endpoint.journal
    if (action === undefined) throw new UnjournaledError(`${endpoint.path}: names no journal action`)
    const now = practice.now()
    await options.recordEvent(tx, practice.id, actor, now, { ...event, action })
    if (idempotent !== undefined) await claimKey(tx, idempotent, now)
    isRecorded = true
  }
  const isToldBefore = () => {
    isRecorded = true
  }
  const call = { ...inputOf(request), practice, actor, record, isToldBefore, request, reply, signal: signalOf(reply) }
  const result = await route.handle(call)
  if (endpoint.journal !== undefined && !isRecorded)
    throw new UnjournaledError(`${endpoint.method} ${endpoint.path}: wrote nothing to the journal`)
  // What was done is done, and said to be: without its answer the key refuses a second try.
  if (idempotent !== undefined && isRecorded)
    await keepAnswer(practice.db, idempotent, endpoint.status ?? 200, result).catch((err: unknown) =>
      request.log.error({ err }, 'the answer to a request with a key could not be kept'),
    )
  return result
}

function parse(schema: z.ZodType, input: unknown): { value: unknown } | { error: Error } {
  if (holdsNul(input))
    return { error: new InvalidInputError('a text holds the character U+0000, which no database column takes') }
  const result = schema.safeParse(input)
  return result.success ? { value: result.data } : { error: invalidInput(result.error) }
}

/** PostgreSQL's texts hold no U+0000. Without recursion: JSON may be nested as deeply as a body is long. */
function holdsNul(input: unknown): boolean {
  const left: unknown[] = [input]
  while (left.length > 0) {
    const each = left.pop()
    if (typeof each === 'string' && each.includes('\0')) return true
    const isPlain = Array.isArray(each) || Object.prototype.toString.call(each) === '[object Object]'
    if (isPlain && !(each instanceof Readable)) for (const pair of Object.entries(each as object)) left.push(...pair)
  }
  return false
}

/** What the contract's schemas made of it: Fastify has parsed it by now. */
function inputOf(request: FastifyRequest): { params: never; query: never; body: never } {
  return { params: request.params as never, query: request.query as never, body: request.body as never }
}

/** Aborted when the answer can no longer be sent. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** Nobody needs to look after these. */
const NO_FAULT: ReadonlySet<string> = new Set(['sealed', 'stopping'])

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, forms: readonly ProblemForm[]): FastifyReply {
  const problem = problemOf(error)
  if (problem.status >= 500 && !NO_FAULT.has(problem.code))
    request.log.error({ err: error, code: problem.code, route: request.routeOptions.url }, 'a request failed')
  // Serialised here: a route's schema for errors must not hide what went wrong behind an error of its own.
  const form = forms.find(({ prefix }) => request.url.startsWith(prefix))
  return reply
    .code(problem.status)
    .type(form?.mediaType ?? PROBLEM_MEDIA_TYPE)
    .serializer(JSON.stringify)
    .send(form?.print(problem) ?? problem)
}

/** Only our own files; no inline script; nothing in a frame. `isSecure` alone asks browsers to come back by HTTPS. */
function securityHeaders(isSecure: boolean): Parameters<typeof helmet>[1] & object {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'style-src-attr': ["'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
      },
    },
    strictTransportSecurity: isSecure ? { maxAge: 180 * 86_400 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  }
}
