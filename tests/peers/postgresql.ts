/** Debian's PostgreSQL on loopback, in a folder of its own, one database for each who asks. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { run } from './peers.ts'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface PostgresqlServer extends Serving {
  /** Makes an empty database. @returns its address */
  makeDatabase(): Promise<string>
}

const DEBIAN = '/usr/lib/postgresql'
const isRoot = userInfo().uid === 0

/** @param isDurable whether a commit waits for the disk, as in a practice: what measures needs it; a killed client is no loss of power */
export async function startPostgresql({ isDurable = false } = {}): Promise<PostgresqlServer> {
  const top = temporaryFolder('postgresql')
  const data = join(top, 'data')
  mkdirSync(data)
  const port = await freePort()
  if (isRoot) {
    chmodSync(top, 0o755)
    execFileSync('chown', ['-R', 'postgres:postgres', top]) // it refuses to run as root
  }
  const [initdb, ...initArgs] = asPostgres(program('initdb'), [
    '--no-sync',
    '--auth=trust',
    '--username=postgres',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    data,
  ])
  await run(initdb as string, initArgs)
  const settings = [
    `unix_socket_directories=${top}`,
    'listen_addresses=127.0.0.1',
    'max_connections=200',
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ]
  const [postgres, ...args] = asPostgres(program('postgres'), [
    '-D',
    data,
    '-p',
    String(port),
    ...settings.flatMap((each) => ['-c', each]),
  ])
  const serving = await serve(postgres as string, args, port, top)
  const address = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
  await untilReady(address)
  let count = 0
  return {
    ...serving,
    makeDatabase: async () => {
      const name = `test_${process.pid}_${++count}`
      await run('psql', ['-q', ...address, '-c', `create database ${name}`])
      return `postgresql://postgres@127.0.0.1:${port}/${name}`
    },
  }
}

/** It listens before it lets anybody in. */
async function untilReady(address: readonly string[]): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 50) {
    const { status } = await run(program('pg_isready'), ['-q', ...address], { allow: 'any' })
    if (status === 0) return
    await setTimeout(50)
  }
  throw new Error('PostgreSQL listens and lets nobody in after a minute')
}

function asPostgres(file: string, args: readonly string[]): string[] {
  return isRoot ? ['/usr/bin/setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...args] : [file, ...args]
}

function program(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : []
  const found = versions.map((version) => join(DEBIAN, version, 'bin', name)).find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} of PostgreSQL was not found below ${DEBIAN}: install the package postgresql`)
  return found
}
