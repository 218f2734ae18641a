/** Options and environment that every verb of `couronne vault` takes, as restic names them. */
import { readFile } from 'node:fs/promises'
import { parseSize } from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import type { Text } from '../language.ts'
import { WrongUse } from '../wrong-use.ts'
import { parseValue } from './parse-value.ts'

export interface GlobalOptions {
  readonly repo?: readonly string[]
  readonly repositoryFile?: string
  readonly passwordFile?: string
  readonly passwordCommand?: string
  readonly insecureNoPassword?: boolean
  readonly keyHint?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: number
  readonly lock: boolean
  readonly retryLock?: string
  readonly cacheDir?: string
  readonly cache: boolean
  readonly cleanupCache?: boolean
  readonly cacert?: string
  readonly insecureTls?: boolean
  readonly tlsClientCert?: string
  readonly limitUpload?: string
  readonly limitDownload?: string
  readonly compression?: string
  readonly packSize?: string
  readonly stuckRequestTimeout?: string
  readonly option?: readonly string[]
}

/** Adds the flags of all verbs. Those of the repository and of passwords also have variables; flags come before variables. */
export function addGlobalFlags(command: VerbCommand): void {
  command
    .startCommon()
    .flag(
      '-r, --repo <address>',
      {
        fr: 'le dépôt ; donnée plusieurs fois : ses copies (RESTIC_REPOSITORY)',
        en: 'the repository; given several times: its mirrors (RESTIC_REPOSITORY)',
      },
      { many: true },
    )
    .flag('--repository-file <file>', {
      fr: 'fichier qui contient l’adresse, ou celles des copies, une par ligne (RESTIC_REPOSITORY_FILE)',
      en: 'file that holds the address, or those of the mirrors, one a line (RESTIC_REPOSITORY_FILE)',
    })
    .flag('-p, --password-file <file>', {
      fr: 'fichier qui contient le mot de passe (RESTIC_PASSWORD_FILE)',
      en: 'file that holds the password (RESTIC_PASSWORD_FILE)',
    })
    .flag('--password-command <command>', {
      fr: 'commande qui affiche le mot de passe (RESTIC_PASSWORD_COMMAND)',
      en: 'command that prints the password (RESTIC_PASSWORD_COMMAND)',
    })
    .flag('--insecure-no-password', { fr: 'le dépôt a un mot de passe vide', en: 'the repository has an empty password' })
    .flag('--key-hint <id>', { fr: 'clé à essayer d’abord', en: 'key to try first' }, { env: 'RESTIC_KEY_HINT' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
    .flag('-q, --quiet', { fr: 'rien que les résultats et les ennuis', en: 'results and trouble only' })
    .flag('-v, --verbose', { fr: 'en dire plus ; -vv, encore plus', en: 'say more; -vv, more still' }, { counted: true })
    .flag('--no-lock', {
      fr: 'ne pas verrouiller (verbes qui lisent seulement)',
      en: 'take no lock (verbs that only read)',
    })
    .flag('--retry-lock <duration>', {
      fr: 'si le dépôt est occupé, attendre jusque-là : 10m',
      en: 'when the repository is busy, wait so long: 10m',
    })
  addDestinationFlags(command)
}

function addDestinationFlags(command: VerbCommand): void {
  command
    .flag(
      '--cache-dir <folder>',
      { fr: 'où garder ce qui vient de loin', en: 'where to keep what comes from far' },
      { env: 'RESTIC_CACHE_DIR' },
    )
    .flag('--no-cache', { fr: 'ne rien garder sur cette machine', en: 'keep nothing on this machine' })
    .flag('--cleanup-cache', { fr: 'oublier ce qui n’a pas servi depuis un mois', en: 'drop what was not used for a month' })
    .flag(
      '--cacert <file>',
      { fr: 'autorité qui signe le serveur (PEM)', en: 'authority that signs the server (PEM)' },
      { env: 'RESTIC_CACERT' },
    )
    .flag(
      '--tls-client-cert <file>',
      { fr: 'notre certificat et sa clé (PEM)', en: 'our own certificate and its key (PEM)' },
      { env: 'RESTIC_TLS_CLIENT_CERT' },
    )
    .flag('--insecure-tls', {
      fr: 'croire n’importe quel serveur : pour un essai',
      en: 'believe any server: for a trial',
    })
    .flag('--limit-upload <rate>', { fr: 'Kio par seconde, vers les copies', en: 'KiB a second, to the mirrors' })
    .flag('--limit-download <rate>', { fr: 'Kio par seconde, depuis elles', en: 'KiB a second, from them' })
    .flag(
      '--compression <mode>',
      { fr: 'auto, off, fastest, better ou max', en: 'auto, off, fastest, better or max' },
      { env: 'RESTIC_COMPRESSION' },
    )
    .flag(
      '--pack-size <size>',
      { fr: 'taille des paquets, de 4 à 128 Mio ; 16 d’office', en: 'size of packs, 4 to 128 MiB; 16 by default' },
      { env: 'RESTIC_PACK_SIZE' },
    )
    .flag('--stuck-request-timeout <duration>', {
      fr: 'abandonner une requête où rien ne bouge ; 2m d’office',
      en: 'give up a request in which nothing moves; 2m by default',
    })
    .flag(
      '-o, --option <key=value>',
      {
        fr: 'réglage d’une destination : s3.region, rest.connections, sftp.args…',
        en: 'setting of a destination: s3.region, rest.connections, sftp.args…',
      },
      { many: true },
    )
    // What is written is always verified before it is sent, and servers are told nothing about us.
    .flag('--no-extra-verify', { fr: '', en: '' }, { hidden: true })
    .flag('--http-user-agent <name>', { fr: '', en: '' }, { hidden: true })
}

/** The addresses of the repository: one, or several mirrors. @throws {WrongUse} when there is none */
export async function readAddresses(
  { repo = [], repositoryFile }: Pick<GlobalOptions, 'repo' | 'repositoryFile'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  if (repo.length > 0 && repositoryFile !== undefined)
    throw new WrongUse({ fr: '-r et --repository-file s’excluent', en: '-r and --repository-file exclude each other' })
  if (repo.length > 0) return repo
  if (repositoryFile !== undefined) return addressesIn(repositoryFile)
  if (env.RESTIC_REPOSITORY) return [env.RESTIC_REPOSITORY]
  if (env.RESTIC_REPOSITORY_FILE) return addressesIn(env.RESTIC_REPOSITORY_FILE)
  throw new WrongUse({
    fr: 'quel dépôt ? Donnez -r ADRESSE, ou la variable RESTIC_REPOSITORY',
    en: 'which repository? Give -r ADDRESS, or the variable RESTIC_REPOSITORY',
  })
}

async function addressesIn(file: string): Promise<readonly string[]> {
  const lines = (await readTextFile(file)).split('\n').map((line) => line.trim())
  const addresses = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (addresses.length > 0) return addresses
  throw new WrongUse({ fr: `${file} : ne contient aucune adresse`, en: `${file}: holds no address` })
}

/** The zstd level of a `--compression` mode. `auto` is level 1: measured against restic's own, it stores as much and costs half. */
export function compressionLevel(mode = 'auto'): number | 'off' {
  const levels: Readonly<Record<string, number | 'off'>> = { auto: 1, off: 'off', fastest: 1, better: 7, max: 12 }
  const level = levels[mode]
  if (level !== undefined) return level
  throw new WrongUse({
    fr: `--compression ${mode} : auto, off, fastest, better ou max`,
    en: `--compression ${mode}: expected auto, off, fastest, better or max`,
  })
}

/** `--pack-size` in bytes. @throws {WrongUse} when it is not between 4 and 128 MiB */
export function packBytes(size: string | undefined): number | undefined {
  if (size === undefined || size === '0') return undefined
  const mib = Number(size)
  if (Number.isInteger(mib) && mib >= 4 && mib <= 128) return mib * 1024 * 1024
  throw new WrongUse({ fr: `--pack-size ${size} : de 4 à 128 (Mio)`, en: `--pack-size ${size}: expected 4 to 128 (MiB)` })
}

/** A size such as `500K`, `2G`. @throws {WrongUse} when it is none */
export function sizeOf(flag: string, text: string): number {
  return parseValue(flag, text, parseSize, { fr: 'une taille, comme 500K, 20M ou 2G', en: 'a size, such as 500K, 20M or 2G' })
}

/** A count. @throws {WrongUse} when it is no whole number from `least` on */
export function countOf(flag: string, text: string, least = 0): number {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  throw new WrongUse({ fr: `${flag} ${text} : attendu un nombre entier`, en: `${flag} ${text}: expected a whole number` })
}

/** Why a file that the command line names cannot be read. */
export function sayFileTrouble(error: unknown): Text {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOENT':
      return { fr: 'ce fichier n’existe pas', en: 'there is no such file' }
    case 'EACCES':
    case 'EPERM':
      return { fr: 'ce fichier n’est pas lisible par cet utilisateur', en: 'this user may not read this file' }
    case 'EISDIR':
      return { fr: 'c’est un dossier, un fichier est attendu', en: 'this is a folder, a file is expected' }
    default:
      return { fr: `ne peut pas être lu (${code})`, en: `cannot be read (${code})` }
  }
}

export async function readTextFile(path: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    // Editors of Windows put a mark at the beginning; some of them write UTF-16.
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
    return bytes.toString('utf8').replace(/^\ufeff/, '')
  } catch (error) {
    const { fr, en } = sayFileTrouble(error)
    throw new WrongUse({ fr: `${path} : ${fr}`, en: `${path}: ${en}` })
  }
}
