/** A database that is read by SQL, whatever its program: what each driver gives, and what the source makes of its troubles. */
import type { Profile } from '../profile.ts'

export type SqlSettings = Extract<Profile['source'], { type: 'sql' }>

/** Text as the database itself would write it, bytes, or nothing. */
export type SqlValue = string | Uint8Array | null

/**
 * One connection, in one transaction that reads and shows all tables as they stood at its beginning, where the program can. One query at a
 * time.
 */
export interface SqlDatabase extends AsyncDisposable {
  /** A name between this program's quotes. */
  quote(name: string): string
  /** The names of a query's columns, before any of its rows. */
  columnsOf(query: string): Promise<readonly string[]>
  /**
   * A reader that is slow makes the database wait: no more than some hundred rows are on their way, of rows that hold files some few. Left early,
   * the connection is closed.
   */
  rows(query: string, holdsFiles?: boolean): AsyncIterable<readonly SqlValue[]>
  /** What an error of this program says, without the values that some of them quote. */
  troubleOf(error: unknown): SqlTrouble
}

export interface SqlTrouble {
  /** the connection is gone, and a later one may do */
  readonly isLost: boolean
  /** of the program, or of the network: `42P01`, `ECONNRESET` */
  readonly code: string
}

/** What a connection is made with. */
export interface SqlAccess {
  readonly settings: SqlSettings
  /** undefined: the server asks for none */
  readonly password: string | undefined
  /** PEM of the authority that answers for the server's certificate; undefined: those that the system trusts */
  readonly authority: string | undefined
}

export const CONNECT_TIMEOUT_MS = 15_000
export const KEEP_ALIVE_MS = 30_000
const ROWS_AT_ONCE = 500
const ROWS_WITH_FILES_AT_ONCE = 4

export function rowsAtOnce(holdsFiles: boolean | undefined): number {
  return holdsFiles ? ROWS_WITH_FILES_AT_ONCE : ROWS_AT_ONCE
}

const LOST_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** Of an error of Node's own sockets. */
export function isSocketTrouble({ code }: { readonly code?: unknown }): boolean {
  return typeof code === 'string' && LOST_CODES.has(code)
}

/** Between machines the server proves who it is, unless the profile says otherwise; on one machine nobody listens in. */
export function tlsOf({ tls, host }: SqlSettings): 'verify' | 'unverified' | 'off' {
  return tls ?? (['localhost', '127.0.0.1', '::1'].includes(host) ? 'off' : 'verify')
}

/** Options of Node's TLS; false: none. */
export function tlsOptions({ settings, authority }: SqlAccess) {
  const tls = tlsOf(settings)
  return tls === 'off' ? false : { rejectUnauthorized: tls === 'verify', ...(authority === undefined ? {} : { ca: authority }) }
}
