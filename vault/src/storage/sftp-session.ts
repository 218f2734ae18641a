/**
 * One SSH connection with one SFTP channel, made when first needed and again after it broke.
 *
 * ssh2 is loaded only then: it takes longer than many a whole command.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Client, ConnectConfig, KeyboardInteractiveAuthMethod, SFTPWrapper } from 'ssh2'
import { StorageError } from '#errors'
import { currentUser } from '#user'
import { keyType, knownKeys, printKnownHost } from './known-hosts.ts'

const READY_MS = 20_000
const KEEP_ALIVE_MS = 15_000
/** How long a server may take to end a connection that we are done with. */
const GOODBYE_MS = 3000
const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']

export interface SftpCredentials {
  /** Private keys in files; the usual ones of `~/.ssh` when neither these nor an agent is given. */
  readonly keyFiles?: readonly string[] | undefined
  /** Of those key files that want one. */
  readonly passphrase?: string | undefined
  /** Socket of an ssh-agent. */
  readonly agent?: string | undefined
  readonly password?: string | undefined
  /** `~/.ssh/known_hosts` when absent. */
  readonly knownHostsFile?: string | undefined
  /** Accepts the key of a server never seen before and notes it; a server whose key changed is refused all the same. */
  readonly acceptNewHosts?: boolean | undefined
}

export interface SftpServer extends SftpCredentials {
  readonly host: string
  readonly port?: number | undefined
  readonly user?: string | undefined
}

interface Connection {
  readonly client: Client
  readonly sftp: SFTPWrapper
}

export class SftpSession implements Disposable {
  readonly #server: SftpServer
  readonly #name: string
  #open: Promise<Connection> | undefined
  readonly #ended = new WeakSet<SFTPWrapper>()

  constructor(server: SftpServer) {
    this.#server = server
    this.#name = `sftp ${server.host}:${server.port ?? 22}`
  }

  /** @throws {StorageError} `refused` when the server's key or ours is not accepted, `unreachable` otherwise */
  async sftp(): Promise<SFTPWrapper> {
    this.#open ??= this.#connectAnew()
    return (await this.#open).sftp
  }

  /** Whether the connection of this channel is gone. */
  hasEnded(sftp: SFTPWrapper): boolean {
    return this.#ended.has(sftp)
  }

  /** Drops the connection: the next call makes another. For a server that no longer answers. */
  drop(): void {
    const open = this.#open
    this.#open = undefined
    open?.then(
      ({ client, sftp }) => {
        this.#ended.add(sftp)
        client.destroy()
      },
      () => {},
    )
  }

  [Symbol.dispose](): void {
    const open = this.#open
    this.#open = undefined
    open?.then(
      ({ client }) => {
        client.end()
        // A server that is gone says no goodbye, and nobody waits for it.
        setTimeout(() => client.destroy(), GOODBYE_MS).unref()
      },
      () => {},
    )
  }

  /** A connection that fails or ends is forgotten, so that the next call makes another. */
  #connectAnew(): Promise<Connection> {
    const forget = () => {
      if (this.#open === opening) this.#open = undefined
    }
    const opening: Promise<Connection> = this.#connect(forget)
    opening.catch(forget)
    return opening
  }

  async #connect(forget: () => void): Promise<Connection> {
    const check = await HostCheck.from(this.#server)
    const config = await this.#configure(check)
    const { default: ssh2 } = await import('ssh2')
    const client = new ssh2.Client()
    try {
      await ready(client, config)
      // Without it each small packet waits for the last one's acknowledgement: 40 ms an operation.
      client.setNoDelay(true)
      const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
        client.sftp((error, channel) => (error ? reject(error) : resolve(channel))),
      )
      this.#watch({ client, sftp }, forget)
      await check.note()
      return { client, sftp }
    } catch (error) {
      client.destroy()
      throw this.#translate(error, check)
    }
  }

  #watch({ client, sftp }: Connection, forget: () => void): void {
    const end = () => {
      forget()
      this.#ended.add(sftp)
      client.destroy()
    }
    client.on('error', end).on('close', end)
    sftp.on('error', end).on('close', end)
  }

  async #configure(check: HostCheck): Promise<ConnectConfig> {
    const { host, port = 22, user = currentUser().username, passphrase, agent, password } = this.#server
    const username = user
    const withKey = (key: Buffer) => ({
      type: 'publickey' as const,
      username,
      key,
      ...(passphrase !== undefined && { passphrase }),
    })
    const [named, usual] = await this.#loadKeys()
    const methods = [
      ...named.map(withKey),
      ...(agent === undefined ? [] : [{ type: 'agent' as const, username, agent }]),
      ...usual.map(withKey),
      ...(password === undefined ? [] : [{ type: 'password' as const, username, password }, answering(username, password)]),
    ]
    if (methods.length === 0)
      throw new StorageError('refused', `${this.#name}: there is no key, no agent and no password to sign in with`)
    return {
      host,
      port,
      username,
      authHandler: methods,
      readyTimeout: READY_MS,
      keepaliveInterval: KEEP_ALIVE_MS,
      keepaliveCountMax: 4,
      hostVerifier: (key: Buffer) => check.accepts(key),
      ...(check.algorithms.length > 0 && { algorithms: { serverHostKey: check.algorithms as never } }),
    }
  }

  /** Those named by the caller; else the usual ones, as far as they can be read without asking. */
  async #loadKeys(): Promise<[named: Buffer[], usual: Buffer[]]> {
    const { keyFiles, passphrase } = this.#server
    if (keyFiles !== undefined) return [await Promise.all(keyFiles.map((file) => this.#loadKey(file))), []]
    const { default: ssh2 } = await import('ssh2')
    const usual = await Promise.all(USUAL_KEYS.map((name) => readFile(join(homedir(), '.ssh', name)).catch(() => undefined)))
    return [
      [],
      usual.filter((key) => key !== undefined).filter((key) => !(ssh2.utils.parseKey(key, passphrase) instanceof Error)),
    ]
  }

  async #loadKey(file: string): Promise<Buffer> {
    try {
      return await readFile(file)
    } catch (error) {
      throw new StorageError('refused', `${this.#name}: the key file ${file} cannot be read`, { cause: error })
    }
  }

  #translate(error: unknown, check: HostCheck): StorageError {
    if (error instanceof StorageError) return error
    if (check.complaint !== undefined) return new StorageError('refused', `${this.#name}: ${check.complaint}`, { cause: error })
    const text = error instanceof Error ? error.message : String(error)
    const level = error instanceof Error && 'level' in error ? error.level : undefined
    const ours = level === 'client-authentication' || /parse privateKey|passphrase|Cannot parse/i.test(text)
    return new StorageError(ours ? 'refused' : 'unreachable', `${this.#name}: ${text}`, { cause: error })
  }
}

/** Many servers ask for the password in a dialogue instead. */
function answering(username: string, password: string): KeyboardInteractiveAuthMethod {
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
  }
}

function ready(client: Client, config: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('ready', resolve)
    client.on('error', reject)
    client.once('close', () => reject(new Error('the connection was closed')))
    client.connect(config)
  })
}

/** Compares the server's key with those that are known. */
class HostCheck {
  /** Why the key was refused. */
  complaint: string | undefined
  /** What the server is asked to show: a kind of key that we know, where we know one. */
  readonly algorithms: readonly string[]
  readonly #server: SftpServer
  readonly #file: string
  readonly #known: ReturnType<typeof knownKeys>
  #newKey: Uint8Array | undefined

  static async from(server: SftpServer): Promise<HostCheck> {
    const file = server.knownHostsFile ?? join(homedir(), '.ssh', 'known_hosts')
    return new HostCheck(server, file, await readFile(file, 'utf8').catch(() => ''))
  }

  private constructor(server: SftpServer, file: string, text: string) {
    this.#server = server
    this.#file = file
    this.#known = knownKeys(text, server.host, server.port ?? 22)
    this.algorithms = [...new Set(this.#known.filter(({ revoked }) => !revoked).flatMap(({ type }) => algorithmsFor(type)))]
  }

  accepts(key: Uint8Array): boolean {
    const same = this.#known.filter(({ blob }) => Buffer.compare(blob, key) === 0)
    if (same.some(({ revoked }) => revoked)) this.complaint = `the server's key is marked as revoked in ${this.#file}`
    else if (same.length > 0) return true
    else if (this.#known.some(({ revoked }) => !revoked))
      this.complaint = `the server shows another key than the one in ${this.#file}: it was set up anew, or this is not the server`
    else if (this.#server.acceptNewHosts) this.#newKey = Uint8Array.from(key)
    else this.complaint = `the server is not known: no key of its is in ${this.#file} (it shows ${keyType(key)})`
    return this.complaint === undefined
  }

  /** Writes down a server that was accepted for the first time. */
  async note(): Promise<void> {
    if (this.#newKey === undefined) return
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    await appendFile(this.#file, printKnownHost(this.#server.host, this.#server.port ?? 22, this.#newKey), { mode: 0o600 })
  }
}

function algorithmsFor(type: string): string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type]
}
