/**
 * What a mirror is without the objects that it was to remove: the guard before they are removed, and before a snapshot of it is handed on.
 *
 * How it came to owe them says nothing: somebody may have backed up there alone since. What counts is what it lists now.
 */
import { ObjectMissingError, RefusedError } from '#errors'
import type { PackId } from '#format'
import { Mirror, MirroredStorage, type MirrorRegistry, Repository } from '#repository'
import { type CallOptions, forwarding, type Storage } from '#storage'
import { packSizes, requireNeeds } from './needs.ts'
import { isNoAnswer } from './right-bytes.ts'

/** What a mirror was shown to be without some of its objects. */
export type Remainder =
  | {
      readonly kind: 'whole'
      /** Those whose needs were looked at. */
      readonly snapshots: ReadonlySet<string>
      /** Packs that the indexes name that stay, marked ones too. */
      readonly named: ReadonlySet<PackId>
      /** Names of these indexes. */
      readonly indexes: ReadonlySet<string>
    }
  | { readonly kind: 'lacking'; readonly reason: string }

/**
 * Whether all that the snapshots on a mirror need is there, right in size, without these objects: reads its indexes and every tree, from
 * this mirror alone. Needs the room of another index in memory.
 * @param without `kind/name`: counted as not there
 * @throws {StorageError} when the mirror does not answer: then nothing is shown
 */
export async function lookWithout(
  repository: Repository,
  mirror: Mirror,
  without: ReadonlySet<string>,
  { signal }: CallOptions = {},
): Promise<Remainder> {
  const alone = aloneRepository(repository, hiding(mirror.storage, without))
  try {
    const sizes = await packSizes(alone, signal)
    const { snapshots } = await requireNeeds(alone, sizes, { signal })
    return {
      kind: 'whole',
      snapshots: new Set(snapshots.map(({ id }) => id)),
      named: packsNamed(alone),
      indexes: new Set(alone.indexFiles),
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof RefusedError)) throw error
    if (isNoAnswer(error.cause)) throw error.cause
    return { kind: 'lacking', reason: error.message }
  }
}

/** Packs that the indexes of a mirror name, marked ones too; undefined when one of them cannot be read, since it could name any. */
export async function packsNamedOn(
  repository: Repository,
  mirror: Mirror,
  options: CallOptions = {},
): Promise<ReadonlySet<PackId> | undefined> {
  const alone = aloneRepository(repository, mirror.storage)
  await alone.loadIndex(options)
  return alone.unreadableIndexFiles.length > 0 ? undefined : packsNamed(alone)
}

function aloneRepository({ key, keyId, config }: Repository, storage: Storage): Repository {
  return new Repository(new MirroredStorage([new Mirror(storage)]), key, keyId, config)
}

function packsNamed({ index, marked }: Repository): ReadonlySet<PackId> {
  return new Set([...index.packs, ...marked.packs])
}

function hiding(inner: Storage, hidden: ReadonlySet<string>): Storage {
  return {
    ...forwarding(inner),
    async *list(kind, options) {
      for await (const entry of inner.list(kind, options)) if (!hidden.has(`${kind}/${entry.name}`)) yield entry
    },
    stat: async (kind, name, options) => (hidden.has(`${kind}/${name}`) ? undefined : inner.stat(kind, name, options)),
    async load(kind, name, options) {
      if (hidden.has(`${kind}/${name}`)) throw new ObjectMissingError(kind, name)
      return inner.load(kind, name, options)
    },
  }
}

/** The indexes and packs among what a mirror owes. */
export function contentsOf(debts: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...debts].filter((key) => key.startsWith('index/') || key.startsWith('data/')))
}

/** Lets indexes and packs live again that a mirror was to remove: the next prune looks at them as at any other. */
export function dropDebts(registry: MirrorRegistry, mirror: Mirror): void {
  const record = registry.recordOf(mirror)
  if (record !== undefined) registry.settle(record.name, contentsOf(registry.owed(record.name)))
  mirror.noteSettled()
}
