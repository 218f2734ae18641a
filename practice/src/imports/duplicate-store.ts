/** A source's patients while doubles are looked for, and the pairs that were found, as functions of the database. */
import { type Db, insertMany, type Tx } from '#database'
import { type Certainty, type ComparedIdentity, certaintyOf, parseReasons, type Ranked } from '#duplicates'
import { type RowOfTable, storable } from './store.ts'

const ROWS_A_STATEMENT = 500

export interface SourcePerson {
  readonly line: number
  readonly key: string
  readonly identity: ComparedIdentity
}

type Likeness = Pick<Ranked<never>, 'score' | 'for' | 'against'>

export interface FoundPair extends Likeness {
  readonly line: number
  /** among those whom the line resembles */
  readonly place: number
  readonly other: { readonly patientId: string } | { readonly line: number }
}

/** Forgets what an earlier attempt of this run has found, and whom a run of the source that was killed has left. */
export async function clearPeople(tx: Tx, { practiceId, sourceId, runId }: RowOfTable): Promise<void> {
  for (const table of ['import_person', 'import_duplicate'] as const)
    await tx.deleteFrom(table).where('practice_id', '=', practiceId).where('run_id', '=', runId).execute()
  await tx
    .deleteFrom('import_person')
    .where('practice_id', '=', practiceId)
    .where('is_named', '=', 0)
    .where('run_id', 'in', (runs) =>
      runs.selectFrom('import_run').select('id').where('practice_id', '=', practiceId).where('source_id', '=', sourceId),
    )
    .execute()
}

export async function dropUnnamed(tx: Tx, { practiceId, runId }: RowOfTable): Promise<void> {
  await tx
    .deleteFrom('import_person')
    .where('practice_id', '=', practiceId)
    .where('run_id', '=', runId)
    .where('is_named', '=', 0)
    .execute()
}

export async function savePeople(tx: Tx, { practiceId, runId }: RowOfTable, people: readonly SourcePerson[]): Promise<void> {
  const rows = people.map(({ line, key, identity }) => ({
    practice_id: practiceId,
    run_id: runId,
    line,
    key: storable(key),
    identity: JSON.stringify(identity),
    is_named: 0,
  }))
  await insertMany(tx, 'import_person', rows)
}

export async function loadPeople(
  db: Db,
  { practiceId, runId }: Pick<RowOfTable, 'practiceId' | 'runId'>,
  lines: readonly number[],
): Promise<Map<number, ComparedIdentity>> {
  const people = new Map<number, ComparedIdentity>()
  for (let at = 0; at < lines.length; at += ROWS_A_STATEMENT) {
    const rows = await db
      .selectFrom('import_person')
      .select(['line', 'identity'])
      .where('practice_id', '=', practiceId)
      .where('run_id', '=', runId)
      .where('line', 'in', lines.slice(at, at + ROWS_A_STATEMENT))
      .execute()
    for (const { line, identity } of rows) people.set(Number(line), JSON.parse(identity) as ComparedIdentity)
  }
  return people
}

export async function savePairs(tx: Tx, { practiceId, runId }: RowOfTable, pairs: readonly FoundPair[]): Promise<void> {
  for (let at = 0; at < pairs.length; at += ROWS_A_STATEMENT) {
    const some = pairs.slice(at, at + ROWS_A_STATEMENT)
    const values = some.map(({ line, place, other, score, for: speaking, against }) => ({
      practice_id: practiceId,
      run_id: runId,
      line,
      place,
      other_line: 'line' in other ? other.line : null,
      patient_id: 'patientId' in other ? other.patientId : null,
      score,
      reasons: JSON.stringify({ for: speaking, against }),
    }))
    await tx.insertInto('import_duplicate').values(values).execute()
    await namePeople(tx, practiceId, runId, [
      ...new Set(some.flatMap(({ line, other }) => ('line' in other ? [line, other.line] : [line]))),
    ])
  }
}

async function namePeople(tx: Tx, practiceId: string, runId: string, lines: readonly number[]): Promise<void> {
  await tx
    .updateTable('import_person')
    .set({ is_named: 1 })
    .where('practice_id', '=', practiceId)
    .where('run_id', '=', runId)
    .where('line', 'in', [...lines])
    .execute()
}

export async function hasPatients(db: Db, practiceId: string): Promise<boolean> {
  const row = await db.selectFrom('patient').select('id').where('practice_id', '=', practiceId).limit(1).executeTakeFirst()
  return row !== undefined
}

/** Of some patients those whom this run has made. Rows are not found by patients, hence the first question: mostly nobody is as young. */
export async function madeInRun(db: Db, run: RowOfTable, patientIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { practiceId, sourceId, runId, table } = run
  const own = new Set<string>()
  for (let at = 0; at < patientIds.length; at += ROWS_A_STATEMENT) {
    const young = await db
      .selectFrom('patient')
      .select('id')
      .where('practice_id', '=', practiceId)
      .where('id', 'in', patientIds.slice(at, at + ROWS_A_STATEMENT))
      .where('created_at', '>=', (runs) =>
        runs.selectFrom('import_run').select('started_at').where('practice_id', '=', practiceId).where('id', '=', runId),
      )
      .execute()
    if (young.length === 0) continue
    const rows = await db
      .selectFrom('import_row')
      .select('patient_id')
      .where('practice_id', '=', practiceId)
      .where('source_id', '=', sourceId)
      .where('table_name', '=', table)
      .where('run_id', '=', runId)
      .where(
        'patient_id',
        'in',
        young.map(({ id }) => id),
      )
      .execute()
    for (const { patient_id } of rows) own.add(patient_id)
  }
  return own
}

/** Where the page before ended. */
export type AfterPair = readonly [score: number, line: number, place: number]

export interface PairsAsked {
  readonly which: 'practice' | 'source'
  readonly after?: AfterPair | undefined
  readonly limit: number
}

export interface StoredPair extends Likeness {
  readonly person: SourcePerson
  readonly place: number
  readonly certainty: Certainty
  readonly other: { readonly patientId: string; readonly fileNumber: string | undefined } | { readonly person: SourcePerson }
}

/** Likeliest first. */
export async function listFoundPairs(db: Db, practiceId: string, runId: string, asked: PairsAsked): Promise<StoredPair[]> {
  const { which, after, limit } = asked
  let query = db
    .selectFrom('import_duplicate')
    .innerJoin('import_person', (join) =>
      join
        .onRef('import_person.run_id', '=', 'import_duplicate.run_id')
        .onRef('import_person.line', '=', 'import_duplicate.line')
        .on('import_person.practice_id', '=', practiceId),
    )
    .leftJoin('import_person as other', (join) =>
      join
        .onRef('other.run_id', '=', 'import_duplicate.run_id')
        .onRef('other.line', '=', 'import_duplicate.other_line')
        .on('other.practice_id', '=', practiceId),
    )
    .leftJoin('patient', (join) =>
      join.onRef('patient.id', '=', 'import_duplicate.patient_id').on('patient.practice_id', '=', practiceId),
    )
    .selectAll('import_duplicate')
    .select([
      'import_person.key',
      'import_person.identity',
      'other.key as other_key',
      'other.identity as other_identity',
      'patient.file_number',
    ])
    .where('import_duplicate.practice_id', '=', practiceId)
    .where('import_duplicate.run_id', '=', runId)
    .where('import_duplicate.patient_id', which === 'practice' ? 'is not' : 'is', null)
    .orderBy('import_duplicate.score', 'desc')
    .orderBy('import_duplicate.line')
    .orderBy('import_duplicate.place')
    .limit(limit)
  if (after !== undefined) {
    const [score, line, place] = after
    query = query.where((row) =>
      row.or([
        row('import_duplicate.score', '<', score),
        row.and([row('import_duplicate.score', '=', score), row('import_duplicate.line', '>', line)]),
        row.and([
          row('import_duplicate.score', '=', score),
          row('import_duplicate.line', '=', line),
          row('import_duplicate.place', '>', place),
        ]),
      ]),
    )
  }
  return (await query.execute()).map((row) => {
    const reasons = parseReasons(row.reasons)
    const score = Number(row.score)
    return {
      person: { line: Number(row.line), key: row.key, identity: parseIdentity(row.identity) },
      place: Number(row.place),
      score,
      certainty: certaintyOf(score, reasons.against) ?? 'possible',
      ...reasons,
      other:
        row.patient_id === null
          ? {
              person: {
                line: Number(row.other_line),
                key: row.other_key ?? '',
                identity: parseIdentity(row.other_identity ?? ''),
              },
            }
          : { patientId: row.patient_id, fileNumber: row.file_number ?? undefined },
    }
  })
}

function parseIdentity(text: string): ComparedIdentity {
  return JSON.parse(text) as ComparedIdentity
}
