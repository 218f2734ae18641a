/** What a new patient's steward is proposed from: the practice's facts, contracts of the day, the caller's account. */
import { z } from 'zod'
import { type Db, newId } from '#database'
import type { Actor } from '#open-practice'
import { loadToday } from '#today'
import type { StewardChoice } from './contract.ts'
import { bodyFacts, parseBody } from './kinds/index.ts'
import { checkReferences } from './references.ts'
import { proposeStewards, type StewardProposals } from './steward-default.ts'
import { insertFirst, told } from './write.ts'
import type { Writing } from './writing.ts'

const factsSchema = z.object({ legalForm: z.string().optional(), siret: z.string().optional() })

/** @param today the day in the practice's time zone */
export async function loadStewardProposals(db: Db, practiceId: string, actor: Actor, today: string): Promise<StewardProposals> {
  const { name, facts } = await db
    .selectFrom('practice')
    .select(['name', 'facts'])
    .where('id', '=', practiceId)
    .executeTakeFirstOrThrow()
  const account = await db
    .selectFrom('account')
    .select('practitioner_id')
    .where('practice_id', '=', practiceId)
    .where('id', '=', actor.accountId)
    .executeTakeFirst()
  const practising = await db
    .selectFrom('practice_role')
    .innerJoin('practitioner', (join) =>
      join
        .onRef('practitioner.id', '=', 'practice_role.practitioner_id')
        .onRef('practitioner.practice_id', '=', 'practice_role.practice_id'),
    )
    .select(['practice_role.practitioner_id as practitionerId', 'practice_role.status'])
    .where('practice_role.practice_id', '=', practiceId)
    .where('practice_role.from_on', '<=', today)
    .where((row) => row.or([row('practice_role.to_on', 'is', null), row('practice_role.to_on', '>=', today)]))
    .orderBy('practitioner.family_name')
    .orderBy('practitioner.given_name')
    .orderBy('practitioner.id')
    .execute()
  return proposeStewards({
    name,
    ...factsSchema.parse(JSON.parse(facts)),
    practising,
    practitionerId: account?.practitioner_id ?? undefined,
  })
}

/**
 * Says whose a new patient is, from today on.
 *
 * @param chosen absent: what the practice's form and contracts say, if anything; null: nobody says yet
 * @throws {InvalidInputError} it names a practitioner whom the practice has not
 */
export async function writeFirstSteward(writing: Writing, patientId: string, chosen: StewardChoice | undefined): Promise<void> {
  const { tx, practiceId, actor, now } = writing
  if (chosen === null) return
  const from = await loadToday(tx, practiceId, now)
  const proposal = chosen ?? (await loadStewardProposals(tx, practiceId, actor, from)).first
  if (proposal === undefined) return
  const body = parseBody('stewardship', { ...proposal, from })
  const facts = bodyFacts('stewardship', body)
  await checkReferences(writing, [patientId], facts)
  const written = await insertFirst(writing, { id: newId(), patientId, kind: 'stewardship', body, facts })
  await writing.record({ action: 'record.changed', patientId, ...told('stewardship', written) })
}
