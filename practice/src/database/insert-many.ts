/** Rows by the hundred: a statement for as many is compiled once and then only given its values, which takes less time than its rows' writing. */
import type { CompiledQuery, Insertable } from 'kysely'
import type { Tables, Tx } from './schema.ts'

const ROWS_A_STATEMENT = 100

/** Of each database that is open: by table and columns. */
const compiled = new WeakMap<object, Map<string, CompiledQuery>>()

/** @param rows with the same columns all, and a value or null in each */
export async function insertMany<T extends keyof Tables>(
  tx: Tx,
  table: T,
  rows: readonly Insertable<Tables[T]>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}) as (keyof Insertable<Tables[T]>)[]
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const some = rows.slice(at, at + ROWS_A_STATEMENT)
    const parameters = some.flatMap((row) => columns.map((column) => row[column]))
    await tx.executeQuery({ ...statementFor(tx, table, columns, some), parameters })
  }
}

function statementFor<T extends keyof Tables>(
  tx: Tx,
  table: T,
  columns: readonly (keyof Insertable<Tables[T]>)[],
  rows: readonly Insertable<Tables[T]>[],
): CompiledQuery {
  const compile = () =>
    tx
      .insertInto(table as keyof Tables)
      .values(rows as never)
      .compile()
  if (rows.length < ROWS_A_STATEMENT) return compile()
  const { adapter } = tx.getExecutor()
  const statements = compiled.get(adapter) ?? new Map<string, CompiledQuery>()
  compiled.set(adapter, statements)
  const name = [table, ...columns].join(' ')
  const statement = statements.get(name) ?? { ...compile(), parameters: [] }
  statements.set(name, statement)
  return statement
}
