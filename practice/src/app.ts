/**
 * The application: takes a folder, opens what is there, and answers by HTTP. The one place that knows every room; disposes in reverse.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Server } from 'node:https'
import { isIPv6, type Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { isLoopback } from '@couronne/vault/loopback'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { completenessRoutes, startCompletenessWork } from '#completeness'
import { startDocumentWork } from '#documents'
import { duplicateRoutes } from '#duplicates'
import { InvalidInputError, StoppingError } from '#errors'
import { fhirProblems, makeFhirRoutes } from '#fhir'
import { makeLogger, makeServer, type Route } from '#http'
import { imageRoutes, Reception, type ReceptionFlags, startImageWork } from '#images'
import { importJob, makeImportRoutes, Places, startImportWork } from '#imports'
import { Installation, installationRoutes, type MakeSample } from '#installation'
import { makeJobRoutes, startJobs } from '#jobs'
import { journalRoutes, recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import { documentRoutes, patientRoutes } from '#patients'
import { authenticate, makePeopleRoutes } from '#people'
import { SAMPLE_ACCOUNTS } from '#sample'
import { localCertificate } from './http/certificate.ts'
import { serveWebPages } from './http/web-pages.ts'
import { startUpkeep } from './upkeep.ts'

export interface AppOptions {
  /** where everything is kept */
  readonly folder: string
  /** where key files are put that let this machine open the practice by itself */
  readonly keyFolder: string
  /** a PostgreSQL address; absent: embedded */
  readonly database?: string
  /** an S3 address for sealed documents; absent: in the practice's folder */
  readonly documents?: string
  /** 127.0.0.1: this machine alone */
  readonly host: string
  /** 0: any free one */
  readonly port: number
  /** further names under which browsers reach this server */
  readonly names?: readonly string[]
  /** local: a certificate of the practice's own authority, made here */
  readonly tls?: 'local' | { readonly keyFile: string; readonly certFile: string }
  /** the built pages; absent: the interface for programs alone */
  readonly webFolder?: string
  readonly version: string
  readonly now?: () => Temporal.Instant
  readonly env?: Readonly<Record<string, string | undefined>>
  /** below which folders of this machine may be imported from; absent: none may */
  readonly importFolder?: string
  /** absent: lines of JSON on standard error */
  readonly logger?: FastifyBaseLogger
  readonly makeSample?: MakeSample
  /** where images are received, whatever the practice has set */
  readonly reception?: ReceptionFlags
}

export interface App extends AsyncDisposable {
  /** where a browser on this machine goes */
  readonly address: string
  /** what set-up from another machine asks for */
  readonly setupCode: string
  readonly installation: Installation
  /** what is not local must install this once; undefined without a local authority */
  readonly authorityFile?: string
  /** where images are received from devices; undefined: nowhere, now */
  readonly receptionPort: () => number | undefined
}

const CLOSE_MS_MAX = 5_000
const CERTIFICATE_INTERVAL_MS = 24 * 3_600_000

/** Starts the application; it listens when this returns. */
export async function startApp(options: AppOptions): Promise<App> {
  const now = options.now ?? (() => Temporal.Now.instant())
  const logger = options.logger ?? makeLogger()
  const stack = new AsyncDisposableStack()
  try {
    const { folder, keyFolder, database, documents, env } = options
    const installation = stack.use(
      await Installation.start({
        folder,
        keyFolder,
        now,
        ...(database === undefined ? {} : { database }),
        ...(documents === undefined ? {} : { documents }),
        ...(env === undefined ? {} : { env }),
      }),
    )
    stack.use(
      startUpkeep({
        practice: () => openPracticeOf(installation),
        onError: (err) => logger.error({ err }, 'the upkeep failed'),
      }),
    )
    stack.use(
      startDocumentWork({
        practice: () => openPracticeOf(installation),
        onError: (err) => logger.error({ err }, 'work on documents failed'),
      }),
    )
    const places = new Places(options.importFolder)
    stack.use(
      startImportWork({
        practice: () => openPracticeOf(installation),
        places,
        onError: (err) => logger.error({ err }, 'work on imports failed'),
      }),
    )
    stack.use(
      startJobs({
        practice: () => openPracticeOf(installation),
        works: [importJob(places)],
        onError: (err) => logger.error({ err }, 'work in the background failed'),
      }),
    )
    stack.use(
      startCompletenessWork({
        practice: () => openPracticeOf(installation),
        onError: (err) => logger.error({ err }, 'completeness could not be judged'),
      }),
    )
    stack.use(
      startImageWork({
        practice: () => openPracticeOf(installation),
        onError: (err) => logger.error({ err }, 'work on images failed'),
      }),
    )
    const reception = stack.use(
      await Reception.start({
        practice: () => openPracticeOf(installation),
        certificate: (tls) => receptionCertificate(tls, options, now()),
        onError: (err) => logger.error({ err }, 'the reception of images failed'),
        ...(options.reception === undefined ? {} : { flags: options.reception }),
      }),
    )
    const stopping = new AbortController()
    const setupCode = randomBytes(5).toString('hex').toUpperCase()
    const names = namesOf(options)
    const tls = await certificateOf(options, names, now())
    const server = await makeServer({
      routes: routesOf({ ...options, signal: stopping.signal, places, reception }, installation, setupCode),
      practice: () => installation.practice(),
      authenticate,
      recordEvent,
      hosts: new Set([...names, '::1'].map(hostName)),
      version: options.version,
      problemForms: [fhirProblems],
      ...(tls === undefined ? {} : { tls }),
      logger,
    })
    const sockets = openSockets(server)
    stack.defer(() => closeServer(server, sockets))
    stack.defer(() => stopping.abort(new StoppingError('the application is being stopped')))
    if (tls !== undefined) {
      const renewing = setInterval(
        () =>
          void renewCertificate(server, options, names, now()).catch((err: unknown) =>
            logger.error({ err }, 'the certificate could not be renewed'),
          ),
        CERTIFICATE_INTERVAL_MS,
      ).unref()
      stack.defer(() => clearInterval(renewing))
    }
    if (options.webFolder !== undefined) await serveWebPages(server, options.webFolder)
    const address = await listen(server, options)
    const app = stack.move()
    return {
      address,
      setupCode,
      installation,
      receptionPort: () => reception.port,
      ...(tls?.authorityFile === undefined ? {} : { authorityFile: tls.authorityFile }),
      [Symbol.asyncDispose]: () => app.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Every route of the application. */
export function routesOf(
  options: Pick<AppOptions, 'version' | 'makeSample'> & {
    readonly signal?: AbortSignal
    readonly places?: Places
    readonly reception?: Reception
  },
  installation: Installation,
  setupCode: string,
): readonly Route[] {
  const { version, makeSample = noSample, signal = new AbortController().signal, places = new Places(undefined) } = options
  return [
    ...installationRoutes({ installation, version, setupCode, makeSample, signal }),
    ...makePeopleRoutes(
      () => installation.practice(),
      SAMPLE_ACCOUNTS.map(({ role, login, password }) => ({ role, login, password })),
    ),
    ...patientRoutes,
    ...duplicateRoutes,
    ...documentRoutes,
    ...completenessRoutes,
    ...imageRoutes(() => options.reception),
    ...journalRoutes(version),
    ...makeJobRoutes([importJob(places)], signal),
    ...makeImportRoutes(places),
    ...makeFhirRoutes(version),
  ]
}

async function noSample(): Promise<never> {
  throw new Error('no sample practice comes with this installation')
}

async function listen(server: FastifyInstance, { host, port, tls }: AppOptions): Promise<string> {
  // `localhost` would be two servers, for IPv4 and IPv6, of which the second knows neither a renewed certificate nor when to stop.
  await server.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
  const bound = server.server.address()
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port
  return `${tls === undefined ? 'http' : 'https'}://localhost:${actual}`
}

/** Those that have not begun to speak HTTP too: Node's own list lacks them. */
function openSockets(server: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** What is being answered may end; a browser that holds a connection open, or sends nothing more, is not waited for. */
async function closeServer(server: FastifyInstance, sockets: ReadonlySet<Socket>): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, CLOSE_MS_MAX)
  await server.close()
  clearTimeout(timer)
}

/** Lower case, without port. */
function namesOf({ host, names = [] }: AppOptions): readonly string[] {
  const own = hostname().toLowerCase()
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const addresses = isEverywhere
    ? Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? [])
    : [host]
  const onNetwork = isEverywhere || !isLoopback(host) ? [own, `${own}.local`] : []
  return [...new Set(['localhost', '127.0.0.1', ...onNetwork, ...addresses, ...names.map((name) => name.toLowerCase())])]
}

/** As it stands in an address: IPv6 in brackets. */
function hostName(name: string): string {
  return isIPv6(name) ? `[${name}]` : name
}

async function certificateOf({ tls, folder }: AppOptions, names: readonly string[], now: Temporal.Instant) {
  if (tls === undefined) return undefined
  if (tls === 'local') return localCertificate(join(folder, 'tls'), names, now)
  const [key, cert] = await Promise.all([readFile(tls.keyFile, 'utf8'), readFile(tls.certFile, 'utf8')])
  try {
    createSecureContext({ key, cert })
  } catch (cause) {
    const problem = 'expected a certificate in PEM, and the key that belongs to it'
    throw new InvalidInputError(`${tls.certFile}, ${tls.keyFile}: ${problem}: ${(cause as Error).message}`, [], { cause })
  }
  return { key, cert, authorityFile: undefined }
}

async function receptionCertificate(tls: NonNullable<ReceptionFlags['tls']>, options: AppOptions, now: Temporal.Instant) {
  const made = await certificateOf({ ...options, tls }, namesOf(options), now)
  if (made === undefined) throw new InvalidInputError('a certificate is expected')
  return made
}

/** A server runs for months: what was renewed, here or by whoever gave the files, counts for the connections from now on. */
async function renewCertificate(
  { server }: FastifyInstance,
  options: AppOptions,
  names: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  const tls = await certificateOf(options, names, now)
  if (tls !== undefined && server instanceof Server) server.setSecureContext({ key: tls.key, cert: tls.cert })
}

function openPracticeOf(installation: Installation): OpenPractice | undefined {
  const state = installation.state()
  return state.kind === 'open' ? state.practice : undefined
}
