/** Tables as migrations describe them: the same on both engines. Frozen as the migrations are: what a later one needs is added beside. */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Engine } from '../engine.ts'

/** biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from */
type AnyDb = Kysely<any>
type Table = CreateTableBuilder<string, string>

/** `text` compared byte by byte on both engines, so that prefixes are ranges of an index. `!`: may not be null. */
const TYPES = {
  sqlite: { text: 'text', integer: 'integer', bytes: 'blob' },
  postgresql: { text: 'text collate "C"', integer: 'bigint', bytes: 'bytea' },
} as const

type Columns = Readonly<Record<string, 'text' | 'text?' | 'integer' | 'integer?' | 'bytes' | 'bytes?'>>

export interface TableSpec {
  readonly columns: Columns
  readonly key: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly indexes?: readonly (readonly string[])[]
  /** the key is all of the row: SQLite then keeps the rows in the key's index and nowhere else */
  readonly isItsIndex?: true
}

export async function createTable(db: AnyDb, engine: Engine, name: string, spec: TableSpec): Promise<void> {
  const types = TYPES[engine]
  let table: Table = db.schema.createTable(name)
  for (const [column, asked] of Object.entries(spec.columns)) {
    const isOptional = asked.endsWith('?')
    const type = types[asked.replace('?', '') as keyof typeof types]
    table = table.addColumn(column, sql.raw(type), (built) => (isOptional ? built : built.notNull()))
  }
  const plain = name.replace('.', '_')
  table = table.addPrimaryKeyConstraint(`${plain}_key`, spec.key as string[])
  for (const [number, columns] of (spec.unique ?? []).entries())
    table = table.addUniqueConstraint(`${plain}_unique_${number + 1}`, columns as string[])
  if (spec.isItsIndex && engine === 'sqlite') table = table.modifyEnd(sql`without rowid`)
  await table.execute()
  for (const columns of spec.indexes ?? [])
    await db.schema
      .createIndex(`${plain}_by_${columns.join('_')}`)
      .on(name)
      .columns(columns as string[])
      .execute()
}
