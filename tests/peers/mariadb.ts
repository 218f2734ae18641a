/** Debian's MariaDB on loopback, in a folder of its own. Anybody comes in as `root` without a password. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { run } from './peers.ts'
import { type Certificates, freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface MariadbServer extends Serving {
  /** Makes an empty database and runs statements in it. @param connection character set of the connection that runs them */
  makeDatabase(name: string, statements: string, connection?: string): Promise<void>
}

const isRoot = userInfo().uid === 0

/** @param certificates for connections that ask for TLS; absent: it has none */
export async function startMariadb(certificates?: Certificates): Promise<MariadbServer> {
  const top = temporaryFolder('mariadb')
  const data = join(top, 'data')
  const socket = join(top, 'socket')
  mkdirSync(data)
  const asRoot = isRoot ? ['--user=root'] : []
  if (isRoot) chmodSync(top, 0o755)
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asRoot]
  execFileSync('/usr/bin/mariadb-install-db', install, { stdio: 'ignore' })
  const port = await freePort()
  const tls = certificates && [
    `--ssl-ca=${certificates.authorityFile}`,
    `--ssl-cert=${certificates.certificateFile}`,
    `--ssl-key=${certificates.keyFile}`,
  ]
  const serving = await serve(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      ...asRoot,
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      ...(tls ?? []),
    ],
    port,
    top,
  )
  return {
    ...serving,
    makeDatabase: async (name, statements, connection = 'utf8mb4') => {
      const client = ['--no-defaults', `--socket=${socket}`, '--user=root', `--default-character-set=${connection}`]
      await run('/usr/bin/mariadb', client, { input: `create database \`${name}\`; use \`${name}\`;\n${statements}` })
    },
  }
}
