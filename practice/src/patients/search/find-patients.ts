/**
 * Finding patients while somebody types. From the surest to the least sure: those with whom the list goes on from what was typed; those who
 * have every word, or a word that begins so; those who have what sounds alike or is one slip away. A later step runs only when the ones
 * before have not filled the page.
 *
 * Whatever is asked for, at most some thousand rows are read: the part of the question that fewest patients have leads, and the other parts
 * are looked for in the line that its rows bring along. Nothing is written here, and nothing is recorded: that is for who shows the patients.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#database'
import { distanceOf } from './distance.ts'
import type { Query, QueryPart, WrittenAs } from './query.ts'
import { isNumber, SLIP_UNITS_MIN, slipKeys, soundKey } from './words.ts'

/** How a part of the question was found: as it is written, or a name by its sound or with a slip. */
export type FoundBy = WrittenAs | 'sound' | 'slip'

export interface FoundPatient {
  readonly patientId: string
  /** the ways in which the parts of the question were found, each once */
  readonly by: readonly FoundBy[]
}

export interface SearchResult {
  /** the surest first, then in the list's order */
  readonly patients: readonly FoundPatient[]
  /** false: there may be others, and a longer question would tell them apart */
  readonly isAll: boolean
}

/** Beyond this it does not matter how many patients have a word. */
const COUNT_MAX = 1_000
/** Rows of the leading part that are gone through in the database. */
const LED_ROWS_MAX = 5_000
/** Rows of the leading part that are gone through here, for what SQL cannot compare. */
const ALIKE_ROWS_MAX = 2_000
/** So many of them at first: mostly they fill the page. */
const ALIKE_ROWS_FIRST = 400
/** Candidates that are ranked against each other. */
const RANKED_MAX = 200
/** Words of the dictionary that a part may stand for. */
const ALIKE_WORDS_MAX = 24
const KEY_ROWS_MAX = 600
/** Rows of one telephone, file number or INS that is being typed. */
const NUMBER_ROWS_MAX = 100
/** Above every character: texts that begin with `x` are those from `x` up to `x` and this. */
const END = '\u{10ffff}'

/** @param limit patients at most, 1 to 100 */
export async function findPatients(
  db: Db,
  practiceId: string,
  query: Query,
  { limit }: { readonly limit: number },
): Promise<SearchResult> {
  if (query.parts.length === 0) return { patients: [], isAll: true }
  const search = new Search(db, practiceId, query, limit)
  await search.fromBeginning()
  await search.byNumbers()
  const readings = withJoined(query.parts)
  for (const parts of readings) if (!search.isFull) await search.byWords(parts)
  for (const parts of readings) if (!search.isFull) await search.byLikeness(parts)
  return search.result()
}

/** The parts, and the parts with two neighbours as one word: `ben amou` may be `benamou`. */
function withJoined(parts: readonly QueryPart[]): (readonly QueryPart[])[] {
  const joined = parts.slice(1).map((part, i) => {
    const [one, other] = [nameOf(parts[i]!), nameOf(part)]
    if (one === undefined || other === undefined || other.length === 1) return undefined // one letter is a name being begun
    const both: QueryPart = { ways: [{ as: 'name', word: one + other }], isOptional: false }
    return parts.toSpliced(i, 2, both)
  })
  return [parts, ...joined.filter((each) => each !== undefined)]
}

function nameOf({ ways }: QueryPart): string | undefined {
  const [way] = ways
  return way?.as === 'name' ? way.word : undefined
}

/** Words that a name of the question may stand for, besides those that begin with it. */
type Alike = ReadonlyMap<string, 'sound' | 'slip'>

const NOTHING_ALIKE: Alike = new Map()

interface Row {
  readonly patient_id: string
  readonly line: string
}

interface Candidate {
  readonly patientId: string
  readonly line: string
  readonly by: readonly FoundBy[]
  /** 0: the list goes on from what was typed; then the sum over the parts of how unlike they are */
  readonly cost: number
}

const COST = { whole: 1, begun: 2, missing: 3, sound: 20, slip: 30 } as const

/** One search: what it has found so far. */
class Search {
  readonly #db: Db
  readonly #practiceId: string
  readonly #query: Query
  readonly #limit: number
  readonly #found = new Map<string, Candidate>()
  readonly #alike = new Map<string, Alike>()
  /** of each number in the question: who has it */
  readonly #numbers = new Map<string, ReadonlyMap<string, Row>>()
  #isAll = true

  constructor(db: Db, practiceId: string, query: Query, limit: number) {
    this.#db = db
    this.#practiceId = practiceId
    this.#query = query
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#found.size >= this.#limit
  }

  result(): SearchResult {
    const ranked = [...this.#found.values()].sort((one, other) => one.cost - other.cost || compare(one, other))
    const patients = ranked.slice(0, this.#limit).map(({ patientId, by }) => ({ patientId, by }))
    return { patients, isAll: this.#isAll && ranked.length <= this.#limit }
  }

  /** The list itself, from where it begins with what was typed. */
  async fromBeginning(): Promise<void> {
    const { beginning } = this.#query
    if (beginning === undefined) return
    const rows = await this.#db
      .selectFrom('patient')
      .select(['id as patient_id', 'sort_name'])
      .where('practice_id', '=', this.#practiceId)
      .where('sort_name', '>=', beginning)
      .where('sort_name', '<', beginning + END)
      .orderBy('sort_name')
      .orderBy('id')
      .limit(this.#limit + 1)
      .execute()
    for (const row of rows) this.#keep({ patientId: row.patient_id, line: ` ${row.sort_name} `, by: ['name'], cost: 0 })
  }

  /** Patients whose telephone, file number or INS begins with a part, and who have the other parts. */
  async byNumbers(): Promise<void> {
    const { parts } = this.#query
    for (const { word } of parts.flatMap(({ ways }) => ways).filter((way) => isNumber(way.word))) {
      const { rows } = await sql<Row>`
        select led.patient_id, patient_index.line from (${this.#rowsOf(word, NUMBER_ROWS_MAX)}) as led
        join patient_index on patient_index.patient_id = led.patient_id
        where patient_index.practice_id = ${this.#practiceId}`.execute(this.#db)
      this.#numbers.set(word, new Map(rows.map((row) => [row.patient_id, row])))
      if (rows.length >= NUMBER_ROWS_MAX) this.#isAll = false
    }
    for (const row of this.#numberRows()) this.#consider(row, parts, NOTHING_ALIKE_FOR)
  }

  /** Patients who have a word beginning with each part. */
  async byWords(parts: readonly QueryPart[]): Promise<void> {
    const required = requiredIn(parts)
    if (required === undefined) return
    const { part: leading, count } = await this.#choose(required, new Map())
    if (count === 0) return
    const others = required.filter((part) => part !== leading)
    const rowsMax = others.length === 0 ? RANKED_MAX : LED_ROWS_MAX
    for (const { word } of leading.ways) {
      const conditions = others.map(({ ways }) => either(ways.map((way) => sql`line like ${`% ${way.word}%`}`)))
      const { rows } = await sql<Row>`
        select patient_id, line from (${this.#rowsOf(word, rowsMax)}) as led
        ${conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`}
        order by word, line limit ${RANKED_MAX}`.execute(this.#db)
      for (const row of rows) this.#consider(row, parts, NOTHING_ALIKE_FOR)
      if (rows.length >= RANKED_MAX) this.#isAll = false
    }
    if (count > rowsMax || (count >= COUNT_MAX && rowsMax > COUNT_MAX)) this.#isAll = false
  }

  /** Patients who have, for each part, a word beginning with it, sounding like it, or one slip away. */
  async byLikeness(parts: readonly QueryPart[]): Promise<void> {
    await this.#learnAlike(parts.map(nameOf).filter((name) => name !== undefined))
    const alikeOf = (name: string) => this.#alike.get(name) ?? NOTHING_ALIKE
    for (const row of this.#numberRows()) this.#consider(row, parts, alikeOf)
    const required = requiredIn(parts)
    if (required === undefined) return
    const words = new Map(required.map((part) => [part, this.#alikeWords(part)]))
    if ([...words.values()].every((each) => each.length === 0)) return
    const { part: leading, count } = await this.#choose(required, words)
    if (count === 0) return
    const conditions = leading.ways.map(({ word }) => sql`word >= ${word} and word < ${word + END}`)
    const alike = words.get(leading) ?? []
    if (alike.length > 0) conditions.unshift(sql`word in (${sql.join(alike)})`)
    for (const condition of conditions) {
      for (const [from, to] of [
        [0, ALIKE_ROWS_FIRST],
        [ALIKE_ROWS_FIRST, ALIKE_ROWS_MAX],
      ] as const) {
        const { rows } = await sql<Row>`${this.#rowsWhere(condition, to - from)} offset ${from}`.execute(this.#db)
        for (const row of rows) this.#consider(row, parts, alikeOf)
        if (rows.length < to - from) break
        if (this.isFull || to === ALIKE_ROWS_MAX) this.#isAll = false
        if (this.isFull) return
      }
    }
  }

  *#numberRows(): Generator<Row> {
    for (const rows of this.#numbers.values()) yield* rows.values()
  }

  /** The first rows whose word begins so, in the order of the words, then of the list. */
  #rowsOf(word: string, rowsMax: number): RawBuilder<unknown> {
    return this.#rowsWhere(sql`word >= ${word} and word < ${word + END}`, rowsMax)
  }

  #rowsWhere(condition: RawBuilder<unknown>, rowsMax: number): RawBuilder<unknown> {
    return sql`
      select word, line, patient_id from patient_word where practice_id = ${this.#practiceId} and ${condition}
      order by word, line, patient_id limit ${rowsMax}`
  }

  /** The part that fewest patients have. Counting ends early: beyond some number all are alike, and the longest leads. */
  async #choose(
    parts: readonly QueryPart[],
    alike: ReadonlyMap<QueryPart, readonly string[]>,
  ): Promise<{ part: QueryPart; count: number }> {
    const [only] = parts
    if (only !== undefined && parts.length === 1) return { part: only, count: 1 }
    const practice = sql`practice_id = ${this.#practiceId}`
    const counted = parts.map((part, i) => {
      const ranges = part.ways.map(({ word }) => sql`word >= ${word} and word < ${word + END}`)
      const words = alike.get(part) ?? []
      const conditions = words.length === 0 ? ranges : [...ranges, sql`word in (${sql.join(words)})`]
      const counts = conditions.map(
        (condition) =>
          sql`(select count(*) from (select 1 as one from patient_word where ${practice} and ${condition} limit ${COUNT_MAX}) as counted)`,
      )
      return sql`${sql.join(counts, sql` + `)} as ${sql.id(`part${i}`)}`
    })
    const { rows } = await sql<Record<string, number>>`select ${sql.join(counted)}`.execute(this.#db)
    const counts = parts.map((part, i) => ({ part, count: Number(rows[0]?.[`part${i}`]), units: longest(part) }))
    counts.sort((one, other) => one.count - other.count || other.units - one.units)
    return counts[0]!
  }

  /** Looks up which words of the practice's patients sound like these or are a slip away; once for each word. */
  async #learnAlike(names: readonly string[]): Promise<void> {
    const unknown = names.filter((name) => !this.#alike.has(name))
    const keys = new Set(unknown.flatMap((name) => [soundKey(name) ?? '', ...slipKeys(name)]).filter((key) => key !== ''))
    const rows =
      keys.size === 0
        ? []
        : await this.#db
            .selectFrom('name_key')
            .select(['key', 'word'])
            .where('practice_id', '=', this.#practiceId)
            .where('key', 'in', [...keys])
            .limit(KEY_ROWS_MAX)
            .execute()
    const wordsOf = Map.groupBy(rows, (row) => row.key)
    const found = (key: string | undefined) => (wordsOf.get(key ?? '') ?? []).map(({ word }) => word)
    for (const name of unknown) {
      const near = new Set(slipKeys(name).flatMap(found))
      const slips = [...near].filter((word) => word.length >= SLIP_UNITS_MIN && distanceOf(name, word) === 1)
      const sounds = nearest(name, found(soundKey(name)))
      this.#alike.set(name, new Map([...nearest(name, slips).map(bySlip), ...sounds.map(bySound)]))
    }
  }

  /** Without those that begin with the part: these are found as such. */
  #alikeWords(part: QueryPart): readonly string[] {
    const name = nameOf(part)
    if (name === undefined) return []
    return [...(this.#alike.get(name) ?? NOTHING_ALIKE).keys()].filter((word) => !word.startsWith(name))
  }

  #consider(row: Row, parts: readonly QueryPart[], alikeOf: (name: string) => Alike): void {
    const by = new Set<FoundBy>()
    let cost = 0
    for (const part of parts) {
      const match = this.#numberMatch(row, part) ?? matchOf(row.line, part, alikeOf)
      if (match === undefined && !part.isOptional) return
      cost += match?.cost ?? COST.missing
      if (match !== undefined) by.add(match.by)
    }
    const { beginning } = this.#query
    if (beginning !== undefined && row.line.startsWith(` ${beginning}`)) cost = 0
    this.#keep({ patientId: row.patient_id, line: row.line, by: [...by], cost })
  }

  #numberMatch({ patient_id }: Row, { ways }: QueryPart): Match | undefined {
    const way = ways.find(({ word }) => this.#numbers.get(word)?.has(patient_id))
    return way === undefined ? undefined : { by: way.as, cost: COST.whole }
  }

  #keep(candidate: Candidate): void {
    const known = this.#found.get(candidate.patientId)
    if (known === undefined || candidate.cost < known.cost) this.#found.set(candidate.patientId, candidate)
  }
}

const NOTHING_ALIKE_FOR = () => NOTHING_ALIKE

/** The parts that must be there, without their readings as numbers: who has those is known. None, if one has no other reading. */
function requiredIn(parts: readonly QueryPart[]): readonly QueryPart[] | undefined {
  const required = parts
    .filter((part) => !part.isOptional)
    .map((part) => ({ ...part, ways: part.ways.filter(({ word }) => !isNumber(word)) }))
  return required.every(({ ways }) => ways.length > 0) ? required : undefined
}

interface Match {
  readonly by: FoundBy
  readonly cost: number
}

/** How a line has a part, in the best way in which it does. */
function matchOf(line: string, part: QueryPart, alikeOf: (name: string) => Alike): Match | undefined {
  const whole = part.ways.find(({ word }) => line.includes(` ${word} `))
  if (whole !== undefined) return { by: whole.as, cost: COST.whole }
  const begun = part.ways.find(({ word }) => line.includes(` ${word}`))
  if (begun !== undefined) return { by: begun.as, cost: COST.begun }
  const name = nameOf(part)
  if (name === undefined) return undefined
  const alike = alikeOf(name)
  if (alike.size === 0) return undefined
  let by: 'sound' | 'slip' | undefined
  for (const word of line.split(' ')) if (by !== 'sound') by = alike.get(word) ?? by
  return by === undefined ? undefined : { by, cost: COST[by] }
}

const bySound = (word: string) => [word, 'sound'] as const
const bySlip = (word: string) => [word, 'slip'] as const

/** The nearest of many words. */
function nearest(name: string, words: readonly string[]): readonly string[] {
  if (words.length <= ALIKE_WORDS_MAX) return words
  const measured = words.map((word) => ({ word, distance: distanceOf(name, word) }))
  return measured
    .sort((one, other) => one.distance - other.distance)
    .slice(0, ALIKE_WORDS_MAX)
    .map(({ word }) => word)
}

function longest({ ways }: QueryPart): number {
  return Math.max(...ways.map(({ word }) => word.length))
}

function either(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`(${sql.join(conditions, sql` or `)})`
}

/** The list's order. */
function compare(one: Candidate, other: Candidate): number {
  return one.line < other.line ? -1 : one.line > other.line ? 1 : one.patientId < other.patientId ? -1 : 1
}
