/** Flags that say which snapshots are meant, as restic names them; snapshots as restic prints them in JSON. */
import { encodeSnapshot, type GroupBy, parseGroupBy, type SnapshotEntry, type SnapshotFilter } from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import { parseValue } from './parse-value.ts'

export interface FilterFlags {
  readonly host?: readonly string[]
  readonly tag?: readonly string[]
  readonly path?: readonly string[]
}

/** `forget` has another use for `-H`. */
export function addFilterFlags(command: VerbCommand, { shortHost = true } = {}): void {
  command
    .flag(
      shortHost ? '-H, --host <name>' : '--host <name>',
      { fr: 'seulement ceux de cette machine (RESTIC_HOST)', en: 'only those of this host (RESTIC_HOST)' },
      { many: true },
    )
    .flag(
      '--tag <tags>',
      { fr: 'seulement ceux qui ont toutes ces étiquettes : a,b', en: 'only those with all of these tags: a,b' },
      { many: true },
    )
    .flag('--path <path>', { fr: 'seulement ceux de ce chemin', en: 'only those of this path' }, { many: true })
}

/** An empty host lifts `RESTIC_HOST`. */
export function filterOf({ host, tag, path }: FilterFlags, env: NodeJS.ProcessEnv = process.env): SnapshotFilter {
  const hosts = (host ?? (env.RESTIC_HOST ? [env.RESTIC_HOST] : [])).filter((name) => name !== '')
  return {
    ...(hosts.length > 0 && { hosts }),
    ...(tag !== undefined && { tags: tag.map((list) => list.split(',').map((each) => each.trim())) }),
    ...(path !== undefined && { paths: path }),
  }
}

/** `--group-by`. @throws {WrongUse} for a word that is none of the three */
export function groupByOf(list: string): GroupBy {
  return parseValue('--group-by', list, parseGroupBy, { fr: 'host, paths, tags, ou rien', en: 'host, paths, tags, or nothing' })
}

/** Snapshots given by name are meant whatever `RESTIC_HOST` says. */
export function filterBeside(names: readonly string[], flags: FilterFlags): SnapshotFilter {
  return filterOf(flags, names.length > 0 && !names.some((name) => name.startsWith('latest')) ? {} : process.env)
}

/** A snapshot as it is stored, with its ID. */
export function snapshotJson(snapshot: SnapshotEntry): Record<string, unknown> {
  const stored = JSON.parse(new TextDecoder().decode(encodeSnapshot(snapshot))) as Record<string, unknown>
  return { ...stored, id: snapshot.id, short_id: snapshot.id.slice(0, 8) }
}

/** What grouping leaves open is null, as in restic. */
export function nullWhenEmpty<T>(values: readonly T[]): readonly T[] | null {
  return values.length === 0 ? null : values
}
