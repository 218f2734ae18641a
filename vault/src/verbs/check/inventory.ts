/** What each mirror says that it holds. Everything else in check compares with it. */
import { VaultError } from '#errors'
import type { Mirror, Repository } from '#repository'
import type { CallOptions, ObjectKind } from '#storage'

type ListedKind = Exclude<ObjectKind, 'config'>
/** Snapshots before indexes before packs: what an earlier list names, a later one has, even while a backup is running. */
const LIST_ORDER = ['snapshots', 'index', 'data', 'keys', 'locks'] as const satisfies readonly ListedKind[]

/** Removals that a mirror could not be told of (`MirrorRegistry.owed`): what it still holds of them is not missing elsewhere. */
export type OwedRemovals = (mirror: Mirror) => ReadonlySet<string>

export interface UnreachableMirror {
  readonly mirror: Mirror
  readonly message: string
}

export class Inventory {
  /** Mirrors that answered, current ones first. */
  readonly mirrors: readonly Mirror[]
  readonly unreachable: readonly UnreachableMirror[]
  readonly #sizes: ReadonlyMap<ListedKind, ReadonlyMap<string, (number | undefined)[]>>
  readonly #owed: readonly ReadonlySet<string>[]

  private constructor(
    mirrors: readonly Mirror[],
    unreachable: readonly UnreachableMirror[],
    sizes: Map<ListedKind, Map<string, (number | undefined)[]>>,
    owed: readonly ReadonlySet<string>[],
  ) {
    this.mirrors = mirrors
    this.unreachable = unreachable
    this.#sizes = sizes
    this.#owed = owed
  }

  static async take(repository: Repository, owedOf: OwedRemovals | undefined, { signal }: CallOptions): Promise<Inventory> {
    const { mirrors } = repository.storage
    const ordered = [...mirrors.filter(({ isCurrent }) => isCurrent), ...mirrors.filter(({ isCurrent }) => !isCurrent)]
    const lists = new Map<Mirror, Map<ListedKind, [string, number][]>>(ordered.map((mirror) => [mirror, new Map()]))
    const unreachable: UnreachableMirror[] = []
    for (const kind of LIST_ORDER) {
      await Promise.all(
        [...lists].map(async ([mirror, byKind]) => {
          try {
            const entries: [string, number][] = []
            for await (const { name, sizeBytes } of mirror.storage.list(kind, { signal })) entries.push([name, sizeBytes])
            byKind.set(kind, entries)
          } catch (error) {
            signal?.throwIfAborted()
            if (!(error instanceof VaultError)) throw error
            lists.delete(mirror)
            unreachable.push({ mirror, message: error.message })
          }
        }),
      )
    }
    for (const mirror of emptyOnes(lists)) {
      lists.delete(mirror)
      unreachable.push({ mirror, message: 'there is nothing here: a disk that is not plugged in, a share that is not mounted?' })
    }
    const answered = ordered.filter((mirror) => lists.has(mirror))
    const owed = answered.map((mirror) => owedOf?.(mirror) ?? mirror.debts)
    return new Inventory(answered, unreachable, tabulate(answered.map((mirror) => lists.get(mirror)!)), owed)
  }

  /** Every name of a kind that any mirror lists. */
  names(kind: ListedKind): string[] {
    return [...this.#sizes.get(kind)!.keys()]
  }

  /** What the first mirror holds of a kind, all together. */
  bytesListed(kind: ListedKind): number {
    return [...this.#sizes.get(kind)!.values()].reduce((sum, sizes) => sum + (sizes[0] ?? 0), 0)
  }

  /** Size on the mirror at that place of {@link mirrors}; undefined where it does not list it. */
  sizeAt(kind: ListedKind, name: string, place: number): number | undefined {
    return this.#sizes.get(kind)!.get(name)?.[place]
  }

  /** Places of the mirrors that list an object. */
  holders(kind: ListedKind, name: string): number[] {
    return this.mirrors.flatMap((_, place) => (this.sizeAt(kind, name, place) === undefined ? [] : [place]))
  }

  isOwed(kind: ListedKind, name: string, place: number): boolean {
    return this.#owed[place]!.has(`${kind}/${name}`)
  }

  /**
   * Whether the repository as a whole holds an object: a current mirror does, and was not to remove it. When no mirror is current, what
   * any of them holds counts.
   */
  isExpected(kind: ListedKind, name: string): boolean {
    const someCurrent = this.mirrors.some(({ isCurrent }) => isCurrent)
    return this.holders(kind, name).some(
      (place) => !this.isOwed(kind, name, place) && (this.mirrors[place]!.isCurrent || !someCurrent),
    )
  }

  /** Places of the mirrors that ought to hold an expected object and do not list it. */
  lacking(kind: ListedKind, name: string): number[] {
    return this.mirrors.flatMap((_, place) => {
      const lacks = this.sizeAt(kind, name, place) === undefined && !this.isOwed(kind, name, place)
      return lacks ? [place] : []
    })
  }
}

/** Mirrors that hold nothing while others do: what is looked at is hardly the mirror. */
function emptyOnes(lists: ReadonlyMap<Mirror, ReadonlyMap<ListedKind, readonly unknown[]>>): Mirror[] {
  const objects = (byKind: ReadonlyMap<ListedKind, readonly unknown[]>) =>
    LIST_ORDER.reduce((sum, kind) => (kind === 'locks' ? sum : sum + byKind.get(kind)!.length), 0)
  const empty = [...lists].filter(([, byKind]) => objects(byKind) === 0).map(([mirror]) => mirror)
  return empty.length === lists.size ? [] : empty
}

function tabulate(
  lists: readonly ReadonlyMap<ListedKind, readonly [string, number][]>[],
): Map<ListedKind, Map<string, (number | undefined)[]>> {
  const sizes = new Map<ListedKind, Map<string, (number | undefined)[]>>()
  for (const kind of LIST_ORDER) {
    const byName = new Map<string, (number | undefined)[]>()
    for (const [place, byKind] of lists.entries()) {
      for (const [name, sizeBytes] of byKind.get(kind)!) {
        const row = byName.get(name) ?? new Array<number | undefined>(lists.length).fill(undefined)
        row[place] = sizeBytes
        byName.set(name, row)
      }
    }
    sizes.set(kind, byName)
  }
  return sizes
}
