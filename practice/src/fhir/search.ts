/** Finding patients as FHIR's search asks: names by how they begin, without regard to accents and case. */
import type { z } from 'zod'
import type { Db } from '#database'
import { InvalidInputError } from '#errors'
import { parseCursor, printCursor } from '#http'
import type { Actor } from '#open-practice'
import { type EntryOf, findPatients, foldWords, INS_OIDS, parseQuery, parseStored } from '#patients'
import type { searchPatients } from './contract.ts'
import { mapEntry } from './map/index.ts'
import { coding, type Resource, type Surroundings } from './parts.ts'
import { loadFound } from './store.ts'
import { hl7 } from './systems.ts'

type Query = z.output<typeof searchPatients.query>

export interface PatientsFound {
  readonly patients: readonly Resource[]
  /** undefined: so many that the search cannot tell them apart, and the first of them are here */
  readonly total?: number
  readonly next?: string
}

/** A search by names finds so many at most. */
const NAMED_MAX = 100

/** For a practice and an account. Records that are limited to others show a name and a birth date, as in lists. */
export async function searchFor(db: Db, practiceId: string, actor: Actor, query: Query): Promise<PatientsFound> {
  const { identifier, name, family, given, birthdate } = query
  if ([identifier, name, family, given, birthdate].every((each) => each === undefined))
    throw new InvalidInputError('a search asks for an identifier, a name or a birth date')
  const names = [name, family, given].filter((each) => each !== undefined)
  // The birth date goes along: of three hundred Martins the first hundred may be born on other days.
  const words = [birthdate === undefined ? undefined : dayInWords(birthdate), ...names]
    .filter((each) => each !== undefined)
    .join(' ')
  const named = names.length === 0 ? undefined : await findPatients(db, practiceId, parseQuery(words), { limit: NAMED_MAX })
  const { ids, total, next } = await matching(
    db,
    practiceId,
    query,
    named?.patients.map(({ patientId }) => patientId),
  )
  const found = await loadFound(db, practiceId, ids)
  const kept = found.filter((row) => hasNames(row, query))
  const patients = kept
    .toSorted((a, b) => (a.sort_name < b.sort_name ? -1 : a.sort_name > b.sort_name ? 1 : a.id < b.id ? -1 : 1))
    .map((row) => show(row, practiceId, actor))
    .filter((patient) => showsIdentifier(patient, identifier))
  if (named === undefined && identifier === undefined) return { patients, total, ...(next === undefined ? {} : { next }) }
  return named?.isAll === false ? { patients } : { patients, total: patients.length }
}

/** As the search field reads it: `1985-03-12`, `03/1985`, `1985`. */
function dayInWords(birthdate: string): string {
  const day = birthdate.replace(/^eq/, '')
  return day.length === 7 ? day.split('-').toReversed().join('/') : day
}

/** By what stands in columns. A search by names is one page; others go on. */
async function matching(db: Db, practiceId: string, query: Query, among: readonly string[] | undefined) {
  let rows = db.selectFrom('patient').where('practice_id', '=', practiceId)
  if (among !== undefined) rows = rows.where('id', 'in', among.length === 0 ? [''] : [...among])
  const day = query.birthdate?.replace(/^eq/, '')
  if (day !== undefined) rows = rows.where('born_on', 'like', `${day}%`)
  if (query.identifier !== undefined) {
    const wanted = parseIdentifier(query.identifier, practiceId)
    rows = rows.where((row) =>
      row.or([
        ...(wanted.fileNumber === undefined ? [] : [row('file_number', '=', wanted.fileNumber)]),
        ...(wanted.ins === undefined ? [] : [row('ins', '=', wanted.ins)]),
        ...(wanted.fileNumber === undefined && wanted.ins === undefined ? [row('id', '=', '')] : []),
      ]),
    )
  }
  const { total } = await rows.select((row) => row.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow()
  const limit = among === undefined ? query._count : NAMED_MAX
  let page = rows.select(['id', 'sort_name']).orderBy('sort_name').orderBy('id')
  if (query._cursor !== undefined) {
    const [sortName = '', id = ''] = parseCursor(query._cursor, 2).map(String)
    page = page.where((row) =>
      row.or([row('sort_name', '>', sortName), row.and([row('sort_name', '=', sortName), row('id', '>', id)])]),
    )
  }
  const shown = await page.limit(limit + 1).execute()
  const last = shown[limit - 1]
  return {
    ids: shown.slice(0, limit).map(({ id }) => id),
    total: Number(total),
    next: shown.length > limit && last !== undefined ? printCursor([last.sort_name, last.id]) : undefined,
  }
}

/** `system|value`, or a value of any system. */
function parseIdentifier(text: string, practiceId: string): { readonly ins?: string; readonly fileNumber?: string } {
  const bar = text.indexOf('|')
  const system = text.slice(0, Math.max(bar, 0))
  const value = text.slice(bar + 1)
  if (system === '') return { ins: value, fileNumber: value }
  if (system === `urn:uuid:${practiceId}`) return { fileNumber: value }
  return Object.values(INS_OIDS).some((oid) => system === `urn:oid:${oid}`) ? { ins: value } : {}
}

/** An INS that is not qualified is not shown, and so finds nobody. A limited record keeps its identifiers to itself. */
function showsIdentifier({ identifier = [], meta }: Resource, asked: string | undefined): boolean {
  if (asked === undefined || (meta as { tag?: object[] }).tag?.some((tag) => (tag as { code?: string }).code === 'SUBSETTED'))
    return true
  const value = asked.slice(asked.indexOf('|') + 1)
  return (identifier as { value?: string }[]).some((each) => each.value === value)
}

type Found = Awaited<ReturnType<typeof loadFound>>[number]

function hasNames(row: Found, { name, family, given }: Query): boolean {
  const families = [row.birth_name, row.used_name ?? '']
  const givens = [...row.givenNames, row.used_given_name ?? '']
  return begins(family, families) && begins(given, givens) && begins(name, [...families, ...givens])
}

/** Each word that is asked for begins a word of the names. */
function begins(asked: string | undefined, names: readonly string[]): boolean {
  if (asked === undefined) return true
  const words = names.flatMap((name) => foldWords(name))
  return foldWords(asked).every((wanted) => words.some((word) => word.startsWith(wanted)))
}

function show(row: Found, practiceId: string, actor: Actor): Resource {
  const around: Surroundings = {
    practiceId,
    patientId: row.keptId,
    today: '',
    referTo: () => undefined,
    referToPractitioner: () => undefined,
  }
  const isOpen = row.limitedTo === undefined || row.limitedTo.includes(actor.accountId)
  const body = row.body === null ? null : parseStored('identity', row.body, row.identity_id)
  const entry = {
    id: row.identity_id,
    kind: 'identity',
    writtenIn: row.keptId === row.id ? undefined : row.id,
    version: row.version,
    state: 'current',
    createdAt: row.created_at,
    changedAt: row.recorded_at,
    recordedBy: { id: row.recorded_by },
    body,
  } as EntryOf<'identity'>
  const [patient] = mapEntry(entry, around)
  if (patient !== undefined && isOpen) return patient
  return {
    resourceType: 'Patient',
    id: row.id,
    meta: { tag: [coding(hl7('v3-ObservationValue'), 'SUBSETTED')] },
    name: [
      { use: 'official', family: row.birth_name, ...(row.givenNames[0] === undefined ? {} : { given: [row.givenNames[0]] }) },
    ],
    ...(row.born_on === null ? {} : { birthDate: row.born_on }),
  }
}
