/** Asking every current mirror, where what only one of them holds matters too. */
import { NoCurrentMirrorError, VaultError } from '#errors'
import { causeOf, Mirror, MirroredStorage, ObjectStore, type Repository } from '#repository'
import type { ObjectKind } from '#storage'

/**
 * What each current mirror answers, in no order. One that fails is left behind, so that nothing is removed there; the others go on.
 * @throws what the last one said, when all fail
 */
export async function askEachMirror<T>(
  { storage }: Repository,
  ask: (mirror: Mirror) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const answers: T[] = []
  const failed: { mirror: Mirror; error: VaultError }[] = []
  await Promise.all(
    storage.current.map(async (mirror) => {
      try {
        answers.push(await ask(mirror))
      } catch (error) {
        if (!(error instanceof VaultError)) throw error
        failed.push({ mirror, error })
      }
    }),
  )
  signal?.throwIfAborted()
  if (answers.length === 0) throw failed.at(-1)?.error ?? new NoCurrentMirrorError(storage.location)
  for (const { mirror, error } of failed) storage.markBehind(mirror, causeOf(error))
  return answers
}

/** Names of a kind that any current mirror lists. */
export async function namesOnMirrors(
  repository: Repository,
  kind: ObjectKind,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const lists = await askEachMirror(repository, (mirror) => Array.fromAsync(mirror.list(kind, { signal })), signal)
  return [...new Set(lists.flat().map(({ name }) => name))]
}

/** The repository's objects as one mirror alone has them. */
export function aloneWith({ objects }: Repository, { storage }: Mirror): ObjectStore {
  return new ObjectStore(new MirroredStorage([new Mirror(storage)]), objects.key, objects.version, objects.primitives)
}
