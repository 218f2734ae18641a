import { join } from 'node:path'
import { makeLogger } from '#http'

/** The options of a server that a test starts (`startApp`, which this room may not know): all of it in one folder, on loopback, quiet. */
export function serverOptions(top: string) {
  return {
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    host: '127.0.0.1',
    port: 0,
    version: '0',
    env: {},
    logger: makeLogger({ write: () => {} }),
  }
}
