/** restic's own REST server, on loopback. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { restServer } from './peers.ts'
import { freePort, makeCertificates, type Serving, serve, temporaryFolder } from './serving.ts'

export interface RestServerOptions {
  readonly appendOnly?: boolean
  /** Name → password. Without any, everybody may come in. */
  readonly accounts?: Readonly<Record<string, string>>
  /** The first folder of each address must be the user's name. */
  readonly privateRepositories?: boolean
  /** With a certificate of an authority of our own, see `caCertificate` of the reply. */
  readonly tls?: boolean
  readonly sizeBytesMax?: number
  /** Accepts objects whose bytes do not match their name. */
  readonly withoutVerification?: boolean
}

export interface RestServer extends Serving {
  /** For restic and for us, without credentials: add a path of at most two levels, ending in `/`. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
  /** The folder that holds the repositories, in the layout of a local one. */
  readonly folder: string
  /** PEM, and its file, with `tls`. */
  readonly caCertificate: string | undefined
  readonly caCertificateFile: string | undefined
}

/** Starts rest-server 0.13.0. `env` holds the first account, as restic's `RESTIC_REST_USERNAME` and `RESTIC_REST_PASSWORD`. */
export async function startRestServer(options: RestServerOptions = {}): Promise<RestServer> {
  const top = temporaryFolder('rest-server')
  const folder = join(top, 'data')
  mkdirSync(folder)
  const port = await freePort()
  const args = ['--listen', `127.0.0.1:${port}`, '--path', folder]
  if (options.appendOnly) args.push('--append-only')
  if (options.privateRepositories) args.push('--private-repos')
  if (options.sizeBytesMax !== undefined) args.push('--max-size', `${options.sizeBytesMax}`)
  if (options.withoutVerification) args.push('--no-verify-upload')
  const accounts = Object.entries(options.accounts ?? {})
  if (accounts.length === 0) args.push('--no-auth')
  else args.push('--htpasswd-file', writeAccounts(join(top, 'accounts'), accounts))
  const certificates = options.tls ? await makeCertificates(join(top, 'tls')) : undefined
  if (certificates) args.push('--tls', '--tls-cert', certificates.certificateFile, '--tls-key', certificates.keyFile)
  const serving = await serve(restServer(), args, port, top)
  const [user, password] = accounts[0] ?? []
  return {
    ...serving,
    address: `rest:${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/`,
    env: user === undefined || password === undefined ? {} : { RESTIC_REST_USERNAME: user, RESTIC_REST_PASSWORD: password },
    folder,
    caCertificate: certificates?.authority,
    caCertificateFile: certificates?.authorityFile,
  }
}

function writeAccounts(file: string, accounts: readonly [string, string][]): string {
  const hash = (password: string) => `{SHA}${createHash('sha1').update(password).digest('base64')}`
  writeFileSync(file, accounts.map(([user, password]) => `${user}:${hash(password)}\n`).join(''))
  return file
}
