/** Statements that are prepared once: a practice asks the same few hundred questions all day, and preparing one costs as much as running it. */
import type { SqliteDatabase, SqliteStatement } from 'kysely'

const STATEMENTS_MAX = 300
/** What leaves the tables as they are; anything else may change what the kept ones mean. */
const KEEPS_TABLES = /^\s*(select|insert|update|delete|with|begin|commit|rollback|savepoint|release)\b/i

/**
 * The same database, keeping the statements used last. A statement must not be run while it is being read: whoever has the one connection
 * must have read all before another uses it, as Kysely's does.
 */
export function keepingStatements(connection: SqliteDatabase): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => connection.close(),
    prepare: (sql) => {
      if (!KEEPS_TABLES.test(sql)) {
        kept.clear()
        return connection.prepare(sql)
      }
      const statement = kept.get(sql) ?? connection.prepare(sql)
      // Put at the end: the first one is the one that nobody has used for longest.
      kept.delete(sql)
      kept.set(sql, statement)
      if (kept.size > STATEMENTS_MAX) kept.delete(kept.keys().next().value as string)
      return statement
    },
  }
}
