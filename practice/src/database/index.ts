/**
 * The database: its tables, its two engines, and the way from one form to the next. Nothing here knows what the tables mean.
 */
export { CopyFailedError, copySqlite, dumpPostgresql } from './copy.ts'
export type { Engine } from './engine.ts'
export { instantText, newId } from './ids.ts'
export { insertMany } from './insert-many.ts'
export { hasTables, haveToOneself, migrate, NewerDatabaseError, pendingMigrations } from './migrate.ts'
export { MIGRATIONS, type Migration } from './migrations/index.ts'
export { openPostgresql } from './postgresql.ts'
export type { Db, Tables, Tx } from './schema.ts'
export { type DatabaseKeys, hasSqlite, KEYRING_FILE, openSqlite, RECORDS_FILE } from './sqlite.ts'
export { DatabaseUnreachableError, translateTrouble } from './trouble.ts'
