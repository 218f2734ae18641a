/** Decisions in the database: rows that stay, of which one for each subject holds. */
import { createHash } from 'node:crypto'
import { type Db, instantText, newId, type Tx } from '#database'
import { ConflictError, InvalidInputError, NotFoundError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { type Decision, type DecisionContent, decisionContentSchema } from './decision-schema.ts'
import { Decisions } from './decisions.ts'

const IDS_A_STATEMENT = 500

/** All that hold for a source, for a run. */
export async function loadDecisions(db: Db, practiceId: string, sourceId: string): Promise<Decisions> {
  const rows = await db
    .selectFrom('import_decision')
    .select('content')
    .where('practice_id', '=', practiceId)
    .where('source_id', '=', sourceId)
    .where('current_key', 'is not', null)
    .execute()
  const contents = rows.map(({ content }) => decisionContentSchema.parse(JSON.parse(content)))
  const ours = await patientsThere(db, practiceId, contents.flatMap(patientsOf))
  return new Decisions(contents, (id) => ours.has(id))
}

/** One about the same thing ends. @throws {InvalidInputError} whoever is named is not there; {@link ConflictError} two at once */
export async function saveDecision(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  sourceId: string,
  content: DecisionContent,
): Promise<string> {
  await requireNamed(tx, practice.id, content)
  const subject = subjectOf(content)
  await endDecisions(tx, practice, actor, sourceId, { current_key: subject })
  const id = newId()
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('import_decision')
    .values({
      id,
      practice_id: practice.id,
      source_id: sourceId,
      subject,
      current_key: subject,
      content: JSON.stringify(content),
      decided_by: actor.accountId,
      decided_at: instantText(practice.now()),
      ended_by: null,
      ended_at: null,
    })
    .onConflict((conflict) => conflict.columns(['source_id', 'current_key']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new ConflictError('somebody else has decided this at the same moment')
  return id
}

/** @throws {NotFoundError} it does not hold, or not any more */
export async function withdrawDecision(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  sourceId: string,
  decisionId: string,
): Promise<void> {
  const count = await endDecisions(tx, practice, actor, sourceId, { id: decisionId })
  if (count === 0) throw new NotFoundError('there is no such decision, or it was taken back', { about: { decision: decisionId } })
}

/** Those that hold, newest first. @param before the last of the page before */
export async function listDecisions(
  db: Db,
  practiceId: string,
  sourceId: string,
  { before, limit, id: only }: { readonly before?: readonly [string, string]; readonly limit: number; readonly id?: string },
): Promise<Decision[]> {
  const all = db
    .selectFrom('import_decision')
    .innerJoin('account', 'account.id', 'import_decision.decided_by')
    .select(['import_decision.id', 'content', 'decided_by', 'decided_at', 'account.display_name'])
    .where('import_decision.practice_id', '=', practiceId)
    .where('source_id', '=', sourceId)
    .where('current_key', 'is not', null)
    .orderBy('decided_at', 'desc')
    .orderBy('import_decision.id', 'desc')
    .limit(limit)
  const query = only === undefined ? all : all.where('import_decision.id', '=', only)
  const [at, id] = before ?? []
  const rows = await (at === undefined || id === undefined
    ? query
    : query.where((row) =>
        row.or([row('decided_at', '<', at), row.and([row('decided_at', '=', at), row('import_decision.id', '<', id)])]),
      )
  ).execute()
  return rows.map((row) => ({
    id: row.id,
    decision: decisionContentSchema.parse(JSON.parse(row.content)),
    decidedBy: { id: row.decided_by, name: row.display_name },
    decidedAt: row.decided_at,
  }))
}

async function endDecisions(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  sourceId: string,
  which: { readonly id: string } | { readonly current_key: string },
): Promise<number> {
  const all = tx
    .updateTable('import_decision')
    .set({ current_key: null, ended_by: actor.accountId, ended_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', sourceId)
    .where('current_key', 'is not', null)
  const { numUpdatedRows } = await ('id' in which
    ? all.where('id', '=', which.id)
    : all.where('current_key', '=', which.current_key)
  ).executeTakeFirst()
  return Number(numUpdatedRows)
}

/** What it is about, as a hash: keys and words of a source may be longer than an index takes. */
function subjectOf(content: DecisionContent): string {
  return createHash('sha256')
    .update(JSON.stringify(namesOf(content)))
    .digest('hex')
}

function namesOf(content: DecisionContent): readonly string[] {
  switch (content.kind) {
    case 'practitioner':
      return [content.kind, content.written]
    case 'word':
      return [content.kind, content.table, content.target, content.written]
    case 'test-patient':
    case 'file-number':
    case 'patient':
      return [content.kind, content.key]
    case 'row':
      return [content.kind, content.table, content.digest]
  }
}

async function requireNamed(db: Db, practiceId: string, content: DecisionContent): Promise<void> {
  const [patientId] = patientsOf(content)
  if (patientId !== undefined && !(await patientsThere(db, practiceId, [patientId])).has(patientId))
    throw notThere('decision.patientId', 'there is no such patient')
  if (content.kind !== 'practitioner' || content.practitionerId === null) return
  const found = await db
    .selectFrom('practitioner')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('id', '=', content.practitionerId)
    .executeTakeFirst()
  if (found === undefined) throw notThere('decision.practitionerId', 'there is no such practitioner')
}

function notThere(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, [{ path, problem: 'unknown', message }])
}

function patientsOf(content: DecisionContent): string[] {
  if (content.kind === 'patient') return content.patientId === null ? [] : [content.patientId]
  return content.kind === 'row' && content.answer.kind === 'relink' ? [content.answer.patientId] : []
}

async function patientsThere(db: Db, practiceId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>()
  for (let at = 0; at < ids.length; at += IDS_A_STATEMENT) {
    const rows = await db
      .selectFrom('patient')
      .select('id')
      .where('practice_id', '=', practiceId)
      .where('id', 'in', ids.slice(at, at + IDS_A_STATEMENT))
      .execute()
    for (const { id } of rows) there.add(id)
  }
  return there
}
