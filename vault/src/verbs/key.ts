/**
 * key: the passwords of a repository. Each mirror has key files of its own, all around the same master key: taking a password away
 * keeps nobody out who has opened the repository before.
 */
import { RefusedError, UsageError, WrongPasswordError } from '#errors'
import type { KeyFile, KeyId, ScryptParameters } from '#format'
import { addKey, listKeys, type Mirror, openKeys, type Repository, removeKey } from '#repository'

export interface ListedKey {
  readonly id: KeyId
  readonly mirror: string
  /** The key that opened the repository. */
  readonly isCurrent: boolean
  /** Undefined when it is no key file: junk that restic might stumble over. */
  readonly file: Pick<KeyFile, 'created' | 'username' | 'hostname'> | undefined
}

export interface PasswordOptions {
  readonly username?: string
  readonly hostname?: string
  /** The location of one mirror, or of several; all current ones when absent. */
  readonly mirror?: string | readonly string[]
  /** Never weaker than restic's own when absent. */
  readonly scrypt?: ScryptParameters
  readonly allowEmptyPassword?: boolean
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

export interface AddedKey {
  readonly id: KeyId
  readonly mirror: string
}

type Password = string | Uint8Array

/** The key files of all current mirrors, oldest first; what cannot be read comes last. */
export async function listAllKeys(repository: Repository, options: { signal?: AbortSignal } = {}): Promise<ListedKey[]> {
  const lists = await Promise.all(
    repository.storage.current.map(async ({ storage, location }) => {
      const entries = await listKeys(storage, repository.primitives, options)
      return entries.map(({ id, file }) => ({
        ...{ id, mirror: location, isCurrent: id === repository.keyId },
        file: file && { created: file.created, username: file.username, hostname: file.hostname },
      }))
    }),
  )
  return lists.flat().sort((a, b) => createdMs(a) - createdMs(b))
}

function createdMs({ file }: ListedKey): number {
  const ms = file === undefined ? Number.NaN : Date.parse(file.created)
  return Number.isNaN(ms) ? Number.MAX_SAFE_INTEGER : ms
}

/** Adds a password on every current mirror, or on one; each new key is opened again before this returns. */
export async function addPassword(
  repository: Repository,
  password: Password,
  options: PasswordOptions = {},
): Promise<AddedKey[]> {
  const mirrors = mirrorsFor(repository, options.mirror)
  await using _lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal: options.signal })
  return await addTo(repository, mirrors, password, options)
}

async function addTo(
  repository: Repository,
  mirrors: readonly Mirror[],
  password: Password,
  { username, hostname, scrypt, allowEmptyPassword, signal }: PasswordOptions,
): Promise<AddedKey[]> {
  const added: AddedKey[] = []
  for (const { storage, location } of mirrors) {
    const id = await addKey(storage, repository.primitives, repository.key, bytesOf(password), {
      ...(username !== undefined && { username }),
      ...(hostname !== undefined && { hostname }),
      ...(scrypt !== undefined && { parameters: scrypt }),
      ...(allowEmptyPassword && { allowEmptyPassword }),
      ...(signal !== undefined && { signal }),
    })
    added.push({ id, mirror: location })
  }
  return added
}

/**
 * Puts a new password in the place of the current one, wherever that opens a key. Every new key is there before the first old one
 * goes; killed in between, both open, and the same call brings it to its end. Afterwards the current password opens nothing.
 *
 * @param passwords `current` is the password that the repository was opened with
 * @returns the new keys; none for a mirror where the new password opened already
 * @throws {WrongPasswordError} when neither password opens a key of a mirror, or the current one none of any; nothing has changed then
 */
export async function changePassword(
  repository: Repository,
  passwords: { readonly current: Password; readonly next: Password },
  options: PasswordOptions = {},
): Promise<AddedKey[]> {
  const { signal } = options
  const [current, next] = [bytesOf(passwords.current), bytesOf(passwords.next)]
  const isSame = Buffer.compare(current, next) === 0
  const mirrors = mirrorsFor(repository, options.mirror)
  await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
  const found = await Promise.all(
    mirrors.map(async (mirror) => ({
      mirror,
      old: await keysThatOpen(repository, mirror, current, signal),
      isDone: !isSame && (await keysThatOpen(repository, mirror, next, signal)).length > 0,
    })),
  )
  const isNowhere = found.every(({ old }) => old.length === 0)
  const wrong = found.find(({ old, isDone }) => old.length === 0 && (isNowhere || !isDone))
  if (wrong !== undefined) throw new WrongPasswordError(wrong.mirror.location, [])
  const lacking = found.filter(({ isDone }) => !isDone).map(({ mirror }) => mirror)
  const added = await addTo(repository, lacking, next, options)
  for (const { mirror, old } of found) {
    for (const id of old) {
      await lock.assertHeld()
      await mirror.storage.remove('keys', id, { signal })
    }
  }
  return added
}

async function keysThatOpen(
  { primitives, key }: Repository,
  { storage }: Mirror,
  password: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<KeyId[]> {
  const ids: KeyId[] = []
  for await (const { id, master } of openKeys(await listKeys(storage, primitives, { signal }), primitives, password, {
    signal,
  })) {
    if (primitives.equal(master.encrypt, key.encrypt)) ids.push(id)
  }
  return ids
}

/**
 * Removes a key file, named by its ID or the beginning of it, from the mirrors that hold it.
 * @throws {UsageError} when the name fits none or several
 * @throws {RefusedError} for the key in use, and for the last readable key of a mirror
 */
export async function removeKeyFile(
  repository: Repository,
  name: string,
  options: Pick<PasswordOptions, 'mirror' | 'lockRetryMs' | 'signal'> = {},
): Promise<KeyId> {
  const { signal } = options
  await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
  const keys = await listAllKeys(repository, { ...(signal && { signal }) })
  const mirrors = mirrorsFor(repository, options.mirror)
  const fitting = keys.filter(({ id, mirror }) => id.startsWith(name) && mirrors.some(({ location }) => location === mirror))
  const ids = new Set(fitting.map(({ id }) => id))
  const [id] = ids
  if (name === '' || id === undefined) throw new UsageError(`${name}: there is no such key`)
  if (ids.size > 1) throw new UsageError(`${name}: ${ids.size} keys begin so; give more characters`)
  for (const { mirror } of fitting) {
    const others = keys.filter((key) => key.mirror === mirror && key.id !== id && key.file !== undefined)
    if (others.length === 0)
      throw new RefusedError(`keys/${id}: the last key of ${mirror}; without it nobody can open it any more`)
  }
  for (const { storage, location } of mirrors) {
    if (!fitting.some(({ mirror }) => mirror === location)) continue
    await lock.assertHeld()
    await removeKey(storage, repository.keyId, id, { signal })
  }
  return id
}

function mirrorsFor({ storage }: Repository, chosen: PasswordOptions['mirror']): readonly Mirror[] {
  if (chosen === undefined) return storage.current
  return [chosen].flat().map((location) => {
    const found = storage.current.find((mirror) => mirror.location === location)
    if (found === undefined) throw new UsageError(`${location}: is no current mirror of this repository`)
    return found
  })
}

function bytesOf(password: Password): Uint8Array {
  return typeof password === 'string' ? new TextEncoder().encode(password) : password
}
