/** Whose patient at a date. Pure. */
import type { EntryOf } from './entry-contract.ts'

/**
 * The entry that holds on a day: the latest that begins on it or before; of two that begin together, the one recorded later.
 *
 * @param entries current ones, in any order
 * @param day `YYYY-MM-DD`
 * @returns undefined where nobody has recorded it
 */
export function stewardAt(entries: readonly EntryOf<'stewardship'>[], day: string): EntryOf<'stewardship'> | undefined {
  return entries
    .filter(({ body }) => body !== null && body.from <= day)
    .toSorted((a, b) => order(b.body?.from, a.body?.from) || order(b.createdAt, a.createdAt) || order(b.id, a.id))
    .at(0)
}

/**
 * The day from which somebody else keeps the record, by the entry's id; absent: nobody does. Where that is the entry's own first day, it
 * never held.
 *
 * @param entries current ones, in any order
 */
export function stewardUntils(entries: readonly EntryOf<'stewardship'>[]): ReadonlyMap<string, string> {
  const inOrder = entries
    .filter(({ body }) => body !== null)
    .toSorted((a, b) => order(a.body?.from, b.body?.from) || order(a.createdAt, b.createdAt) || order(a.id, b.id))
  return new Map(inOrder.slice(0, -1).map(({ id }, i) => [id, inOrder[i + 1]?.body?.from ?? '']))
}

function order(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0
}
