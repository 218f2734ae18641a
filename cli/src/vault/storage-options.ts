/** From flags and environment to what a destination needs: credentials, authorities, limits, settings. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseAddress, printAddress, type StorageOptions } from '@couronne/vault'
import type { Terminal } from '../terminal.ts'
import { printDuration } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { parseDurationMs } from './durations.ts'
import { countOf, type GlobalOptions, readTextFile } from './options.ts'
import { splitCommand } from './passwords.ts'

type Settings = Pick<StorageOptions, 'connections' | 'sftp' | 's3'> & { readonly region?: string }

/** Settings of restic that say what is so anyway, or only concern what this version of the protocol does not have. */
const NEEDLESS = new Set(['s3.bucket-lookup=path', 's3.bucket-lookup=auto', 's3.layout=default', 's3.list-objects-v1=false'])
const FOREIGN = /^(azure|b2|gs|rclone|swift)\./

export async function storageOptions(options: GlobalOptions, terminal: Terminal): Promise<StorageOptions> {
  const { cacert, tlsClientCert, limitUpload, limitDownload, insecureTls, stuckRequestTimeout } = options
  const { region, ...settings } = readSettings(options.option ?? [])
  return {
    environment: { ...(await sharedCredentials()), ...process.env, ...(region && { AWS_DEFAULT_REGION: region }) },
    ...settings,
    ...(cacert !== undefined && { caCertificate: await readTextFile(cacert) }),
    ...(tlsClientCert !== undefined && { clientCertificate: await readTextFile(tlsClientCert) }),
    ...(insecureTls && { insecureTls }),
    uploadKibPerSecondMax: limitUpload === undefined ? undefined : countOf('--limit-upload', limitUpload),
    downloadKibPerSecondMax: limitDownload === undefined ? undefined : countOf('--limit-download', limitDownload),
    retry: {
      ...(stuckRequestTimeout !== undefined && { stallMs: parseDurationMs(stuckRequestTimeout) }),
      onRetry: sayRetries(terminal),
    },
  }
}

/** A destination that does not answer is tried for a quarter of an hour: whoever waits is told, now and then. */
function sayRetries(terminal: Terminal): NonNullable<StorageOptions['retry']>['onRetry'] {
  let saidAtMs = Number.NEGATIVE_INFINITY
  return ({ error, pauseMs }) => {
    if (performance.now() - saidAtMs < 10_000) return
    saidAtMs = performance.now()
    terminal.warn({
      fr: `la destination ne répond pas bien ; nouvel essai dans ${printDuration(pauseMs, 'fr')} (Ctrl-C pour renoncer) [${error.message}]`,
      en: `the destination does not answer well; tried again in ${printDuration(pauseMs, 'en')} (Ctrl-C gives up) [${error.message}]`,
    })
  }
}

/** `-o key=value` as restic takes them. @throws {WrongUse} for a setting of ours that we do not have */
export function readSettings(words: readonly string[]): Settings {
  let settings: Settings = {}
  for (const word of words) settings = { ...settings, ...readSetting(word) }
  return settings
}

function readSetting(word: string): Settings {
  const [, key = '', value = ''] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/s.exec(word) ?? []
  if (key === '') throw new WrongUse({ fr: `-o ${word} : attendu clé=valeur`, en: `-o ${word}: expected key=value` })
  if (FOREIGN.test(key) || NEEDLESS.has(`${key}=${value}`)) return {}
  switch (key) {
    case 'local.connections':
    case 'rest.connections':
    case 's3.connections':
    case 'sftp.connections':
      return { connections: countOf(`-o ${key}`, value, 1) }
    case 's3.region':
      return { region: value }
    case 's3.retention-days':
      return { s3: { retentionDays: countOf(`-o ${key}`, value, 1) } }
    case 'sftp.args':
      return { sftp: sshArguments(splitCommand(value)) }
    default:
      throw new WrongUse({
        fr: `-o ${key} : réglage inconnu. Il y a rest.connections, local.connections, s3.connections, s3.region, s3.retention-days, sftp.connections, sftp.args`,
        en: `-o ${key}: there is no such setting. There are rest.connections, local.connections, s3.connections, s3.region, s3.retention-days, sftp.connections, sftp.args`,
      })
  }
}

/** What of ssh's arguments has a meaning here: there is no ssh program, and its configuration is not read. */
function sshArguments(words: readonly string[]): NonNullable<StorageOptions['sftp']> {
  let result: NonNullable<StorageOptions['sftp']> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const isOption = word.startsWith('-o') || word.startsWith('-i')
    const value = isOption && word.length > 2 ? word.slice(2) : isOption ? words[++i] : undefined
    const next = value === undefined ? undefined : word.startsWith('-i') ? { keyFiles: [value] } : sshOption(value)
    if (next === undefined) throw notUnderstood(word)
    result = { ...result, ...next, ...(next.keyFiles && { keyFiles: [...(result.keyFiles ?? []), ...next.keyFiles] }) }
  }
  return result
}

function sshOption(text: string): NonNullable<StorageOptions['sftp']> | undefined {
  const [, name = '', value = ''] = /^(\w+)[= ](.*)$/.exec(text) ?? []
  switch (name.toLowerCase()) {
    case 'identityfile':
      return { keyFiles: [value] }
    case 'userknownhostsfile':
      return { knownHostsFile: value }
    case 'stricthostkeychecking':
      return value === 'accept-new' ? { acceptNewHosts: true } : value === 'yes' ? {} : undefined
    case 'identitiesonly':
    case 'batchmode':
      return {}
    default:
      return undefined
  }
}

function notUnderstood(word: string): WrongUse {
  return new WrongUse({
    fr: `-o sftp.args : « ${word} » n’a pas de sens ici. Il y a -i FICHIER, -o IdentityFile=, -o UserKnownHostsFile=, -o StrictHostKeyChecking=accept-new ; le port se met dans l’adresse`,
    en: `-o sftp.args: “${word}” means nothing here. There are -i FILE, -o IdentityFile=, -o UserKnownHostsFile=, -o StrictHostKeyChecking=accept-new; the port goes into the address`,
  })
}

/** Keys of the file that Amazon's own programs share, unless the environment has some: `AWS_PROFILE`, `AWS_SHARED_CREDENTIALS_FILE`. */
async function sharedCredentials(env: NodeJS.ProcessEnv = process.env): Promise<Record<string, string>> {
  if (env.AWS_ACCESS_KEY_ID) return {}
  const file = env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials')
  const text = await readTextFile(file).catch((error: unknown) => {
    if (env.AWS_SHARED_CREDENTIALS_FILE) throw error
    return ''
  })
  return credentialsIn(text, env.AWS_PROFILE || 'default')
}

export function credentialsIn(text: string, profile: string): Record<string, string> {
  const found: Record<string, string> = {}
  let isOurs = false
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)
    if (section !== null) isOurs = section[1] === profile
    const entry = /^\s*(aws_(?:access_key_id|secret_access_key|session_token))\s*=\s*(\S+)/.exec(line)
    if (isOurs && entry?.[1] && entry[2]) found[entry[1].toUpperCase()] = entry[2]
  }
  return found
}

/** The address for people, without any password in it. */
export function withoutSecret(address: string): string {
  return printAddress(parseAddress(address))
}
