/**
 * PostgreSQL, for a group of practices or a host: the same tables, in the schema of the connection's search path and in `keyring`. The
 * host seals its disks; documents stay sealed by us.
 */
import { type Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { RetryingKysely } from './retrying.ts'
import type { Tables } from './schema.ts'

const CONNECTIONS_MAX = 10
const INT8 = 20

/** @param address `postgresql://user@host/database`; the password comes from the environment (PGPASSWORD) or a file (PGPASSFILE) */
export function openPostgresql(address: string): Kysely<Tables> {
  const types = {
    // Counts and sizes, all below 2^53: the driver would give text.
    getTypeParser: ((id: number, format?: 'text') =>
      id === INT8 ? Number : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
  }
  const pool = new pg.Pool({ connectionString: address, max: CONNECTIONS_MAX, types })
  // A connection that the server ends while nobody uses it is no trouble of ours: the next query gets another.
  pool.on('error', () => {})
  return new RetryingKysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
