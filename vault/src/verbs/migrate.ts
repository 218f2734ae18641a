/** migrate: a repository of format version 1 becomes one of version 2, whose new blobs are compressed. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RefusedError, StorageError, UsageError, VaultError } from '#errors'
import { decodeConfig, seal, unseal } from '#format'
import { type Mirror, type Repository, reasonOf } from '#repository'
import { planPrune } from './prune/index.ts'

export interface MigratePlan {
  readonly from: 1
  readonly to: 2
  /** Places whose config is replaced. */
  readonly mirrors: readonly string[]
}

export interface MigrateOptions {
  /** Where the old config is kept until the new one is proven; the system's temporary folder when absent. */
  readonly backupFolder?: string
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

/**
 * Checks that the repository may be migrated: every snapshot, index and tree reads, and every pack that is needed is there with its
 * size. Reads only.
 *
 * @throws {UsageError} when all mirrors have version 2 already: one that was killed between two leaves the rest to the next run
 * @throws {RefusedError} when something is not sound, or a mirror is behind
 */
export async function planMigrate(repository: Repository, options: { signal?: AbortSignal } = {}): Promise<MigratePlan> {
  const { signal } = options
  const mirrors: string[] = []
  for (const mirror of repository.storage.current) {
    const { version } = decodeConfig(
      unseal(repository.primitives, repository.key, await mirror.storage.load('config', '', { signal })),
    )
    if (version === 1) mirrors.push(mirror.location)
  }
  if (mirrors.length === 0) throw new UsageError('the repository has format version 2 already')
  const behind = repository.storage.mirrors.find(({ isCurrent }) => !isCurrent)
  if (behind !== undefined) throw new RefusedError(`${behind.location} is behind: all mirrors are migrated together`)
  await planPrune(repository, { ...(signal && { signal }) })
  return { from: 1, to: 2, mirrors }
}

/**
 * Carries out the plan under an exclusive lock. The repository must be opened anew afterwards: this one goes on writing version 1.
 *
 * @throws {StorageError} when a place took neither the new config nor the old one again; it names the file with the old one
 */
export async function migrate(repository: Repository, plan: MigratePlan, options: MigrateOptions = {}): Promise<void> {
  const { signal } = options
  await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
  for (const mirror of repository.storage.current.filter(({ location }) => plan.mirrors.includes(location))) {
    await lock.assertHeld()
    await migrateMirror(repository, mirror, options)
  }
}

async function migrateMirror(repository: Repository, { storage, location }: Mirror, options: MigrateOptions): Promise<void> {
  const { primitives, key } = repository
  const { signal } = options
  const old = await storage.load('config', '', { signal })
  const json = unseal(primitives, key, old)
  if (decodeConfig(json).version === 2) return
  // Members of others (rustic keeps its settings there) stay as they are.
  const next = { ...JSON.parse(new TextDecoder().decode(json)), version: 2 }
  const sealed = seal(primitives, key, new TextEncoder().encode(JSON.stringify(next)))
  if (decodeConfig(unseal(primitives, key, sealed)).version !== 2) {
    throw new VaultError('self-check', 'the new config does not open; nothing was changed')
  }
  const backup = join(options.backupFolder ?? tmpdir(), `couronne-config-${repository.id.slice(0, 8)}-${randomUUID()}`)
  await mkdir(join(backup, '..'), { recursive: true })
  await writeFile(backup, old, { mode: 0o600, flag: 'wx', flush: true })
  try {
    await storage.replace('config', '', sealed, { signal })
    const stored = await storage.load('config', '', { signal })
    if (!primitives.equal(stored, sealed))
      throw new VaultError('self-check', `${location}: the config reads otherwise than written`)
  } catch (error) {
    await putBack(repository, { storage, location }, old, backup, error)
  }
  await rm(backup, { force: true })
}

async function putBack(
  { primitives }: Repository,
  { storage, location }: Pick<Mirror, 'storage' | 'location'>,
  old: Uint8Array,
  backup: string,
  cause: unknown,
): Promise<never> {
  const isOldThere = await storage
    .replace('config', '', old)
    .then(() => storage.load('config', ''))
    .then((stored) => primitives.equal(stored, old))
    .catch(() => false)
  if (!isOldThere) {
    const message = `${location}: ${reasonOf(cause)}; the old config could not be put back and is in ${backup}`
    throw new StorageError('failed', message, { cause, retryable: false })
  }
  await rm(backup, { force: true })
  throw cause
}
