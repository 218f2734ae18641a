/** rclone's server for restic, on loopback: lists of version 2 only, and it does not compare hashes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rclone } from './peers.ts'
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
