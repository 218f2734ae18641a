/** Ours, restic and borg: how each does the same things, as its users would ask for them. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { borg, restic018 } from '../tests/peers/peers.ts'
import type { Command } from './measure.ts'

export const PASSWORD = 'a password for measuring'
const PROGRAM = join(import.meta.dirname, '..', 'cli', 'bin', 'couronne.cjs')

/** A repository and, apart from it, what the tool keeps about it on this machine. Copied together, removed together. */
export interface Place {
  readonly folder: string
  readonly repository: string
  readonly state: string
}

export interface BackupChoice {
  /** Patterns of files to leave out, such as `*.jpg`. */
  readonly exclude?: readonly string[]
  /** More repositories that take the same backup. */
  readonly mirrors?: readonly Place[]
}

export interface Tool {
  readonly name: string
  backup(place: Place, source: string, choice?: BackupChoice): Command
  /** Reads every byte of the repository. */
  check(place: Place): Command
  /** Restores the newest snapshot into `target`, an empty folder. */
  restore(place: Place, target: string): Command
  /** Keeps the newest snapshot and gives back the room of the others. */
  forgetAndPrune(place: Place): Command
  listSnapshots(place: Place): Command
}

/** What restic and ours have in common: nearly everything. */
type Start = (place: Place) => Omit<Command, 'cwd'>

function resticLike(name: string, start: Start): Tool {
  const command = (place: Place, ...words: readonly string[]): Command => {
    const { program, args, env } = start(place)
    return { program, args: [...args, '-r', place.repository, ...words], env }
  }
  return {
    name,
    backup(place, source, { exclude = [], mirrors = [] } = {}) {
      const others = mirrors.flatMap(({ repository }) => ['-r', repository])
      return command(place, ...others, 'backup', '--quiet', ...exclude.flatMap((pattern) => ['--exclude', pattern]), source)
    },
    check: (place) => command(place, 'check', '--read-data', '--quiet'),
    restore: (place, target) => command(place, 'restore', 'latest', '--target', target, '--quiet'),
    forgetAndPrune: (place) => command(place, 'forget', '--keep-last', '1', '--prune', '--quiet'),
    listSnapshots: (place) => command(place, 'snapshots', '--quiet'),
  }
}

/** @param codeCache where compiled code is kept between runs */
export function couronneTool(codeCache: string): Tool {
  return resticLike('couronne', ({ state }) => ({
    program: process.execPath,
    args: [PROGRAM, 'vault'],
    env: { RESTIC_PASSWORD: PASSWORD, COURONNE_STATE_DIR: state, XDG_CACHE_HOME: codeCache },
  }))
}

export function resticTool(): Tool {
  return resticLike('restic', ({ state }) => ({
    program: restic018(),
    args: [],
    env: { RESTIC_PASSWORD: PASSWORD, RESTIC_CACHE_DIR: state },
  }))
}

export type BorgCompression = 'zstd,3' | 'lz4'

export function borgTool(compression: BorgCompression): Tool {
  const command = (place: Place, ...args: readonly string[]): Command => ({ program: borg(), args, env: borgEnvironment(place) })
  const lastArchive = ({ state }: Place) => join(state, 'last-archive')
  return {
    name: `borg ${compression}`,
    backup(place, source, { exclude = [] } = {}) {
      const archive = `run-${process.hrtime.bigint()}`
      writeFileSync(lastArchive(place), archive)
      const leftOut = exclude.flatMap((pattern) => ['--exclude', pattern])
      return command(place, 'create', '--compression', compression, ...leftOut, `${place.repository}::${archive}`, source)
    },
    check: (place) => command(place, 'check', '--verify-data', place.repository),
    restore: (place, target) => ({
      ...command(place, 'extract', `${place.repository}::${readFileSync(lastArchive(place), 'utf8')}`),
      cwd: target,
    }),
    forgetAndPrune: (place) => ({
      program: 'sh',
      args: ['-c', '"$1" prune --keep-last 1 "$2" && "$1" compact "$2"', 'sh', borg(), place.repository],
      env: borgEnvironment(place),
    }),
    listSnapshots: (place) => command(place, 'list', place.repository),
  }
}

/** An empty repository of borg, its key in the repository. */
export function initBorg(place: Place): void {
  const env = { ...process.env, ...borgEnvironment(place) }
  execFileSync(borg(), ['init', '--encryption', 'repokey', place.repository], { env, stdio: 'pipe' })
}

/** An empty repository of stock restic, whose key has the cost that restic finds right for this machine. */
export function initRestic(place: Place): void {
  const env = { ...process.env, RESTIC_PASSWORD: PASSWORD, RESTIC_CACHE_DIR: place.state }
  execFileSync(restic018(), ['-r', place.repository, 'init', '--quiet'], { env, stdio: 'pipe' })
}

export function versionOf(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim()
}

function borgEnvironment({ state }: Place): Readonly<Record<string, string>> {
  // Repositories are copied between rounds, which borg would ask about.
  return { BORG_PASSPHRASE: PASSWORD, BORG_BASE_DIR: state, BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes' }
}
