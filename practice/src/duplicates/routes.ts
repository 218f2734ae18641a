/** The routes of duplicates: each is one transaction with its journal entry. */
import type { Tx } from '#database'
import type { SignedInEndpoint } from '#endpoint'
import { type Call, parseCursor, printCursor, type Route, route } from '#http'
import { listByIds, recordShown, type Writing } from '#patients'
import { loadToday } from '#today'
import { compareDue, countDue } from './compare-due.ts'
import {
  checkNewPatient,
  countDuplicates,
  decideDuplicate,
  getDuplicate,
  joinRecordEndpoint,
  listDuplicates,
  separateRecordEndpoint,
} from './contract.ts'
import { decide, joinDuplicates, separateDuplicates } from './decide.ts'
import { type FoundDuplicate, findDuplicates } from './find-duplicates.ts'
import { countOpen, findDecision, listPairs } from './pairs-store.ts'
import { setSideBySide } from './set-side-by-side.ts'

/** Who was written a moment ago is compared before anybody is answered; an import's thousands are seen to in the background. */
const DUE_AT_ONCE_MAX = 500

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'actor' | 'record'>

export const duplicateRoutes: readonly Route[] = [
  route(listDuplicates, async ({ query: { state, cursor, limit }, practice, actor, record }) => {
    await compareDue(practice, { limit: DUE_AT_ONCE_MAX })
    return practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const { pairs, next } = await listPairs(asking, state, parsePlace(cursor), limit)
      const ids = pairs.flatMap(({ one, other }) => [one.id, other.id])
      await recordShown(record, tx, 'duplicates', ids, { count: pairs.length, state })
      const due = await countDue({ db: tx, id: practice.id })
      return next === undefined ? { pairs, due } : { pairs, due, next: printCursor([next.score, next.oneId, next.otherId]) }
    })
  }),

  route(countDuplicates, async ({ practice }) => {
    await compareDue(practice, { limit: DUE_AT_ONCE_MAX })
    return { open: await countOpen(practice.db, practice.id) }
  }),

  route(getDuplicate, async ({ params: { oneId, otherId }, practice, actor, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const today = await loadToday(tx, practice.id, practice.now())
      const question = { db: tx, practiceId: practice.id, actor, now: practice.now() }
      const { one, other, likeness } = await setSideBySide(question, oneId, otherId, today)
      for (const { patient } of [one, other])
        await record(tx, { patientId: patient.id, details: { kinds: ['identity', 'stewardship'], list: 'duplicates' } })
      const decided = await findDecision(tx, practice.id, oneId, otherId)
      const { score, certainty, for: speaking, against } = likeness
      return {
        one,
        other,
        score,
        certainty,
        for: [...speaking],
        against: [...against],
        ...(decided === undefined || decided.state === 'joined' ? {} : { state: decided.state, decision: decided.decision }),
      }
    }),
  ),

  route(decideDuplicate, async (call) =>
    writing(call, async (change) => {
      await decide(change, call.params.oneId, call.params.otherId, call.body)
      return undefined
    }),
  ),

  route(checkNewPatient, async ({ body, practice, actor, record }) => {
    await compareDue(practice, { limit: DUE_AT_ONCE_MAX })
    return practice.db.transaction().execute(async (tx) => {
      const [found = []] = await findDuplicates({ db: tx, practiceId: practice.id }, [body.identity])
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const shown = await describeFound(asking, found)
      await recordShown(
        record,
        tx,
        'duplicates',
        shown.map(({ patient }) => patient.id),
        { count: shown.length },
      )
      return { found: shown }
    })
  }),

  route(joinRecordEndpoint, async (call) =>
    writing(call, async (change) => ({ linkId: await joinDuplicates(change, { ...call.body, keptId: call.params.patientId }) })),
  ),

  route(separateRecordEndpoint, async (call) =>
    writing(call, async (change) => {
      await separateDuplicates(change, { ...call.params, ...call.body })
      return undefined
    }),
  ),
]

/** Each record once, though several of its parts resemble who is asked about: the likeliest counts. */
async function describeFound(asking: Parameters<typeof listByIds>[0], found: readonly FoundDuplicate[]) {
  const shown = []
  const seen = new Set<string>()
  for (const { patientId, score, certainty, for: speaking, against } of found) {
    const [patient] = await listByIds(asking, [patientId])
    if (patient === undefined || seen.has(patient.id)) continue
    seen.add(patient.id)
    shown.push({ patient, score, certainty, for: [...speaking], against: [...against] })
  }
  return shown
}

function writing<A>({ practice, actor, record }: AnyCall, change: (writing: Writing) => Promise<A>): Promise<A> {
  return practice.db
    .transaction()
    .execute((tx: Tx) =>
      change({ tx, practiceId: practice.id, actor, now: practice.now(), record: (event) => record(tx, event) }),
    )
}

function parsePlace(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [score, oneId, otherId] = parseCursor(cursor, 3)
  return { score: Number(score), oneId: String(oneId), otherId: String(otherId) }
}
