/**
 * Everything that the vault throws on purpose.
 *
 * Each error carries `code` (what `docs/errors.md` explains, with the reader's next step), the things that it is about as
 * fields, and `retryable`: true when the same call may succeed later without anybody doing anything. Names of patients or
 * contents of files never enter a message; names of objects (64 hex characters) and paths given by the caller do.
 */

export interface VaultErrorOptions {
  readonly cause?: unknown
  readonly retryable?: boolean
}

export class VaultError extends Error {
  override readonly name: string = 'VaultError'
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, message: string, options: VaultErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** Bytes that do not follow the format: junk, cut short, forged or altered. `object` names the file of the repository, `at` the byte. */
export class FormatError extends VaultError {
  override readonly name = 'FormatError'
  readonly at: number | undefined

  constructor(message: string, options: VaultErrorOptions & { at?: number } = {}) {
    super('format', options.at === undefined ? message : `${message} (at byte ${options.at})`, options)
    this.at = options.at
  }
}

/** An authentication tag that does not match: altered bytes, or another key. */
export class SealBrokenError extends VaultError {
  override readonly name = 'SealBrokenError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('seal-broken', message, options)
  }
}

/** One object of the repository is damaged. `kind` and `object` say which. */
export class ObjectDamagedError extends VaultError {
  override readonly name = 'ObjectDamagedError'
  readonly kind: string
  readonly object: string

  constructor(kind: string, object: string, message: string, options: VaultErrorOptions = {}) {
    super('object-damaged', `${kind}/${object}: ${message}`, options)
    this.kind = kind
    this.object = object
  }
}

/** The destination holds no such object. */
export class ObjectMissingError extends VaultError {
  override readonly name = 'ObjectMissingError'
  readonly kind: string
  readonly object: string

  constructor(kind: string, object: string, options: VaultErrorOptions = {}) {
    super('object-missing', `${kind}/${object}: the destination holds no such object`, options)
    this.kind = kind
    this.object = object
  }
}

/** An object of that name is there already, and objects are never overwritten. */
export class ObjectExistsError extends VaultError {
  override readonly name = 'ObjectExistsError'
  constructor(kind: string, object: string, options: VaultErrorOptions = {}) {
    super('object-exists', `${kind}/${object}: there is one already and objects are never overwritten`, options)
  }
}

/**
 * A destination that did not do what was asked.
 * `reason`: `unreachable` (network, time-out: retried), `refused` (credentials or rights: not retried), `full` (disk or quota: not
 * retried), `failed` (anything else).
 */
export class StorageError extends VaultError {
  override readonly name = 'StorageError'
  readonly reason: 'unreachable' | 'refused' | 'full' | 'failed'

  constructor(reason: 'unreachable' | 'refused' | 'full' | 'failed', message: string, options: VaultErrorOptions = {}) {
    super(`storage-${reason}`, message, { retryable: reason === 'unreachable' || reason === 'failed', ...options })
    this.reason = reason
  }
}

/** Mirrors answer, but none of them takes part: each lacks what one that does not answer has. */
export class NoCurrentMirrorError extends VaultError {
  override readonly name = 'NoCurrentMirrorError'
  constructor(location: string, options: VaultErrorOptions = {}) {
    super('no-current-mirror', `${location}: no mirror is current`, options)
  }
}

/** A repository address that is not understood. */
export class AddressError extends VaultError {
  override readonly name = 'AddressError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('address', message, options)
  }
}

/** There is no repository at that address. Exit code 10, as restic. */
export class NoRepositoryError extends VaultError {
  override readonly name = 'NoRepositoryError'
  constructor(location: string, options: VaultErrorOptions = {}) {
    super('no-repository', `${location}: there is no repository here`, options)
  }
}

/** No snapshot of that name. Exit code 1, as restic. */
export class NoSnapshotError extends VaultError {
  override readonly name = 'NoSnapshotError'
  constructor(snapshot: string, options: VaultErrorOptions = {}) {
    super('no-snapshot', `${snapshot}: there is no such snapshot`, options)
  }
}

/** A repository is there already. */
export class RepositoryExistsError extends VaultError {
  override readonly name = 'RepositoryExistsError'
  constructor(location: string, what: string, options: VaultErrorOptions = {}) {
    super('repository-exists', `${location}: cannot create a repository, ${what} is there already`, options)
  }
}

/** No key file opens with that password. Exit code 12, as restic. `damagedKeys` names key files that could not be read at all. */
export class WrongPasswordError extends VaultError {
  override readonly name = 'WrongPasswordError'
  readonly damagedKeys: readonly string[]
  constructor(location: string, damagedKeys: readonly string[], options: VaultErrorOptions = {}) {
    const damaged = damagedKeys.length === 0 ? '' : `; ${damagedKeys.length} key file(s) could not be read`
    super('wrong-password', `${location}: no key opens with this password${damaged}`, options)
    this.damagedKeys = damagedKeys
  }
}

/** Somebody else holds the repository. Exit code 11, as restic. */
export class LockedError extends VaultError {
  override readonly name = 'LockedError'
  readonly holders: readonly string[]
  constructor(message: string, holders: readonly string[], options: VaultErrorOptions = {}) {
    super('locked', message, { retryable: true, ...options })
    this.holders = holders
  }
}

/** Another process serves the folder, or edits its accounts. */
export class FolderHeldError extends VaultError {
  override readonly name = 'FolderHeldError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('folder-held', message, { retryable: true, ...options })
  }
}

/** Our own lock could not be kept fresh: everything that writes stops. */
export class LockLostError extends VaultError {
  override readonly name = 'LockLostError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('lock-lost', message, options)
  }
}

/** No index names this blob. */
export class BlobMissingError extends VaultError {
  override readonly name = 'BlobMissingError'
  readonly blob: string
  constructor(type: string, blob: string, options: VaultErrorOptions = {}) {
    super('blob-missing', `${type} blob ${blob}: no index names it`, options)
    this.blob = blob
  }
}

/** What was asked for cannot be: a wrong option, a target that may not be written. Exit code 2. */
export class UsageError extends VaultError {
  override readonly name = 'UsageError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('usage', message, options)
  }
}

/** A step that would lose data was refused: forgetting everything, pruning what is still needed, a bomb larger than allowed. */
export class RefusedError extends VaultError {
  override readonly name = 'RefusedError'
  constructor(message: string, options: VaultErrorOptions = {}) {
    super('refused', message, options)
  }
}
