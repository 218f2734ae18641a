/**
 * The built pages, beside the interface for programs. A file named by its content never changes, and is kept by browsers; the one page that
 * names them is asked for again each time. Any address that is no file and no `/api/…` is a page of the application.
 *
 * One program has a policy of its own: the worker that decodes received images, where codecs run as WebAssembly. There nothing else may be
 * done, and in the pages no WebAssembly runs.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Vite names them so: `assets/name-hash.ext`. */
const HASHED = /^\/assets\/[^/]+-[\w-]{8}\.\w+$/
const DECODER = /^\/assets\/decode-worker-[\w-]{8}\.js$/
const DECODER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'"
const PAGE = 'index.html'
const YEAR_MS = 365 * 86_400_000

/**
 * Serves the pages of a folder. To be called before the server listens.
 *
 * @param folder what `vite build` has made; may be made anew while the server runs
 */
export async function serveWebPages(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, { root: folder, serve: false, preCompressed: true, cacheControl: false })
  server.get('/*', { schema: { hide: true } }, (request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] as string
    if (DECODER.test(path)) reply.header('content-security-policy', DECODER_POLICY)
    if (HASHED.test(path))
      return reply.header('cache-control', `public, max-age=${YEAR_MS / 1000}, immutable`).sendFile(path, { cacheControl: false })
    if (isFile(path)) return reply.header('cache-control', 'no-cache').sendFile(path)
    if (isProgram(path) || !acceptsPages(request.headers.accept) || !existsSync(join(folder, PAGE))) return reply.callNotFound()
    return reply.header('cache-control', 'no-cache').sendFile(PAGE)
  })
}

/** The last part has a dot: no page of ours has one. */
function isFile(path: string): boolean {
  return /\.[^/]*$/.test(path)
}

function isProgram(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

function acceptsPages(accept: string | undefined): boolean {
  return accept === undefined || /text\/html|\*\/\*/.test(accept)
}
