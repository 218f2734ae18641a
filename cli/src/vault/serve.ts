import type { LogLine, RunningServer } from '@couronne/vault/server'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { sizeOf } from './options.ts'
import { type AccountFlags, runAccountAction } from './serve-accounts.ts'
import { readPem, renewOnHangUp } from './serve-tls.ts'
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
    fr: 'héberge les copies d’autres cabinets : ajout seul, un compte et un quota chacun',
    en: 'host other practices’ mirrors: append-only, an account and a quota each',
  },
  details: {
    fr: 'Sans action, sert le dossier jusqu’à Ctrl-C. Chaque compte a deux mots de passe : « écriture » pour les sauvegardes, qui ne peut rien effacer, et « propriétaire » pour créer la copie et gérer ses clés. Rien n’est déchiffré ici. restic aussi peut s’en servir.',
    en: 'Without an action, serves the folder until Ctrl-C. Each account has two passwords: “writer” for backups, which can delete nothing, and “owner” to create the mirror and manage its keys. Nothing is decrypted here. restic can use it too.',
  },
  example: {
    fr: 'couronne vault serve --folder /srv/copies --listen 0.0.0.0:8000 --tls-cert cert.pem --tls-key cle.pem',
    en: 'couronne vault serve --folder /srv/mirrors --listen 0.0.0.0:8000 --tls-cert cert.pem --tls-key key.pem',
  },
  define(command) {
    command
      .argument('[action...]', {
        fr: 'rien : servir ; ou account add NOM, account list, account quota NOM, account password NOM, account deletion NOM on|off, account remove NOM ; ou journal NOM',
        en: 'nothing: serve; or account add NAME, account list, account quota NAME, account password NAME, account deletion NAME on|off, account remove NAME; or journal NAME',
      })
      .flag(
        '--folder <folder>',
        { fr: 'où sont les dépôts hébergés', en: 'where the hosted repositories lie' },
        { default: './copies' },
      )
      .flag('--listen <address:port>', { fr: 'où écouter', en: 'where to listen' }, { default: '127.0.0.1:8000' })
      .flag('--tls-cert <file>', { fr: 'certificat (PEM), relu au signal SIGHUP', en: 'certificate (PEM), read again at SIGHUP' })
      .flag('--tls-key <file>', { fr: 'sa clé (PEM)', en: 'its key (PEM)' })
      .flag('--no-append-only', { fr: 'laisser l’écriture effacer', en: 'let writers delete' })
      .flag('--insecure', {
        fr: 'des mots de passe en clair sur le réseau : seulement derrière un relais qui fait TLS',
        en: 'passwords in clear over the network: only behind a proxy that does TLS',
      })
      .flag(
        '--quota <size>',
        { fr: 'account add, quota : la place d’un compte', en: 'account add, quota: room of an account' },
        { default: '100G' },
      )
      .flag(
        '--role <role>',
        { fr: 'account password : lequel changer', en: 'account password: which one to change' },
        { choices: ['writer', 'owner'], default: 'writer' },
      )
      .flag('--owner-may-delete', {
        fr: 'account add : le propriétaire peut oublier et nettoyer',
        en: 'account add: the owner may forget and prune',
      })
  },
  async run({ args, options, terminal, signal }) {
    if (args.length > 0) return runAccountAction(args, options, terminal, sizeOf('--quota', options.quota))
    const { listAccounts, accountsFileOf, serveRepositories } = await import('@couronne/vault/server')
    const { host, port } = parseListen(options.listen)
    const tls = await readPem(options)
    await using server = await serveRepositories({
      folder: options.folder,
      host,
      port,
      tls,
      insecure: options.insecure ?? false,
      appendOnly: options.appendOnly,
      log: (line) => log(line, options.verbose ?? 0, terminal),
    })
    using _renewing = tls === undefined ? undefined : renewOnHangUp(options, server, terminal)
    sayListening(server, terminal)
    if ((await listAccounts(accountsFileOf(options.folder))).length === 0)
      terminal.warn({
        fr: `Aucun compte : personne ne peut entrer. Ailleurs : couronne vault serve account add NOM --folder ${options.folder}`,
        en: `No account: nobody can come in. Elsewhere: couronne vault serve account add NAME --folder ${options.folder}`,
      })
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    return EXIT.done
  },
}

function sayListening({ url }: RunningServer, terminal: Terminal): void {
  terminal.json({ message_type: 'listening', url })
  terminal.line({ fr: `à l’écoute sur ${url} (Ctrl-C pour arrêter)`, en: `listening on ${url} (Ctrl-C stops it)` })
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  if (match === null)
    throw new WrongUse({
      fr: `--listen ${text} : attendu une adresse et un port, comme 0.0.0.0:8000`,
      en: `--listen ${text}: expected an address and a port, such as 0.0.0.0:8000`,
    })
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port: Number(match[3]) }
}

/** Standard error, one line each; requests only when asked for. */
function log(line: LogLine, verbosity: number, terminal: Terminal): void {
  // Said as a result.
  if (line.event === 'listening') return
  if (line.level === 'debug' && verbosity < 2) return
  if (line.level === 'info' && line.event === 'request' && verbosity < 1) return
  const { level, event, ...facts } = line
  const said = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  terminal.warn(`${new Date().toISOString()} ${level} ${event} ${said.join(' ')}`)
}
