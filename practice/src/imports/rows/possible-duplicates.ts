/**
 * Which of a source's patients may be in the practice already, and which look like one further up in the source: asked of each who would be
 * new, before any of them is written. Nobody is joined: the report says it, and the records wait for a person as any pair does.
 */
import {
  type ComparedIdentity,
  Crowd,
  compareDue,
  comparedOf,
  type FoundDuplicate,
  findDuplicates,
  type Ranked,
} from '#duplicates'
import { keptIdsOf } from '#patients'
import {
  clearPeople,
  dropUnnamed,
  type FoundPair,
  hasPatients,
  loadPeople,
  madeInRun,
  type SourcePerson,
  savePairs,
  savePeople,
} from '../duplicate-store.ts'
import type { LookedAt, TableRun, Taken } from './table-run.ts'

/** They, and whoever resembles them, are in memory at once. */
const PEOPLE_AT_ONCE = 500

export class PossibleDuplicates {
  readonly #run: TableRun
  readonly #crowd = new Crowd()
  /** the practice had nobody when this began */
  readonly #isFirst: boolean

  private constructor(run: TableRun, isFirst: boolean) {
    this.#run = run
    this.#isFirst = isFirst
  }

  /** Compares the practice's own records first, where that is due; what an earlier attempt of the run has found is found anew. */
  static async begin(run: TableRun): Promise<PossibleDuplicates> {
    const { practice, signal } = run
    await compareDue(practice, signal === undefined ? {} : { signal })
    await practice.db.transaction().execute((tx) => clearPeople(tx, run))
    return new PossibleDuplicates(run, !(await hasPatients(practice.db, practice.id)))
  }

  /** @param looked the next rows, in the order of the source; counts those who resemble somebody */
  async look(looked: readonly (LookedAt | Taken)[]): Promise<void> {
    const people = looked.filter(isNewPatient).map(personOf)
    if (people.length === 0) return
    await this.#run.practice.db.transaction().execute(async (tx) => {
      await savePeople(tx, this.#run, people)
      for (let at = 0; at < people.length; at += PEOPLE_AT_ONCE) {
        const some = people.slice(at, at + PEOPLE_AT_ONCE)
        const newcomers = some.map(({ line, identity }) => ({ number: line, identity }))
        const inSource = await this.#crowd.add(newcomers, (lines) => loadPeople(tx, this.#run, lines))
        const inPractice = this.#isFirst ? [] : await this.#findInPractice(tx, some)
        const pairs = some.flatMap(({ line }, i) => this.#noted(line, inPractice[i] ?? [], inSource[i] ?? []))
        await savePairs(tx, this.#run, pairs)
      }
    })
  }

  /** Of those whom no pair names nothing is kept. */
  async end(): Promise<void> {
    await this.#run.practice.db.transaction().execute((tx) => dropUnnamed(tx, this.#run))
  }

  /** Records that are shown as one are one; those that this run has made are the source's own. */
  async #findInPractice(tx: Parameters<typeof savePeople>[0], people: readonly SourcePerson[]) {
    const { practiceId } = this.#run
    const place = { db: tx, practiceId }
    const found = await findDuplicates(
      place,
      people.map(({ identity }) => identity),
    )
    const ids = [...new Set(found.flat().map(({ patientId }) => patientId))]
    if (ids.length === 0) return found
    const own = await madeInRun(tx, this.#run, ids)
    const kept = await keptIdsOf(tx, practiceId, ids)
    return found.map((each) => {
      const others = each.filter(({ patientId }) => !own.has(patientId))
      const records = others.map((other) => ({ ...other, patientId: kept.get(other.patientId) ?? other.patientId }))
      return records.filter(({ patientId }, i) => records.findIndex((record) => record.patientId === patientId) === i)
    })
  }

  #noted(line: number, inPractice: readonly FoundDuplicate[], inSource: readonly Ranked<number>[]): FoundPair[] {
    const { duplicates } = this.#run.count
    if (inPractice.length > 0) duplicates.practice++
    if (inSource.length > 0) duplicates.source++
    return [
      ...inPractice.map(({ patientId, ...found }) => ({ ...found, other: { patientId } })),
      ...inSource.map(({ id, ...found }) => ({ ...found, other: { line: id } })),
    ].map((pair, place) => ({ ...pair, line, place }))
  }
}

type NewPatient = Taken & { readonly content: Extract<Taken['content'], { kind: 'patient' }> }

function isNewPatient(row: LookedAt | Taken): row is NewPatient {
  return 'content' in row && row.content.kind === 'patient' && row.fate === 'added'
}

/** Mapped rows fit the schema of an identity (`map-row.ts`). */
function personOf({ line, key, content }: NewPatient): SourcePerson {
  return { line, key, identity: comparedOf(content.identity as unknown as ComparedIdentity) }
}
