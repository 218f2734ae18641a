/** Completeness for whoever works at the practice's own machine: the same looks as the routes', in the journal as theirs. */
import type { Actor, OpenPractice } from '#open-practice'
import { loadAccess, recordShown, writingIn } from '#patients'
import type { CompletenessFinding } from './contract.ts'
import { type FindingLine, listOpenFindings } from './list-findings.ts'
import { judgeRecord, toFindings } from './read-record.ts'
import { loadJudging } from './refresh.ts'

/** What one record lacks, of care since the chosen day, gravest first. @throws as the routes do */
export function lookAtRecord(practice: OpenPractice, actor: Actor, patientId: string): Promise<CompletenessFinding[]> {
  return practice.db.transaction().execute(async (tx) => {
    const judging = await loadJudging(tx, practice)
    const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
    const { findings } = await judgeRecord(tx, practice.id, judging, access)
    await writingIn(practice, actor, tx).record({ action: 'record.read', patientId, details: { kinds: ['completeness'] } })
    const open = findings.filter(({ state, isPast }) => !isPast && (state === 'missing' || state === 'waived'))
    return toFindings(open, () => undefined)
  })
}

const PAGE = 500

/** The records that lack what a rule asks for, as they were last judged, in pieces. */
export async function* lookAtRule(practice: OpenPractice, actor: Actor, rule: string): AsyncGenerator<readonly FindingLine[]> {
  let after: Parameters<typeof listOpenFindings>[1]['after']
  do {
    const page = await practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const found = await listOpenFindings(asking, { rule, state: 'missing', after, limit: PAGE })
      const { record } = writingIn(practice, actor, tx)
      const ids = found.lines.map(({ patient }) => patient.id)
      await recordShown(
        async (_tx, event) => void (await record({ action: 'patients.searched', ...event })),
        tx,
        'completeness',
        ids,
        { count: ids.length, rule },
      )
      return found
    })
    yield page.lines
    after = page.next
  } while (after !== undefined)
}
