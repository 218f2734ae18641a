/** What a server can be told, and what it does when told nothing. */
import type { Role } from './accounts.ts'
import type { Kind } from './layout.ts'

export interface TlsMaterial {
  /** PEM; the certificate may be followed by its chain. */
  readonly key: string | Buffer
  readonly cert: string | Buffer
}

export interface ServeOptions {
  /** Folder of the repositories, one folder an account in it; made when missing. */
  readonly folder: string
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default 8000; 0 takes any free one. */
  readonly port?: number | undefined
  /** Without it only loopback addresses are listened on, unless `insecure`. */
  readonly tls?: TlsMaterial | undefined
  /** Lets passwords travel in clear over a network. For a proxy that does TLS itself. */
  readonly insecure?: boolean | undefined
  /** Default `.couronne/accounts.json` in the folder. */
  readonly accountsFile?: string | undefined
  /** Default true. Off, writers may delete packs, indexes and snapshots; never keys or the configuration. */
  readonly appendOnly?: boolean | undefined
  readonly limits?: Partial<ServeLimits> | undefined
  /** Called for what is worth a line. Holds no password, no path, nothing out of a repository but names of objects. */
  readonly log?: ((line: LogLine) => void) | undefined
  /** Wall clock, for the journal. */
  readonly now?: (() => Temporal.Instant) | undefined
  /** A clock that never goes back, in milliseconds, for pauses and rates. */
  readonly monotonicMs?: (() => number) | undefined
}

export interface ServeLimits {
  readonly objectBytesMax: Readonly<Record<Kind, number>>
  /** Shorter than any sealed object is: restic 0.18 panics on an index or snapshot of fewer than 16 bytes. */
  readonly objectBytesMin: Readonly<Record<Kind, number>>
  /** How many objects of a kind an account may hold at a time. */
  readonly objectsMax: Readonly<Record<Kind, number>>
  /** Locks come and go, so that a quota does not bound what they cost in journal and disk work. */
  readonly lockWritesPerHourMax: number
  /** More snapshots than this in a day are stored, noted in the journal and logged: somebody may be playing with retention. */
  readonly snapshotsPerDayExpected: number
  readonly uploadsAtOnceMax: number
  readonly uploadsAtOncePerAccountMax: number
  /** Uploads of an account beyond those wait, unread; beyond this number they are told to come again. */
  readonly uploadsWaitingPerAccountMax: number
  /** Objects and lists on their way to an account; each has an open file and half a MiB of memory. */
  readonly downloadsAtOncePerAccountMax: number
  readonly downloadsWaitingPerAccountMax: number
  readonly connectionsMax: number
  /** By default only with TLS: without it there is a proxy in between, or nobody but this machine. */
  readonly connectionsPerAddressMax: number
  /** From the first byte of a request, or the opening of a connection, to the end of its headers. */
  readonly headersTimeoutMs: number
  /** A connection on which nothing moves for so long, while a body or a reply travels, is cut. */
  readonly idleTimeoutMs: number
  /** An upload slower than this, on average after its first half minute, is cut. */
  readonly uploadBytesPerSecondMin: number
  /** Longer than the 90 s after which restic drops an idle connection, so that it is never us who cut a request in flight. */
  readonly keepAliveMs: number
  /**
   * Space on the disk that uploads leave free, so that journal and accounts can always be written. Locks, and what an owner stores who
   * may delete, leave half of it: they are what makes room.
   */
  readonly diskFreeBytesMin: number
  /**
   * How far beyond its quota an account may go with the password of an owner who may delete: prune writes what it keeps of a pack, and
   * the new indexes, before anything goes. A hundredth of the quota when that is more.
   */
  readonly pruneBytes: number
}

const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_LIMITS: ServeLimits = {
  objectBytesMax: { data: 512 * MIB, index: 128 * MIB, snapshots: 16 * MIB, locks: 4 * KIB, keys: 64 * KIB, config: 64 * KIB },
  // A seal is 32 bytes; a pack also holds one header entry of 37 and the header's length. Keys are plain JSON.
  objectBytesMin: { data: 73, index: 34, snapshots: 34, locks: 34, keys: 2, config: 34 },
  objectsMax: { data: 4_000_000, index: 200_000, snapshots: 100_000, locks: 500, keys: 64, config: 1 },
  lockWritesPerHourMax: 2000,
  snapshotsPerDayExpected: 200,
  uploadsAtOnceMax: 64,
  uploadsAtOncePerAccountMax: 16,
  uploadsWaitingPerAccountMax: 64,
  downloadsAtOncePerAccountMax: 32,
  downloadsWaitingPerAccountMax: 128,
  connectionsMax: 1024,
  connectionsPerAddressMax: 256,
  headersTimeoutMs: 20_000,
  idleTimeoutMs: 60_000,
  uploadBytesPerSecondMin: 4 * KIB,
  keepAliveMs: 120_000,
  diskFreeBytesMin: 32 * MIB,
  pruneBytes: 32 * MIB,
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** One or two words: `listening`, `request`, `refused`, `sign-in refused`, … */
  readonly event: string
  readonly account?: string | undefined
  readonly role?: Role | undefined
  readonly from?: string | undefined
  readonly method?: string | undefined
  readonly kind?: Kind | undefined
  readonly name?: string | undefined
  readonly status?: number | undefined
  readonly reason?: string | undefined
  readonly tookMs?: number | undefined
  /** Lines of this kind before this one that were too many to tell. */
  readonly dropped?: number | undefined
}
