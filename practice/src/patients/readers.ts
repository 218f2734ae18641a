/** Who has looked at a patient, from the journal. */
import type { Db } from '#database'
import { NotFoundError } from '#errors'
import type { JournalPatient, Readers, ReportedVisit } from './contract.ts'
import { keptIdOf, type LinkSpan, linksInto, pastSpans } from './links.ts'
import { listOf } from './lists.ts'
import { groupVisits, VISIT_ACTIONS, type VisitAction } from './visits.ts'

/** What one page holds; whoever wants more has the journal. */
const VISITS_MAX = 200
const TRACES_MAX = 10_000

type Account = ReportedVisit['account']

/**
 * Of a record that is shown as one with others: who has looked at any of them. Of one that once was: also who looked at what it was shown as.
 *
 * @throws {NotFoundError} when there is no such patient
 */
export async function readReaders(db: Db, practiceId: string, patientId: string): Promise<Readers> {
  await requirePatient(db, practiceId, patientId)
  const keptId = await keptIdOf(db, practiceId, patientId)
  const parts = [keptId, ...(await linksInto(db, practiceId, keptId)).map((link) => link.patient_id)]
  const rows = await tracesOf(db, practiceId, parts, await pastSpans(db, practiceId, parts))
  const traces = rows.slice(0, TRACES_MAX).toReversed()
  const names = new Map(rows.map((row) => [row.accountId, row.display_name]))
  const visits = groupVisits(traces)
  return {
    visits: visits
      .slice(0, VISITS_MAX)
      .map(({ accountId, role, ...visit }) => ({ ...visit, account: accountOf(accountId, role, names.get(accountId)) })),
    isAll: rows.length <= TRACES_MAX && visits.length <= VISITS_MAX,
    listed: await listedOf(db, practiceId, parts),
  }
}

/** Newest first, one more than are asked for. */
function tracesOf(db: Db, practiceId: string, parts: readonly string[], spans: readonly LinkSpan[]) {
  return db
    .selectFrom('journal_entry')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'journal_entry.account_id').onRef('account.practice_id', '=', 'journal_entry.practice_id'),
    )
    .select((row) => [
      'journal_entry.at',
      'journal_entry.account_id as accountId',
      'journal_entry.role',
      'journal_entry.session_id as sessionId',
      row.ref('journal_entry.action').$castTo<VisitAction>().as('action'),
      'journal_entry.subject',
      'journal_entry.reason',
      'journal_entry.details',
      'account.display_name',
    ])
    .where('journal_entry.practice_id', '=', practiceId)
    .where((row) =>
      row.or([
        row('journal_entry.patient_id', 'in', [...parts]),
        ...spans.map((span) =>
          row.and([
            row('journal_entry.patient_id', '=', span.patientId),
            row('journal_entry.at', '>=', span.from),
            row('journal_entry.at', '<', span.to),
          ]),
        ),
      ]),
    )
    .where('journal_entry.action', 'in', VISIT_ACTIONS)
    .orderBy('journal_entry.seq', 'desc')
    .limit(TRACES_MAX + 1)
    .execute()
}

/** In lists, the diary, what a search found: counted by person and list. */
async function listedOf(db: Db, practiceId: string, parts: readonly string[]): Promise<Readers['listed']> {
  const rows = await db
    .selectFrom('journal_shown')
    .innerJoin('journal_entry', (join) =>
      join
        .onRef('journal_entry.practice_id', '=', 'journal_shown.practice_id')
        .onRef('journal_entry.seq', '=', 'journal_shown.seq'),
    )
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'journal_entry.account_id').onRef('account.practice_id', '=', 'journal_entry.practice_id'),
    )
    .select((row) => [
      'journal_entry.account_id',
      'journal_entry.role',
      'journal_entry.subject',
      'account.display_name',
      row.fn.countAll<number | string>().as('times'),
      row.fn.min('journal_entry.at').as('first_at'),
      row.fn.max('journal_entry.at').as('last_at'),
    ])
    .where('journal_shown.practice_id', '=', practiceId)
    .where('journal_shown.patient_id', 'in', [...parts])
    .groupBy(['journal_entry.account_id', 'journal_entry.role', 'journal_entry.subject', 'account.display_name'])
    .orderBy('last_at', 'desc')
    .execute()
  return rows.flatMap((row) => {
    const list = listOf(row.subject)
    const account = accountOf(row.account_id, row.role, row.display_name)
    return list === undefined ? [] : [{ account, list, times: Number(row.times), firstAt: row.first_at, lastAt: row.last_at }]
  })
}

function accountOf(id: string | null, role: string | null, name: string | null | undefined): Account {
  return id === null ? undefined : { id, name: name ?? undefined, role: role ?? '' }
}

/** In the address of a record's page. */
const ID_IN_ADDRESS = /\/patients\/([A-Za-z0-9-]{1,50})/

/**
 * The patient whose file number it is, exactly, or to whose record it leads.
 *
 * @param file what somebody pasted: `1042`, a record's id, or the address of its page
 * @throws {NotFoundError}
 */
export async function findPatientOfFile(db: Db, practiceId: string, file: string): Promise<JournalPatient> {
  const patientId = ID_IN_ADDRESS.exec(file)?.[1] ?? file
  const found = await db
    .selectFrom('patient')
    .select(['id', 'file_number', 'birth_name', 'given_names', 'born_on'])
    .where('practice_id', '=', practiceId)
    .where((row) => row.or([row('file_number', '=', file), row('id', '=', patientId)]))
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('no patient has this file number')
  const [givenName = ''] = JSON.parse(found.given_names) as string[]
  const initials = [givenName, found.birth_name].flatMap((name) => [...name].slice(0, 1).map((letter) => `${letter}.`))
  return {
    patientId: found.id,
    fileNumber: found.file_number,
    initials: initials.join(' '),
    bornYear: found.born_on?.slice(0, 4),
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
