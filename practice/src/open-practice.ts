/** An open practice, as every room is handed it: where its data is, the keys, the clock. Data and handles only. */
import type { Db, Engine } from '#database'
import type { MasterKey } from '#keys'
import type { Role } from '#rights'

export interface OpenPractice {
  readonly id: string
  readonly db: Db
  readonly engine: Engine
  readonly master: MasterKey
  /** where key slots, sealed documents and the embedded database are */
  readonly folder: string
  /** the bucket that holds sealed documents, with the credentials for it; absent: they are in `folder` */
  readonly documents?: { readonly address: string; readonly environment: Readonly<Record<string, string | undefined>> }
  readonly now: () => Temporal.Instant
}

/** Who asks for something, from where. */
export interface Actor {
  readonly accountId: string
  readonly role: Role
  /** undefined for a program with a token, or the command line */
  readonly sessionId?: string
  /** the network address, or `console` */
  readonly address: string
}
