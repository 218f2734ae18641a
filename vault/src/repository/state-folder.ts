/** Where this machine keeps what it knows of repositories, apart from them. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { UsageError } from '#errors'

/**
 * `$COURONNE_STATE_DIR`, else the folder that the system has for such things: `$XDG_STATE_HOME/couronne` or `~/.local/state/couronne`,
 * `~/Library/Application Support/couronne`, `%LOCALAPPDATA%\couronne`.
 */
export function stateFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment.COURONNE_STATE_DIR
  if (chosen !== undefined && chosen !== '') return chosen
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home(environment), 'AppData', 'Local'), 'couronne')
  if (platform === 'darwin') return join(home(environment), 'Library', 'Application Support', 'couronne')
  // The XDG specification has relative paths ignored.
  const state = environment.XDG_STATE_HOME
  return join(state !== undefined && isAbsolute(state) ? state : join(home(environment), '.local', 'state'), 'couronne')
}

function home(environment: Readonly<Record<string, string | undefined>>): string {
  const folder = environment.HOME || homedir()
  if (folder === '') throw new UsageError('there is no home folder: set COURONNE_STATE_DIR')
  return folder
}
