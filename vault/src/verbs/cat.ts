/** cat: one object of a repository, opened. */
import { ObjectDamagedError, RefusedError, UsageError, VaultError } from '#errors'
import { type BlobId, encodeConfig, isId, type KeyId, type PackId, printMasterKey } from '#format'
import type { Repository, UnpackedKind } from '#repository'
import type { CallOptions, ObjectKind } from '#storage'
import { findSnapshot, folderTree, type ReadingOptions, startReading } from './reading.ts'

/**
 * What is wanted. IDs may be cut short to their first characters, but those of blobs. A snapshot is also named by `latest`, a tree as
 * `snapshot:folder`.
 */
export type CatQuery =
  | { readonly kind: 'config' }
  /** The key to everything, whatever the password will be: only to who says so. */
  | { readonly kind: 'masterkey'; readonly reveal?: boolean }
  | { readonly kind: 'index' | 'snapshot' | 'key' | 'lock' | 'pack' | 'blob' | 'tree'; readonly id: string }

export interface CatResult {
  readonly bytes: Uint8Array
  /** JSON text; otherwise bytes of any kind. */
  readonly isJson: boolean
  /** A pack's bytes are given even when they are damaged. */
  readonly damage?: string
}

/**
 * An object's content.
 * @throws {RefusedError} for the master key unless `reveal` is set
 * @throws {UsageError} when a name fits none or several
 * @throws {ObjectMissingError | ObjectDamagedError | BlobMissingError}
 */
export async function cat(repository: Repository, query: CatQuery, options: ReadingOptions = {}): Promise<CatResult> {
  const { signal } = options
  switch (query.kind) {
    case 'config':
      return json(encodeConfig(repository.config))
    case 'masterkey':
      if (query.reveal !== true)
        throw new RefusedError('the master key opens everything, for ever: it is shown only when asked for')
      return json(printMasterKey(repository.key))
    case 'index':
      return json(await loadUnpacked(repository, 'index', query.id, { signal }))
    case 'lock':
      return json(await loadUnpacked(repository, 'locks', query.id, { signal }))
    case 'snapshot': {
      const { snapshot } = await findSnapshot(repository, query.id, {}, signal)
      return json(await repository.objects.loadUnpacked('snapshots', snapshot.id, { signal }))
    }
    case 'key':
      return json(
        await repository.objects.loadVerified('keys', await resolveName<KeyId>(repository, 'keys', query.id, { signal }), {
          signal,
        }),
      )
    case 'pack':
      return catPack(repository, await resolveName<PackId>(repository, 'data', query.id, { signal }), { signal })
    case 'blob':
      return catBlob(repository, query.id, options)
    case 'tree':
      return catTree(repository, query.id, options)
  }
}

function json(bytes: Uint8Array): CatResult {
  return { bytes, isJson: true }
}

async function loadUnpacked(repository: Repository, kind: UnpackedKind, id: string, options: CallOptions): Promise<Uint8Array> {
  return repository.objects.loadUnpacked(kind, await resolveName(repository, kind, id, options), options)
}

/** The one object whose name begins so. */
async function resolveName<Id extends string>(
  { storage }: Repository,
  kind: ObjectKind,
  text: string,
  options: CallOptions,
): Promise<Id> {
  if (isId(text)) return text as Id
  const found: string[] = []
  for await (const { name } of storage.list(kind, options)) if (text !== '' && name.startsWith(text)) found.push(name)
  if (found.length === 1) return found[0] as Id
  if (found.length === 0) throw new UsageError(`${kind}/${text}: there is no such object`)
  throw new UsageError(`${kind}/${text}: ${found.length} objects begin so; give more characters`)
}

async function catPack(repository: Repository, id: PackId, options: CallOptions): Promise<CatResult> {
  try {
    return { bytes: await repository.objects.loadVerified('data', id, options), isJson: false }
  } catch (error) {
    if (!(error instanceof ObjectDamagedError)) throw error
    return { bytes: await repository.storage.load('data', id, options), isJson: false, damage: error.message }
  }
}

async function catBlob(repository: Repository, id: string, options: ReadingOptions): Promise<CatResult> {
  if (!isId(id)) throw new UsageError(`${id}: expected the whole ID of a blob`)
  await using reading = await startReading(repository, options, async () => undefined)
  const { index, marked } = repository
  const isTree =
    [index, marked].every((each) => !each.has('data', id as BlobId)) &&
    [index, marked].some((each) => each.has('tree', id as BlobId))
  const bytes = await repository.loadBlob(isTree ? 'tree' : 'data', id as BlobId, { signal: reading.signal })
  return { bytes, isJson: isTree }
}

async function catTree(repository: Repository, name: string, options: ReadingOptions): Promise<CatResult> {
  await using reading = await startReading(repository, options, (signal) => findTree(repository, name, signal))
  const { signal, facts } = reading
  const tree = typeof facts === 'string' ? facts : await folderTree(repository, facts, signal)
  return json(await repository.loadBlob('tree', tree, { signal }))
}

/** A snapshot's folder, or the ID of a tree itself. */
async function findTree(repository: Repository, name: string, signal: AbortSignal) {
  try {
    return await findSnapshot(repository, name, {}, signal)
  } catch (error) {
    if (isId(name) && error instanceof VaultError && error.code === 'object-missing') return name as BlobId
    throw error
  }
}
