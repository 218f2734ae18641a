/** Options that say which snapshots are meant, as restic names them. */
import { encodeSnapshot, type SnapshotEntry, type SnapshotFilter } from '@couronne/vault'
import { type Command, Option } from 'commander'

export interface FilterFlags {
  readonly host?: readonly string[]
  readonly tag?: readonly string[]
  readonly path?: readonly string[]
}

export const many = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value]

export function addFilterOptions(command: Command): void {
  command
    .addOption(new Option('-H, --host <name>', 'only snapshots of this host').argParser(many))
    .addOption(new Option('--tag <tags>', 'only snapshots with all of these tags (a,b)').argParser(many))
    .addOption(new Option('--path <path>', 'only snapshots of this path').argParser(many))
}

export function filterOf({ host, tag, path }: FilterFlags): SnapshotFilter {
  return {
    ...(host !== undefined && { hosts: host }),
    ...(tag !== undefined && { tags: tag.map((list) => list.split(',')) }),
    ...(path !== undefined && { paths: path }),
  }
}

/** A snapshot as restic prints it in JSON. */
export function snapshotJson(snapshot: SnapshotEntry): Record<string, unknown> {
  const stored = JSON.parse(new TextDecoder().decode(encodeSnapshot(snapshot))) as Record<string, unknown>
  return { ...stored, id: snapshot.id, short_id: snapshot.id.slice(0, 8) }
}
