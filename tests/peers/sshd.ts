/** OpenSSH's server with its sftp subsystem, on loopback, for the user who runs the tests. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { run, sftpServer, sshd } from './peers.ts'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface SshServer extends Serving {
  /** `sftp://user@127.0.0.1:port`: add `//` and an absolute path. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
  /** An empty folder for repositories. */
  readonly folder: string
  /** Private keys that the server lets in: the second one's passphrase is `passphrase`. */
  readonly keyFile: string
  readonly protectedKeyFile: string
  /** One that it does not know. */
  readonly strangerKeyFile: string
  /** Names the server's keys, as OpenSSH writes them. */
  readonly knownHostsFile: string
  /** Public keys of the server, one a line, without host name. */
  readonly hostKeys: readonly string[]
  /** Arguments for `restic -o sftp.args=…` or `ssh`. */
  readonly sshArguments: readonly string[]
}

/**
 * Starts sshd with its own configuration; nothing of the system's is used or changed but `/run/sshd`, which root's servers need.
 * @param under the program, with its arguments, under which the sftp subsystem runs
 */
export async function startSshd(under: readonly string[] = []): Promise<SshServer> {
  const top = temporaryFolder('sshd')
  const at = (name: string) => join(top, name)
  mkdirSync(at('data'))
  // Only a server that runs as root separates its privileges, and wants this folder for it.
  if (userInfo().uid === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  const make = (name: string, type: string, passphrase = '') =>
    run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', at(name)])
  await Promise.all([make('host-ed25519', 'ed25519'), make('host-ecdsa', 'ecdsa')])
  await Promise.all([make('key', 'ed25519'), make('protected', 'ecdsa', 'passphrase'), make('stranger', 'ed25519')])
  const publicKey = (name: string) => readFileSync(at(`${name}.pub`), 'utf8')
  writeFileSync(at('authorized'), publicKey('key') + publicKey('protected'))
  const port = await freePort()
  writeFileSync(at('config'), configuration(at, port, [...under, sftpServer()].join(' ')))
  const hostKeys = ['host-ed25519', 'host-ecdsa'].map((name) => publicKey(name).trim())
  writeFileSync(at('known_hosts'), hostKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join(''))
  const serving = await serve(sshd(), ['-D', '-e', '-f', at('config')], port, top)
  return {
    ...serving,
    address: `sftp://${userInfo().username}@127.0.0.1:${port}`,
    env: {},
    folder: at('data'),
    keyFile: at('key'),
    protectedKeyFile: at('protected'),
    strangerKeyFile: at('stranger'),
    knownHostsFile: at('known_hosts'),
    hostKeys,
    sshArguments: ['-i', at('key'), '-o', `UserKnownHostsFile=${at('known_hosts')}`, '-o', 'IdentitiesOnly=yes'],
  }
}

function configuration(at: (name: string) => string, port: number, subsystem: string): string {
  return `
ListenAddress 127.0.0.1:${port}
HostKey ${at('host-ed25519')}
HostKey ${at('host-ecdsa')}
AuthorizedKeysFile ${at('authorized')}
PidFile ${at('pid')}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
MaxSessions 50
MaxStartups 100
Subsystem sftp ${subsystem}
`
}
