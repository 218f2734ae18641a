/** rclone's servers, on loopback: for restic (lists of version 2 only, hashes not compared), and for SFTP (none of OpenSSH's extensions). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rclone, run } from './peers.ts'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface RcloneServer extends Serving {
  /** For restic and for us: add a path, ending in `/`. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
}

/** Starts `rclone serve restic` over a temporary folder. */
export async function startRclone(
  options: { appendOnly?: boolean; user?: string; password?: string } = {},
): Promise<RcloneServer> {
  const top = temporaryFolder('rclone')
  const folder = join(top, 'data')
  mkdirSync(folder)
  writeFileSync(join(top, 'rclone.conf'), '')
  const port = await freePort()
  // Without --cache-objects=false rclone remembers what it listed, and does not see files that a test plants.
  const args = ['serve', 'restic', '--config', join(top, 'rclone.conf'), '--addr', `127.0.0.1:${port}`, '--cache-objects=false']
  if (options.appendOnly) args.push('--append-only')
  if (options.user !== undefined) args.push('--user', options.user, '--pass', options.password ?? '')
  const serving = await serve(rclone(), [...args, folder], port, top)
  return {
    ...serving,
    address: `rest:http://127.0.0.1:${port}/`,
    env: options.user === undefined ? {} : { RESTIC_REST_USERNAME: options.user, RESTIC_REST_PASSWORD: options.password ?? '' },
    folder,
  }
}

export interface RcloneSftpServer extends Serving {
  readonly folder: string
  readonly user: string
  readonly password: string
  /** For `known_hosts`, without host name. */
  readonly hostKey: string
}

/** Starts `rclone serve sftp`, which lets one user in by password; addresses start at `/`, which is `folder`. */
export async function startRcloneSftp(): Promise<RcloneSftpServer> {
  const top = temporaryFolder('rclone-sftp')
  const folder = join(top, 'data')
  mkdirSync(folder)
  writeFileSync(join(top, 'rclone.conf'), '')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(top, 'host')])
  const port = await freePort()
  const own = ['--config', join(top, 'rclone.conf'), '--cache-dir', join(top, 'cache'), '--key', join(top, 'host')]
  // Without a cache of writes rclone cannot write anywhere but at the end of a file.
  const cached = ['--vfs-cache-mode', 'writes', '--vfs-write-back', '0s', '--dir-cache-time', '0s']
  const who = { user: 'alice', password: 'pässwörd' }
  const account = ['--user', who.user, '--pass', who.password, '--addr', `127.0.0.1:${port}`]
  const serving = await serve(rclone(), ['serve', 'sftp', ...own, ...cached, ...account, folder], port, top)
  return { ...serving, ...who, folder, hostKey: readFileSync(join(top, 'host.pub'), 'utf8').trim() }
}
