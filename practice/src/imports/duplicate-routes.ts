/** The list of possible duplicates of a run: a list of patients like any other, in the journal with whom it showed. */
import { parseCursor, printCursor, type Route, route } from '#http'
import { keptIdsOf, listByIds, type PatientLine, recordShown } from '#patients'
import { type ImportDuplicate, type ImportSourcePerson, listImportDuplicates } from './contract.ts'
import { type AfterPair, listFoundPairs, type SourcePerson, type StoredPair } from './duplicate-store.ts'
import { getRun } from './run-store.ts'

export const duplicateRoutes: readonly Route[] = [
  route(listImportDuplicates, async ({ practice, actor, params, query: { which, cursor, limit }, record }) => {
    const run = await getRun(practice.db, practice.id, params.runId)
    return practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const pairs = await listFoundPairs(tx, practice.id, run.id, { which, after: parseAfter(cursor), limit })
      const patients = await loadPatients(asking, pairs)
      const duplicates = pairs.flatMap((pair) => print(pair, patients) ?? [])
      const shown = duplicates.flatMap(({ other }) => (other.kind === 'patient' ? [other.patient.id] : []))
      await recordShown(record, tx, 'duplicates', shown, { count: duplicates.length, run: run.id })
      const last = pairs.length === limit ? pairs.at(-1) : undefined
      return { duplicates, ...(last === undefined ? {} : { next: printCursor([last.score, last.person.line, last.place]) }) }
    })
  }),
]

/** As they are shown now: a record that was joined to another since, as that one. */
async function loadPatients(
  asking: Parameters<typeof listByIds>[0],
  pairs: readonly StoredPair[],
): Promise<ReadonlyMap<string, PatientLine>> {
  const ids = pairs.flatMap(({ other }) => ('patientId' in other ? [other.patientId] : []))
  const kept = await keptIdsOf(asking.db, asking.practiceId, ids)
  const lines = new Map((await listByIds(asking, [...kept.values()])).map((line) => [line.id, line]))
  return new Map([...kept].flatMap(([id, keptId]) => (lines.has(keptId) ? [[id, lines.get(keptId)!] as const] : [])))
}

/** @returns undefined: the record was destroyed since */
function print(pair: StoredPair, patients: ReadonlyMap<string, PatientLine>): ImportDuplicate | undefined {
  const { person, score, certainty, for: speaking, against, other } = pair
  const likeness = { score, certainty, for: [...speaking], against: [...against] }
  if ('person' in other)
    return { person: printPerson(person), other: { kind: 'row', person: printPerson(other.person) }, ...likeness }
  const patient = patients.get(other.patientId)
  return patient && { person: printPerson(person), other: { kind: 'patient', patient }, ...likeness }
}

function printPerson({ line, key, identity }: SourcePerson): ImportSourcePerson {
  const { birthName, usedName, givenNames = [], usedGivenName, sex, bornOn } = identity
  return { line, key, birthName, usedName, givenNames: [...givenNames], usedGivenName, sex, bornOn }
}

function parseAfter(cursor: string | undefined): AfterPair | undefined {
  if (cursor === undefined) return undefined
  const [score, line, place] = parseCursor(cursor, 3)
  return [Number(score), Number(line), Number(place)]
}
