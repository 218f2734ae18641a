/** Debian's Firebird on loopback, in a folder of its own, with the user SYSDBA. */
import { globSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './peers.ts'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface FirebirdServer extends Serving {
  /** Makes a database and runs statements in it. @param charset its own; the connection has none @returns its file */
  makeDatabase(name: string, charset: string, statements: string): Promise<string>
}

export const FIREBIRD_PASSWORD = 'masterkey'
const [INSTALLED = ''] = globSync('/usr/lib/*-linux-gnu/firebird/3.0')
const SETTINGS = ['AuthServer = Srp', 'AuthClient = Srp', 'UserManager = Srp', 'WireCrypt = Enabled', 'DatabaseAccess = Full']

export async function startFirebird(): Promise<FirebirdServer> {
  const top = temporaryFolder('firebird')
  const security = join(top, 'security.fdb')
  for (const name of ['intl', 'lib', 'plugins', 'plugins.conf', 'firebird.msg'])
    symlinkSync(join(INSTALLED, name), join(top, name))
  const settings = ['RemoteBindAddress = 127.0.0.1', `SecurityDatabase = ${security}`, ...SETTINGS]
  writeFileSync(join(top, 'firebird.conf'), `${settings.join('\n')}\n`)
  writeFileSync(join(top, 'databases.conf'), `security.db = ${security}\n{\n\tRemoteAccess = false\n}\n`)
  const env = { FIREBIRD: top, FIREBIRD_LOCK: top, FIREBIRD_TMP: top }
  const isql = (args: readonly string[], input: string) => run('/usr/bin/isql-fb', ['-q', '-bail', ...args], { env, input })
  await isql([], `create database '${security}';\n`)
  await isql(['-user', 'SYSDBA', security], `create user SYSDBA password '${FIREBIRD_PASSWORD}' using plugin Srp;\ncommit;\n`)
  const port = await freePort()
  const settled = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const serving = await serve('/usr/bin/env', [...settled, '/usr/sbin/firebird', '-p', String(port)], port, top)
  return {
    ...serving,
    makeDatabase: async (name, charset, statements) => {
      const file = join(top, name)
      const address = `127.0.0.1/${port}:${file}`
      const account = `user 'SYSDBA' password '${FIREBIRD_PASSWORD}'`
      await isql([], `create database '${address}' ${account} default character set ${charset};\n`)
      await isql(['-user', 'SYSDBA', '-password', FIREBIRD_PASSWORD, address], statements)
      return file
    },
  }
}
