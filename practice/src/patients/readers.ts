/** Who has looked at a record, from the journal. */
import type { z } from 'zod'
import type { Db } from '#database'
import type { JournalAction } from '#endpoint'
import { NotFoundError } from '#errors'
import type { listReaders } from './contract.ts'

type Reader = z.output<typeof listReaders.reply>['readers'][number]
type Counted = 'reads' | 'changes' | 'exports' | 'brokenGlass'

/** What counts as what. Looking at the journal is no look at the record. */
const COUNTED: Readonly<Partial<Record<JournalAction, Counted>>> = {
  'record.read': 'reads',
  'document.read': 'reads',
  'patient.created': 'changes',
  'record.changed': 'changes',
  'record.corrected': 'changes',
  'record.withdrawn': 'changes',
  'record.restored': 'changes',
  'record.limited': 'changes',
  'record.unlimited': 'changes',
  'document.added': 'changes',
  'record.exported': 'exports',
  'glass.broken': 'brokenGlass',
}

/** @returns one line an account and role, the last one first. @throws {NotFoundError} when there is no such patient */
export async function readReaders(db: Db, practiceId: string, patientId: string): Promise<Reader[]> {
  await requirePatient(db, practiceId, patientId)
  const rows = await db
    .selectFrom('journal_entry')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'journal_entry.account_id').onRef('account.practice_id', '=', 'journal_entry.practice_id'),
    )
    .select((row) => [
      'journal_entry.account_id',
      'journal_entry.role',
      'journal_entry.action',
      'account.display_name',
      row.fn.countAll<number | string>().as('count'),
      row.fn.min('journal_entry.at').as('first_at'),
      row.fn.max('journal_entry.at').as('last_at'),
    ])
    .where('journal_entry.practice_id', '=', practiceId)
    .where('journal_entry.patient_id', '=', patientId)
    .where('journal_entry.action', 'in', Object.keys(COUNTED))
    .groupBy(['journal_entry.account_id', 'journal_entry.role', 'journal_entry.action', 'account.display_name'])
    .execute()
  const readers = new Map<string, Reader>()
  for (const row of rows) {
    const counted = COUNTED[row.action as JournalAction]
    if (counted === undefined) continue
    const key = `${row.account_id} ${row.role}`
    const reader = readers.get(key) ?? newReader(row)
    reader[counted] += Number(row.count)
    if (row.first_at < reader.firstAt) reader.firstAt = row.first_at
    if (row.last_at > reader.lastAt) reader.lastAt = row.last_at
    readers.set(key, reader)
  }
  return [...readers.values()].toSorted((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
}

function newReader(row: {
  account_id: string | null
  role: string | null
  display_name: string | null
  first_at: string
  last_at: string
}): Reader {
  return {
    account:
      row.account_id === null ? undefined : { id: row.account_id, name: row.display_name ?? undefined, role: row.role ?? '' },
    reads: 0,
    changes: 0,
    exports: 0,
    brokenGlass: 0,
    firstAt: row.first_at,
    lastAt: row.last_at,
  }
}

async function requirePatient(db: Db, practiceId: string, patientId: string): Promise<void> {
  const found = await db
    .selectFrom('patient')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('id', '=', patientId)
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('there is no such patient')
}
