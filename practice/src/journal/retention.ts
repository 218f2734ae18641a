/**
 * Traces of use are kept as long as is justified, then emptied: who looked at what years ago is itself data about people. CNIL, délibération
 * 2021-122 on logging: six months to a year as a rule, longer where it is justified; as proof in health matters we propose three years, and
 * the practice may choose otherwise, with its reason.
 *
 * An emptied entry keeps its number, its time and its hash, so that the chain still holds; what it said is gone. Each emptying is told by an
 * entry of its own, which counts the entries it emptied and seals their numbers. What changes a record, an account or a setting is no trace
 * of use: it stays as long as the journal.
 */
import { createHash, type Hash } from 'node:crypto'
import { z } from 'zod'
import type { Db, Tx } from '#database'
import type { JournalAction } from '#endpoint'
import type { OpenPractice } from '#open-practice'
import { loadSetting } from '#settings'
import { type JournalRetention, journalRetentionSchema } from './contract.ts'
import { parseJson } from './parse-json.ts'
import { recordEvent } from './record.ts'
import { forgetShown } from './shown.ts'

export const RETENTION_SETTING = 'journal.retention'
export const DEFAULT_RETENTION: JournalRetention = { years: 3 }

/** What an emptied entry's action becomes. */
export const EMPTIED = 'trace.emptied' satisfies JournalAction

const TRACES = [
  'sign-in.done',
  'sign-in.refused',
  'sign-out.done',
  'session.locked',
  'session.unlocked',
  'session.proven',
  'session.ended',
  'patients.searched',
  'record.read',
  'document.read',
  'document.uploading',
  'journal.read',
  'journal.verified',
  'notice.seen',
] as const satisfies readonly JournalAction[]

const BATCH = 5_000
/** Clocks jump, and what is emptied does not come back: a wrong one costs a month of old traces a day, until somebody notices. */
const STEP = { hours: 31 * 24 } as const
const PAUSE_HOURS = 20

/** What an entry `journal.emptied` says: the traces with `after` < number ≤ `upTo` are empty, so many, and these. */
const emptyingSchema = z.object({ after: z.int(), upTo: z.int(), entries: z.int(), digest: z.string() })
export type Emptying = z.output<typeof emptyingSchema>

export async function loadRetention(db: Db, practiceId: string): Promise<JournalRetention> {
  return (await loadSetting(db, practiceId, RETENTION_SETTING, journalRetentionSchema)) ?? DEFAULT_RETENTION
}

/**
 * Empties the traces whose time is over; a month of them at most, once a day at most. May be killed at any moment and called again.
 *
 * @returns how many entries it emptied
 */
export async function emptyExpiredTraces(practice: OpenPractice): Promise<number> {
  const { db, id, now } = practice
  const told = await lastEmptying(db, id)
  // One that was told in the future was told by a clock that was wrong: it makes nobody wait for years.
  if (told !== undefined && isBetween(told.at, now().subtract({ hours: PAUSE_HOURS }), now())) return 0
  const { years } = await loadRetention(db, id)
  const endsBefore = now().toZonedDateTimeISO('UTC').subtract({ years }).toInstant()
  const upTo = await lastExpired(db, id, told?.upTo ?? 0, endsBefore)
  let emptied = 0
  while (true) {
    const done = await db.transaction().execute((tx) => emptyBatch(tx, practice, upTo))
    if (done === undefined) return emptied
    emptied += done.entries
  }
}

function isBetween(at: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, at) < 0 && Temporal.Instant.compare(at, to) <= 0
}

/** @returns undefined when nothing is left up to `end` */
async function emptyBatch(tx: Tx, practice: OpenPractice, end: number): Promise<Emptying | undefined> {
  const { id } = practice
  // Another server on the same database waits here, and then finds what this one has told.
  await tx
    .updateTable('journal_head')
    .set((row) => ({ seq: row.ref('seq') }))
    .where('practice_id', '=', id)
    .execute()
  const after = (await lastEmptying(tx, id))?.upTo ?? 0
  if (after >= end) return undefined
  const found = await tx
    .selectFrom('journal_entry')
    .select('seq')
    .where('practice_id', '=', id)
    .where('seq', '>', after)
    .where('seq', '<=', end)
    .where('action', 'in', TRACES)
    .orderBy('seq')
    .limit(BATCH)
    .execute()
  const upTo = found.length < BATCH ? end : (found.at(-1)?.seq ?? end)
  const seal = new EmptiedNumbers()
  for (const { seq } of found) seal.add(seq)
  await tx
    .updateTable('journal_entry')
    .set({
      action: EMPTIED,
      account_id: null,
      role: null,
      session_id: null,
      address: null,
      patient_id: null,
      subject: null,
      reason: null,
      details: '{}',
      salt: null,
    })
    .where('practice_id', '=', id)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .where('action', 'in', TRACES)
    .execute()
  await forgetShown(tx, id, after + 1, upTo)
  const emptying = { after, upTo, entries: seal.count, digest: seal.digest() }
  await recordEvent(tx, id, undefined, practice.now(), { action: 'journal.emptied', details: emptying })
  return emptying
}

/** The last number before the first entry that is still young enough, not further than one step. */
async function lastExpired(db: Db, practiceId: string, after: number, endsBefore: Temporal.Instant): Promise<number> {
  const following = db.selectFrom('journal_entry').where('practice_id', '=', practiceId).where('seq', '>', after)
  const first = await following.select('at').orderBy('seq').limit(1).executeTakeFirst()
  if (first === undefined) return after
  const step = Temporal.Instant.from(first.at).add(STEP)
  const limit = Temporal.Instant.compare(step, endsBefore) < 0 ? step : endsBefore
  const young = await following
    .select('seq')
    .where('at', '>=', limit.toString({ smallestUnit: 'millisecond' }))
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  if (young !== undefined) return young.seq - 1
  const last = await following.select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return last?.seq ?? after
}

async function lastEmptying(db: Db, practiceId: string): Promise<(Emptying & { readonly at: Temporal.Instant }) | undefined> {
  const found = await emptyingRows(db, practiceId).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return found === undefined
    ? undefined
    : { ...emptyingSchema.parse(JSON.parse(found.details)), at: Temporal.Instant.from(found.at) }
}

function emptyingRows(db: Db, practiceId: string) {
  return db
    .selectFrom('journal_entry')
    .select(['seq', 'at', 'details'])
    .where('practice_id', '=', practiceId)
    .where('action', '=', 'journal.emptied')
}

/** Compares the entries that are empty with those of which the journal says so. */
export class EmptiedCheck {
  readonly #told: readonly Emptying[]
  readonly #numbers: EmptiedNumbers[]
  readonly #untold: number[] = []
  #at = 0

  private constructor(told: readonly Emptying[]) {
    this.#told = told
    this.#numbers = told.map(() => new EmptiedNumbers())
  }

  /** @param upTo the head: what stands after it is in no chain, and proves nothing */
  static async load(db: Db, practiceId: string, upTo: number): Promise<EmptiedCheck> {
    const rows = await emptyingRows(db, practiceId).where('seq', '<=', upTo).orderBy('seq').execute()
    return new EmptiedCheck(
      rows.flatMap(({ details }) => {
        const parsed = emptyingSchema.safeParse(parseJson(details))
        return parsed.success ? [parsed.data] : []
      }),
    )
  }

  /** @param seq an entry that is empty; in ascending order */
  see(seq: number): void {
    while ((this.#told[this.#at]?.upTo ?? Number.POSITIVE_INFINITY) < seq) this.#at += 1
    const told = this.#told[this.#at]
    if (told === undefined || seq <= told.after) this.#untold.push(seq)
    else this.#numbers[this.#at]?.add(seq)
  }

  /** Numbers of entries that are empty though nothing says so, and where a range begins in which it is not those that were told. */
  wrong(): readonly number[] {
    const others = this.#told.flatMap(({ after, entries, digest }, i) => {
      const seen = this.#numbers[i]
      return seen !== undefined && seen.count === entries && seen.digest() === digest ? [] : [after + 1]
    })
    return [...this.#untold, ...others].sort((one, other) => one - other)
  }
}

/** SHA-256, hex, over the numbers in ascending order, each followed by a line feed. */
class EmptiedNumbers {
  readonly #hash: Hash = createHash('sha256')
  count = 0

  add(seq: number): void {
    this.#hash.update(`${seq}\n`)
    this.count += 1
  }

  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}
