/** All migrations, oldest first. One that was released is never changed. */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import * as start from './0001-start.ts'

interface Migration {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from
  readonly up: (db: Kysely<any>, engine: Engine) => Promise<void>
}

export const MIGRATIONS: readonly Migration[] = [{ name: '0001-start', up: start.up }]
