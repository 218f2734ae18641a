/** Where this machine keeps copies of what lies elsewhere, and what of it has not been used for long. */
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { GlobalOptions } from './options.ts'

const UNUSED_MS = 30 * 24 * 3_600_000
/** A repository's cache is a folder with its ID; nothing else is touched. */
const REPOSITORY_ID = /^[0-9a-f]{64}$/

/** The folder of all caches: `--cache-dir`, `RESTIC_CACHE_DIR`, or what the system has for such things; none with `--no-cache`. */
export function cacheFolder({ cacheDir, cache }: GlobalOptions, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (!cache) return undefined
  if (cacheDir) return cacheDir
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'couronne', 'repositories')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'couronne')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'couronne')
}

/** Notes that a repository's cache was used today. */
export async function touchCache(folder: string, repositoryId: string): Promise<void> {
  const now = new Date()
  await utimes(join(folder, repositoryId), now, now).catch(() => undefined)
}

/** Removes caches that nobody has used for a month. */
export async function removeOldCaches(folder: string, now: number = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => REPOSITORY_ID.test(each))) {
    const about = await stat(join(folder, name)).catch(() => undefined)
    if (about?.isDirectory() && now - about.mtimeMs > UNUSED_MS) await rm(join(folder, name), { recursive: true, force: true })
  }
}
