/**
 * The one interface that every destination implements: local folder, REST, S3, SFTP, memory, and every wrapper around them.
 * `storage.suite.ts` holds what each of them must pass.
 */

/** Kinds of object, as the REST protocol and the folders name them. */
export const OBJECT_KINDS = ['data', 'keys', 'locks', 'snapshots', 'index', 'config'] as const
export type ObjectKind = (typeof OBJECT_KINDS)[number]

/**
 * Kinds that name others: a snapshot its tree, an index its packs. What they name is removed after them, and a power cut must not bring them
 * back without it.
 */
export const NAMING_KINDS: ReadonlySet<ObjectKind> = new Set(['snapshots', 'index'])

export interface ObjectEntry {
  readonly name: string
  readonly sizeBytes: number
}

export interface CallOptions {
  /** Stops the call, which then throws the signal's reason. Nothing half-done stays under a final name. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called and awaited for each slice of an object's bytes, before it goes out or after it came in. This is how `limited` stays
   * smooth and how `retrying` tells a slow call from a stuck one. Callers seldom need it.
   */
  readonly pace?: ((bytes: number) => Promise<void> | void) | undefined
}

export interface LoadOptions extends CallOptions {
  /** First byte; from the start when absent. */
  readonly offset?: number | undefined
  /** Exactly so many bytes; to the end when absent. */
  readonly lengthBytes?: number | undefined
  /** From the destination itself, not from a copy that this machine keeps: for whoever wants to know what is there. */
  readonly fresh?: boolean | undefined
}

/** What the destination says of an object's immutability. */
export interface ObjectRetention {
  readonly mode: 'governance' | 'compliance'
  readonly until: Temporal.Instant
}

/**
 * Objects are write-once: whole, never overwritten, named by the SHA-256 of their bytes (but `config`, whose name is `''`).
 * All methods may be called again after a failure; none leaves half an object behind under its final name.
 * Failures are {@link StorageError} (retryable or not), {@link ObjectMissingError}, {@link ObjectExistsError}.
 */
export interface Storage extends AsyncDisposable {
  /** The address for people, without any secret. */
  readonly location: string
  /** How many calls may usefully run side by side. */
  readonly connections: number
  /** Makes the place ready for a repository: folders, bucket prefix. Succeeds when it is ready already. */
  create(options?: CallOptions): Promise<void>
  /**
   * Stores an object, durably before it returns (fsync of file and folder where there is one).
   * `bytes` is only read until the promise settles; it may be a view on shared memory.
   * @throws {ObjectExistsError} when there is one of that name with other bytes or another size; the same bytes again succeed
   * where the destination can tell cheaply (same size), because a lost reply makes callers repeat themselves
   */
  save(kind: ObjectKind, name: string, bytes: Uint8Array, options?: CallOptions): Promise<void>
  /**
   * Puts the right bytes in the place of a damaged or missing object: healing, and nothing else. At no moment is there half an
   * object; where the destination cannot exchange one for the other (REST), the damaged one may be gone if this fails.
   * @throws {StorageError} `refused` when the destination never lets go of an object (append-only)
   */
  replace(kind: ObjectKind, name: string, bytes: Uint8Array, options?: CallOptions): Promise<void>
  /**
   * The object's bytes, or the part asked for.
   * @throws {ObjectMissingError}
   * @throws {StorageError} not retryable, when the object is shorter than `offset + lengthBytes`
   */
  load(kind: ObjectKind, name: string, options?: LoadOptions): Promise<Uint8Array>
  /** Size of an object, `undefined` when there is none. */
  stat(kind: ObjectKind, name: string, options?: CallOptions): Promise<ObjectEntry | undefined>
  /** All objects of a kind, in no order; names that are not 64 hex characters are left out; a missing folder is an empty one. */
  list(kind: ObjectKind, options?: CallOptions): AsyncIterable<ObjectEntry>
  /** Deletes an object; succeeds when it is gone already. */
  remove(kind: ObjectKind, name: string, options?: CallOptions): Promise<void>
  /** Bytes that may still be written, `undefined` when the destination cannot tell. */
  freeBytes(options?: CallOptions): Promise<number | undefined>
  /**
   * Present where objects are plain files of this machine: the file of an object, for worker threads that read it themselves.
   * Wrappers that must see every byte leave it out.
   */
  fileOf?(kind: ObjectKind, name: string): string
  /**
   * Whether a list holds every object whose `save` had returned when the list was asked for, whoever saved it: true of the file systems of
   * this machine, not of what caches lists (network file systems, gateways). Absent where nobody knows.
   */
  listsAtOnce?(): Promise<boolean>
  /**
   * When an object came there, by the destination's own clock; `undefined` when there is no such object. Absent where the destination
   * does not tell.
   */
  modifiedAt?(kind: ObjectKind, name: string, options?: CallOptions): Promise<Temporal.Instant | undefined>
  /** Present on destinations that can hold objects against deletion (S3 object lock). */
  readonly retention?: {
    read(kind: ObjectKind, name: string, options?: CallOptions): Promise<ObjectRetention | undefined>
    /** Never shortens: the destination refuses that. */
    extend(kind: ObjectKind, name: string, retention: ObjectRetention, options?: CallOptions): Promise<void>
  }
}
