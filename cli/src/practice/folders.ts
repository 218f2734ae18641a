/** Where a practice's data and its keys lie on this system, unless said otherwise. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** `COURONNE_DATA`, or the user's data folder: outside of the program, which may be replaced or removed. */
export function dataFolder(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (given !== undefined) return given
  if (env.COURONNE_DATA) return env.COURONNE_DATA
  // Under systemd: StateDirectory=couronne
  if (env.STATE_DIRECTORY) return env.STATE_DIRECTORY.split(':')[0] as string
  return join(userFolder('data', env), 'couronne')
}

/** Not in the data folder: whoever copies one of them has not both. */
export function keyFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.COURONNE_KEYS) return env.COURONNE_KEYS
  if (env.CONFIGURATION_DIRECTORY) return env.CONFIGURATION_DIRECTORY.split(':')[0] as string
  return join(userFolder('config', env), 'couronne', 'keys')
}

function userFolder(kind: 'data' | 'config', env: NodeJS.ProcessEnv): string {
  const home = homedir()
  if (process.platform === 'win32') {
    return kind === 'data' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local') : env.APPDATA || join(home, 'AppData', 'Roaming')
  }
  if (process.platform === 'darwin') return join(home, 'Library', kind === 'data' ? 'Application Support' : 'Preferences')
  const xdg = kind === 'data' ? env.XDG_DATA_HOME : env.XDG_CONFIG_HOME
  return xdg || (kind === 'data' ? join(home, '.local', 'share') : join(home, '.config'))
}
