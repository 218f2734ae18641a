import { readFile } from 'node:fs/promises'
import { parseSize, UsageError } from '@couronne/vault'
import type { LogLine } from '@couronne/vault/server'
import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { type AccountFlags, runAccountAction } from './serve-accounts.ts'
import type { Verb } from './verb.ts'

interface ServeFlags extends AccountFlags {
  readonly listen: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly appendOnly: boolean
  readonly insecure?: boolean
}

export const verb: Verb<ServeFlags> = {
  summary: {
    fr: 'héberge les copies d’autres cabinets (REST, ajout seul)',
    en: 'host other practices’ mirrors (REST, append-only)',
  },
  example: 'couronne vault serve --folder /srv/copies --listen 0.0.0.0:8000 --tls-cert cert.pem --tls-key cle.pem',
  define(command: Command) {
    command
      .argument(
        '[action...]',
        'nothing: serve; or: account add NAME, account remove NAME, account list, account quota NAME, account password NAME, journal NAME',
      )
      .option('--folder <folder>', 'where the repositories lie', './copies')
      .option('--listen <address:port>', 'where it listens', '127.0.0.1:8000')
      .option('--tls-cert <file>', 'certificate, PEM')
      .option('--tls-key <file>', 'its key, PEM')
      .option('--no-append-only', 'let writers delete')
      .option('--insecure', 'passwords in clear over the network: behind a proxy that does TLS only')
      .option('--quota <size>', 'room of an account', '100G')
      .option('--role <role>', 'writer or owner, of a password', 'writer')
      .option('--owner-may-delete', 'the owner’s password may forget and prune')
  },
  async run({ args, options, terminal, signal }) {
    if (args.length > 0) return runAccountAction(args, options, terminal, parseSize(options.quota))
    const { serveRepositories } = await import('@couronne/vault/server')
    const { host, port } = parseListen(options.listen)
    const tls =
      options.tlsCert !== undefined && options.tlsKey !== undefined
        ? { cert: await readFile(options.tlsCert), key: await readFile(options.tlsKey) }
        : undefined
    await using server = await serveRepositories({
      folder: options.folder,
      host,
      port,
      tls,
      insecure: options.insecure ?? false,
      appendOnly: options.appendOnly,
      log: (line) => log(line, options.verbose ?? 0, terminal),
    })
    terminal.json({ message_type: 'listening', url: server.url })
    terminal.line({
      fr: `à l’écoute sur ${server.url} (Ctrl-C pour arrêter)`,
      en: `listening on ${server.url} (Ctrl-C stops it)`,
    })
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    return EXIT.done
  },
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  if (match === null) throw new UsageError(`--listen ${text}: expected an address and a port, such as 0.0.0.0:8000`)
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port: Number(match[3]) }
}

/** Standard error, one line each; requests only when asked for. */
function log(line: LogLine, verbosity: number, terminal: Terminal): void {
  if (line.level === 'debug' && verbosity < 2) return
  if (line.level === 'info' && line.event === 'request' && verbosity < 1) return
  const { level, event, ...facts } = line
  const said = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  terminal.warn(`${new Date().toISOString()} ${level} ${event} ${said.join(' ')}`)
}
