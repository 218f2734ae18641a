/** The socket side: listens where it was told, bounds who may be there at once, and serves each connection to its end. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Keeper, serveAssociation } from './association.ts'
import type { ReceptionLimits } from './limits.ts'

export interface ListenOptions {
  readonly host: string
  /** 0: any free one */
  readonly port: number
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface Listening extends AsyncDisposable {
  readonly port: number
  readonly associations: () => number
}

export interface ListenerEvents {
  /** an association ended, well or not */
  readonly onEnd: (error: unknown) => void
  /** a connection that found no place */
  readonly onCrowded: () => void
}

/** @param keeperFor told how many associations there are, this one included. @throws what listening throws: the port is taken, the address is not ours */
export async function listen(
  options: ListenOptions,
  keeper: Keeper,
  limits: ReceptionLimits,
  events: ListenerEvents,
): Promise<Listening> {
  const served = new Map<Socket, Promise<void>>()
  const serve = (socket: Socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => {}) // told by whoever reads from it
    const here = [...served.keys()].filter(({ remoteAddress }) => remoteAddress === socket.remoteAddress).length
    if (served.size >= limits.associationsMax || here >= limits.associationsMaxPerAddress) {
      events.onCrowded()
      socket.destroy()
      return
    }
    const ended = serveAssociation(socket, keeper, limits)
      .then(
        () => events.onEnd(undefined),
        (error: unknown) => events.onEnd(error),
      )
      .finally(() => {
        socket.destroy()
        served.delete(socket)
      })
    served.set(socket, ended)
  }
  const server = makeServer(options, limits, serve)
  await start(server, options)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    associations: () => served.size,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of served.keys()) socket.destroy()
      await Promise.allSettled(served.values())
      await closed
    },
  }
}

function makeServer({ tls }: ListenOptions, { greetingMs }: ReceptionLimits, serve: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer(serve)
  return createTlsServer({ ...tls, handshakeTimeout: greetingMs }, serve).on('tlsClientError', () => {})
}

function start(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
}
